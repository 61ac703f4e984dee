"""One holder at a time, between threads and between processes, and a dead holder holds nothing."""

import errno
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from imagepipe.errors import Busy
from imagepipe.store.locks import is_held, lock_file
from imagepipe.store.opening import open_store
from tests.store import samples

HOLD = """
import sys
from pathlib import Path
from imagepipe.store.locks import lock_file
held = lock_file(Path(sys.argv[1]), 5.0, shared=sys.argv[2] == "shared")
print("held", flush=True)
sys.stdin.read()
"""

PAY_ONCE = """
import os, sys
from pathlib import Path
from imagepipe.store.opening import open_store
from tests.store import samples
store = open_store(Path(sys.argv[1]))
for number in range(15):
    name = f"asset{number}"
    with store.lock_key(samples.key(name), 60.0):
        if not store.receipts(samples.key(name)):
            spool = store.begin(samples.intent(name, f"{name}-{os.getpid()}"), 1000).launch()
            spool.write(samples.PICTURE[:1000])
            spool.finish(200, "req", {})
            store.put_blob(samples.PICTURE)
            store.put_receipt(samples.receipt(name, f"{name}-{os.getpid()}"))
            spool.drop()
            print(name, flush=True)
"""


@contextmanager
def elsewhere(path: Path, how: str = "alone") -> Iterator["subprocess.Popen[str]"]:
    """Another process that holds the lock for the block."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path), how], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


def test_a_second_thread_waits_its_turn(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    inside, most = [0], [0]
    gate = threading.Barrier(4)

    def work() -> None:
        gate.wait()
        for _ in range(20):
            with lock_file(path, 60.0):
                inside[0] += 1
                most[0] = max(most[0], inside[0])
                inside[0] -= 1

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1]


def test_a_holder_in_the_same_process_is_named_and_excludes(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with lock_file(path), pytest.raises(Busy, match="another build") as caught:
        lock_file(path, what="the lock of assets.lock")
    assert caught.value.exit_code == 5
    assert caught.value.message.startswith("the lock of assets.lock is held by")
    assert "--lock-timeout" in caught.value.hint
    lock_file(path).release()


def test_another_process_excludes_until_it_dies(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with elsewhere(path) as process:
        assert is_held(path)
        with pytest.raises(Busy, match=f"process {process.pid} on "):
            lock_file(path)
        process.kill()
        process.wait()
        assert not is_held(path)
        with lock_file(path):
            assert is_held(path)


def test_those_who_share_exclude_only_those_who_do_not(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with elsewhere(path, "shared"):
        with lock_file(path, shared=True):
            pass
        with pytest.raises(Busy):
            lock_file(path)
    with lock_file(path), pytest.raises(Busy):
        lock_file(path, shared=True)


def test_releasing_twice_is_releasing_once(tmp_path: Path) -> None:
    first = lock_file(tmp_path / "lock")
    first.release()
    second = lock_file(tmp_path / "lock")
    first.release()
    assert not first.held
    assert second.held
    with pytest.raises(Busy):
        lock_file(tmp_path / "lock")


def test_looking_needs_no_file_and_makes_none(tmp_path: Path) -> None:
    assert not is_held(tmp_path / "none" / "lock")
    assert list(tmp_path.iterdir()) == []


def test_a_lock_file_that_is_removed_guards_nothing_and_is_made_again(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    old = lock_file(path)
    path.unlink()
    with lock_file(path):
        old.release()
        assert is_held(path)
        with pytest.raises(Busy):
            lock_file(path)


def test_keys_exclude_each_other_only_when_they_are_the_same(tmp_path: Path) -> None:
    first, second = open_store(tmp_path), open_store(tmp_path)
    with first.lock_key(samples.key("mug")):
        with pytest.raises(Busy, match="mug"):
            second.try_lock_key(samples.key("mug"), what="the request of `mug`")
        second.try_lock_key(samples.key("hat")).release()
    second.try_lock_key(samples.key("mug")).release()


def test_processes_racing_on_the_same_keys_pay_once_a_key(tmp_path: Path) -> None:
    command = [sys.executable, "-c", PAY_ONCE, str(tmp_path / "store")]
    racers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    paid = [line for racer in racers for line in racer.communicate()[0].split()]
    assert [racer.returncode for racer in racers] == [0, 0, 0]
    assert sorted(paid) == sorted(f"asset{number}" for number in range(15))
    store = open_store(tmp_path / "store")
    assert len(list(store.all_receipts())) == 15
    assert store.pending() == ()


def test_a_note_that_cannot_be_written_leaves_no_lock_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(fd: int, data: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    lock_file(tmp_path / "lock").release()
    lock_file(tmp_path / "lock").release()
