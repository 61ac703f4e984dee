"""Digests of project files, remembered as git's index does: a file whose stat is as it was is not read again, unless it
changed so shortly before it was read that a second change could not show."""

import json
import os
import stat
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any

from imagepipe.digest import PREFIX, digest_bytes, digest_file, digest_text
from imagepipe.errors import UsageError, plain
from imagepipe.workspace import beside
from imagepipe.workspace.finding import PRIVATE, private_folder

Print = tuple[int, int, int, int]
"""Size, mtime and ctime in ns, inode: what a stat says of a file; all zero where there is none."""

NO_FILE: Print = (0, 0, 0, 0)
RACY = 2_000_000_000
"""ns: the coarsest clock of a file system. Within it, a changed file may carry the same times."""
_POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:"
_VERSION = 1
_SMALL = 1 << 18
_PLAINLY = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_TELLS_LINKS = hasattr(os, "O_NOFOLLOW")
Row = tuple[Print, int, str]
"""A file's stat, since when (ns) it is known to have looked so, and the digest of its bytes."""


def cache_of(root: Path) -> Path:
    """Where the digests of a project are remembered."""
    return root / PRIVATE / "cache" / "files.json"


def print_of(path: str) -> Print:
    """What `lstat` says of a path."""
    try:
        found = os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return NO_FILE
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino


def is_racy(seen: Print, since: int) -> bool:
    """Whether a file that looked like `seen` at the time `since` (ns) may have changed unseen."""
    return max(seen[1], seen[2]) >= since - RACY


def content_of(path: str, inside: str) -> str | None:
    """The digest of the file at `path`; None where there is none. A Git LFS pointer counts as what it points to; what
    is no file, or leads out of the folder `inside`, gets a name that equals no digest of bytes."""
    try:
        found = os.lstat(path)
        if stat.S_ISLNK(found.st_mode):
            real = os.path.realpath(path)
            if not real.startswith(os.path.realpath(inside) + os.sep):
                return digest_text(f"a link that leads out: {path}")
            found = os.stat(real)
        if not stat.S_ISREG(found.st_mode):
            return digest_text(f"not a file: {path}")
        if found.st_size < 1024:
            return pointed(Path(path).read_bytes())
        return digest_file(Path(path))
    except (FileNotFoundError, NotADirectoryError):
        return None


def _small(path: str) -> Row | None:
    """What is to be known of a small file, by the fewest calls, since a fresh checkout has thousands to read; None where
    it is another kind of thing, changes while it is read or is not there, and has to be looked at with care."""
    since = time.time_ns()
    try:
        fd = os.open(path, _PLAINLY)
    except OSError:
        return None
    try:
        seen = os.fstat(fd)
        size = seen.st_size
        data = os.read(fd, size + 1) if 1024 <= size <= _SMALL and stat.S_ISREG(seen.st_mode) else b""
    finally:
        os.close(fd)
    if not data or len(data) != size:
        return None
    return (size, seen.st_mtime_ns, seen.st_ctime_ns, seen.st_ino), since, digest_bytes(data)


def pointed(data: bytes) -> str:
    """The digest of small bytes, or the one that a Git LFS pointer names."""
    if data.startswith(_POINTER):
        name = data[len(_POINTER) :].split(b"\n", 1)[0].decode("ascii", "replace")
        if len(name) == 64 and not set(name) - set("0123456789abcdef"):
            return PREFIX + name
    return digest_bytes(data)


class Digests(Mapping[str, str]):
    """Project path → digest of the file there. `save` keeps what was learnt in .imagepipe/cache, which may be deleted
    at any time; one that cannot be read or written is as good as none."""

    def __init__(self, root: Path) -> None:
        self._root = str(root)
        self._cache = cache_of(root)
        self._now: dict[str, Row | None] = {}
        self.since = 0
        """When looking began (ns), where a process beside this one began it for this very run; else 0."""

    @cached_property
    def _old(self) -> dict[str, Row]:
        """What an earlier run learnt, read when something is asked for. What a process beside this one has looked at since
        this run began counts as looked at now."""
        self.since = beside.wait(self._root)
        rows = _load(self._cache)
        if self.since:
            self._now.update((path, row) for path, row in rows.items() if row[1] >= self.since)
        return rows

    def __getitem__(self, path: str) -> str:
        found: str | None = self.get(path)
        if found is None:
            raise KeyError(path)
        return found

    def get(self, path: str, default: Any = None) -> Any:
        """The digest, or `default`."""
        if path not in self._now:
            self._now[path] = self._look(path)
        found = self._now[path]
        return found[2] if found else default

    def _look(self, path: str) -> Row | None:
        """Looks at a file. Raises UsageError where this user may not, or where a link leads round in a circle."""
        try:
            return self._found(path)
        except OSError as error:
            what = f"`{plain(path)}` cannot be read: {error.strerror}"
            raise UsageError(what, hint="make it readable, or remove it", code="unreadable-file") from None

    def _found(self, path: str) -> Row | None:
        full, old = f"{self._root}/{path}", self._old.get(path)
        if old:
            seen = print_of(full)
            if old[0] == seen and not is_racy(seen, old[1]):
                return old
        return (_small(full) if _TELLS_LINKS else None) or self._carefully(full)

    def _carefully(self, full: str) -> Row | None:
        since, seen = time.time_ns(), print_of(full)
        digest = content_of(full, self._root)
        if digest is None:
            return None
        linked = os.path.islink(full)
        return (NO_FILE if linked or print_of(full) != seen else seen), since, digest

    def forget(self, path: str) -> None:
        """Looks again the next time: the file was written."""
        self._now.pop(path, None)
        self._old.pop(path, None)

    def __iter__(self) -> Iterator[str]:
        return (path for path, found in self._now.items() if found is not None)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def looks(self) -> dict[str, Print]:
        """The stat of each file that was looked at, as it was then; not of those that a stat says too little of."""
        return {path: found[0] for path, found in self._now.items() if found and found[0] != NO_FILE}

    def save(self) -> None:
        """Remembers what was looked at in this run, and what was known of files not looked at."""
        if not self._now:
            return
        rows = dict(self._old)
        if self._now == rows:
            return
        for path, found in self._now.items():
            rows.pop(path, None)
            if found and found[0] != NO_FILE:
                rows[path] = found
        if rows != self._old:
            files = {path: [*row[0], row[1], row[2]] for path, row in rows.items()}
            keep(self._cache, json.dumps({"version": _VERSION, "files": files}).encode())


def _load(cache: Path) -> dict[str, Row]:
    """What was remembered; nothing of it is trusted further than it has the right shape."""
    with suppress(OSError, ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        data = json.loads(cache.read_bytes())
        rows = data["files"].items() if data["version"] == _VERSION else ()
        return {path: ((a, b, c, d), int(since), str(digest)) for path, (a, b, c, d, since, digest) in rows}
    return {}


def keep(file: Path, *pieces: bytes) -> None:
    """Writes a cache file whole or not at all; where that cannot be, there is no cache."""
    with suppress(OSError, UsageError):
        folder = file.parent
        private_folder(folder.parent.parent)
        if folder.is_symlink():
            return
        folder.mkdir(exist_ok=True)
        temporary = folder / f".tmp-{os.getpid()}-{os.urandom(4).hex()}"
        with temporary.open("wb") as out:
            out.writelines(pieces)
        temporary.replace(file)
