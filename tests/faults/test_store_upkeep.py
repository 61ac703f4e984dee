"""Killed or failed while it cleans up or sets damage aside, the store loses nothing that a receipt or a lock names."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from imagepipe.digest import digest_bytes
from imagepipe.store.opening import open_store
from imagepipe.values import Candidate
from tests.faults.tracing import ROOT, counted, need_strace, run
from tests.faults.worlds import spread
from tests.store import samples

TIDY = """
import sys
from pathlib import Path
from imagepipe.store.disk import DiskFault
from imagepipe.store.opening import open_store
from imagepipe.store.upkeep import collect, garbage, verify
store = open_store(Path(sys.argv[1]))
try:
    verify(store)
    collect(store, garbage(store, {sys.argv[2]}, 2500))
except DiskFault as fault:
    sys.exit(3)
"""
LOCKED = b"named by a lock".ljust(1000)
PAID = {f"paid{number}": f"paid {number}".encode().ljust(1000) for number in range(3)}


def furnish(root: Path) -> None:
    """Two paid pictures that may stay, one that is over the limit, a loose one, a torn write, a damaged paid one."""
    shutil.rmtree(root, ignore_errors=True)
    with open_store(root) as store:
        for number, (name, data) in enumerate(PAID.items()):
            candidate = Candidate(store.put_blob(data), 1, 1, "png")
            store.put_receipt(samples.receipt(name, name, f"2026-01-0{number + 1}", candidates=(candidate,)))
        store.put_blob(LOCKED)
        store.layout.blob(store.put_blob(b"loose")).with_name(".tmp-1").write_bytes(b"half")
        candidate = Candidate(store.put_blob(b"damaged"), 1, 1, "png")
        store.put_receipt(samples.receipt("damaged", "damaged", "2026-02-01", candidates=(candidate,)))
        store.layout.blob(candidate.sha256).write_bytes(b"else")
        spool = store.begin(samples.intent(), 100).launch()
        spool.write(b"an answer")
        spool.finish(200, "", {})


def tidy(root: Path) -> list[str]:
    return [sys.executable, "-B", "-c", TIDY, str(root), digest_bytes(LOCKED)]


def check(root: Path) -> None:
    """Nothing named is gone, and what was damaged lies in one place or the other."""
    store = open_store(root)
    assert store.blob(digest_bytes(LOCKED)) == LOCKED
    kept = [data for data in PAID.values() if store.has_blob(digest_bytes(data))]
    assert kept[-1:] == [PAID["paid2"]], "the newest paid picture is within the limit"
    assert all(store.blob(digest_bytes(data)) == data for data in kept)
    assert len(list(store.all_receipts())) == 4
    assert [item.body() for item in store.pending()] == [b"an answer"]
    damaged = [path for path in root.rglob("*") if path.is_file() and path.read_bytes() == b"else"]
    assert len(damaged) == 1


@pytest.fixture(scope="module")
def points(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, int]]:
    need_strace()
    root = tmp_path_factory.mktemp("upkeep") / "store"
    furnish(root)
    found = counted(tidy(root), root.parent / "log", root)
    return [(name, count) for name, counts in sorted(found.items()) for count in counts]


@pytest.mark.parametrize("how", ["signal=KILL", "error=EACCES", "error=EIO"])
def test_whatever_stops_it_the_next_run_finishes(tmp_path: Path, points: list[tuple[str, int]], how: str) -> None:
    assert len(points) >= 6
    root = tmp_path / "store"
    for call, count in spread(points, 3):
        furnish(root)
        inject = f"inject={call}:{how}:when={count}"
        run(tidy(root), "-o", "/dev/null", "-e", "signal=none", "-e", f"trace={call}", "-e", inject)
        check(root)
        assert subprocess.run(tidy(root), cwd=ROOT, check=False).returncode == 0
        check(root)
        assert not list(root.rglob(".tmp-*"))
        assert not open_store(root).has_blob(digest_bytes(b"loose"))
