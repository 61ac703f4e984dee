"""Two locks of one project into one, asset by asset, at no cost. Pure: which side fits the manifest is asked of others."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from imagepipe.lock.meaning import Lock, entries, with_changes
from imagepipe.values import Candidate, Entry

Fits = Callable[[str, Entry], bool]
"""Whether an entry is the answer to the manifest's present recipe of that asset."""


def merge(base: Lock, ours: Lock, theirs: Lock, fits: Fits) -> Lock:
    """Both sides' changes since `base` (an empty Lock where that is unknown). Where both changed one asset, the entry
    that fits the manifest wins, ours before theirs, and the other's candidates are kept beside it, with their key; a
    change wins over a removal."""
    found: dict[str, Entry] = {}
    for name in sorted({*ours.entries, *theirs.entries}):
        mine, other, before = ours.entries.get(name), theirs.entries.get(name), base.entries.get(name)
        entry = _either(mine, other, before)
        if mine and other and before not in (mine, other) and mine != other:
            first = mine if fits(name, mine) or not fits(name, other) else other
            entry = _keeping(first, other if first is mine else mine)
        if entry:
            found[name] = entry
    return Lock(entries=entries(found))


def _either(mine: Entry | None, other: Entry | None, before: Entry | None) -> Entry | None:
    """The side that changed; where one removed what the other changed, the changed one."""
    if mine == before:
        return other
    return mine if other == before else mine or other


def taking(lock: Lock, chosen: Mapping[str, Entry], sides: Sequence[Lock]) -> Lock:
    """The lock with these entries put in; what it and the sides had instead is kept as candidates."""
    found = dict(chosen)
    for name in chosen:
        for one in (lock, *sides):
            if other := one.entries.get(name):
                found[name] = _keeping(found[name], other)
    return with_changes(lock, found)


def _keeping(winner: Entry, loser: Entry) -> Entry:
    if loser.placeholder and not winner.placeholder:
        return winner  # a stand-in is no candidate beside real pictures
    known = {item.sha256 for item in winner.candidates}
    others = tuple(_aside(item, loser, winner) for item in loser.candidates if item.sha256 not in known)
    return replace(winner, candidates=winner.candidates + others)


def _aside(item: Candidate, loser: Entry, winner: Entry) -> Candidate:
    """A picture as it is kept beside the winner's: not picked, and under the key that it was paid for."""
    key = item.made_from or ("" if loser.placeholder else loser.made_from)
    status = "kept" if item.status == "picked" else item.status
    return replace(item, status=status, made_from="" if key == winner.made_from else key)
