"""The whole road of a build, killed or failed at every system call that changes the disk: nothing received is lost,
nothing charged goes unsaid, the lock is the old one or the new one, and the next build finishes and pays for the rest.

The invariants are those of `worlds`: looked at where the process ended, and again after the next builds.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from imagepipe.store import spools
from tests.faults.tracing import CHANGING, need_strace
from tests.faults.worlds import Damage, World, Zygote, spread, zygote

ERRORS = {
    "write": ("error=ENOSPC", "error=EIO", "error=EACCES", "retval=3"),
    "fsync": ("error=EIO", "error=ENOSPC"),
    "rename": ("error=EACCES", "error=ENOSPC", "error=EIO"),
    "mkdir": ("error=ENOSPC", "error=EACCES"),
    "unlink": ("error=EACCES", "error=EIO"),
    "fallocate": ("error=ENOSPC", "error=EDQUOT", "error=EOPNOTSUPP"),
    "ftruncate": ("error=EIO",),
}
Point = tuple[str, int]
Record = Callable[[str, object], None]


@dataclass(frozen=True, slots=True)
class Story:
    """What happened before the command that is disturbed, and the command."""

    before: Callable[[World], object]
    args: tuple[str, ...] = ("build", "--yes")


def _killed_until(world: World, happened: Callable[[], bool]) -> None:
    """A first build that died at some change of the disk after which this holds."""
    for count in range(12, 200, 3):
        world.fresh().build(die=count)
        if happened():
            return
    raise AssertionError("no point leaves that behind")


def _nothing(world: World) -> None:
    """The first build ever."""


def _built(world: World) -> None:
    world.build()


def _edited(world: World) -> None:
    world.build()
    world.edit("mug, plain", "mug, with a handle")
    world.edit("n: 2", "n: 3")


def _broken_off(world: World) -> None:
    """A whole answer waits in its spool: killed as the picture was to be put into the store."""
    _killed_until(world, lambda: any(item.state == "complete" for item in world.store.pending()))


def _doubtful(world: World) -> None:
    """Killed while an answer was coming."""
    _killed_until(world, lambda: bool(world.store.doubts()))


def _untidy(world: World) -> None:
    """Beside what is paid: a picture that nobody names, a damaged one, and the leftover of a write."""
    world.build()
    with world.store as store:
        damaged = store.layout.blob(store.put_blob(b"damaged"))
        store.layout.blob(store.put_blob(b"loose")).with_name(".tmp-1").write_bytes(b"half")
    damaged.write_bytes(b"")


STORIES = {
    "first": Story(_nothing),
    "edited": Story(_edited),
    "adopting": Story(_broken_off),
    "retry": Story(_built, ("build", "--yes", "--retry-failed")),
    "again": Story(_built, ("build", "--yes", "--again", "mug")),
    "forget": Story(_doubtful, ("build", "--yes", "--forget", "*")),
    "gc": Story(_untidy, ("gc", "--delete", "--max-size", "0")),
    "verify": Story(_untidy, ("verify",)),
}


class Sweep:
    """One story, as often as it takes. `points` are all changes of the disk in its undisturbed command."""

    def __init__(self, folder: Path, run: Zygote, story: Story) -> None:
        self.story, self.template, self._log = story, folder / "template", folder / "log"
        self.world = World(folder / "world", run).fresh()
        story.before(self.world)
        self.world.keep_as(self.template)
        self.allowed = Counter[str]()
        self.points = self._points()
        self.anew()

    def anew(self) -> None:
        """Begins to count."""
        self.damage, self.tried, self.missed = Damage(), 0, 0

    def _points(self) -> list[Point]:
        """Every change of the disk in the undisturbed command, as (system call, how many of its kind came before)."""
        names = ",".join(CHANGING)
        self._run("-y", "-s", "4096", "-e", f"trace={names}")
        self.world.recover(Counter())
        self.allowed = self.world.billed
        counts: dict[str, int] = {}
        found = []
        for line in self._log.read_text("utf-8", "replace").splitlines():
            name = re.sub(r"^\d+ +", "", line).partition("(")[0]
            counts[name] = counts.get(name, 0) + 1
            if str(self.world.folder) in line:
                found.append((name, counts[name]))
        return found

    def _run(self, *options: str) -> tuple[int, str]:
        self.world.back_to(self.template)
        traced = ["-o", str(self._log), "-e", "signal=none", *options]
        return self.world.run(self.world.folder, *self.story.args, strace=traced)

    def disturb(self, point: Point, how: str) -> None:
        """Runs the command with one system call killed or failed, and looks at what is left, twice."""
        name, count = point
        code, said = self._run("-e", f"trace={name}", "-e", f"inject={name}:{how}:when={count}")
        self.tried += 1
        found = self.world.look()
        # What a cache remembers depends on the clock, so that a write more or less is made than when they were counted.
        self.missed += how == "signal=KILL" and code != -9
        if how != "signal=KILL" and (code not in (0, 1, 6) or "Traceback" in said):
            found.stuck.append(f"ended with {code}: {said}")
        found += self.world.recover(self.allowed, booked=how == "signal=KILL")
        for faults in (found.lost, found.unreported, found.invalid, found.stuck):
            faults[:] = [f"{name} {count} {how}: {fault}" for fault in faults]
        self.damage += found


def tell(record: Record, name: str, tried: int, damage: Damage) -> None:
    """Into the closing table, and then the verdict."""
    record(f"faults: {name}", [tried, *map(len, (damage.lost, damage.unreported, damage.invalid, damage.stuck))])
    assert not damage, damage


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Zygote]:
    need_strace()
    with zygote(tmp_path_factory.mktemp("zygote") / "warm") as found:
        yield found


def kills(sweep: Sweep, record: Record, name: str, most: int = 10_000) -> None:
    sweep.anew()
    for point in spread(sweep.points, most):
        sweep.disturb(point, "signal=KILL")
    assert sweep.missed <= 1 + sweep.tried // 10
    tell(record, f"killed: {name}", sweep.tried - sweep.missed, sweep.damage)


def failures(sweep: Sweep, record: Record, name: str, most: int = 10_000) -> None:
    sweep.anew()
    every = [(point, how) for point in sweep.points for how in ERRORS.get(point[0], ())]
    for point, how in spread(every, most):
        sweep.disturb(point, how)
    tell(record, f"failed: {name}", sweep.tried, sweep.damage)


REFUSALS = {
    ("fallocate", "ENOSPC"): "the disk is full (4.8 MiB needed)",
    ("fallocate", "EDQUOT"): "your disk quota is used up (4.8 MiB needed)",
    ("fallocate", "EACCES"): "permission was denied",
    ("fallocate", "EROFS"): "the file system is read-only",
    ("fallocate", "EIO"): "the disk reported an error",
    ("mkdir", "EACCES"): "permission was denied",
    ("fsync", "EIO"): "the disk reported an error",
    ("rename", "EDQUOT"): "your disk quota is used up",
}


def test_a_disk_that_takes_nothing_is_found_before_sending(tmp_path: Path, run: Zygote) -> None:
    world = World(tmp_path / "world", run)
    for (call, error), words in REFUSALS.items():
        injected = ("-e", f"trace={call}", "-e", f"inject={call}:error={error}")
        code, said = world.fresh().build(strace=["-o", str(tmp_path / "log"), "-e", "signal=none", *injected])
        assert (code, world.charges) == (1, Counter()), said
        assert said.count(words) >= 3, said


def sicken(sweep: Sweep, record: Record, counts: Iterable[int], monkeypatch: pytest.MonkeyPatch) -> None:
    """From one change on the disk of the store takes nothing, for good; then it is well again."""
    rescue = sweep.world.folder / "home" / "imagepipe-rescue"
    monkeypatch.setattr(spools, "rescue_folders", lambda: (rescue,))
    sweep.anew()
    saved = 0
    for count in counts:
        sweep.world.back_to(sweep.template)
        code, said = sweep.world.build(sick=count)
        found = sweep.world.look()
        places = list(rescue.glob("*"))
        saved += len(places)
        if code != 1 or not all(str(place) in said for place in places):
            found.stuck.append(f"ended with {code}: {said}")
        found += sweep.world.recover(sweep.allowed, booked=False)
        found.stuck += [f"left behind: {place}" for place in rescue.glob("*")]
        sweep.tried += 1
        sweep.damage += found
    assert saved
    tell(record, "sick disk: first", sweep.tried, sweep.damage)


def test_an_answer_survives_the_disk_of_its_store(
    tmp_path: Path, run: Zygote, record_property: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    sicken(Sweep(tmp_path, run, STORIES["first"]), record_property, range(30, 90, 12), monkeypatch)


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_an_answer_survives_the_disk_of_its_store_from_any_point_on(
    tmp_path: Path, run: Zygote, record_property: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    sicken(Sweep(tmp_path, run, STORIES["first"]), record_property, range(1, 200), monkeypatch)


SOME = {
    "first": (10, 14),
    "edited": (6, 9),
    "adopting": (5, 8),
    "retry": (3, 4),
    "again": (3, 4),
    "forget": (3, 4),
    "gc": (3, 4),
    "verify": (2, 2),
}


@pytest.mark.parametrize("story", STORIES)
def test_disturbed_at_some_points(tmp_path: Path, run: Zygote, story: str, record_property: Record) -> None:
    sweep = Sweep(tmp_path, run, STORIES[story])
    kills(sweep, record_property, story, SOME[story][0])
    failures(sweep, record_property, story, SOME[story][1])


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("story", STORIES)
def test_killed_at_every_point(tmp_path: Path, run: Zygote, story: str, record_property: Record) -> None:
    kills(Sweep(tmp_path, run, STORIES[story]), record_property, story)


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("story", STORIES)
def test_failed_at_every_point(tmp_path: Path, run: Zygote, story: str, record_property: Record) -> None:
    failures(Sweep(tmp_path, run, STORIES[story]), record_property, story)
