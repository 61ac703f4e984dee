"""One asset's pictures through time: which were its own, and what each changed against the one before. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from imagepipe.frozen import frozen
from imagepipe.planning.differing import differences
from imagepipe.values import Candidate, Entry, Reason, Receipt


@frozen
class Origin:
    """Where a generation came into the lock: full hash of the commit, author, time (ISO 8601), first line of its
    message; all "" for what is not committed yet."""

    rev: str = ""
    author: str = ""
    at: str = ""
    subject: str = ""


@frozen
class Generation:
    """One picture of an asset: under which id it was known, its lock entry, where it came from, the entry before it and
    what differs but the words."""

    asset: str
    entry: Entry
    origin: Origin = Origin()
    before: Entry | None = None
    reasons: tuple[Reason, ...] = ()


@frozen
class Spare:
    """A picture of an asset that the store has and no generation shows, and the receipt of the answer that brought it."""

    picture: Candidate
    receipt: Receipt


def generations(found: Iterable[Generation]) -> Iterator[Generation]:
    """From an asset's entries, newest first, each picture once, with the oldest origin that has it."""
    current: Generation | None = None
    for older in found:
        if current and _same(current.entry, older.entry):
            current = replace(current, asset=older.asset, origin=older.origin)
            continue
        if current:
            yield replace(current, before=older.entry, reasons=differences(older.entry, current.entry))
        current = older
    if current:
        yield current


def _same(one: Entry, other: Entry) -> bool:
    pictures = [entry.picked.sha256 if entry.picked else "" for entry in (one, other)]
    return one.made_from == other.made_from and pictures[0] == pictures[1] and one.placeholder == other.placeholder
