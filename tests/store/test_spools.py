"""From intent to receipt: what a request left behind tells exactly how far it got."""

import errno
import os
import random
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from imagepipe.contracts import Reply
from imagepipe.digest import digest_bytes
from imagepipe.errors import ImagepipeError
from imagepipe.store import disk, spools
from imagepipe.store.opening import DiskStore, open_store
from imagepipe.store.pending import State
from imagepipe.store.spools import AT_ONCE, REGION, Spool, footer, read_footer
from imagepipe.values import FrozenMap
from tests.store import samples

BODY = b'{"data": [{"b64_json": "' + b"QUJD" * 700 + b'"}]}'


@pytest.fixture
def store(tmp_path: Path) -> DiskStore:
    return open_store(tmp_path / "store")


def received(store: DiskStore, body: bytes = BODY, ident: str = "i1") -> Spool:
    spool = store.begin(samples.intent(ident=ident), 1 << 16).launch()
    for start in range(0, len(body), 1000):
        spool.write(body[start : start + 1000])
    assert spool.finish(200, "req_7", {"x-ratelimit": "3"}) is None
    return spool


def after_a_crash(store: DiskStore) -> DiskStore:
    """Another process's view: nothing in memory, and the crashed one's locks are gone."""
    return open_store(store.layout.root)


def test_an_answer_survives_the_process_that_received_it(store: DiskStore) -> None:
    received(store)
    (found,) = after_a_crash(store).pending()
    assert (found.state, found.live) == (State.COMPLETE, False)
    assert found.intent == samples.intent()
    assert found.body() == BODY
    assert found.reply == Reply(200, FrozenMap({"x-ratelimit": "3"}), "req_7", complete=True, sent=True)


@pytest.mark.parametrize("body", [b"", b"x", b"\0" * 5000, b"y" * (1 << 16)], ids=["empty", "byte", "zeros", "full"])
def test_any_body_comes_back(store: DiskStore, body: bytes) -> None:
    assert received(store, body).body() == body
    (found,) = after_a_crash(store).pending()
    assert found.body() == body


@pytest.mark.parametrize("length", [AT_ONCE - 1, AT_ONCE, AT_ONCE + 1, 2 * AT_ONCE + 4097])
@pytest.mark.parametrize("piece", [(1 << 18) - 1, AT_ONCE, AT_ONCE + 5])
def test_a_large_body_comes_back_however_it_came(store: DiskStore, length: int, piece: int) -> None:
    body = random.Random(length).randbytes(length)
    spool = store.begin(samples.intent(), 1 << 20, 1 << 24).launch()
    for start in range(0, length, piece):
        spool.write(body[start : start + piece])
    assert spool.finish(200, "req_7", {}) is None
    assert spool.body() == body
    (found,) = after_a_crash(store).pending()
    assert (found.state, found.body() == body) == (State.COMPLETE, True)


