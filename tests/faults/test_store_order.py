"""What would survive a power cut, read off the order in which the store, and then a whole build, talk to the disk."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from tests.faults import tracing
from tests.faults.tracing import Call, driver, trace
from tests.faults.worlds import World, zygote

WRITES = {"write", "pwrite64", "ftruncate", "fallocate"}
SYNCS = {"fsync", "fdatasync"}


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory) -> list[Call]:
    folder = tmp_path_factory.mktemp("order")
    (folder / "told").mkdir()
    made = trace(driver("tests.faults.store_driver", folder, 3), folder / "log")
    inside = [call for call in made if any(path.startswith(str(folder)) for path in call.paths)]
    return [call for call in inside if "/locks" not in call.paths[0]]


def test_the_driver_was_seen(calls: list[Call]) -> None:
    names = [call.name for call in calls]
    assert sum(name.startswith("rename") for name in names) >= 9
    assert sum(name in SYNCS for name in names) >= 18


def test_no_file_is_renamed_before_its_bytes_are_on_the_disk(calls: list[Call]) -> None:
    dirty: set[str] = set()
    for call in calls:
        if call.name in WRITES:
            dirty.add(call.paths[0])
        elif call.name in SYNCS:
            dirty.discard(call.paths[0])
        elif call.name.startswith("rename"):
            assert call.paths[0] not in dirty, f"{call} before an fsync"


def new_names(call: Call) -> list[str]:
    """The names that a call makes, which only a sync of their folder makes last."""
    if call.name.startswith("rename"):
        return [call.paths[-1]]
    if call.name.startswith("mkdir") or ("O_CREAT" in call.args and ".tmp-" not in call.args):
        return [call.paths[-1]]
    return []


def unsynced(calls: Iterable[Call]) -> Iterator[tuple[str, set[str]]]:
    """At each note of the world outside, and at the end: the names and files that a power cut could still take."""
    names: set[str] = set()
    dirty: set[str] = set()
    there: set[str] = set()
    for call in calls:
        if call.name.startswith("symlink"):
            yield os.path.basename(call.paths[-1]), names | dirty
        elif call.name in SYNCS:
            names -= {name for name in names if os.path.dirname(name) == call.paths[0]}
            dirty.discard(call.paths[0])
        elif call.name in WRITES:
            dirty.add(call.paths[0])
        elif call.name.startswith("rename"):
            assert call.paths[0] not in dirty, f"{call} before an fsync"
        elif call.name.startswith("unlink"):
            there.discard(call.paths[-1])
        names |= {name for name in new_names(call) if call.name.startswith("rename") or name not in there}
        there |= set(new_names(call))
    yield "end", names | dirty


def test_nothing_is_sent_or_settled_while_a_name_or_a_byte_is_not_on_the_disk(calls: list[Call]) -> None:
    told = dict(unsynced(calls))
    assert len(told) == 10, "three requests, each sent, received and settled"
    assert not {what: left for what, left in told.items() if left and what != "end"}


def test_a_whole_build_sends_nothing_and_ends_with_nothing_that_a_power_cut_could_take(tmp_path: Path) -> None:
    """The real command: its store, its books and its lock. Pictures in the project are made again for nothing."""
    tracing.need_strace()
    with zygote(tmp_path / "warm") as run:
        world = World(tmp_path / "world", run).fresh()
        code, said = world.build(strace=tracing.traced(tmp_path / "log"))
    assert code == 1, said
    project, kept = str(world.project), tuple(str(world.folder / name) for name in ("store", "home/data", "told"))
    above = (project, str(world.folder), str(world.folder / "home"))

    def matters(path: str) -> bool:
        if os.path.dirname(path) == project:
            return os.path.basename(path).startswith(("assets.lock", ".tmp-"))
        lock_alone = "/locks" in path or path.endswith("/ledger.lock")
        return path in above or (path.startswith(kept) and not lock_alone)

    every = [call for call in tracing.calls((tmp_path / "log").read_text("utf-8", "replace")) if call.paths]
    told = list(unsynced(call for call in every if matters(call.paths[-1])))
    assert [what.partition("-")[2] for what, _ in told].count("charged") == 4
    assert not [(what, left) for what, left in told if left and not what.endswith("received")]
    assert any(call.name.startswith("rename") and call.paths[-1].endswith("assets.lock") for call in every)


def test_an_intent_is_on_the_disk_before_its_spool_has_its_name(calls: list[Call]) -> None:
    named: set[str] = set()
    lasting: set[str] = set()
    spools = []
    for call in calls:
        path = Path(call.paths[-1])
        if call.name.startswith("rename") and path.parent.name == "intents":
            named.add(path.stem)
        elif call.name in SYNCS and path.name == "intents":
            lasting |= named
        elif path.parent.name == "spools" and "O_CREAT" in call.args:
            assert path.name.startswith(".tmp-"), "until then it is a temporary file"
        elif path.parent.name == "spools" and call.name.startswith("rename"):
            assert path.name in lasting
            spools.append(path.name)
    assert len(spools) == 3


def test_the_picture_comes_before_the_receipt_and_the_receipt_before_the_end_of_the_spool(calls: list[Call]) -> None:
    order = []
    for call in calls:
        path = call.paths[-1]
        if call.name.startswith("rename") and ("/blobs/" in path or "/receipts/" in path):
            order.append("blob" if "/blobs/" in path else "receipt")
        elif call.name.startswith("unlink") and "/spools/" in path:
            order.append("spool goes")
        elif call.name.startswith("unlink") and "/intents/" in path:
            order.append("intent goes")
    assert order == ["blob", "receipt", "spool goes", "intent goes"] * 3
