"""The lock file on disk: read, and written only when something changed, without losing what another build wrote."""

from pathlib import Path

from imagepipe.errors import Damaged, Place
from imagepipe.frozen import frozen
from imagepipe.lock import Lock, changes, dumps, loads, with_changes
from imagepipe.store.disk import explained, write_atomic
from imagepipe.store.locks import lock_file
from imagepipe.workspace.finding import PRIVATE, private_folder


def load_lock(root: Path, name: str = "assets.lock") -> Lock:
    """The project's lock; an empty one where there is no file. Raises errors.Damaged (exit 6)."""
    data = _data(root, name)
    return Lock() if data is None else loads(data, name)


def _data(root: Path, name: str) -> bytes | None:
    try:
        return (root / name).read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        hint = "make it a readable file"
        raise Damaged(
            f"{name} cannot be read: {error.strerror}", place=Place(name), hint=hint, code="lock-form"
        ) from None


@frozen
class LockFile:
    """Where the lock is, and how many seconds to wait for another build that is writing it."""

    root: Path
    name: str = "assets.lock"
    timeout: float = 60.0


def _there(data: bytes | None, base: Lock, name: str) -> Lock:
    """What the file says: mostly what was read or written last, whose entries need not be read again."""
    if data is None:
        return Lock()
    return base if data == dumps(base).encode("utf-8") else loads(data, name)


def save_lock(file: LockFile, base: Lock, lock: Lock) -> Lock:
    """Writes what changed between `base` (as last read or written) and `lock`, onto whatever the file says by now;
    gives what it says after that. The file is left alone where that is no change.

    Raises errors.Busy (exit 5), Damaged, store.disk.DiskFault.
    """
    changed = changes(base, lock)
    if not changed:
        return lock
    with explained(file.root / PRIVATE):
        guard = private_folder(file.root) / f"{file.name}.guard"
    with lock_file(guard, file.timeout, what=file.name):
        before = _data(file.root, file.name)
        merged = with_changes(_there(before, base, file.name), changed)
        after = dumps(merged).encode("utf-8")
        if after != before and (merged.entries or before is not None):
            write_atomic(file.root / file.name, after)
    return merged
