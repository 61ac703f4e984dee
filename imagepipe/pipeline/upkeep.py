"""Looks after what a project keeps: what of its store could go, and whether store and outputs are what they should be."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from imagepipe.digest import digest_bytes
from imagepipe.errors import Damaged, ImagepipeError, UsageError
from imagepipe.frozen import frozen
from imagepipe.history import contents, git, is_repository
from imagepipe.lock import Lock, loads
from imagepipe.pipeline.around import around
from imagepipe.store.opening import DiskStore
from imagepipe.store.upkeep import Collected, Garbage, Item, Verification, collect, garbage
from imagepipe.store.upkeep import verify as verify_store
from imagepipe.values import Manifest
from imagepipe.workspace.digests import content_of
from imagepipe.workspace.finding import FAILED, PRIVATE, lock_name
from imagepipe.workspace.locking import load_lock

_OURS = '"made_from"'
"""What tells our locks from those of other tools, which are called `.lock` too."""


@frozen
class Unlike:
    """An output that is not what the lock says: its bytes differ, or it is `missing`."""

    asset: str
    path: str
    missing: bool


@frozen
class Verified:
    """The store, and the outputs that were read."""

    store: Verification
    outputs: int
    unlike: tuple[Unlike, ...]


def unneeded(manifest: Manifest, limit: int | None = None) -> tuple[DiskStore, Garbage]:
    """The store, and what could go: nothing of it that a lock names, in any worktree, branch, tag or stash; pictures of
    what was wrong with others.

    With a `limit` in bytes, paid pictures that no lock names follow, oldest first, until the rest fits. Raises
    errors.Damaged for a lock that cannot be read: what it names is not known.
    """
    root = Path(manifest.root)
    store = around(root).store
    found = garbage(store, named(root, lock_name(manifest.file)), limit)
    return store, replace(found, items=(*_failed(root), *found.items))


def _failed(root: Path) -> Iterator[Item]:
    for path in sorted((root / PRIVATE / FAILED).glob("*.png")):
        if path.is_file() and not path.is_symlink():
            yield Item(path, path.stat().st_size)


def clear(store: DiskStore, found: Garbage, timeout: float) -> Collected:
    """Removes it. Raises errors.Busy while a build uses the store, store.disk.DiskFault."""
    return collect(store, found, timeout)


def verify(manifest: Manifest) -> Verified:
    """Reads all of the store and every output in full. Damaged things go to quarantine; nothing is deleted. A picture
    that the store has lost and an output still holds is put back."""
    root = Path(manifest.root)
    entries = load_lock(root, lock_name(manifest.file)).entries
    outputs = [(id, path, fact) for id, entry in entries.items() for path, fact in entry.outputs.items()]
    unlike, files = [], {}
    for id, path, fact in outputs:
        there = content_of(str(root / path), str(root))
        if there != fact.sha256:
            unlike.append(Unlike(id, path, there is None))
        elif there:
            files[there] = root / path
    with around(root).store as store:
        found = verify_store(store)
        back = tuple(digest for digest in found.missing if digest in files and _put_back(store, digest, files[digest]))
    missing = tuple(digest for digest in found.missing if digest not in back)
    return Verified(replace(found, missing=missing, restored=back), len(outputs), tuple(unlike))


def _put_back(store: DiskStore, digest: str, file: Path) -> bool:
    """Whether the store has the picture again, from a file that holds its bytes."""
    try:
        data = file.read_bytes()
        return digest_bytes(data) == digest and store.put_blob(data) == digest
    except (OSError, ImagepipeError):
        return False  # a store that cannot be written, or an LFS pointer: it stays missing, and is told so


def named(root: Path, name: str) -> frozenset[str]:
    """The pictures that any lock names: the project's own, those of all worktrees, and those in every git ref."""
    locks = [load_lock(root, name)]
    if is_repository(root):
        refs = _in_refs(root)
        locks += [_read(data, f"{path} in git") for path, data in refs]
        paths = {path for path, _ in refs}
        locks += [load_lock(folder, path) for folder in _worktrees(root) for path in paths if (folder / path).is_file()]
    return frozenset(digest for lock in locks for digest in _digests(lock))


def _digests(lock: Lock) -> Iterator[str]:
    for entry in lock.entries.values():
        yield from (item.sha256 for item in entry.candidates)
        yield from (item.sha256 for item in entry.inputs)


def _read(data: bytes, name: str) -> Lock:
    try:
        return loads(data.decode("utf-8"), name)
    except UnicodeDecodeError:
        raise Damaged(
            f"{name} is not UTF-8 text", hint="repair it: what it names must stay", code="lock-form"
        ) from None


def _in_refs(root: Path) -> list[tuple[str, bytes]]:
    """Every version of every lock of ours at the tip of a ref and at HEAD, with its path in the repository."""
    tips = git(root, "for-each-ref", "--format=%(objectname)").decode().split()
    found: dict[str, str] = {}
    for rev in dict.fromkeys(["HEAD", *tips]):
        try:
            listing = git(root, "ls-tree", "-r", "-z", "--full-tree", rev).decode("utf-8", "surrogateescape")
        except UsageError:  # No commit yet, or a ref that names no tree.
            continue
        rows = (row.partition("\t") for row in listing.split("\0"))
        found.update({head.split()[2]: path for head, _, path in rows if path.endswith(".lock") and " blob " in head})
    texts = zip(found.values(), contents(root, found), strict=True)
    return [(path, data) for path, data in texts if data and _OURS.encode() in data]


def _worktrees(root: Path) -> list[Path]:
    lines = git(root, "worktree", "list", "--porcelain").decode("utf-8", "surrogateescape").splitlines()
    return [Path(line.removeprefix("worktree ")) for line in lines if line.startswith("worktree ")]
