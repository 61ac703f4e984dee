"""What is had already, by key and by digest, over all lock entries, receipts and files: why a rename costs nothing."""

from collections.abc import Container
from dataclasses import replace
from functools import cached_property

from imagepipe.frozen import frozen
from imagepipe.lock import Lock, by_key, put_aside
from imagepipe.lock.counting import candidates_of, counted
from imagepipe.planning.seen import Seen
from imagepipe.values import Candidate, Entry, Receipt


@frozen
class Held:
    """What one key has brought: all pictures in order, `paid` how many of them were billed, `failed` those of answers
    that may not be published. `entry` is the lock's record of it, under the id `named`. `turned_down` were paid for and
    do not count toward n, since a person rejected them. `unmet` says what is wrong with a picture that was tried."""

    candidates: tuple[Candidate, ...] = ()
    paid: int = 0
    failed: int = 0
    adopted: bool = False
    receipts: tuple[Receipt, ...] = ()
    entry: Entry | None = None
    named: str = ""
    turned_down: int = 0
    unmet: str = ""

    @property
    def usable(self) -> bool:
        """Whether a picture may be published."""
        return any(
            item.status == "picked" or (item.status == "kept" and not item.made_from) for item in self.candidates
        )

    @property
    def lost(self) -> bool:
        """Whether all that was paid failed its checks, apart from what a person rejected."""
        left = any(not item.why for item in self.candidates)
        return (left or bool(self.failed)) and not self.usable


class Holdings:
    """Look-ups over one lock and one Seen; the lock is gone through only when something is not where it belongs."""

    def __init__(self, lock: Lock, seen: Seen, present: Container[str] = ()) -> None:
        """`present`: the ids of the manifest, where it matters which of several entries a new name takes."""
        self.lock, self.seen, self.present = lock, seen, present

    def held(self, key: str, asset: str) -> Held:
        """What `key` has brought, by any asset. Placeholders are not among it."""
        receipts = self.seen.receipts.get(key, ())
        named = self._named(key, asset, receipts)
        if not named and not receipts and key in self._aside:
            return _kept(*self._aside[key])
        entry = self.lock.entries[named] if named else None
        own = entry.candidates if entry else ()
        pictures = candidates_of(receipts, own) if receipts else own
        asked = [item for item in pictures if not item.made_from]
        adopted = any(r.answer == "adopted" for r in receipts) or (entry is not None and entry.answer == "adopted")
        paid = max(sum(receipt.paid for receipt in receipts), len(asked))
        kept = sum(1 for item in asked if not item.why)
        counts = max(counted(receipts, own), kept) if receipts else kept
        failed = sum(max(receipt.paid, 1) for receipt in receipts if receipt.failure)
        return Held(pictures, paid, failed, adopted, receipts, entry, named, paid - counts)

    def _named(self, key: str, asset: str, receipts: tuple[Receipt, ...]) -> str:
        own = self.lock.entries.get(asset)
        if own and own.made_from == key and not own.placeholder:
            return asset
        return self._by_key.get(key, "") if own is None or not receipts else ""

    @cached_property
    def _by_key(self) -> dict[str, str]:
        return by_key(self.lock, self.present)

    @cached_property
    def _aside(self) -> dict[str, tuple[str, tuple[Candidate, ...]]]:
        return put_aside(self.lock)

    @cached_property
    def _paths(self) -> dict[str, list[str]]:
        """Digest → the paths at which the lock says it is; none for a candidate that was never a file."""
        found: dict[str, list[str]] = {}
        for name in self.lock.entries:
            entry = self.lock.entries[name]
            for item in entry.candidates:
                found.setdefault(item.sha256, [])
            for path, fact in entry.files.items():
                found.setdefault(fact.sha256, []).append(path)
        return found

    def ours(self, digest: str) -> bool:
        """Whether a file with these bytes is one that imagepipe made: it is in the lock or came into the store, if only
        for a while."""
        return digest in self._paths or digest in self.seen.blobs or digest in self.seen.received

    def file_with(self, digest: str) -> str:
        """A project file that holds these bytes; "" where there is none."""
        for path in self._paths.get(digest, ()):
            if self.seen.files.get(path) == digest:
                return path
        return self.seen.at_hand.get(digest, "")

    def has(self, digest: str) -> bool:
        """Whether the bytes are at hand, in the store or in a file."""
        return digest in self.seen.blobs or bool(self.file_with(digest))


def _kept(name: str, pictures: tuple[Candidate, ...]) -> Held:
    """What a merge kept of a key whose entry gave way: its pictures, and that they were paid for."""
    own = tuple(replace(item, made_from="") for item in pictures)
    down = sum(1 for item in own if item.why)
    return Held(own, len(own), named=name, turned_down=down)
