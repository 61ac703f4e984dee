"""What a day cost, whatever was killed in between."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from imagepipe.store.disk import DiskFault
from imagepipe.store.ledger import Ledger, Spending


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "data" / "imagepipe")


def spend(day: str, usd: float | None, ident: str = "", kind: str = "settled") -> Spending:
    return Spending(day, usd, kind, "shop", "mug", ident)  # type: ignore[arg-type]


TABLE = {
    "nothing": ([], 0.0),
    "a sum": ([spend("2026-03-01", 0.25), spend("2026-03-01", 0.5)], 0.75),
    "equal charges are two": ([spend("2026-03-01", 0.25), spend("2026-03-01", 0.25)], 0.5),
    "other days do not count": ([spend("2026-03-01", 1.0), spend("2026-03-02", 2.0), spend("2026-04-01", 4.0)], 1.0),
    "a doubt counts": ([spend("2026-03-01", 0.5, "i1", "in_doubt")], 0.5),
    "a settled doubt counts once": (
        [spend("2026-03-01", 0.5, "i1", "in_doubt"), spend("2026-03-01", 0.25, "i1")],
        0.25,
    ),
    "written twice by a crash": ([spend("2026-03-01", 0.5, "i1"), spend("2026-03-01", 0.5, "i1")], 0.5),
    "an unknown price": ([spend("2026-03-01", None), spend("2026-03-01", 0.5)], 0.5),
}


@pytest.mark.parametrize("case", TABLE)
def test_what_a_day_cost(ledger: Ledger, case: str) -> None:
    entries, expected = TABLE[case]
    for entry in entries:
        ledger.append(entry)
    assert ledger.spent("2026-03-01") == expected


def test_asking_makes_nothing(ledger: Ledger) -> None:
    assert ledger.spent("2026-03-01") == 0.0
    assert not ledger.folder.exists()


def test_entries_come_back_as_they_were(ledger: Ledger) -> None:
    entry = Spending("2026-03-01", 0.042, "in_doubt", "Ünïcode shop", "mug", "i1")
    ledger.append(entry)
    assert ledger.entries("2026-03-01") == (entry,)


JUNK = {
    "torn": b"{tor",
    "zeros": b"\0" * 80,
    "null": b"null\n",
    "a list": b"[]\n",
    "a day that is a number": b'{"day": 3, "usd": 1, "kind": "settled"}\n',
    "no UTF-8": b"\xff\n",
    "deep": b"[" * 99_999,
    "a sum that is a text": b'{"day": "2026-03-01", "usd": "1", "kind": "settled"}\n',
    "an unknown kind": b'{"day": "2026-03-01", "usd": 1, "kind": "gift"}\n',
}


@pytest.mark.parametrize("junk", JUNK.values(), ids=JUNK)
def test_torn_and_foreign_lines_cost_only_themselves(ledger: Ledger, junk: bytes) -> None:
    ledger.append(spend("2026-03-01", 0.25))
    (file,) = ledger.folder.glob("*.jsonl")
    with file.open("ab") as end:
        end.write(junk)
    ledger.append(spend("2026-03-01", 0.5))
    assert ledger.spent("2026-03-01") == 0.75


@pytest.mark.parametrize("day", ["", "yesterday", "2026-3-1", "../../x", "2026-03-01\n"])
def test_a_day_is_a_day(ledger: Ledger, day: str) -> None:
    with pytest.raises(ValueError, match="not a day"):
        ledger.append(spend(day, 1.0))


def test_processes_that_spend_at_once_all_count(ledger: Ledger) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from imagepipe.store.ledger import Ledger, Spending\n"
        "for i in range(20): Ledger(Path(sys.argv[1])).append(Spending('2026-03-01', 0.25, 'settled'), 60.0)\n"
    )
    racers = [subprocess.Popen([sys.executable, "-c", code, str(ledger.folder)]) for _ in range(3)]
    assert [racer.wait() for racer in racers] == [0, 0, 0]
    assert ledger.spent("2026-03-01") == 15.0


def test_threads_that_wait_for_one_sync_are_all_written_or_all_told(ledger: Ledger) -> None:
    days = ["2026-03-01", "2026-04-01"]
    entries = [spend(days[number % 2], 0.25, f"i{number}") for number in range(60)]
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(ledger.append, entries))
    assert {item.id for day in days for item in ledger.entries(day)} == {item.id for item in entries}
    for day in days:
        path = ledger.folder / f"ledger-{day[:7]}.jsonl"
        path.unlink()
        path.mkdir()
    with ThreadPoolExecutor(16) as pool:
        waiting = [pool.submit(ledger.append, entry) for entry in entries]
    assert all(isinstance(one.exception(), DiskFault) for one in waiting)
