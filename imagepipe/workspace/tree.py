"""The project's files as a contracts.Tree over the disk: read, listed, and never left."""

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

from imagepipe.errors import Place, UsageError, plain
from imagepipe.paths import fault_of, glob_pattern

_SECRET = re.compile(r"(?i)^(\.env.*|.*\.pem|id_.*|\.git|\.imagepipe)$")
_WILD = re.compile(r"[*?]")


def secret(path: str) -> bool:
    """Whether a path names what is never read into a prompt or sent: .env files, keys, git's and our own folder."""
    return any(_SECRET.match(part) for part in path.split("/"))


class DiskTree:
    """The files under `root`. Links that stay inside are followed; links that lead out are refused.

    With a `top`, a folder above `root`, paths may climb with leading `..` as far as that: what imports are read by.
    """

    __slots__ = ("_climbs", "_real", "_top", "root")

    def __init__(self, root: Path, top: Path | None = None) -> None:
        self.root = root
        self._real = os.path.realpath(root)
        self._top = os.path.realpath(top or root)
        self._climbs = top is not None

    def read(self, path: str) -> bytes:
        """The bytes at a project path. Raises FileNotFoundError, or UsageError for one that must not be read."""
        with open(self.inside(path), "rb", opener=_open_file) as file:
            return file.read()

    def inside(self, path: str) -> str:
        """The real place of a project path on the disk, proven to be in the project. Raises UsageError."""
        if fault := fault_of(path, climb=self._climbs):
            raise _refused(path, fault)
        real = os.path.realpath(os.path.join(self._real, path))
        if not self._holds(real):
            raise _refused(path, self._out())
        if secret(path) or secret(os.path.relpath(real, self._top).replace(os.sep, "/")):
            raise _refused(path, "is a file that imagepipe never reads (keys, .env, .git)")
        return real

    def glob(self, pattern: str) -> tuple[str, ...]:
        """The files that match a glob, sorted; secret names, and folders reached through a link, are left out."""
        parts = pattern.split("/")
        literal = next((index for index, part in enumerate(parts) if _WILD.search(part)), len(parts) - 1)
        folder = "/".join(parts[:literal])
        if secret(folder) or not self._holds(os.path.realpath(os.path.join(self._real, folder))):
            return ()
        depth = None if "**" in pattern else len(parts) - literal
        matches = glob_pattern(pattern).match
        return tuple(sorted(path for path in self._walk(folder, depth) if matches(path)))

    def _holds(self, real: str) -> bool:
        return real == self._top or real.startswith(self._top.rstrip(os.sep) + os.sep)

    def _out(self) -> str:
        if not self._climbs:
            return "leads out of the project"
        alone = self._top == self._real
        return "leads out of the project, which no git repository surrounds" if alone else "leads out of the repository"

    def _walk(self, folder: str, depth: int | None) -> Iterator[str]:
        try:
            found = list(os.scandir(os.path.join(self._real, folder) if folder else self._real))
        except (FileNotFoundError, NotADirectoryError, PermissionError):
            return
        for item in found:
            path = f"{folder}/{item.name}" if folder else item.name
            if _SECRET.match(item.name):
                continue
            if item.is_dir(follow_symlinks=False):
                if depth is None or depth > 1:
                    yield from self._walk(path, None if depth is None else depth - 1)
            elif item.is_file():
                yield path


def _open_file(path: str, flags: int) -> int:
    """Opens a regular file alone: a pipe or a device would make reading wait for ever."""
    fd = os.open(path, flags | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    if not stat.S_ISREG(os.fstat(fd).st_mode):
        os.close(fd)
        raise UsageError(f"{path} is not a regular file", place=Place(path), code="unreadable-path")
    return fd


def _refused(path: str, why: str) -> UsageError:
    shown = plain(path[:100])
    return UsageError(f"`{shown}` {plain(why[:150])}", place=Place(shown), code="unreadable-path")
