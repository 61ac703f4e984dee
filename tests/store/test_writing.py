"""Bytes into a file, past the page cache where the system can: whatever it does, the file holds what was to be written."""

import errno
import os
import random
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from imagepipe.store import writing
from imagepipe.store.disk import write_atomic
from imagepipe.store.writing import BLOCK, write_past_cache

fcntl = pytest.importorskip("fcntl")
DIRECT = getattr(os, "O_DIRECT", 0)
SIZES = [0, 1, BLOCK, (1 << 17) - 1, 1 << 17, (1 << 17) + 1, (4 << 20) - 1, 4 << 20, (4 << 20) + 1, (8 << 20) + 12345]
real_write = os.write


@pytest.fixture(params=["disk", "memory"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """A folder on the disk, and one on a file system that may have no way past its cache."""
    if request.param == "disk":
        yield tmp_path
    elif not os.path.isdir("/dev/shm"):
        pytest.skip("no file system in memory here")
    else:
        with tempfile.TemporaryDirectory(dir="/dev/shm") as place:
            yield Path(place)


def noise(size: int) -> bytes:
    return random.Random(size).randbytes(size)


def pieces(data: bytes) -> list[bytes]:
    """In three, of odd lengths."""
    third = len(data) // 3 + 1
    return [data[:third], data[third : 2 * third], data[2 * third :]]


def written(path: Path, data: bytes, at: int = 0) -> int:
    """Writes through a descriptor, and tells how many bytes there are said to be."""
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL)
    try:
        os.lseek(fd, at, os.SEEK_SET)
        count = write_past_cache(fd, pieces(data))
        assert not fcntl.fcntl(fd, fcntl.F_GETFL) & DIRECT, "who writes next would have to keep to blocks"
        return count
    finally:
        os.close(fd)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("at", [0, BLOCK])
def test_everything_is_there(folder: Path, size: int, at: int) -> None:
    path, data = folder / "file", noise(size)
    count = written(path, data, at)
    found = path.read_bytes()
    assert found[at:] == data + bytes(count - size)
    assert size <= count < size + BLOCK


@pytest.mark.parametrize("size", SIZES)
def test_a_file_is_as_long_as_its_bytes(folder: Path, size: int) -> None:
    write_atomic(folder / "file", noise(size))
    assert (folder / "file").read_bytes() == noise(size)


class Grudging:
    """An os.write that takes `most` bytes at once past the cache, or refuses that way altogether (0)."""

    def __init__(self, most: int) -> None:
        self.most, self.direct = most, 0

    def __call__(self, fd: int, data: bytes | memoryview) -> int:
        if not fcntl.fcntl(fd, fcntl.F_GETFL) & DIRECT:
            return real_write(fd, data)
        self.direct += 1
        if not self.most:
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        part = memoryview(data)[: self.most]
        fcntl.fcntl(fd, fcntl.F_SETFL, fcntl.fcntl(fd, fcntl.F_GETFL) & ~DIRECT)
        try:
            return real_write(fd, part)
        finally:
            fcntl.fcntl(fd, fcntl.F_SETFL, fcntl.fcntl(fd, fcntl.F_GETFL) | DIRECT)


def passable(folder: Path) -> bool:
    """Whether a file of that folder lets itself be written past the cache."""
    with (folder / "probe").open("wb") as file:
        flags = fcntl.fcntl(file, fcntl.F_GETFL)
        try:
            fcntl.fcntl(file, fcntl.F_SETFL, flags | DIRECT)
        except OSError:
            return False
        return bool(fcntl.fcntl(file, fcntl.F_GETFL) & DIRECT)


@pytest.mark.skipif(not DIRECT, reason="this system has no way past its cache")
@pytest.mark.parametrize("most", [0, 1, 1000, BLOCK, 1 << 20])
@pytest.mark.parametrize("size", SIZES)
def test_a_file_system_that_refuses_the_way_gets_it_through_the_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int, size: int
) -> None:
    if not passable(tmp_path):
        pytest.skip("this file system has no way past its cache")
    grudging = Grudging(most)
    monkeypatch.setattr(writing.os, "write", grudging)
    count = written(tmp_path / "file", noise(size))
    monkeypatch.undo()
    assert (tmp_path / "file").read_bytes() == noise(size) + bytes(count - size)
    assert bool(grudging.direct) == (size >= 1 << 17)


def test_without_memory_for_it_the_cache_is_as_good(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "_memory", lambda: None)
    written(tmp_path / "file", noise(1 << 20))
    assert (tmp_path / "file").read_bytes() == noise(1 << 20)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO])
def test_what_the_disk_says_is_raised(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    def fail(*_: object) -> int:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(writing.os, "write", fail)
    with pytest.raises(OSError, match=os.strerror(number)):
        written(tmp_path / "file", noise(1 << 20))
