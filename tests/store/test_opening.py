"""The store as its users see it: what goes in comes out, only if it is what it was, and reading leaves no trace."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from imagepipe.contracts import Store
from imagepipe.digest import digest_bytes, hex_of
from imagepipe.errors import Damaged
from imagepipe.store import codes
from imagepipe.store.opening import DiskStore, open_store
from tests.store import samples


@pytest.fixture
def store(tmp_path: Path) -> DiskStore:
    return open_store(tmp_path / "store")


def everything(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def read_all(store: DiskStore) -> None:
    store.keys()
    store.receipts(samples.key())
    store.has_blob(samples.PICTURE_DIGEST)
    with pytest.raises(FileNotFoundError):
        store.blob(samples.PICTURE_DIGEST)
    store.doubts(samples.key())
    store.refusal(samples.key())
    store.pending()
    store.fingerprint()
    assert list(store.all_receipts()) == []


def test_it_is_a_store(store: DiskStore) -> None:
    promised: Store = store
    assert promised.receipts(samples.key()) == ()


def test_reading_makes_nothing_on_the_disk(tmp_path: Path, store: DiskStore) -> None:
    read_all(store)
    assert store.discard_unsent() == 0
    store.close()
    assert everything(tmp_path) == set()
    assert store.fresh
    assert store.findings == []


def test_receipts_come_back_oldest_first_under_their_key(store: DiskStore) -> None:
    second = samples.receipt(ident="a2", made_at="2026-03-02T00:00:00Z")
    first = samples.receipt(ident="z1", made_at="2026-03-01T00:00:00Z")
    other = samples.receipt("hat")
    for item in (second, first, other):
        store.put_receipt(item)
    assert store.receipts(samples.key()) == (first, second)
    assert store.keys() == {samples.key("mug"), samples.key("hat")}
    assert set(store.all_receipts()) == {first, second, other}
    again = open_store(store.layout.root)
    assert not again.fresh
    assert again.receipts(samples.key("hat")) == (other,)


@pytest.mark.parametrize("durable", [True, False])
def test_bytes_come_back(store: DiskStore, durable: bool) -> None:
    digest = store.put_blob(samples.PICTURE, durable)
    assert digest == samples.PICTURE_DIGEST
    assert store.has_blob(digest)
    assert store.blob(digest) == samples.PICTURE
    assert store.put_blob(samples.PICTURE) == digest


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda data: b"",
    "cut short": lambda data: data[:-1],
    "flipped": lambda data: data[:99] + bytes([data[99] ^ 4]) + data[100:],
    "longer": lambda data: data + b"x",
    "zeros": lambda data: bytes(len(data)),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_damaged_bytes_are_set_aside_and_never_served(store: DiskStore, damage: str) -> None:
    digest = store.put_blob(samples.PICTURE)
    changed = DAMAGE[damage](samples.PICTURE)
    store.layout.blob(digest).write_bytes(changed)
    with pytest.raises(FileNotFoundError):
        store.blob(digest)
    assert not store.has_blob(digest)
    (kept,) = store.layout.quarantine.iterdir()
    assert kept.read_bytes() == changed
    (finding,) = store.findings
    assert finding.code == "blob-damaged"
    assert finding.severity == "warning"
    assert str(kept) in finding.message


def test_putting_bytes_heals_a_damaged_copy(store: DiskStore) -> None:
    digest = store.put_blob(samples.PICTURE)
    store.layout.blob(digest).write_bytes(b"broken")
    assert store.put_blob(samples.PICTURE) == digest
    assert store.blob(digest) == samples.PICTURE
    assert [path.read_bytes() for path in store.layout.quarantine.iterdir()] == [b"broken"]


@pytest.mark.parametrize(
    "text", [b"", b"{", b"\0" * 50, b'{"kind": "receipt"}'], ids=["empty", "torn", "zeros", "none"]
)
def test_an_unreadable_receipt_is_set_aside_and_the_others_stay(store: DiskStore, text: bytes) -> None:
    store.put_receipt(samples.receipt(ident="good"))
    store.put_receipt(samples.receipt(ident="bad"))
    store.layout.receipt(samples.key(), "bad").write_bytes(text)
    assert [item.id for item in store.receipts(samples.key())] == ["good"]
    assert [finding.code for finding in store.findings] == ["receipt-damaged"]
    assert [path.read_bytes() for path in store.layout.quarantine.iterdir()] == [text]


def test_a_receipt_under_another_key_is_not_believed(store: DiskStore) -> None:
    store.put_receipt(samples.receipt("mug"))
    source = store.layout.receipt(samples.key("mug"), "r1")
    target = store.layout.receipt(samples.key("hat"), "r1")
    target.parent.mkdir(parents=True, exist_ok=True)
    source.rename(target)
    assert store.receipts(samples.key("hat")) == ()
    assert [finding.code for finding in store.findings] == ["receipt-damaged"]


def test_refusals_are_remembered_until_they_are_forgotten(store: DiskStore) -> None:
    assert store.refusal(samples.key()) is None
    store.remember_refusal(samples.refusal())
    assert open_store(store.layout.root).refusal(samples.key()) == samples.refusal()
    store.forget_refusal(samples.key())
    store.forget_refusal(samples.key())
    assert store.refusal(samples.key()) is None


def test_a_damaged_refusal_counts_as_none(store: DiskStore) -> None:
    store.remember_refusal(samples.refusal())
    store.layout.refusal(samples.key()).write_bytes(b"?")
    assert store.refusal(samples.key()) is None
    assert [finding.code for finding in store.findings] == ["refusal-damaged"]


def test_a_rejected_answer_is_kept_as_it_came(store: DiskStore) -> None:
    digest = store.put_rejected(b"<html>")
    assert digest == digest_bytes(b"<html>")
    assert store.rejected(digest) == b"<html>"
    assert not store.has_blob(digest)


def test_a_newer_store_is_refused_and_not_touched(tmp_path: Path) -> None:
    root = tmp_path / "store"
    open_store(root).put_receipt(samples.receipt())
    (root / "format").write_text('{"imagepipe-store": 2}\n')
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    with pytest.raises(Damaged, match="newer imagepipe") as caught:
        open_store(root)
    assert caught.value.exit_code == 6
    assert caught.value.code == "store-newer"
    assert {path: path.read_bytes() for path in root.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("text", ["", "{}", "[]", "1", '{"imagepipe-store": "1"}', '{"imagepipe-store": 0}', "\0"])
def test_a_format_file_that_says_nothing_is_damage(tmp_path: Path, text: str) -> None:
    (tmp_path / "format").write_text(text)
    with pytest.raises(Damaged) as caught:
        open_store(tmp_path)
    assert caught.value.code == "store-damaged"
    assert (tmp_path / "format").read_text() == text


@pytest.mark.parametrize("ident", ["", "../up", "a/b", "a.b", "-x", "x" * 101, "é"])
def test_an_id_cannot_leave_its_folder(store: DiskStore, ident: str) -> None:
    with pytest.raises(ValueError, match="not a record id"):
        store.put_receipt(samples.receipt(ident=ident))


@pytest.mark.parametrize("digest", ["", "sha256:", "sha256:../../etc/passwd", "md5:" + "a" * 64, "a" * 64])
def test_a_digest_cannot_leave_its_folder(store: DiskStore, digest: str) -> None:
    with pytest.raises(ValueError, match="not a sha256 digest"):
        store.blob(digest)


def test_the_fingerprint_moves_with_what_can_change_a_plan(store: DiskStore) -> None:
    seen = [store.fingerprint()]

    def moved() -> bool:
        seen.append(store.fingerprint())
        return seen[-1] not in seen[:-1]

    store.put_receipt(samples.receipt())
    assert moved()
    store.put_receipt(samples.receipt(ident="r2"))
    assert moved()
    store.remember_refusal(samples.refusal())
    assert moved()
    spool = store.begin(samples.intent(), 100).launch()
    assert moved()
    spool.leave()
    assert moved()
    store.settle("i1")
    assert store.fingerprint() == seen[3], "a settled request leaves no trace"


def test_names_on_disk_are_the_layout_the_documents_give(store: DiskStore) -> None:
    digest = hex_of(store.put_blob(samples.PICTURE))
    store.put_receipt(samples.receipt())
    store.begin(samples.intent(), 10).launch().leave()
    name = hex_of(samples.key())
    assert {
        "format",
        f"blobs/{digest[:2]}/{digest}",
        f"receipts/{name[:2]}/{name}.r1.json",
        "intents/i1.json",
        "spools/i1",
        "locks/use",
    } <= everything(store.layout.root)


def test_opening_a_store_loads_nothing_heavy() -> None:
    code = "import sys, imagepipe.store.opening; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"asyncio", "jsonschema", "jinja2", "openai", "PIL", "yaml", "filelock"} & set(run.stdout.split())


def test_every_code_the_store_uses_is_explained() -> None:
    text = "".join(path.read_text("utf-8") for path in Path(codes.__file__).parent.glob("*.py"))
    used = set(re.findall(r'(?:code=|Finding\(|set_aside\(layout, path, |tell\(Finding\()"([a-z]+-?[a-z-]*)"', text))
    assert {"store-newer", "blob-damaged", "answer-rescued", "busy"} <= used
    assert used <= set(codes.CODES)
    assert all(item.means and item.example and item.fix for item in codes.CODES.values())
