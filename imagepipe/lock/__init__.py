"""The lock: text ↔ entries, how two of them merge, and how an entry comes about; `advancing` for how it moves on. Pure."""

from imagepipe.lock.entries import Made, entry_of
from imagepipe.lock.fileform import VERSION, conflict_sides
from imagepipe.lock.meaning import Lock, by_key, changes, dumps, entries, loads, put_aside, with_changes
from imagepipe.lock.merging import merge, taking

__all__ = [
    "VERSION",
    "Lock",
    "Made",
    "by_key",
    "changes",
    "conflict_sides",
    "dumps",
    "entries",
    "entry_of",
    "loads",
    "merge",
    "put_aside",
    "taking",
    "with_changes",
]
