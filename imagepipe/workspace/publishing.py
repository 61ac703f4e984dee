"""Files into the project: whole or not at all, never through a link, never over what a person made."""

import contextlib
import os
import stat
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from imagepipe.digest import digest_bytes
from imagepipe.errors import ImagepipeError, Place, UsageError, plain
from imagepipe.frozen import frozen
from imagepipe.paths import fault_of
from imagepipe.store.disk import explained, unique
from imagepipe.workspace.digests import pointed

_ANCHORED = os.open in os.supports_dir_fd and os.mkdir in os.supports_dir_fd and os.rename in os.supports_dir_fd
"""Whether names can be opened in a folder that is held open, so that nobody can swap it for a link meanwhile."""
_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0)
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


class NotOurs(ImagepipeError):
    """A file that imagepipe did not make is where one should be written; it was left alone."""

    exit_code = 1


@frozen
class Put:
    """How a file looked when it was written: size, mtime in ns and inode; `at` (ns) it stood in its place."""

    size: int
    modified: int
    inode: int
    at: int


def publish(root: Path, path: str, data: bytes, owned: Callable[[str], bool], *, force: bool = False) -> Put | None:
    """Puts `data` at a project path, making folders; None where it is there already, whose mtime then stays.

    A file whose digest is not `owned` is replaced only by `force`. Raises NotOurs, UsageError for a path that leads
    through a link or out of the project, store.disk.DiskFault.
    """
    with explained(root / path, len(data)), _folder_of(root, path, make=True) as (at, name):
        there = _bytes_at(at, name, path)
        if there is not None:
            digest = pointed(there) if len(there) < 1024 else digest_bytes(there)
            if digest == digest_bytes(data):
                return None
            if not force and not owned(digest):
                hint = "keep it with `imagepipe adopt ASSET`, or overwrite it with --force"
                raise NotOurs(f"{path} was not made by imagepipe", place=Place(path), hint=hint, code="not-ours")
        return _put(at, name, data)


def remove(root: Path, path: str, digest: str) -> bool:
    """Removes a file if its bytes are still those of `digest`; False where they are not, or it is gone."""
    with explained(root / path):
        try:
            with _folder_of(root, path, make=False) as (at, name):
                there = _bytes_at(at, name, path)
                if there is None or digest not in (digest_bytes(there), pointed(there)):
                    return False
                at.remove(name)
        except FileNotFoundError:
            return False
    return True


class _Anchored:
    """A folder held open: what is done goes there, whatever happens to its path."""

    def __init__(self, fd: int) -> None:
        self.fd = fd

    def open(self, name: str, flags: int) -> int:
        return os.open(name, flags, 0o666, dir_fd=self.fd)

    def lstat(self, name: str) -> os.stat_result:
        return os.stat(name, dir_fd=self.fd, follow_symlinks=False)

    def rename(self, old: str, new: str) -> None:
        os.rename(old, new, src_dir_fd=self.fd, dst_dir_fd=self.fd)

    def remove(self, name: str) -> None:
        os.unlink(name, dir_fd=self.fd)


class _ByPath:
    """The same where the system cannot hold folders open (Windows)."""

    def __init__(self, folder: str) -> None:
        self.folder = folder

    def open(self, name: str, flags: int) -> int:
        return os.open(os.path.join(self.folder, name), flags, 0o666)

    def lstat(self, name: str) -> os.stat_result:
        return os.lstat(os.path.join(self.folder, name))

    def rename(self, old: str, new: str) -> None:
        os.replace(os.path.join(self.folder, old), os.path.join(self.folder, new))

    def remove(self, name: str) -> None:
        os.unlink(os.path.join(self.folder, name))


@contextlib.contextmanager
def _folder_of(root: Path, path: str, *, make: bool) -> Iterator[tuple[_Anchored | _ByPath, str]]:
    """The folder of a path and the name in it. Links that stay inside are resolved first; from then on none is
    followed, so that a folder swapped for a link while we work is refused."""
    if fault := fault_of(path):
        shown = plain(path[:100])
        raise UsageError(f"`{shown}` {plain(fault[:150])}", place=Place(shown), code="output-path")
    real = os.path.realpath(root)
    folder, name = os.path.split(os.path.join(real, path))
    inside = os.path.relpath(os.path.realpath(folder), real)
    parts = [part for part in inside.split(os.sep) if part != os.curdir]
    if set(parts) & {os.pardir, ".git", ".imagepipe"}:
        raise _through_link(path)
    if not _ANCHORED:
        target = os.path.join(real, *parts)
        if make:
            os.makedirs(target, exist_ok=True)
        yield _ByPath(target), name
        return
    fd = _open_down(real, parts, make, path)
    try:
        yield _Anchored(fd), name
    finally:
        os.close(fd)


def _open_down(real: str, parts: list[str], make: bool, path: str) -> int:
    fd = os.open(real, _FOLDER)
    for part in parts:
        above = fd
        try:
            if make:
                with contextlib.suppress(FileExistsError):
                    os.mkdir(part, dir_fd=above)
            fd = os.open(part, _FOLDER, dir_fd=above)
        except NotADirectoryError:
            raise _through_link(path) from None
        finally:
            os.close(above)
    return fd


def _through_link(path: str) -> UsageError:
    hint = "outputs go into real folders of the project"
    return UsageError(f"`{path}` leads through a link or a file", place=Place(path), hint=hint, code="output-link")


def _bytes_at(at: _Anchored | _ByPath, name: str, path: str) -> bytes | None:
    try:
        found = at.lstat(name)
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(found.st_mode):
        hint = "remove it, or choose another path"
        raise UsageError(f"`{path}` is a link or a folder", place=Place(path), hint=hint, code="output-link")
    fd = at.open(name, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
    with open(fd, "rb") as file:
        return file.read()


def _put(at: _Anchored | _ByPath, name: str, data: bytes) -> Put:
    """No fsync: a file that a power cut loses is made again at no cost."""
    temporary = f".{unique()}.tmp"
    try:
        with open(at.open(temporary, _NEW), "wb") as file:
            file.write(data)
            file.flush()
            seen = os.fstat(file.fileno())
        at.rename(temporary, name)
        return Put(seen.st_size, seen.st_mtime_ns, seen.st_ino, time.time_ns())
    except BaseException:
        with contextlib.suppress(OSError):
            at.remove(temporary)
        raise
