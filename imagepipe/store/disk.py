"""The one module that knows how disks keep a promise: fsync, preallocation, atomic replacement, and what fails how.

It knows nothing of what is kept. Kernel locks, the other thing that differs between systems, are in `locks`.
"""

import contextlib
import errno
import itertools
import os
import stat
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from imagepipe.errors import ImagepipeError
from imagepipe.plugins import resolve
from imagepipe.store.writing import write_all, write_past_cache

TEMPORARY = ".tmp-"
_TOKEN = os.urandom(6).hex()
_NUMBERS = itertools.count()
_WINDOWS = sys.platform == "win32"
_BINARY = getattr(os, "O_BINARY", 0)
_FULL_FSYNC = getattr(resolve("fcntl"), "F_FULLFSYNC", None) if not _WINDOWS else None
_ZEROS = bytes(1 << 20)
_NOT_HERE = {errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTSUP}

FULL = frozenset((errno.ENOSPC, errno.EDQUOT))
"""The numbers of a disk that has no room; it may have later."""
_CAUSES = {
    errno.ENOSPC: ("disk-full", "the disk is full", "free some space and run again; what was paid for is kept"),
    errno.EDQUOT: ("disk-quota", "your disk quota is used up", "free some space and run again"),
    errno.EFBIG: ("disk-limit", "the file would be larger than this system allows", "raise the limit (`ulimit -f`)"),
    errno.EACCES: ("disk-denied", "permission was denied", "make the folder writable for you"),
    errno.EPERM: ("disk-denied", "permission was denied", "make the folder writable for you"),
    errno.EROFS: ("disk-read-only", "the file system is read-only", "choose another store with IMAGEPIPE_STORE"),
    errno.EIO: ("disk-fault", "the disk reported an error", "check the disk; do not trust what it says it wrote"),
}


class DiskFault(ImagepipeError):
    """The disk would not take what it was given. `errno` is the system's number; nothing half-written is left."""

    exit_code = 1

    def __init__(self, message: str, *, number: int = 0, hint: str = "", code: str = "disk-fault") -> None:
        super().__init__(message, hint=hint, code=code)
        self.errno = number


def fault_of(error: OSError, path: Path, needed: int = 0) -> DiskFault:
    """An operating system's error as one for a person; `needed` is how many bytes were to be written."""
    number = error.errno or 0
    cause = error.strerror or str(error)
    code, what, hint = _CAUSES.get(number, ("disk-fault", cause, "check the disk and the folder"))
    need = f" ({size_text(needed)} needed)" if needed and code in ("disk-full", "disk-quota", "disk-limit") else ""
    return DiskFault(f"cannot write {path}: {what}{need}", number=number, hint=hint, code=code)


def size_text(count: int) -> str:
    """A number of bytes for a person: "512 bytes", "20.0 KiB", "8.0 MiB"."""
    if count < 1024:
        return f"{count} bytes"
    return f"{count / 1024:.1f} KiB" if count < 1 << 20 else f"{count / (1 << 20):.1f} MiB"


@contextlib.contextmanager
def explained(path: Path, needed: int = 0) -> Iterator[None]:
    """Turns an OSError of the block into a DiskFault that names `path` and the bytes needed."""
    try:
        yield
    except OSError as error:
        raise fault_of(error, path, needed) from error


def create(path: Path | str) -> int:
    """Opens a new file for reading and writing; raises FileExistsError rather than touch one that is there."""
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | _BINARY, 0o666)


def unique() -> str:
    """A name that nobody else makes: not another process (a fork has our token, a container our number), not we again."""
    return f"{_TOKEN}-{os.getpid():x}-{next(_NUMBERS):x}"


def reopen(path: Path) -> int:
    """Opens a file that is there for reading and writing. Raises OSError."""
    return os.open(path, os.O_RDWR | _BINARY)


@contextlib.contextmanager
def open_existing(path: Path) -> Iterator[int]:
    """A descriptor for reading and writing a file that is there, for the block."""
    fd = reopen(path)
    try:
        yield fd
    finally:
        os.close(fd)


def fsync_file(fd: int) -> None:
    """Returns once the file is on the medium (on macOS that takes F_FULLFSYNC). Raises OSError.

    After an error the file must not be synced again: a second fsync may report success for pages that are gone.
    """
    if _FULL_FSYNC is None:
        os.fsync(fd)
        return
    try:
        resolve("fcntl").fcntl(fd, _FULL_FSYNC)
    except OSError as error:
        if error.errno not in _NOT_HERE | {errno.ENOTTY}:
            raise
        os.fsync(fd)


