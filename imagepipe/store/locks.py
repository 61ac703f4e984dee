"""Kernel locks on files: between processes and between threads, gone the moment their holder dies. No pid is trusted.

What is written into a lock file is only for the message to whoever waits.
"""

import contextlib
import errno
import os
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any

from imagepipe.errors import Busy
from imagepipe.plugins import resolve
from imagepipe.store.disk import DiskFault, ensure_folder, explained

_WINDOWS = sys.platform == "win32"
_kernel: Any = resolve("msvcrt" if _WINDOWS else "fcntl")
_FAR = 1 << 30  # Windows locks are mandatory: the locked bytes lie beyond the note, so that others can read it.
_HELD = {errno.EAGAIN, errno.EWOULDBLOCK, errno.EACCES, errno.EDEADLK}
_MACHINE = os.environ.get("COMPUTERNAME", "this machine") if _WINDOWS else os.uname().nodename
_NOTE = 99
_POLL = 0.02
LEAST = 0.06
"""Seconds: long enough for a look by `is_held` in another process to pass."""


class Held:
    """A lock that is held until `release`, the end of a `with` block, or the death of the process."""

    __slots__ = ("_fd", "_shared")

    def __init__(self, fd: int, shared: bool = False) -> None:
        self._fd, self._shared = fd, shared

    @property
    def held(self) -> bool:
        """Whether it has not been released yet."""
        return self._fd >= 0

    def release(self) -> None:
        """Gives the lock up; from any thread, any number of times."""
        fd, self._fd = self._fd, -1
        if fd >= 0:
            _unlock(fd, self._shared)

    def __enter__(self) -> "Held":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.release()


def lock_file(path: Path, timeout: float = 0.0, *, shared: bool = False, what: str = "", least: float = LEAST) -> Held:
    """Locks `path`, made where it is missing; `shared` locks exclude only exclusive ones.

    Waits up to `timeout` seconds, sleeping between looks, and `least` where that is more. `what` names the thing in the
    message. Raises errors.Busy when it is not had, DiskFault where the file cannot be made or the file system has no locks.
    """
    deadline = time.monotonic() + max(timeout, least)
    with explained(path):
        while (fd := _try(path, shared)) < 0:
            if time.monotonic() >= deadline:
                raise Busy(
                    f"{what or path.name} is held by {_holder(path)}",
                    hint="wait for it to end, or give it longer with --lock-timeout SECONDS",
                    code="busy",
                )
            time.sleep(_POLL)
        if not shared:
            _leave_note(fd)
    return Held(fd, shared)


def is_held(path: Path) -> bool:
    """Whether someone holds `path` exclusively now. Writes nothing, works on a read-only file system."""
    try:
        fd = os.open(path, os.O_RDONLY)
    except OSError:
        return False
    try:
        _lock(fd, shared=not _WINDOWS)
    except OSError as error:
        os.close(fd)
        return error.errno in _HELD
    _unlock(fd, shared=not _WINDOWS)
    return False


def _try(path: Path, shared: bool) -> int:
    """A descriptor with the lock, or -1. A file that was removed meanwhile guards nothing and is opened anew."""
    while True:
        fd = _opened(path)
        try:
            _lock(fd, shared)
        except OSError as error:
            os.close(fd)
            if error.errno in _HELD:
                return -1
            raise _no_locks(path, error) from error
        if _WINDOWS or os.fstat(fd).st_nlink:
            return fd
        os.close(fd)


def _opened(path: Path) -> int:
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0)
    try:
        return os.open(path, flags, 0o666)
    except FileNotFoundError:
        ensure_folder(path.parent, durable=False)
        return os.open(path, flags, 0o666)


def _no_locks(path: Path, error: OSError) -> DiskFault:
    return DiskFault(
        f"cannot lock {path}: {error.strerror}",
        number=error.errno or 0,
        hint="the file system has no kernel locks; put the store elsewhere with IMAGEPIPE_STORE",
        code="disk-no-locks",
    )


def _lock(fd: int, shared: bool) -> None:
    if _WINDOWS:
        _lock_bytes(fd, shared, _kernel.LK_NBLCK)
    else:
        _kernel.flock(fd, (_kernel.LOCK_SH if shared else _kernel.LOCK_EX) | _kernel.LOCK_NB)


def _lock_bytes(fd: int, shared: bool, mode: int) -> None:
    """Windows knows no shared locks here: one byte each for those who share, all of them for one who does not."""
    os.lseek(fd, _FAR + (os.getpid() * 64 + fd) % (_FAR - 1) if shared else _FAR, os.SEEK_SET)
    _kernel.locking(fd, mode, 1 if shared else _FAR - 1)


def _unlock(fd: int, shared: bool) -> None:
    if _WINDOWS:  # Elsewhere a lock goes with its descriptor at once; here that may take a while.
        _lock_bytes(fd, shared, _kernel.LK_UNLCK)
    os.close(fd)


def _leave_note(fd: int) -> None:
    """Who holds it, always of one length, so that it covers what another left; a disk that takes no note makes the lock no
    worse. The descriptor is fresh: it writes from the start."""
    note = f"process {os.getpid()} on {_MACHINE}".encode("utf-8", "replace")[:_NOTE]
    with contextlib.suppress(OSError):
        os.write(fd, note.ljust(_NOTE) + b"\n")


def _holder(path: Path) -> str:
    try:
        note = path.read_text("utf-8", "replace").strip()
    except OSError:
        note = ""
    return f"another build ({note})" if note else "another build"
