"""How the lock moves on with what happens. Pure; apart from what a lock says, since plans know no events."""

from dataclasses import replace

from imagepipe.events import Dropped, Event, Failed, Published, Relocked
from imagepipe.lock.meaning import Lock, entries
from imagepipe.values import EMPTY, Entry, FrozenMap


def advance(lock: Lock, event: Event) -> Lock:
    """The lock after something happened; the same lock where that changes nothing."""
    if isinstance(event, Published | Relocked | Failed):
        entry = event.entry
        if entry is None or lock.entries.get(event.asset) == entry:
            return lock
        return Lock(lock.version, entries(lock.entries).changed({event.asset: entry}))
    if isinstance(event, Dropped) and event.asset in lock.entries:
        return Lock(lock.version, entries(lock.entries).changed({event.asset: _remains(lock, event)}))
    return lock


def _remains(lock: Lock, event: Dropped) -> Entry | None:
    """The entry of an asset that left the manifest: as long as files of it are there, they are known to be ours."""
    entry = lock.entries[event.asset]
    left = {path: entry.files[path] for path in event.left}
    return replace(entry, outputs=EMPTY, left_over=FrozenMap(left)) if left else None
