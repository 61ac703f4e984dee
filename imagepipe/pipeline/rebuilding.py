"""Makes a lost lock again, at no cost: from the store's receipts, the files on the disk, and what git has of it."""

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from imagepipe.errors import Damaged, ImagepipeError, Question, Refused, UsageError
from imagepipe.frozen import frozen
from imagepipe.graph import order
from imagepipe.history import git, versions_in_refs
from imagepipe.lock import Lock, Made, conflict_sides, entry_of, loads
from imagepipe.pictures import facts
from imagepipe.pipeline.around import around
from imagepipe.pipeline.merging import is_readable, overwrite
from imagepipe.pipeline.sharing import own_receipts
from imagepipe.pipeline.sides import whole
from imagepipe.planning import Held, Holdings, Looked, Seen
from imagepipe.planning.declaring import declaring_inputs
from imagepipe.recipe import finish_of, recipe_of
from imagepipe.selection import edges_of
from imagepipe.steps.catalogue import version_of
from imagepipe.store.disk import write_atomic
from imagepipe.store.opening import DiskStore
from imagepipe.values import EMPTY, Asset, Entry, FileFact, Manifest, Output, Receipt, Recipe, Request, Words
from imagepipe.workspace.digests import Digests
from imagepipe.workspace.finding import lock_name, private_folder
from imagepipe.workspace.locking import LockFile
from imagepipe.workspace.tree import DiskTree

_DIGEST = re.compile(rb"sha256:[0-9a-f]{64}")


@frozen
class Rebuilt:
    """What came of it: assets by where their entry is from, those of which nothing is known, where the old file is.
    `committed`: the last commit has a lock, which tells what people said of pictures."""

    from_store: tuple[str, ...]
    from_git: tuple[str, ...]
    unknown: tuple[str, ...]
    kept: str = ""
    committed: bool = False


def rebuild(manifest: Manifest, *, force: bool = False, timeout: float = 60.0) -> Rebuilt:
    """Writes the lock again. A file that imagepipe cannot have made is not taken in, so that no build overwrites it.

    What only people know (approval, note, rejection) and profiles are those of the last commit, where it answers the
    same recipe. Raises errors.Refused (exit 4) over a readable lock without `force`, errors.Damaged over a newer one.
    """
    file = LockFile(Path(manifest.root), lock_name(manifest.file), timeout)
    _require_known_version(file)
    if is_readable(file) and not force:
        raise Refused(
            f"{file.name} is there and readable; rebuilding replaces it, with what was said of pictures since the last commit",
            hint="--force does it all the same",
            code="lock-readable",
            question=Question("lock-readable", ("--force",)),
        )
    desk = _desk(manifest, file)
    for id in order(edges_of(manifest.assets)):
        desk.take(id)
    kept = _kept(file)
    overwrite(file, Lock(entries=desk.entries))
    desk.digests.save()
    unknown = tuple(asset.id for asset in manifest.assets if asset.id not in desk.entries)
    from_git = tuple(id for id in desk.entries if id in desk.borrowed)
    from_store = tuple(id for id in desk.entries if id not in desk.borrowed)
    return Rebuilt(from_store, from_git, unknown, kept, bool(desk.last.entries))


def _require_known_version(file: LockFile) -> None:
    """Raises errors.Damaged for a lock that a newer imagepipe wrote, on either side of a conflict too: it is whole."""
    try:
        text = (file.root / file.name).read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return
    for side in dict.fromkeys((text, *conflict_sides(text))):
        try:
            loads(side, file.name)
        except Damaged as damaged:
            if damaged.code == "lock-newer":
                raise


def _kept(file: LockFile) -> str:
    """Where the file that is replaced was put; "" where there is none."""
    path = file.root / file.name
    if not path.exists():
        return ""
    target = private_folder(file.root) / f"{file.name}.old"
    write_atomic(target, path.read_bytes())
    return target.relative_to(file.root).as_posix()


def _desk(manifest: Manifest, file: LockFile) -> "_Desk":
    near = around(file.root)
    by_asset: dict[str, list[Receipt]] = {}
    for receipt in own_receipts(near, file.root):
        by_asset.setdefault(receipt.asset, []).append(receipt)
    assets = {asset.id: asset for asset in manifest.assets}
    return _Desk(manifest, assets, near.store, Digests(file.root), by_asset, _last(file), _ours(file))


def _ours(file: LockFile) -> frozenset[str]:
    """The digests in every text of the lock that is still to be had, the damaged one too: files of these are ours."""
    texts = []
    with suppress(OSError):
        texts.append((file.root / file.name).read_bytes())
    with suppress(UsageError):
        texts += versions_in_refs(file.root, file.name)
    return frozenset(found.decode() for text in texts for found in _DIGEST.findall(text))


def _last(file: LockFile) -> Lock:
    """The last committed lock."""
    try:
        return whole(git(file.root, "show", f"HEAD:./{file.name}").decode("utf-8"), file.name)
    except (UsageError, Damaged, UnicodeDecodeError):
        return Lock()


