import os
from collections.abc import Callable
from pathlib import Path

import pytest

from imagepipe.digest import digest_bytes
from imagepipe.events import Published
from imagepipe.pipeline.build import written as told
from imagepipe.pipeline.build.written import Written
from imagepipe.values import EMPTY, Entry, FileFact, FrozenMap
from imagepipe.workspace.publishing import Put, publish

PATH, DATA = "out/a.png", b"what the build wrote"


def wrote(root: Path) -> Written:
    """A build that has written one file."""
    found = Written()
    put = publish(root, PATH, DATA, lambda digest: True)
    assert put
    found.note(PATH, put)
    fact = FileFact(digest_bytes(DATA), 1, 1, "png", len(DATA))
    entry = Entry("key", EMPTY, ("a cup",), "openai", "gpt-image-2", EMPTY, outputs=FrozenMap({PATH: fact}))
    found.hear(Published("a", "generate", entry, (PATH,)))
    return found


def overwrite(file: Path) -> None:
    """Another content of the same size, a moment later."""
    before = file.stat()
    file.write_bytes(DATA[::-1])
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns + 10_000_000))


def append(file: Path) -> None:
    before = file.stat()
    file.write_bytes(DATA + b"!")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


def put_another_there(file: Path) -> None:
    before = file.stat()
    other = file.with_name("other")
    other.write_bytes(DATA[::-1])
    os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
    other.replace(file)


def test_a_file_that_is_as_it_was_written_is_known(tmp_path: Path) -> None:
    (row,) = wrote(tmp_path).rows(tmp_path).values()
    assert row[2] == digest_bytes(DATA)


@pytest.mark.parametrize("change", [overwrite, append, put_another_there, Path.unlink])
def test_a_file_that_was_touched_since_is_looked_at(tmp_path: Path, change: Callable[[Path], None]) -> None:
    build = wrote(tmp_path)
    change(tmp_path / PATH)
    assert build.rows(tmp_path) == {}


def test_a_file_whose_mtime_was_set_back_is_looked_at(tmp_path: Path) -> None:
    """Its ctime tells: it changed after it was put in its place."""
    build = wrote(tmp_path)
    seen = (tmp_path / PATH).stat()
    build.note(PATH, Put(seen.st_size, seen.st_mtime_ns, seen.st_ino, seen.st_ctime_ns - 1))
    assert build.rows(tmp_path) == {}


def test_a_clock_of_whole_seconds_proves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build = wrote(tmp_path)
    monkeypatch.setattr(told, "_SECOND", 1)
    assert build.rows(tmp_path) == {}
