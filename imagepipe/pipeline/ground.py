"""What a plan stands on: manifest, words, lock, what is seen of project and store, and the rules of this run."""

import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, cached_property
from pathlib import Path

from imagepipe.frozen import frozen
from imagepipe.lock import Lock, entries
from imagepipe.models import prices, retirement
from imagepipe.models.registry import Registry, registry
from imagepipe.pipeline.around import Around
from imagepipe.pipeline.imagefacts import ImageFacts
from imagepipe.pipeline.quiet import Depended
from imagepipe.planning import Looked, Rules, Seen
from imagepipe.recipe import PLACEHOLDER
from imagepipe.settings import settings_path
from imagepipe.steps.catalogue import version_of
from imagepipe.values import FREE, Asset, Entry, InputFact, Intent, Manifest, Price, Receipt, Recipe
from imagepipe.workspace.digests import Digests, content_of
from imagepipe.workspace.finding import lock_name
from imagepipe.workspace.locking import load_lock

_SIZE = re.compile(r"(\d+)x(\d+)\Z")
_UNKNOWN_SIZE = (1024, 1024)


@frozen
class Ground:
    """Everything a plan is decided from. `digests` and `facts` remember what they were asked; save them at the end.
    `settled` are the requests in doubt that this run lets go, by their intents' ids."""

    manifest: Manifest
    lock: Lock
    seen: Seen
    rules: Rules
    around: Around
    digests: Digests
    facts: ImageFacts
    began: int
    settled: frozenset[str] = frozenset()

    @property
    def root(self) -> Path:
        """The project folder."""
        return Path(self.manifest.root)

    @property
    def registry(self) -> Registry:
        """The models known to this project."""
        return registry(self.manifest.models)


def ground(manifest: Manifest, near: Around, provider: str = "") -> Ground:
    """The ground of a plan; the rules have no wishes yet. Raises errors.Damaged for a broken lock."""
    root, began = Path(manifest.root), time.time_ns()
    digests = Digests(root)
    lock = load_lock(root, lock_name(manifest.file))
    facts = ImageFacts(root, digests)
    known = registry(manifest.models)
    sizes = _sizes(manifest, lock, facts)
    rules = Rules(
        price_of=_pricing(known, sizes),
        version_of=version_of,
        retirement_of=_retiring(known, near),
        replacement_of=_replacing(known),
        placeholder=provider == PLACEHOLDER,
        per_asset=manifest.budget.per_asset,
    )
    return Ground(manifest, lock, _seen(manifest, near, digests), rules, near, digests, facts, began)


def _seen(manifest: Manifest, near: Around, digests: Digests) -> Seen:
    """The store and the project as lazy look-ups: a plan with nothing to do asks for little."""
    store = near.store
    doubts: dict[str, tuple[Intent, ...]] = {}
    for intent in store.doubts():
        doubts[intent.key] = (*doubts.get(intent.key, ()), intent)
    paths = import_paths(manifest)
    return Seen(
        files=digests,
        receipts=Looked(lambda key: store.receipts(key) or None),
        blobs=_Blobs(store.has_blob),
        received=_Received(store.all_receipts),
        doubts=doubts,
        refusals=Looked(store.refusal),
        at_hand=Looked(_Declared(manifest, digests).get),
        imports=Looked(lambda name: digests.get(paths[name]) if name in paths else None),
    )


def declared_paths(manifest: Manifest) -> Iterator[str]:
    """The files that a manifest names: what its assets write and what they take as input."""
    for asset in manifest.assets:
        for output in asset.outputs:
            yield from output.files
        if asset.originals:
            yield asset.originals
        yield from (item.image for item in asset.inputs if item.image)


def import_paths(manifest: Manifest) -> dict[str, str]:
    """Where the files of imports are, by the name under which assets use them: "brand:logo" → "../brand/logo.png"."""
    return {f"{name}:{id}": path for name, given in manifest.imports.items() for id, path in given.items()}


class _Declared:
    """Digest → a file that the manifest names and that holds those bytes. All of them are looked at, the first time that
    a picture is not where store and lock have it: a file may lie at its new path already."""

    def __init__(self, manifest: Manifest, digests: Digests) -> None:
        self._manifest, self._digests = manifest, digests

    def get(self, digest: str) -> str | None:
        """The path; None where no such file is."""
        return self._paths.get(digest)

    @cached_property
    def _paths(self) -> dict[str, str]:
        paths = (path for path in declared_paths(self._manifest) if "{" not in path)
        return {digest: path for path in paths if (digest := self._digests.get(path))}