@dataclass(slots=True)
class _Desk:
    """What is at hand to make entries of, and the entries made so far; inputs come before the assets that take them."""

    manifest: Manifest
    assets: Mapping[str, Asset]
    store: DiskStore
    digests: Digests
    by_asset: Mapping[str, list[Receipt]]
    last: Lock
    ours: frozenset[str]
    entries: dict[str, Entry] = field(default_factory=dict)
    borrowed: set[str] = field(default_factory=set)

    def take(self, id: str) -> None:
        """The entry of one asset, if anything is known of it."""
        asset = self.assets[id]
        inputs = declaring_inputs(self.manifest, self.entries, self.digests)(asset)
        recipe = recipe_of(asset, self.manifest.words[id], inputs)
        held = self._held(recipe.made_from, id)
        if not held.receipts and not held.entry:
            recipe, held = self._earlier(asset, recipe)
        if held.receipts:
            self.entries[id] = self._entry(asset, recipe, held)
        elif known := held.entry or self.last.entries.get(id):
            self.entries[id] = known
            self.borrowed.add(id)

    def _held(self, key: str, id: str) -> Held:
        seen = Seen(self.digests, Looked(lambda name: self.store.receipts(name) or None))
        return Holdings(self.last, seen).held(key, id)

    def _earlier(self, asset: Asset, recipe: Recipe) -> tuple[Recipe, Held]:
        """The answer to an earlier recipe of the asset: the one its files are of, else the newest."""
        receipts = self.by_asset.get(asset.id, [])
        if not receipts:
            return recipe, Held()
        there = {self.digests.get(output.path, "") for output in asset.outputs}
        newest = max(receipts, key=lambda one: (bool(there & {c.sha256 for c in one.candidates}), one.made_at, one.id))
        return _recipe(newest), self._held(newest.key, asset.id)

    def _entry(self, asset: Asset, recipe: Recipe, held: Held) -> Entry:
        files = {path: fact for output in asset.outputs for path, fact in self._files(output, held)}
        picked = self._picked(asset, files.values(), held)
        before = held.entry
        key, parts = finish_of(asset, picked, version_of)
        plain = all(not output.steps and output.path in files for output in asset.outputs)
        if before and _shows(before, picked, files):
            key, parts = before.finished_by, before.parts.get("finished_by", EMPTY)
        elif not plain or any(fact.sha256 != picked for fact in files.values()):
            key, parts = "", EMPTY
        profile = before.profile if before else ""
        made = Made(held.candidates, picked, files, key, parts, held.receipts, profile=profile)
        return entry_of(recipe, made, before)

    def _files(self, output: Output, held: Held) -> Iterable[tuple[str, FileFact]]:
        tree = DiskTree(Path(self.manifest.root))
        pattern = output.path.replace("{index}", "*").replace("{cell}", "*")
        for path in tree.glob(pattern) if "*" in pattern else (output.path,):
            digest = self.digests.get(path, "")
            if digest in self.ours or any(item.sha256 == digest for item in held.candidates):
                yield path, _fact(tree, path, output.format, digest)

    def _picked(self, asset: Asset, files: Iterable[FileFact], held: Held) -> str:
        """The digest of the picture that the manifest picks, else of the one that the files show, else of the last one
        that a person took since the last commit, else of the one picked there, else of the last one that a person ever
        took, else of the first good one; "" where none is good."""
        before = held.entry
        known = [item.sha256 for item in held.candidates]
        shown = next((fact.sha256 for fact in files if fact.sha256 in known), "")
        if asset.pick and asset.pick <= len(known):
            return known[asset.pick - 1]
        taken = [one.candidates[0].sha256 for one in held.receipts if one.answer == "adopted" and one.candidates]
        new = [one for one in taken if before and one not in {item.sha256 for item in before.candidates}]
        last = [before.picked.sha256] if before and before.picked else []
        good = [item.sha256 for item in held.candidates if item.status != "rejected"]
        return shown or next(iter([*new[-1:], *last, *taken[-1:], *good]), "")


def _shows(entry: Entry, picked: str, files: Mapping[str, FileFact]) -> bool:
    """Whether the files are the very ones of an entry, made of the same picture."""
    wanted = {path: fact.sha256 for path, fact in entry.outputs.items()}
    same = entry.picked is not None and entry.picked.sha256 == picked
    return same and wanted == {path: fact.sha256 for path, fact in files.items()}


def _recipe(receipt: Receipt) -> Recipe:
    text = "\n".join(receipt.prompt)
    request = Request(receipt.provider, receipt.model, text, receipt.options, receipt.inputs, receipt.asset)
    return Recipe(receipt.asset, receipt.key, receipt.parts, request, Words(text))


def _fact(tree: DiskTree, path: str, format: str, digest: str) -> FileFact:
    """A file's facts; those of a Git LFS pointer or of a format that cannot be measured are not known."""
    data = tree.read(path)
    try:
        found = facts(data)
    except ImagepipeError:
        return FileFact(digest, 0, 0, format, len(data))
    return FileFact(digest, found.width, found.height, found.format, len(data))
