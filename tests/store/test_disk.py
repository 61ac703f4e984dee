"""Whole or not at all, and every refusal of the disk in words."""

import errno
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from imagepipe.errors import ImagepipeError
from imagepipe.store import disk
from imagepipe.store.disk import DiskFault, append_durable, preallocate, size_text, write_atomic


def test_it_replaces_and_makes_folders(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "file"
    write_atomic(path, b"one")
    write_atomic(path, b"two", durable=False)
    assert path.read_bytes() == b"two"
    assert [item.name for item in path.parent.iterdir()] == ["file"]


@pytest.mark.parametrize("where", ["write_past_cache", "fsync_file", "replace", "create"])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES, errno.EROFS, errno.EDQUOT, errno.EIO, errno.EFBIG])
def test_a_failure_leaves_the_old_file_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str, number: int
) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def fail(*_: Any) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(disk, where, fail)
    with pytest.raises(DiskFault) as caught:
        write_atomic(path, b"new" * 1000)
    assert isinstance(caught.value, ImagepipeError)
    assert str(path) in caught.value.message
    assert caught.value.errno == number
    assert [item.name for item in tmp_path.iterdir()] == ["file"]
    assert path.read_bytes() == b"old"


WORDS = {
    errno.ENOSPC: ("disk-full", "the disk is full (2.9 KiB needed)"),
    errno.EDQUOT: ("disk-quota", "quota is used up (2.9 KiB needed)"),
    errno.EACCES: ("disk-denied", "permission was denied"),
    errno.EROFS: ("disk-read-only", "read-only"),
    errno.EIO: ("disk-fault", "the disk reported an error"),
    errno.ENAMETOOLONG: ("disk-fault", "File name too long"),
}


@pytest.mark.parametrize("number", WORDS)
def test_every_refusal_has_its_words(number: int) -> None:
    fault = disk.fault_of(OSError(number, os.strerror(number)), Path("x"), 3000)
    code, words = WORDS[number]
    assert fault.code == code
    assert words in fault.message
    assert fault.hint


def test_an_interrupt_leaves_no_temporary_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(fd: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(disk, "fsync_file", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_atomic(tmp_path / "file", b"x")
    assert list(tmp_path.iterdir()) == []


def test_a_real_limit_is_a_clear_refusal(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource", reason="file size limits are a Unix thing")
    assert resource
    code = (
        "import resource, sys; from pathlib import Path\n"
        "from imagepipe.store.opening import open_store\n"
        "from imagepipe.store.disk import DiskFault\n"
        "from tests.store import samples\n"
        "store = open_store(Path(sys.argv[1]))\n"
        "store.put_receipt(samples.receipt())\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))\n"
        "try: store.begin(samples.intent(), 8 << 20).launch()\n"
        "except DiskFault as fault: print(fault.code, fault.message, store.pending())\n"
    )
    run = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True)
    assert "8.0 MiB needed" in run.stdout
    assert run.stdout.startswith("disk-limit")
    assert run.stdout.endswith("()\n")
    assert not list((tmp_path / "spools").iterdir())
    assert not list((tmp_path / "intents").iterdir())


def test_room_is_made_where_the_system_cannot_reserve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "posix_fallocate", raising=False)
    check_room(tmp_path)


@pytest.mark.parametrize("number", [errno.EOPNOTSUPP, errno.EINVAL, errno.ENOSYS])
def test_room_is_made_where_the_file_system_cannot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def refuse(fd: int, start: int, size: int) -> None:
        raise OSError(number, "no")

    monkeypatch.setattr(os, "posix_fallocate", refuse, raising=False)
    check_room(tmp_path)


def check_room(folder: Path) -> None:
    fd = disk.create(folder / "file")
    preallocate(fd, 3_000_000)
    os.write(fd, b"start")
    os.close(fd)
    data = (folder / "file").read_bytes()
    assert len(data) == 3_000_000
    assert data.startswith(b"start\0")


def test_the_systems_short_writes_are_gone_on_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.write
    monkeypatch.setattr(os, "write", lambda fd, data: real(fd, bytes(data)[:3]))
    write_atomic(tmp_path / "file", b"0123456789")
    assert (tmp_path / "file").read_bytes() == b"0123456789"


def test_bytes_that_are_only_said_to_be_written_are_written_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, lies = os.write, [3]
    monkeypatch.setattr(os, "write", lambda fd, data: lies.pop() if lies else real(fd, data))
    write_atomic(tmp_path / "file", b"0123456789")
    assert (tmp_path / "file").read_bytes() == b"0123456789"
    lies.append(3)
    with pytest.raises(OSError, match="fewer bytes"):
        append_durable(tmp_path / "lines", b"a line\n")


@pytest.mark.parametrize(
    ("before", "after"),
    [(None, b"new\n"), (b"", b"new\n"), (b"a\n", b"a\nnew\n"), (b"a\n{tor", b"a\n{tor\nnew\n")],
)
def test_a_line_is_added_after_whole_and_torn_ones(tmp_path: Path, before: bytes | None, after: bytes) -> None:
    path = tmp_path / "lines"
    if before is not None:
        path.write_bytes(before)
    append_durable(path, b"new\n")
    assert path.read_bytes() == after


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0 bytes"), (1023, "1023 bytes"), (20480, "20.0 KiB"), (8 << 20, "8.0 MiB")]
)
def test_sizes_for_people(count: int, text: str) -> None:
    assert size_text(count) == text
