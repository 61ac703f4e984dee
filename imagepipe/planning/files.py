"""An asset's files: what belongs at each path, and what is there."""

from collections.abc import Callable, Collection, Mapping
from typing import Literal

from imagepipe.frozen import frozen
from imagepipe.paths import glob_pattern
from imagepipe.planning.holdings import Holdings
from imagepipe.values import Asset, Entry, FrozenMap

State = Literal["fine", "missing", "replaced", "edited", "not ours", "unknown"]
UNKNOWN = ""
"""The digest of a file that steps will make: known when they have run."""


@frozen
class Files:
    """Path → what belongs there, and path → what is there instead. `moved`: new path → old one, where the lock's file
    only changed its place."""

    wanted: FrozenMap
    states: FrozenMap
    moved: FrozenMap

    @property
    def writes(self) -> tuple[str, ...]:
        """The paths that must be written."""
        return tuple(path for path, state in self.states.items() if state != "fine")

    @property
    def foreign(self) -> tuple[str, ...]:
        """Paths that hold what a person made: changed by hand, or never ours."""
        return tuple(path for path, state in self.states.items() if state in ("edited", "not ours"))

    @property
    def reasons(self) -> tuple[tuple[str, str], ...]:
        """(path, state) of what is not as it should be and no consequence of anything else."""
        return tuple(
            (path, s) for path, s in self.states.items() if s not in ("fine", "unknown") and path not in self.moved
        )


def look(asset: Asset, picked: str, made: Entry | None, holdings: Holdings) -> Files:
    """The files of `asset` if it is made of `picked`; `made` is the entry whose files were made just so, if one was."""
    wanted, moved = _wanted(asset, picked, made)
    own = holdings.lock.entries.get(asset.id)
    states = {path: _state(path, digest, own, holdings) for path, digest in wanted.items()}
    return Files(FrozenMap(wanted), FrozenMap(states), FrozenMap(moved))


def _wanted(asset: Asset, picked: str, made: Entry | None) -> tuple[dict[str, str], dict[str, str]]:
    known = {path: fact.sha256 for path, fact in made.outputs.items()} if made else {}
    before = _places(asset, known)
    wanted: dict[str, str] = {}
    moved: dict[str, str] = {}
    for output in asset.outputs:
        for path in output.files:
            if "{" in path:
                wanted.update(_matching(path, known))
            elif path in known:
                wanted[path] = known[path]
            else:
                moved.update({path: before[path]} if path in before else {})
                wanted[path] = known.get(before.get(path, ""), UNKNOWN) if output.steps else picked
    if asset.originals:
        wanted[asset.originals] = picked
    return wanted, moved


def _places(asset: Asset, known: Mapping[str, str]) -> dict[str, str]:
    """Output path → where the file that was made for it lies, if nothing else is written there now. Sets of files, and
    files that others name, do not move: they are made anew."""
    paths = [path for output in asset.outputs for path in output.files]
    if any("{" in path for path in paths):
        return {}
    places = {path: old for path, old in zip(paths, known, strict=False) if old not in paths}
    return {output.path: places[output.path] for output in asset.outputs if not output.beside and output.path in places}


def _matching(path: str, known: Mapping[str, str]) -> dict[str, str]:
    """The recorded files of a pattern; the pattern itself, of unknown bytes, where there is none of it among others."""
    matches = pattern_of(path)
    found = {each: digest for each, digest in known.items() if matches(each)}
    return found or ({path: UNKNOWN} if known else {})


def _state(path: str, digest: str, own: Entry | None, holdings: Holdings) -> State:
    there = holdings.seen.files.get(path)
    if there is None:
        return "missing"
    if there == digest:
        return "fine"
    recorded = own.outputs.get(path) if own else None
    if (recorded and recorded.sha256 == there) or holdings.ours(there):
        return "replaced" if digest != UNKNOWN else "unknown"
    if digest == UNKNOWN and own is None:
        return "unknown"
    return "edited" if recorded else "not ours"


def foreign(asset: Asset, holdings: Holdings) -> tuple[str, ...]:
    """The paths of an asset that hold what imagepipe did not make, before anything new is paid for."""
    own = holdings.lock.entries.get(asset.id)
    paths = [path for output in asset.outputs for path in output.files if "{" not in path]
    states = {path: _state(path, "to come", own, holdings) for path in paths}
    return tuple(path for path, state in states.items() if state in ("edited", "not ours"))


def copies(files: Files, holdings: Holdings) -> dict[str, str]:
    """Path to write → a project file that already holds what belongs there. A file that a person moved to its new path
    is its own source: nothing else may hold those bytes."""
    found = {path: holdings.file_with(files.wanted[path]) for path in files.writes if files.wanted[path] != UNKNOWN}
    found |= {path: path for path in files.moved if files.states[path] == "fine"}
    return {path: source for path, source in found.items() if source}


def pattern_of(path: str) -> Callable[[str], object]:
    """Matches the files of an output whose `{index}` or `{cell}` is filled in when its pictures are there."""
    return glob_pattern(path.replace("{index}", "*").replace("{cell}", "*")).match


@frozen
class Claims:
    """The paths that the manifest's assets write to."""

    paths: frozenset[str]
    patterns: tuple[Callable[[str], object], ...] = ()

    def __contains__(self, path: str) -> bool:
        return path in self.paths or any(matches(path) for matches in self.patterns)

    def hold(self, paths: Collection[str]) -> bool:
        """Whether all of `paths` are among them."""
        return self.paths.issuperset(paths) or all(path in self for path in paths)


def claims(assets: Collection[Asset]) -> Claims:
    """What a manifest claims."""
    paths = [path for asset in assets for output in asset.outputs for path in output.files]
    paths += [asset.originals for asset in assets if asset.originals]
    return Claims(frozenset(paths), tuple(pattern_of(path) for path in paths if "{" in path))


def changed_orphans(entry: Entry, claimed: Claims, holdings: Holdings) -> tuple[str, ...]:
    """Such files that a person changed since: nothing removes them, and nothing writes them any more."""
    left = {
        path: holdings.seen.files.get(path, fact.sha256) for path, fact in entry.files.items() if path not in claimed
    }
    return tuple(path for path, digest in left.items() if digest != entry.files[path].sha256)


def orphans(entry: Entry, claimed: Claims, holdings: Holdings) -> tuple[str, ...]:
    """Files of an entry that no asset claims any more and that are still as the lock says."""
    left = {path: fact for path, fact in entry.files.items() if path not in claimed}
    return tuple(path for path, fact in left.items() if holdings.seen.files.get(path) == fact.sha256)
