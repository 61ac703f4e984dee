"""What may go, what must stay, and what is amiss."""

from collections.abc import Callable
from pathlib import Path

import pytest

from imagepipe.errors import Busy
from imagepipe.store.opening import DiskStore, open_store
from imagepipe.store.upkeep import collect, garbage, verify
from imagepipe.values import Candidate
from tests.store import samples


@pytest.fixture
def store(tmp_path: Path) -> DiskStore:
    return open_store(tmp_path / "store")


def paid(store: DiskStore, name: str, size: int, made_at: str) -> str:
    """A picture with its receipt; its digest."""
    digest = store.put_blob(name.encode().ljust(size, b"."))
    candidate = Candidate(digest, 10, 10, "png", "kept")
    store.put_receipt(samples.receipt(name, f"r-{name}", made_at, candidates=(candidate,)))
    return digest


def test_nothing_that_a_receipt_or_a_lock_names_could_go(store: DiskStore) -> None:
    receipted = paid(store, "mug", 100, "2026-01-01")
    locked = store.put_blob(b"named by a lock")
    loose = store.put_blob(b"named by nothing")
    found = garbage(store, {locked})
    assert [item.digest for item in found.items] == [loose]
    assert found.bytes == len(b"named by nothing")
    assert all(map(store.has_blob, (receipted, locked, loose))), "listing removes nothing"
    done = collect(store, found)
    assert [item.digest for item in done.removed] == [loose]
    assert (store.has_blob(receipted), store.has_blob(locked), store.has_blob(loose)) == (True, True, False)


def test_an_empty_store_has_no_garbage_and_stays_nothing(store: DiskStore) -> None:
    assert garbage(store, ()).items == ()
    assert not store.layout.root.exists()


@pytest.mark.parametrize(
    ("limit", "gone"),
    [(None, []), (400, []), (399, ["old"]), (300, ["old"]), (250, ["old", "middle"]), (0, ["old", "middle", "new"])],
)
def test_a_limit_lets_the_oldest_unlocked_pictures_go_first(
    store: DiskStore, limit: int | None, gone: list[str]
) -> None:
    digests = {
        name: paid(store, name, 100, f"2026-0{month}-01") for name, month in (("new", 3), ("old", 1), ("middle", 2))
    }
    locked = paid(store, "locked", 100, "2025-01-01")
    found = garbage(store, {locked}, limit)
    assert [item.digest for item in found.items] == [digests[name] for name in gone]
    assert all(item.paid for item in found.items)
    collect(store, found)
    assert store.has_blob(locked)
    assert len(list(store.all_receipts())) == 4, "receipts stay, so that the plan can say what is lost"


def test_what_a_receipt_has_named_since_the_listing_is_kept(store: DiskStore) -> None:
    digest = store.put_blob(b"late".ljust(50, b"."))
    found = garbage(store, ())
    assert paid(store, "late", 50, "2026-01-01") == digest
    done = collect(store, found)
    assert [item.digest for item in done.kept] == [digest]
    assert store.has_blob(digest)


def test_files_of_broken_off_writes_and_old_locks_go(store: DiskStore) -> None:
    digest = paid(store, "mug", 100, "2026-01-01")
    torn = store.layout.blob(digest).parent / ".tmp-0123"
    torn.write_bytes(b"half")
    store.lock_key(samples.key("mug")).release()
    collect(store, garbage(store, ()))
    assert not torn.exists()
    assert not store.layout.key_lock(samples.key("mug")).exists()
    assert store.blob(digest)


def test_pending_requests_are_never_garbage(store: DiskStore) -> None:
    spool = store.begin(samples.intent(), 100).launch()
    spool.write(b"body")
    spool.finish(200, "", {})
    collect(store, garbage(store, (), 0))
    (found,) = open_store(store.layout.root).pending()
    assert found.body() == b"body"


def test_room_for_a_request_that_waits_for_its_turn_is_none_either_and_the_next_build_gives_it_back(
    store: DiskStore,
) -> None:
    store.begin(samples.intent(), 100)
    assert garbage(store, ()).items == ()
    other = open_store(store.layout.root)
    assert other.doubts(samples.key()) == ()
    assert other.discard_unsent() == 1
    assert list(store.layout.spools.iterdir()) == list(store.layout.intents.iterdir()) == []
    store.begin(samples.intent(), 100)
    store.layout.intent("i1").unlink()
    assert len(garbage(store, ()).items) == 1, "nobody knows whose it was"


def test_a_spool_that_a_power_cut_brought_back_after_its_receipt_is_no_damage(store: DiskStore) -> None:
    spool = store.begin(samples.intent(), 100).launch()
    store.put_receipt(samples.receipt(ident="i1", candidates=()))
    body = spool.path.read_bytes()
    spool.drop(settled=True)
    spool.path.write_bytes(body)
    other = open_store(store.layout.root)
    assert verify(other).sound
    other.discard_unsent()
    assert not spool.path.exists()


def test_nothing_goes_while_a_build_uses_the_store(store: DiskStore) -> None:
    loose = store.put_blob(b"loose")
    other = open_store(store.layout.root)
    found = garbage(other, ())
    with pytest.raises(Busy) as caught:
        collect(other, found)
    assert caught.value.exit_code == 5
    assert store.has_blob(loose)
    store.close()
    assert collect(other, found).removed
    store.put_blob(b"used again")
    with pytest.raises(Busy):
        other.alone()


def test_a_sound_store_is_sound(store: DiskStore) -> None:
    paid(store, "mug", 100, "2026-01-01")
    store.begin(samples.intent(), 100).launch()
    report = verify(store)
    assert report.sound
    assert (report.blobs, report.receipts) == (1, 1)


def lose(store: DiskStore) -> None:
    store.layout.blob(paid(store, "hat", 50, "2026-01-02")).unlink()


def flip(store: DiskStore) -> None:
    store.layout.blob(paid(store, "hat", 50, "2026-01-02")).write_bytes(b"else")


def smear(store: DiskStore) -> None:
    store.put_receipt(samples.receipt("hat", "bad", candidates=()))
    store.layout.receipt(samples.key("hat"), "bad").write_bytes(b"{")


def orphan(store: DiskStore) -> None:
    store.begin(samples.intent(), 10).launch().leave()
    store.layout.intent("i1").unlink()


AMISS: dict[str, tuple[Callable[[DiskStore], None], str]] = {
    "a lost picture": (lose, "missing"),
    "a changed picture": (flip, "findings"),
    "an unreadable receipt": (smear, "findings"),
    "a spool nobody knows": (orphan, "orphans"),
}


@pytest.mark.parametrize("case", AMISS)
def test_what_is_amiss_is_named_and_nothing_is_deleted(store: DiskStore, case: str) -> None:
    paid(store, "mug", 100, "2026-01-01")
    damage, field = AMISS[case]
    damage(store)
    before = sum(1 for path in store.layout.root.rglob("*") if path.is_file())
    report = verify(store)
    assert not report.sound
    assert getattr(report, field)
    assert sum(1 for path in store.layout.root.rglob("*") if path.is_file()) == before