def fsync_folder(folder: Path) -> None:
    """Makes names created, replaced or removed in `folder` last. Windows has no such call and needs none."""
    if _WINDOWS:
        return
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    except OSError as error:
        if error.errno not in _NOT_HERE:
            raise
    finally:
        os.close(fd)


def ensure_folder(folder: Path, durable: bool = True) -> None:
    """Makes `folder` and its parents; each new name is synced in its parent. Raises OSError."""
    if folder.is_dir():
        return
    ensure_folder(folder.parent, durable)
    with contextlib.suppress(FileExistsError):
        folder.mkdir()
    if durable:
        fsync_folder(folder.parent)


def preallocate(fd: int, size: int) -> None:
    """Reserves `size` bytes from the start of an empty file, so that writing them later cannot run out of space.

    Where the file system cannot reserve, zeros are written instead. Raises OSError.
    """
    if hasattr(os, "posix_fallocate"):
        try:
            os.posix_fallocate(fd, 0, size)
        except OSError as error:
            if error.errno not in _NOT_HERE:
                raise
        else:
            return
    for start in range(0, size, len(_ZEROS)):
        write_all(fd, memoryview(_ZEROS)[: size - start])
    os.lseek(fd, 0, os.SEEK_SET)


def remove(path: Path) -> bool:
    """Removes a file if it is there, and tells whether it was. Raises OSError for anything but its absence."""
    try:
        os.unlink(path)
    except FileNotFoundError:
        return False
    return True


def replace(source: Path, target: Path) -> None:
    """Renames over `target` atomically. Windows refuses while a reader has it open, which passes: tried again."""
    for patience in (0.01, 0.1, 0.5) if _WINDOWS else ():
        try:
            os.replace(source, target)
        except PermissionError:
            time.sleep(patience)
        else:
            return
    os.replace(source, target)


def write_atomic(path: Path, data: bytes, durable: bool = True) -> None:
    """Puts `data` at `path`, whole or not at all; `durable` also outlives a power cut. Makes missing folders.

    A file that met EIO is not tried again, least of all its fsync: a new one is written, once. No temporary file is
    left behind. Raises DiskFault.
    """
    with explained(path, len(data)):
        try:
            _write_once(path, data, durable)
        except FileNotFoundError:  # The folder is there nearly always: it is made when it turns out that it is not.
            ensure_folder(path.parent, durable)
            _write_once(path, data, durable)
        except OSError as error:
            if error.errno != errno.EIO:
                raise
            _write_once(path, data, durable)


def _write_once(path: Path, data: bytes, durable: bool) -> None:
    temporary = path.parent / (TEMPORARY + unique())
    try:
        fd = create(temporary)
        try:
            _fill(fd, data, durable)
            if durable:
                fsync_file(fd)
        finally:
            os.close(fd)
        replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    if durable:
        fsync_folder(path.parent)


def _fill(fd: int, data: bytes, durable: bool) -> None:
    if not durable:
        write_all(fd, data)
        return _expect_size(fd, len(data))
    written = write_past_cache(fd, (data,))
    _expect_size(fd, written)
    if written > len(data):
        os.ftruncate(fd, len(data))


def _expect_size(fd: int, size: int) -> None:
    """Some network and user-space file systems report bytes as written that are not; that is a fault like any other."""
    if os.fstat(fd).st_size != size:
        raise OSError(errno.EIO, "the disk took fewer bytes than it said")


def append_durable(path: Path, line: bytes) -> None:
    """Adds a line to a file, synced; a torn line before it is ended first. The caller holds a lock. Raises OSError."""
    fresh = not path.exists()
    fd = os.open(path, os.O_RDWR | os.O_CREAT | _BINARY, 0o666)
    try:
        end = os.lseek(fd, 0, os.SEEK_END)
        if end and not _ends_line(fd, end):
            line = b"\n" + line
        os.lseek(fd, end, os.SEEK_SET)
        write_all(fd, line)
        _expect_size(fd, end + len(line))
        fsync_file(fd)
    finally:
        os.close(fd)
    if fresh:
        fsync_folder(path.parent)


def _ends_line(fd: int, end: int) -> bool:
    os.lseek(fd, end - 1, os.SEEK_SET)
    return os.read(fd, 1) == b"\n"


def rescue_folders() -> tuple[Path, ...]:
    """Where to put what the store's disk will not take: the system's temporary folder, then the user's home."""
    return Path(resolve("tempfile").gettempdir()) / "imagepipe-rescue", Path.home() / "imagepipe-rescue"


def is_ours(path: Path) -> bool:
    """Whether a regular file is there that this user made: others may write to the system's temporary folder."""
    try:
        found = path.lstat()
    except OSError:
        return False
    return stat.S_ISREG(found.st_mode) and (_WINDOWS or found.st_uid == os.geteuid())
