"""What assets owe each other: files that are theirs alone, inputs that exist, no circle. Knows nothing of files on disk."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from imagepipe.errors import Path, Problem
from imagepipe.frozen import frozen
from imagepipe.graph import CycleError, order
from imagepipe.manifest.nearness import cut, listed, meant
from imagepipe.paths import fold, glob_pattern
from imagepipe.values import Asset, Input

_ENOUGH = 100
Report = Callable[[str, Problem], None]
"""Takes an asset's id and a problem of it."""
Clash = Callable[[str, Path, str, tuple[str, str]], None]
"""Takes an asset's id, the place and path of a file of it, and who else writes that: id, and path as spelled there."""


@dataclass(slots=True)
class Claims:
    """Who writes which file, in the form under which two names are one file."""

    owners: dict[str, tuple[str, str]] = field(default_factory=dict)
    folders: dict[str, str] = field(default_factory=dict)
    known: set[str] = field(default_factory=set)

    def claim(self, asset: str, path: str) -> tuple[str, str] | None:
        """Notes that `asset` writes `path`; the asset and path that already do, if any."""
        folded = fold(path) if not path.isascii() else path.lower()
        if folded in self.owners:
            return self.owners[folded]
        self.owners[folded] = (asset, path)
        folder = folded.rpartition("/")[0]
        while folder and folder not in self.known:
            self.known.add(folder)
            self.folders[folder] = asset
            folder = folder.rpartition("/")[0]
        return None


def check_files(assets: Collection[Asset], reserved: Mapping[str, str], report: Report, clash: Clash) -> Claims:
    """Every file written once, over nothing that is read. `reserved`: path → what it is ("the manifest")."""
    claims = Claims()
    taken = {fold(path): what for path, what in reserved.items()}
    for asset in assets:
        for path, name in _files(asset):
            if fold(name) in taken:
                message = f"`{cut(name)}` is {taken[fold(name)]}, which must not be overwritten"
                report(asset.id, Problem("output-over-source", path, message, "choose another path"))
            elif other := claims.claim(asset.id, name):
                clash(asset.id, path, name, other)
    _check_folders(assets, claims, report)
    return claims


def _check_folders(assets: Collection[Asset], claims: Claims, report: Report) -> None:
    """No file where others need a folder."""
    files = {claims.owners[folded]: folded for folded in claims.owners.keys() & claims.folders.keys()}
    if not files:
        return
    for asset in assets:
        for path, name in _files(asset):
            if folded := files.get((asset.id, name)):
                message = f"`{cut(name)}` is also the folder that `{claims.folders[folded]}` writes into"
                report(asset.id, Problem("duplicate-output", path, message, "give one of them another path"))


def _files(asset: Asset) -> list[tuple[Path, str]]:
    """Every file of an asset, with its place among the outputs."""
    found: list[tuple[Path, str]] = [
        (("outputs", at, "path"), path) for at, output in enumerate(asset.outputs) for path in output.files
    ]
    return [*found, (("originals",), asset.originals)] if asset.originals else found


@frozen
class Known:
    """What inputs may refer to: assets by id, abstract ones, matrix ids by their base, imports with their ids (None: one that
    cannot be read)."""

    assets: Mapping[str, Asset]
    abstract: frozenset[str]
    families: Mapping[str, tuple[str, ...]]
    imports: Mapping[str, Mapping[str, str] | None]
    claims: Claims


def check_inputs(known: Known, report: Report) -> None:
    """Every input exists and no asset needs itself. Stops after so many faults that no more would be shown."""
    faults = 0
    for asset in known.assets.values():
        for at, item in enumerate(asset.inputs):
            if item.draft:
                continue
            problem = _image_fault(item, at, known) if item.image else _asset_fault(asset.id, item, at, known)
            if problem:
                report(asset.id, problem)
                faults += 1
        if faults > _ENOUGH:
            return
    edges = {a.id: [item.asset for item in a.inputs if item.asset] for a in known.assets.values() if a.inputs}
    try:
        order(edges)
    except CycleError as error:
        first = error.members[0]
        if len(error.members) == 1:
            return  # Told as an input of its own.
        second = error.members[1 % len(error.members)]
        at = next((i for i, item in enumerate(known.assets[first].inputs) if item.asset == second), 0)
        report(first, Problem("input-cycle", ("inputs", at, "asset"), error.message, error.hint))


def _image_fault(item: Input, at: int, known: Known) -> Problem | None:
    owner = known.claims.owners.get(fold(item.image))
    if owner is None:
        return None
    message = f"`{cut(item.image)}` is a file that the asset `{owner[0]}` writes"
    return Problem("image-is-output", ("inputs", at, "image"), message, f"write `asset: {owner[0]}` instead")


def _asset_fault(name: str, item: Input, at: int, known: Known) -> Problem | None:
    path: Path = ("inputs", at, "asset")
    if ":" in item.asset:
        return _import_fault(item, path, known)
    if item.asset == name:
        return Problem("input-cycle", path, f"`{name}` has itself as an input", "name another asset")
    if item.asset in known.assets:
        files = [output.path for output in known.assets[item.asset].outputs]
        if item.output and item.output not in files and not any(_fills(path, item.output) for path in files):
            message = f"`{item.asset}` does not write `{cut(item.output)}`"
            return Problem(
                "unknown-output",
                ("inputs", at, "output"),
                message,
                meant(item.output, files) or f"it writes {listed(files)}",
            )
        return None
    if item.asset in known.abstract:
        return Problem(
            "abstract-input", path, f"`{item.asset}` is abstract: it has no picture", "name an asset that is built"
        )
    if item.asset in known.families:
        hint = f"name one of {listed(known.families[item.asset], 6)}"
        return Problem("unknown-asset", path, f"`{item.asset}` has a matrix: it is several assets", hint)
    hint = meant(item.asset, known.assets)
    if item.asset in known.imports:
        hint = f"that is an import: name one of its assets, as in {item.asset}:logo"
    return Problem("unknown-asset", path, f"there is no asset `{cut(item.asset)}`", hint)


def _fills(path: str, file: str) -> bool:
    """Whether `file` is one of those that a path with {cell} or {index} left in it stands for."""
    pattern = path.replace("{index}", "*").replace("{cell}", "*")
    return pattern != path and bool(glob_pattern(pattern).match(file))


def _import_fault(item: Input, path: Path, known: Known) -> Problem | None:
    name, _, other = item.asset.partition(":")
    if name not in known.imports:
        hint = meant(name, known.imports) or "declare it under `imports`"
        return Problem("unknown-import", path, f"there is no import `{cut(name)}`", hint)
    if item.output:
        at = (*path[:-1], "output")
        return Problem("input-source", at, "an import gives its first file", "remove `output`", on_key=True)
    given = known.imports[name]
    if given is not None and other not in given:
        hint = meant(other, given) or (f"it has {listed(given)}" if given else "let one of its assets write a file")
        return Problem("unknown-asset", path, f"the import `{name}` has no asset `{cut(other)}` with a file", hint)
    return None
