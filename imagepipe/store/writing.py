"""Bytes into an open file; many of them past the page cache. Nobody reads soon what the store keeps: finding it memory there
and freeing it costs more than the writing, and takes from others what they will read again.

Where the system has no such way, the bytes go through the cache.
"""

import errno
import os
import sys
import threading
from collections.abc import Iterator, Sequence

from imagepipe.plugins import resolve

BLOCK = 4096
"""What passes the cache begins and ends at multiples of it, in memory and in the file."""
_LARGE, _AT_ONCE = 1 << 17, 4 << 20
_DIRECT = getattr(os, "O_DIRECT", 0) if sys.platform == "linux" else 0
_FINAL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EROFS}
_OWN = threading.local()


def write_all(fd: int, data: bytes | memoryview) -> None:
    """Writes everything, also where the system takes it in pieces. Raises OSError."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(fd, rest) :]


def write_past_cache(fd: int, pieces: Sequence[bytes | memoryview]) -> int:
    """Writes one piece after the other where `fd` stands, at a multiple of BLOCK. Returns how many bytes the file has got:
    zeros may follow, to the end of the last block. Raises OSError."""
    size = sum(map(len, pieces))
    own = _memory() if size >= _LARGE else None
    if own is None or not _set_direct(fd, True):
        for piece in pieces:
            write_all(fd, piece)
        return size
    try:
        for block in _blocks(pieces, own):
            _write_block(fd, block)
    finally:
        _set_direct(fd, False)
    return -(-size // BLOCK) * BLOCK


def _write_block(fd: int, block: memoryview) -> None:
    """A file system may allow the way and then refuse it, or stop within a block: the rest of the block goes through the
    cache, where it is said whether the disk itself is at fault."""
    try:
        count = os.write(fd, block)
    except OSError as error:
        if error.errno in _FINAL:
            raise
        count = 0
    if count < len(block):
        _set_direct(fd, False)
        write_all(fd, block[count:])
        _set_direct(fd, True)


def _set_direct(fd: int, on: bool) -> bool:
    """Whether the descriptor now passes the cache, or no longer does, as asked."""
    if not _DIRECT:
        return False
    fcntl = resolve("fcntl")
    flags = fcntl.fcntl(fd, fcntl.F_GETFL)
    try:
        fcntl.fcntl(fd, fcntl.F_SETFL, flags | _DIRECT if on else flags & ~_DIRECT)
    except OSError:
        return False
    return True


def _blocks(pieces: Sequence[bytes | memoryview], own: memoryview) -> Iterator[memoryview]:
    """The bytes as few large blocks in `own`, filled up with zeros. Each is gone once the next is asked for."""
    filled = 0
    for piece in pieces:
        rest = memoryview(piece)
        while rest:
            part = rest[: _AT_ONCE - filled]
            own[filled : filled + len(part)] = part
            filled, rest = filled + len(part), rest[len(part) :]
            if filled == _AT_ONCE:
                yield own
                filled = 0
    if filled:
        end = -(-filled // BLOCK) * BLOCK
        own[filled:end] = bytes(end - filled)
        yield own[:end]


def _memory() -> memoryview | None:
    """Memory of this thread's own that begins at a block, made once; None where there is none to be had, or no use for it."""
    if _DIRECT and not hasattr(_OWN, "memory"):
        mmap = resolve("mmap")
        try:
            _OWN.memory = memoryview(mmap.mmap(-1, _AT_ONCE, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS))
        except (OSError, ValueError, MemoryError):
            return None
    return getattr(_OWN, "memory", None)