@frozen
class _Blobs:
    """The digests that the store holds, asked one by one."""

    has: Callable[[str], bool]

    def __contains__(self, digest: object) -> bool:
        return isinstance(digest, str) and self.has(digest)


class _Received:
    """The digests that receipts name. All of them are read, the first time that a file seems to be nobody's."""

    def __init__(self, receipts: Callable[[], Iterable[Receipt]]) -> None:
        self._receipts = receipts

    def __contains__(self, digest: object) -> bool:
        return digest in self._digests

    @cached_property
    def _digests(self) -> frozenset[str]:
        return frozenset(item.sha256 for receipt in self._receipts() for item in receipt.candidates)


Sizes = Callable[[InputFact], tuple[int, int]]


def _sizes(manifest: Manifest, lock: Lock, facts: ImageFacts) -> Sizes:
    """Pixels of an input: measured for a file, as locked or as asked for another asset's picture."""
    assets = {asset.id: asset for asset in manifest.assets}
    imports = import_paths(manifest)

    def size(item: InputFact) -> tuple[int, int]:
        if item.name in assets:
            return _asset_size(assets[item.name], lock.entries.get(item.name))
        fact = facts.get(imports.get(item.name, item.name))
        return (fact.width, fact.height) if fact and fact.format else _UNKNOWN_SIZE

    return size


def _asset_size(asset: Asset, entry: Entry | None) -> tuple[int, int]:
    if entry and entry.picked and entry.picked.width:
        return entry.picked.width, entry.picked.height
    found = _SIZE.match(str(asset.options.get("size", "")))
    return (int(found[1]), int(found[2])) if found else _UNKNOWN_SIZE


def _pricing(known: Registry, sizes: Sizes) -> Callable[[Recipe, int], Price]:
    def price_of(recipe: Recipe, ask: int) -> Price:
        if recipe.request.made_here:
            return FREE
        model = known.find(recipe.request.model).model
        if model is None:
            return prices.UNKNOWN
        inputs = [sizes(item) for item in recipe.request.inputs]
        chars = len(recipe.request.prompt)
        return prices.price(model, recipe.request.options, ask=ask, prompt_chars=chars, inputs=inputs)

    return price_of


def _retiring(known: Registry, near: Around) -> Callable[[str], str]:
    @cache
    def retired(id: str) -> str:
        model = known.find(id).model
        if model is None:
            return ""
        found = retirement.retirement(model, near.today)
        return found.text.removeprefix(f"{id} ") if found.blocks else ""

    return retired


def _replacing(known: Registry) -> Callable[[str], str]:
    def replacement(id: str) -> str:
        model = known.find(id).model
        return model.replacements[0] if model and model.replacements else ""

    return replacement


def as_locked(base: Ground) -> Mapping[str, str]:
    """The files of the project, with every output as the lock says it is: for a checkout without its pictures."""
    locked = {path: fact.sha256 for entry in base.lock.entries.values() for path, fact in entry.outputs.items()}
    inputs = {item.image for asset in base.manifest.assets for item in asset.inputs if item.image}
    return {**locked, **{path: base.digests[path] for path in inputs if path in base.digests}}


def depended(base: Ground) -> Depended | None:
    """What a plan on this ground depends on; None where the manifest has changed since it was loaded."""
    manifest, digests = base.manifest, base.digests
    root = str(base.root)
    if any(content_of(f"{root}/{path}", root) != digest for path, digest in manifest.read.items()):
        return None
    lock = lock_name(manifest.file)
    paths = {*declared_paths(manifest), lock}
    paths |= {path for given in manifest.imports.values() for path in given.values()}
    paths.update(entries(base.lock.entries).files())
    config = str(settings_path(base.around.env))
    files = {path: digests.get(path, "") for path in paths if "{" not in path}
    files |= {**manifest.read, config: content_of(config, str(Path(config).parent)) or ""}
    began = min(base.began, digests.since or base.began)
    return Depended(files, dict(manifest.globs), _folders(base.around), began, digests.looks())


def _folders(near: Around) -> tuple[str, ...]:
    """The folders of the store whose names tell that a plan may have changed."""
    layout = near.store.layout
    return tuple(str(layout.root / name) for name in ("receipts", "intents", "spools", "refusals"))
