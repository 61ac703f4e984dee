"""The whole road of a build, killed or failed at every system call that changes the disk: nothing received is lost,
nothing charged goes unsaid, the lock is the old one or the new one, and the next build finishes and pays for the rest.

The invariants are those of `worlds`: looked at where the process ended, and again after the next builds.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

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


@dataclass(frozen=True, slots=True)
class Story:
    """What happened before the command that is disturbed, and the command."""

    before: Callable[[World], object]
    args: tuple[str, ...] = ("build", "--yes")


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
    for count in range(1, 200):
        world.fresh().build(die=count)
        if any(item.state == "complete" for item in world.store.pending()):
            return
    raise AssertionError("no point leaves a whole spool")


def _doubtful(world: World) -> None:
    """Killed while an answer was coming."""
    for count in range(1, 200):
        world.fresh().build(die=count)
        if world.store.doubts():
            return
    raise AssertionError("no point leaves a doubt")


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
    """One story, as often as it takes."""

    def __init__(self, folder: Path, run: Zygote, story: Story) -> None:
        self.story, self.template, self._log = story, folder / "template", folder / "log"
        self.world = World(folder / "world", run).fresh()
        story.before(self.world)
        self.world.keep_as(self.template)
        self.missed = 0
        self.damage, self.tried, self.allowed = Damage(), 0, Counter[str]()

    def points(self) -> list[Point]:
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


def tell(record: Callable[[str, object], None], name: str, tried: int, damage: Damage) -> None:
    """Into the closing table, and then the verdict."""
    record(f"faults: {name}", [tried, *map(len, (damage.lost, damage.unreported, damage.invalid, damage.stuck))])
    assert not damage, damage


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Zygote]:
    need_strace()
    with zygote(tmp_path_factory.mktemp("zygote") / "warm") as found:
        yield found


def kills(sweep: Sweep, most: int = 10_000) -> None:
    for point in spread(sweep.points(), most):
        sweep.disturb(point, "signal=KILL")
    assert sweep.missed <= 1 + sweep.tried // 10
    sweep.tried -= sweep.missed


def failures(sweep: Sweep, most: int = 10_000) -> None:
    every = [(point, how) for point in sweep.points() for how in ERRORS.get(point[0], ())]
    for point, how in spread(every, most):
        sweep.disturb(point, how)


SOME = {
    "first": (12, 18),
    "edited": (8, 12),
    "adopting": (8, 12),
    "retry": (4, 6),
    "again": (4, 6),
    "forget": (4, 6),
    "gc": (4, 6),
    "verify": (2, 3),
}


@pytest.mark.parametrize("story", STORIES)
def test_killed_at_some_points(
    tmp_path: Path, run: Zygote, story: str, record_property: Callable[[str, object], None]
) -> None:
    sweep = Sweep(tmp_path, run, STORIES[story])
    kills(sweep, SOME[story][0])
    tell(record_property, f"killed: {story}", sweep.tried, sweep.damage)


@pytest.mark.parametrize("story", STORIES)
def test_failed_at_some_points(
    tmp_path: Path, run: Zygote, story: str, record_property: Callable[[str, object], None]
) -> None:
    sweep = Sweep(tmp_path, run, STORIES[story])
    failures(sweep, SOME[story][1])
    tell(record_property, f"failed: {story}", sweep.tried, sweep.damage)


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("story", STORIES)
def test_killed_at_every_point(
    tmp_path: Path, run: Zygote, story: str, record_property: Callable[[str, object], None]
) -> None:
    sweep = Sweep(tmp_path, run, STORIES[story])
    kills(sweep)
    tell(record_property, f"killed: {story}", sweep.tried, sweep.damage)


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("story", STORIES)
def test_failed_at_every_point(
    tmp_path: Path, run: Zygote, story: str, record_property: Callable[[str, object], None]
) -> None:
    sweep = Sweep(tmp_path, run, STORIES[story])
    failures(sweep)
    tell(record_property, f"failed: {story}", sweep.tried, sweep.damage)
