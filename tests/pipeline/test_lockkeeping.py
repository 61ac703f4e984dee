"""A lock that cannot be written breaks nothing off, and the way out is said."""

import asyncio
from pathlib import Path

import pytest

from imagepipe.events import Published
from imagepipe.lock import Lock
from imagepipe.lock.advancing import advance
from imagepipe.pipeline.build import lockkeeping
from imagepipe.pipeline.build.lockkeeping import LockKeeper
from imagepipe.store.disk import DiskFault
from imagepipe.store.locks import lock_file
from imagepipe.workspace.locking import LockFile, load_lock
from tests.planning.given import asset, entry


@pytest.fixture
def keeper(tmp_path: Path) -> LockKeeper:
    found = LockKeeper(LockFile(tmp_path, timeout=0.0), Lock(), Lock(), at=-10.0)
    found.lock = advance(found.lock, Published("a", "generate", entry(asset("a"))))
    return found


def full(*given: object) -> Lock:
    raise DiskFault("cannot write assets.lock: the disk is full", code="disk-full", hint="free some space")


def test_a_full_disk_meanwhile_is_waited_out(
    keeper: LockKeeper, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(lockkeeping, "save_lock", full)
        asyncio.run(keeper.save_now_and_then())
    assert keeper.save() is None
    assert set(load_lock(tmp_path).entries) == {"a"}


@pytest.mark.parametrize(("took", "expected"), [(0.0, 1.0), (0.01, 1.0), (0.35, 7.0), (40.0, 30.0)])
def test_a_lock_that_takes_long_to_write_is_written_less_often(
    keeper: LockKeeper, took: float, expected: float
) -> None:
    keeper.took = took
    assert keeper.pause() == pytest.approx(expected)


def test_how_long_writing_took_is_known(keeper: LockKeeper, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([100.0, 102.0])
    monkeypatch.setattr(lockkeeping.time, "monotonic", lambda: next(clock, 102.0))
    assert keeper.save() is None
    assert (keeper.took, keeper.at) == (2.0, 102.0)


def test_a_full_disk_at_the_end_says_what_is_safe(keeper: LockKeeper, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lockkeeping, "save_lock", full)
    told = keeper.save()
    assert told
    assert told[0] == 1
    assert "the disk is full" in told[1].message
    assert "free some space" in told[1].hint
    assert "receipts are safe" in told[1].hint


def test_a_lock_that_another_build_writes_is_waited_for_at_the_end_alone(keeper: LockKeeper, tmp_path: Path) -> None:
    (tmp_path / ".imagepipe").mkdir()
    with lock_file(tmp_path / ".imagepipe" / "assets.lock.guard"):
        asyncio.run(keeper.save_now_and_then())
        told = keeper.save()
    assert told
    assert told[0] == 5
    assert keeper.save() is None
