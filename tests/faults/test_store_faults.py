"""Killed or failed at any system call that changes the disk, the store loses nothing that was received.

The invariant, checked after every point: what `finish` was told to keep is there; what was sent is received, in doubt
or settled, never taken for unsent; every blob matches its name; and a second run adopts, finishes and pays for no
request a second time.
"""

import shutil
import subprocess
from pathlib import Path

import pytest

from imagepipe.digest import digest_bytes
from imagepipe.store.opening import DiskStore, open_store
from imagepipe.store.pending import State
from imagepipe.store.upkeep import verify
from tests.faults.store_driver import answer, picture
from tests.faults.test_sweeps import Record, tell
from tests.faults.tracing import ROOT, counted, driver, need_strace, run
from tests.faults.worlds import Damage, spread
from tests.store import samples

MODULE = "tests.faults.store_driver"
NUMBER = 2
NAMES = [f"asset{count}" for count in range(NUMBER)]
ERRORS = {
    "write": ("error=ENOSPC", "error=EIO", "retval=3"),
    "fsync": ("error=EIO", "error=ENOSPC"),
    "rename": ("error=EACCES", "error=ENOSPC", "error=EIO"),
    "mkdir": ("error=ENOSPC", "error=EACCES"),
    "unlink": ("error=EACCES", "error=EIO"),
    "ftruncate": ("error=EIO",),
    "fallocate": ("error=ENOSPC", "error=EOPNOTSUPP", "error=EDQUOT"),
}


def new_world(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "told").mkdir(parents=True)
    return folder


@pytest.fixture(scope="module")
def points(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, int]]:
    """Every system call of an undisturbed run that changes the store, as (name, count)."""
    need_strace()
    folder = new_world(tmp_path_factory.mktemp("count") / "world")
    found = counted(driver(MODULE, folder, NUMBER), folder.parent / "log", folder / "store")
    return [(name, count) for name, counts in sorted(found.items()) for count in counts]


def told(folder: Path, name: str) -> set[str]:
    return {what for what in ("sent", "received", "settled") if (folder / "told" / f"{what}-{name}").is_symlink()}


def is_kept(store: DiskStore, name: str) -> bool:
    """Whether an asset's answer is there: as a receipt with its picture, or as a whole spool."""
    if any(store.has_blob(item.candidates[0].sha256) for item in store.receipts(samples.key(name))):
        return store.blob(digest_bytes(picture(name))) == picture(name)
    return any(item.intent.asset == name and item.body() == answer(name) for item in store.pending())


def check_invariant(folder: Path) -> None:
    store = open_store(folder / "store")
    states = {item.intent.asset: item.state for item in store.pending()}
    for name in NAMES:
        happened = told(folder, name)
        if "received" in happened:
            assert is_kept(store, name), f"{name}: a received answer is lost"
        elif "sent" in happened:
            assert name in states, f"{name}: sent, and nothing tells of it"
            assert states[name] is not State.UNSENT, f"{name}: sent, and taken for unsent"
        else:
            assert not is_kept(store, name)
    report = verify(store)
    assert not report.findings
    assert not report.missing
    assert not report.orphans


def check_recovery(folder: Path) -> None:
    """A second run finishes; nothing is sent that was sent, except what provably was not (a link says so at once)."""
    doubtful = {item.asset for item in open_store(folder / "store").doubts()}
    again = subprocess.run(driver(MODULE, folder, NUMBER), cwd=ROOT, capture_output=True, text=True, check=False)
    assert again.returncode == 0, again.stdout + again.stderr
    store = open_store(folder / "store")
    assert {item.asset for item in store.doubts()} == doubtful
    for name in set(NAMES) - doubtful:
        assert len(store.receipts(samples.key(name))) == 1
        assert store.blob(digest_bytes(picture(name))) == picture(name)
    assert {item.intent.asset for item in store.pending()} == doubtful
    assert verify(store).sound


def disturb(folder: Path, call: str, count: int, how: str) -> "subprocess.CompletedProcess[str]":
    """Runs the driver with one system call killed or failed, in a new world, and checks the invariant."""
    command = driver(MODULE, new_world(folder), NUMBER)
    inject = f"inject={call}:{how}:when={count}"
    done = run(command, "-o", "/dev/null", "-e", "signal=none", "-e", f"trace={call}", "-e", inject)
    check_invariant(folder)
    check_recovery(folder)
    return done


def kill_at(folder: Path, points: list[tuple[str, int]], record: Record) -> None:
    for call, count in points:
        done = disturb(folder, call, count, "signal=KILL")
        assert done.returncode in (-9, 137), f"{call} {count}: not killed: {done.stdout}{done.stderr}"
    tell(record, "killed: the store alone", len(points), Damage())


def fail_at(folder: Path, points: list[tuple[str, int, str]], record: Record) -> None:
    for call, count, how in points:
        done = disturb(folder, call, count, how)
        assert done.returncode in (0, 3), f"{call} {count} {how}: {done.stdout}{done.stderr}"
        assert "Traceback" not in done.stderr
    tell(record, "failed: the store alone", len(points), Damage())


def errors_at(points: list[tuple[str, int]]) -> list[tuple[str, int, str]]:
    return [(call, count, how) for call, count in points for how in ERRORS.get(call, ())]


def test_killed_at_some_points(tmp_path: Path, points: list[tuple[str, int]], record_property: Record) -> None:
    kill_at(tmp_path / "world", spread(points, 5), record_property)


def test_failed_at_some_points(tmp_path: Path, points: list[tuple[str, int]], record_property: Record) -> None:
    every = errors_at(points)
    fail_at(tmp_path / "world", spread(every, 5), record_property)


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_killed_at_every_point(tmp_path: Path, points: list[tuple[str, int]], record_property: Record) -> None:
    assert len(points) > 60
    kill_at(tmp_path / "world", points, record_property)


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_failed_at_every_point(tmp_path: Path, points: list[tuple[str, int]], record_property: Record) -> None:
    assert len(errors_at(points)) > 150
    fail_at(tmp_path / "world", errors_at(points), record_property)