def test_who_lets_it_go_does_not_close_the_file_of_who_writes(
    store: DiskStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A deadline or Ctrl-C does so while a thread of the store writes; the next file would get the number."""
    spool = store.begin(samples.intent(), 1 << 20, 1 << 24).launch()
    writing, go_on = threading.Event(), threading.Event()
    real = spools.write_past_cache
    kept: list[tuple[int, int]] = []

    def slow(fd: int, pieces: Sequence[bytes | memoryview]) -> int:
        kept.append((fd, os.fstat(fd).st_ino))
        writing.set()
        assert go_on.wait(60)
        assert os.fstat(fd).st_ino == kept[0][1], "another file has its number"
        return real(fd, pieces)

    monkeypatch.setattr(spools, "write_past_cache", slow)
    faults: list[BaseException] = []

    def write() -> None:
        try:
            spool.write(b"x" * AT_ONCE)
        except BaseException as error:  # noqa: BLE001 - told by the test's own thread
            faults.append(error)

    thread = threading.Thread(target=write)
    thread.start()
    assert writing.wait(60)
    spool.leave()
    other = os.open(store.layout.root, os.O_RDONLY)
    go_on.set()
    thread.join(60)
    os.close(other)
    assert not faults
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(kept[0][0])


def test_what_came_of_a_large_body_is_not_an_answer(store: DiskStore) -> None:
    spool = store.begin(samples.intent(), 1 << 20, 1 << 24).launch()
    spool.write(b"x" * (AT_ONCE + 5))
    assert os.stat(spool.path).st_size > AT_ONCE
    (found,) = after_a_crash(store).pending()
    assert (found.state, found.body()) == (State.PARTIAL, b"")


def test_the_body_is_at_hand_before_and_after_its_end(store: DiskStore) -> None:
    spool = store.begin(samples.intent(), 100).launch()
    spool.write(b"one ")
    assert spool.body() == b"one "
    spool.write(b"two")
    spool.finish(200, "", {})
    assert spool.body() == b"one two"


def test_an_answer_without_its_end_is_in_doubt(store: DiskStore) -> None:
    spool = store.begin(samples.intent(), 1 << 16).launch()
    spool.write(BODY)
    other = after_a_crash(store)
    (found,) = other.pending()
    assert (found.state, found.body(), found.reply) == (State.PARTIAL, b"", Reply())
    assert other.doubts(samples.key()) == (samples.intent(),)
    assert other.doubts() == (samples.intent(),)
    assert other.doubts(samples.key("hat")) == ()


def test_an_intent_without_a_spool_was_never_sent(store: DiskStore) -> None:
    spool = store.begin(samples.intent(), 100).launch()
    spool.path.unlink()
    other = after_a_crash(store)
    assert [item.state for item in other.pending()] == [State.UNSENT]
    assert other.doubts(samples.key()) == ()
    assert other.discard_unsent() == 1
    assert other.pending() == ()


def test_only_what_owes_nothing_is_discarded(store: DiskStore) -> None:
    received(store, ident="complete")
    store.begin(samples.intent(ident="partial"), 100).launch()
    store.begin(samples.intent(ident="unsent"), 100).launch().path.unlink()
    received(store, ident="kept")
    store.put_receipt(samples.receipt(ident="kept"))
    other = after_a_crash(store)
    states = {item.intent.id: item.state for item in other.pending()}
    assert states == {"complete": State.COMPLETE, "partial": State.PARTIAL, "unsent": State.UNSENT}
    assert other.discard_unsent() == 2
    assert {item.intent.id for item in other.pending()} == {"complete", "partial"}
    assert sorted(path.name for path in other.layout.spools.iterdir()) == ["complete", "partial"]


def test_dropping_leaves_nothing(store: DiskStore) -> None:
    received(store).drop()
    assert store.pending() == after_a_crash(store).pending() == ()
    assert list(store.layout.spools.iterdir()) == list(store.layout.intents.iterdir()) == []


def test_settling_ends_a_doubt(store: DiskStore) -> None:
    store.begin(samples.intent(), 100).launch().leave()
    assert store.doubts(samples.key())
    store.settle("i1")
    store.settle("i1")
    assert store.doubts(samples.key()) == ()


def test_ones_own_request_is_no_doubt_while_it_runs(store: DiskStore) -> None:
    with store.lock_key(samples.key()):
        spool = store.begin(samples.intent(), 100).launch()
        assert [item.live for item in store.pending()] == [True]
        assert store.doubts(samples.key()) == ()
        assert store.discard_unsent() == 0
        spool.leave()
        assert store.doubts(samples.key()) == (samples.intent(),)


def test_a_request_whose_key_is_held_elsewhere_is_live(store: DiskStore) -> None:
    store.begin(samples.intent(), 100).launch()
    other = after_a_crash(store)
    with store.lock_key(samples.key()):
        assert [item.live for item in other.pending()] == [True]
        assert other.doubts(samples.key()) == ()
        assert other.discard_unsent() == 0
    assert [item.live for item in other.pending()] == [False]


def test_whoever_gets_the_key_sees_what_was_left_under_it(store: DiskStore) -> None:
    received(store)
    other = after_a_crash(store)
    with other.try_lock_key(samples.key()):
        found = other.look_again("i1")
        assert found is not None
        assert (found.state, found.live) == (State.COMPLETE, False)
    assert other.look_again("gone") is None


def test_a_footer_torn_at_any_byte_is_no_end(store: DiskStore) -> None:
    whole = footer(Reply(200, FrozenMap({"a": "b"}), "req_1"), len(BODY), digest_bytes(BODY)[7:])
    end = len(whole.rstrip(b"\0"))
    assert read_footer(whole) is not None
    for length in range(end):
        assert read_footer(whole[:length].ljust(REGION, b"\0")) is None
        assert read_footer(whole[:length]) is None


def test_a_spool_torn_at_any_byte_of_its_footer_is_in_doubt(store: DiskStore) -> None:
    path = received(store).path
    whole = path.read_bytes()
    end = len(whole[:REGION].rstrip(b"\0"))
    other = after_a_crash(store)
    for length in [*range(0, end, 7), end - 1]:
        path.write_bytes(whole[:length].ljust(REGION, b"\0") + whole[REGION:])
        assert [item.state for item in other.pending()] == [State.PARTIAL]
    path.write_bytes(whole)
    assert [item.state for item in other.pending()] == [State.COMPLETE]


def test_a_whole_footer_over_a_torn_body_is_in_doubt(store: DiskStore) -> None:
    path = received(store).path
    whole = path.read_bytes()
    other = after_a_crash(store)
    for length in (0, 1, len(BODY) // 2, len(BODY) - 1):
        for torn in (whole[: REGION + length], whole[: REGION + length].ljust(len(whole), b"\0")):
            path.write_bytes(torn)
            assert [item.state for item in other.pending()] == [State.PARTIAL]


def test_headers_that_do_not_fit_are_left_out_rather_than_the_answer(store: DiskStore) -> None:
    spool = store.begin(samples.intent(), 100).launch()
    spool.write(b"body")
    spool.finish(200, "req_" + "1" * 9000, {f"x-{i}": "y" * 90 for i in range(100)})
    (found,) = after_a_crash(store).pending()
    assert found.body() == b"body"
    assert found.reply.request_id.startswith("req_1")
    assert found.reply.headers == {}


def test_a_body_over_its_bound_is_cut(store: DiskStore) -> None:
    spool = store.begin(samples.intent(), 100, limit=150).launch()
    spool.write(b"x" * 120)
    with pytest.raises(ImagepipeError, match="150 bytes") as caught:
        spool.write(b"x" * 31)
    assert caught.value.code == "answer-too-large"
    assert spool.body() == b"x" * 120


def test_room_is_reserved_before_anything_is_sent(store: DiskStore) -> None:
    spool = store.begin(samples.intent(), 1 << 20).launch()
    assert os.stat(spool.path).st_size == (1 << 20) + REGION
    assert os.stat(spool.path).st_blocks * 512 >= 1 << 20


@pytest.mark.parametrize("where", ["write", "fsync_file", "preallocate", "fsync_folder"])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EIO])
def test_what_fails_before_sending_leaves_nothing(
    store: DiskStore, monkeypatch: pytest.MonkeyPatch, where: str, number: int
) -> None:
    store.put_blob(b"the store is there")

    def fail(*_: Any) -> None:
        raise OSError(number, os.strerror(number))

    for module in (disk, spools):
        monkeypatch.setattr(module, "write_past_cache" if where == "write" else where, fail, raising=False)
    with pytest.raises(disk.DiskFault) as caught:
        store.begin(samples.intent(), 8 << 20).launch()
    assert caught.value.errno == number
    assert caught.value.hint
    if number == errno.ENOSPC and where == "preallocate":
        assert "8.0 MiB needed" in caught.value.message
    monkeypatch.undo()
    assert not list(store.layout.intents.iterdir())
    assert not store.layout.spools.exists() or not list(store.layout.spools.iterdir())
    assert store.pending() == ()


class Faulty:
    """An fsync that fails for the first `times` files it is asked for, and must never see one of those again."""

    def __init__(self, times: int) -> None:
        self.times, self.failed = times, set[int]()

    def __call__(self, fd: int) -> None:
        inode = os.fstat(fd).st_ino
        assert inode not in self.failed, "a file whose fsync failed was synced again"
        if len(self.failed) < self.times:
            os.dup(fd)  # Kept open, so that its number is not given to the next file.
            self.failed.add(inode)
            raise OSError(errno.EIO, "Input/output error")


def test_after_eio_the_answer_goes_into_a_new_file(store: DiskStore, monkeypatch: pytest.MonkeyPatch) -> None:
    spool = store.begin(samples.intent(), 1 << 16).launch()
    spool.write(BODY)
    faulty = Faulty(1)
    for module in (disk, spools):
        monkeypatch.setattr(module, "fsync_file", faulty)
    assert spool.finish(200, "req_1", {}) is None
    assert os.stat(spool.path).st_ino not in faulty.failed
    (found,) = after_a_crash(store).pending()
    assert (found.state, found.body()) == (State.COMPLETE, BODY)


def test_a_store_that_takes_nothing_more_sends_the_answer_to_a_rescue_folder(
    store: DiskStore, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(spools, "rescue_folders", lambda: (tmp_path / "rescue",))
    spool = store.begin(samples.intent(), 1 << 16).launch()
    spool.write(BODY)
    faulty = Faulty(3)
    for module in (disk, spools):
        monkeypatch.setattr(module, "fsync_file", faulty)
    finding = spool.finish(200, "req_1", {})
    assert finding is not None
    assert finding.code == "answer-rescued"
    saved = tmp_path / "rescue" / "i1"
    assert str(saved) in finding.message
    assert spool.body() == BODY
    monkeypatch.undo()
    monkeypatch.setattr(spools, "rescue_folders", lambda: (tmp_path / "rescue",))
    later = after_a_crash(store)
    (found,) = later.pending()
    assert (found.state, found.body()) == (State.COMPLETE, BODY), "it is found where it was saved"
    later.settle(found.intent.id)
    assert not saved.exists()


def test_what_others_put_into_the_rescue_folder_is_not_taken(
    store: DiskStore, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(spools, "rescue_folders", lambda: (tmp_path,))
    whole = tmp_path / "elsewhere"
    whole.write_bytes(spools.footer(spools.Reply(200), 2, digest_bytes(b"hi").removeprefix("sha256:")) + b"hi")
    store.begin(samples.intent(), 1 << 16).launch().leave()
    (tmp_path / "i1").symlink_to(whole)
    assert [item.state for item in after_a_crash(store).pending()] == [State.PARTIAL]


def test_a_spool_that_never_got_its_size_was_not_sent(store: DiskStore) -> None:
    spool = store.begin(samples.intent(), 1 << 16).launch()
    spool.leave()
    os.truncate(spool.path, 0)
    later = after_a_crash(store)
    assert [item.state for item in later.pending()] == [State.UNSENT]
    assert later.discard_unsent() == 1
    assert not spool.path.exists()


def test_an_answer_that_does_not_say_whether_it_was_billed_is_in_doubt(store: DiskStore) -> None:
    spool = store.begin(samples.intent(), 1 << 16).launch()
    spool.write(b"{}")
    spool.finish(500, "req_1", {})
    spool.leave()
    assert [intent.id for intent in after_a_crash(store).doubts()] == ["i1"]


def test_where_nothing_takes_it_the_answer_goes_on_in_memory(
    store: DiskStore, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(spools, "rescue_folders", lambda: (tmp_path / "rescue",))
    spool = store.begin(samples.intent(), 1 << 16).launch()
    faulty = Faulty(100)
    for module in (disk, spools):
        monkeypatch.setattr(module, "fsync_file", faulty)
    spool.write(BODY)
    finding = spool.finish(200, "req_1", {})
    assert finding is not None
    assert finding.code == "answer-unsaved"
    assert spool.body() == BODY


def test_a_disk_that_breaks_its_promise_while_writing_costs_nothing(
    store: DiskStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool = store.begin(samples.intent(), 1 << 16).launch()
    spool.write(BODY[:1000])

    def full(fd: int, pieces: Sequence[bytes]) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(spools, "write_past_cache", full)
    spool.write(BODY[1000:])
    assert spool.finish(200, "req_1", {}) is None
    (found,) = after_a_crash(store).pending()
    assert (found.state, found.body()) == (State.COMPLETE, BODY)


def test_a_damaged_note_of_a_sent_request_is_told_of_and_kept(store: DiskStore) -> None:
    store.begin(samples.intent(), 100).launch()
    store.layout.intent("i1").write_bytes(b"?")
    other = after_a_crash(store)
    assert other.pending() == ()
    assert [finding.code for finding in other.findings] == ["intent-damaged"]
    assert other.discard_unsent() == 0
    assert other.layout.spool("i1").exists()
