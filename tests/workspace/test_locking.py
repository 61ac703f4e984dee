"""The lock file: old or new, never half, and no update of another build is lost."""

import os
from pathlib import Path

import pytest

from imagepipe.errors import Busy, Damaged
from imagepipe.events import Dropped, Published
from imagepipe.lock import Lock, dumps
from imagepipe.lock.advancing import advance
from imagepipe.store.locks import lock_file
from imagepipe.values import Entry
from imagepipe.workspace.locking import LockFile, load_lock, save_lock
from tests.planning.given import asset, entry

A, B, C = (entry(asset(name)) for name in "abc")


def put(lock: Lock, name: str, item: Entry) -> Lock:
    return advance(lock, Published(name, "generate", item))


def test_a_new_project(tmp_path: Path) -> None:
    file, base = LockFile(tmp_path), load_lock(tmp_path)
    assert not base.entries
    assert save_lock(file, base, base) is base
    assert not (tmp_path / "assets.lock").exists()
    save_lock(file, base, put(base, "a", A))
    assert dict(load_lock(tmp_path).entries) == {"a": A}
    assert sorted(os.listdir(tmp_path)) == [".imagepipe", "assets.lock"]


def test_left_alone_where_nothing_changed(tmp_path: Path) -> None:
    (tmp_path / "assets.lock").write_text(dumps(put(Lock(), "a", A)))
    os.utime(tmp_path / "assets.lock", ns=(5, 5))
    base = load_lock(tmp_path)
    save_lock(LockFile(tmp_path), base, put(base, "a", A))
    save_lock(LockFile(tmp_path), Lock(), put(Lock(), "a", A))
    assert (tmp_path / "assets.lock").stat().st_mtime_ns == 5


def test_two_builds_lose_nothing_of_each_other(tmp_path: Path) -> None:
    base = put(put(Lock(), "a", A), "b", B)
    (tmp_path / "assets.lock").write_text(dumps(base))
    mine, theirs = load_lock(tmp_path), load_lock(tmp_path)
    file = LockFile(tmp_path)
    save_lock(file, theirs, put(advance(theirs, Dropped("b")), "c", C))
    after = save_lock(file, mine, put(mine, "a", B))
    assert dict(after.entries) == dict(load_lock(tmp_path).entries) == {"a": B, "c": C}
    again = save_lock(file, after, put(after, "d", A))
    assert set(again.entries) == {"a", "c", "d"}


def test_held_by_another_build(tmp_path: Path) -> None:
    file = LockFile(tmp_path, timeout=0.0)
    save_lock(file, Lock(), put(Lock(), "a", A))
    with lock_file(tmp_path / ".imagepipe" / "assets.lock.guard"), pytest.raises(Busy) as error:
        save_lock(file, Lock(), put(Lock(), "b", B))
    assert error.value.exit_code == 5
    assert set(load_lock(tmp_path).entries) == {"a"}


@pytest.mark.parametrize("data", [b"", b"\xff\xfe{}", b"<<<<<<< HEAD\n", b'{"version": 2, "assets": {}}'])
def test_a_lock_that_is_none_is_never_overwritten(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "assets.lock").write_bytes(data)
    with pytest.raises(Damaged):
        load_lock(tmp_path)
    with pytest.raises(Damaged):
        save_lock(LockFile(tmp_path), Lock(), put(Lock(), "a", A))
    assert (tmp_path / "assets.lock").read_bytes() == data


def test_a_folder_in_its_place(tmp_path: Path) -> None:
    (tmp_path / "assets.lock").mkdir()
    with pytest.raises(Damaged, match="cannot be read"):
        load_lock(tmp_path)


@pytest.mark.parametrize("left", ["empty", "a link"])
def test_an_ignore_file_that_is_not_whole_is_written_again(tmp_path: Path, left: str) -> None:
    (tmp_path / ".imagepipe").mkdir()
    ignore, outside = tmp_path / ".imagepipe/.gitignore", tmp_path / "outside"
    if left == "empty":
        ignore.touch()
    else:
        ignore.symlink_to(outside)
    save_lock(LockFile(tmp_path), Lock(), put(Lock(), "a", A))
    assert ignore.read_text().endswith("*\n")
    assert not ignore.is_symlink()
    assert not outside.exists()
