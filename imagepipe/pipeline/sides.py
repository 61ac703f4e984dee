"""The versions of the lock that git has while a merge is under way, and which of their entries answers the manifest."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from imagepipe.errors import Damaged, ImagepipeError, UsageError
from imagepipe.graph import order
from imagepipe.history import git
from imagepipe.lock import Lock, loads
from imagepipe.planning.declaring import declaring_inputs
from imagepipe.recipe import recipe_of
from imagepipe.selection import edges_of
from imagepipe.values import Entry, Manifest
from imagepipe.workspace.digests import Digests
from imagepipe.workspace.locking import LockFile

Load = Callable[[str], Manifest]
"""The manifest under a profile ("final": none). Raises errors.ImagepipeError, OSError."""

_HEADS = ("MERGE_HEAD", "CHERRY_PICK_HEAD", "REBASE_HEAD")
"""What is being merged, by the kind of merge; git takes the name away when it is done."""


def whole(text: str, file: str) -> Lock:
    """The lock in a text, each entry read now. Raises errors.Damaged."""
    lock = loads(text, file)
    return Lock(lock.version, dict(lock.entries.items()))


def staged(file: LockFile, number: int) -> str:
    """The lock's text as git's index has it in a conflict: 1 base, 2 ours, 3 theirs; "" where there is none."""
    return _shown(file, f":{number}")


def _shown(file: LockFile, rev: str) -> str:
    try:
        return git(file.root, "show", f"{rev}:./{file.name}").decode("utf-8")
    except (UsageError, UnicodeDecodeError):
        return ""


def under_way(file: LockFile) -> tuple[Lock, ...]:
    """The two locks, ours first, that an unfinished merge, cherry-pick or rebase brings together; none where there is no
    such thing, or where one of them is no lock."""
    pairs = [(staged(file, 2), staged(file, 3)), *((_shown(file, "HEAD"), _shown(file, head)) for head in _HEADS)]
    ours, theirs = next((pair for pair in pairs if all(pair)), ("", ""))
    with suppress(Damaged):
        if ours:
            return whole(ours, file.name), whole(theirs, file.name)
    return ()


def begun_from(file: LockFile) -> str:
    """The text of the lock from which the two sides of an unfinished merge went apart; "" where there is none."""
    for head in _HEADS:
        with suppress(UsageError):
            rev = git(file.root, "merge-base", "HEAD", head).decode("ascii", "replace").split()
            return _shown(file, rev[0]) if rev else ""
    return ""


def same_answer(one: Entry | None, other: Entry | None) -> bool:
    """Whether two entries answer the same recipe, both with a picture or both with a placeholder."""
    if one is None or other is None:
        return one is other
    return (one.made_from, one.placeholder) == (other.made_from, other.placeholder)


def answers(load: Load, lock: Lock, sides: tuple[Lock, ...]) -> Mapping[str, Entry]:
    """Asset id → the entry of `lock`, else of one of the sides, that answers the manifest's recipe, where they differ;
    ids for which none does are left out. Raises what `load` raises."""
    under = cache(load)
    manifest = under("final")
    choosing = _Choosing(under, Digests(Path(manifest.root)), dict(lock.entries))
    for id in order(edges_of(manifest.assets)):
        choices = [entry for one in (lock, *sides) if (entry := one.entries.get(id))]
        if all(same_answer(choices[0], entry) for entry in choices[1:]) and len(choices) == 1 + len(sides):
            continue
        choosing.take(id, choices)
    return choosing.taken


@dataclass(slots=True)
class _Choosing:
    """The entries taken so far: an asset's recipe depends on its inputs', which are chosen before it."""

    load: Load
    digests: Digests
    entries: dict[str, Entry]
    taken: dict[str, Entry] = field(default_factory=dict)

    def take(self, id: str, choices: list[Entry]) -> None:
        """Takes the first entry that answers the asset's recipe; a picture before a placeholder."""
        for entry in sorted(choices, key=lambda one: one.placeholder):
            if entry.made_from in self._keys(id, entry):
                self.entries[id] = self.taken[id] = entry
                return

    def _keys(self, id: str, entry: Entry) -> Iterator[str]:
        """The key of the asset's recipe, under the profile of the entry too, which the manifest may not have any more."""
        for profile in dict.fromkeys(("final", entry.profile or "final")):
            with suppress(ImagepipeError):
                manifest = self.load(profile)
                inputs_of = declaring_inputs(manifest, self.entries, self.digests)
                for asset in (one for one in manifest.assets if one.id == id):
                    yield recipe_of(asset, manifest.words[id], inputs_of(asset), entry).made_from
