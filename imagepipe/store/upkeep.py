"""Looking after a store: what could go, what is damaged. Lists first; removes only what it is handed, and alone."""

import contextlib
from collections.abc import Collection, Iterator
from pathlib import Path

from imagepipe.digest import PREFIX
from imagepipe.errors import Finding
from imagepipe.frozen import frozen
from imagepipe.store import blobs, pending
from imagepipe.store.disk import TEMPORARY, explained, remove, write_atomic
from imagepipe.store.opening import DiskStore
from imagepipe.store.receipts import listed
from imagepipe.values import Receipt


@frozen
class Item:
    """One file that could go: its size in bytes, and whether it was paid for (a receipt names it)."""

    path: Path
    bytes: int
    digest: str = ""
    paid: bool = False


@frozen
class Garbage:
    """What could go, and how large the store's pictures are now, in bytes."""

    items: tuple[Item, ...]
    stored: int

    @property
    def bytes(self) -> int:
        """How many bytes would be freed."""
        return sum(item.bytes for item in self.items)


@frozen
class Collected:
    """What did go."""

    removed: tuple[Item, ...]
    kept: tuple[Item, ...]


@frozen
class Verification:
    """A store looked at: blobs read, pictures that receipts name but are not here, spools nobody knows, findings.
    `evicted` were let go to make room, which is no damage; `restored` were missing and are here again."""

    blobs: int
    receipts: int
    missing: tuple[str, ...]
    orphans: tuple[Path, ...]
    findings: tuple[Finding, ...]
    evicted: tuple[str, ...] = ()
    restored: tuple[str, ...] = ()

    @property
    def sound(self) -> bool:
        """Whether nothing is amiss."""
        return not (self.missing or self.orphans or self.findings)


def garbage(store: DiskStore, keep: Collection[str], limit: int | None = None) -> Garbage:
    """What could go: files that broken-off writes left, and pictures named neither by `keep` (digests, from the locks
    of all git refs) nor by a receipt.

    With a `limit` in bytes, paid pictures that `keep` does not name follow, oldest receipt first, until the rest fits;
    their receipts stay, so that the plan can say what is lost.
    """
    kept, paid = set(keep), _named(store.all_receipts())
    here = tuple(_blobs(store))
    stored = sum(item.bytes for item in here)
    loose = [item for item in here if item.digest not in kept and item.digest not in paid]
    over = stored - sum(item.bytes for item in loose) - (stored if limit is None else limit)
    sizes = {item.digest: item for item in here}
    for digest in paid:
        if over <= 0:
            break
        if digest in sizes and digest not in kept:
            item = sizes[digest]
            loose.append(Item(item.path, item.bytes, digest, paid=True))
            over -= item.bytes
    return Garbage((*_temporary(store), *loose), stored)


def collect(store: DiskStore, found: Garbage, timeout: float = 0.0) -> Collected:
    """Removes what `garbage` listed, with nobody else writing; what a receipt has named since is kept.

    A kill leaves each file whole or gone. Raises errors.Busy while a build is using the store, DiskFault.
    """
    removed, kept = [], []
    with store.alone(timeout):
        paid = _named(store.all_receipts())
        for item in found.items:
            if item.digest in paid and not item.paid:
                kept.append(item)
                continue
            if item.paid:
                write_atomic(store.layout.evicted(item.digest), b"")
            with explained(item.path):
                remove(item.path)
            removed.append(item)
        for path in (store.layout.root / "locks").glob("[0-9a-f]*"):
            with contextlib.suppress(OSError):  # Nobody holds one now, and an empty file that stays harms nobody.
                remove(path)
    return Collected(tuple(removed), tuple(kept))


def verify(store: DiskStore) -> Verification:
    """Reads everything: blobs against their names, receipts, the pictures they name, intents and spools.

    Damaged files go to quarantine, as at any read; nothing is deleted.
    """
    before = len(store.findings)
    digests = [item.digest for item in _blobs(store)]
    for digest in digests:
        blobs.is_sound(store.layout, digest, store.findings.append)
    receipts = tuple(store.all_receipts())
    gone = [digest for digest in _named(receipts) if not store.has_blob(digest)]
    evicted = tuple(digest for digest in gone if store.layout.evicted(digest).exists())
    missing = tuple(digest for digest in gone if digest not in evicted)
    store.pending()
    found = tuple(store.findings[before:])
    return Verification(len(digests), len(receipts), missing, pending.orphans(store.layout), found, evicted)


def _named(receipts: Collection[Receipt] | Iterator[Receipt]) -> dict[str, None]:
    """The pictures that receipts name, oldest receipt first."""
    ordered = sorted(receipts, key=lambda item: (item.made_at, item.id))
    return dict.fromkeys(candidate.sha256 for item in ordered for candidate in item.candidates)


def _blobs(store: DiskStore) -> Iterator[Item]:
    folder = store.layout.root / "blobs"
    for shelf in sorted(listed(folder)):
        for name in sorted(listed(folder / shelf)):
            path = folder / shelf / name
            if len(name) == 64:
                yield Item(path, path.stat().st_size, PREFIX + name)


def _temporary(store: DiskStore) -> Iterator[Item]:
    for path in sorted(set(store.layout.root.rglob(TEMPORARY + "*")) - pending.rooms(store.layout)):
        with contextlib.suppress(FileNotFoundError):
            yield Item(path, path.stat().st_size)
