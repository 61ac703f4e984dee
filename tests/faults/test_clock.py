"""A clock that jumps to and fro, and names of requests that sort backwards: nothing rests on the time of day."""

from dataclasses import replace
from itertools import count, cycle
from pathlib import Path

from imagepipe.events import InDoubt
from imagepipe.execute.work import Clock
from imagepipe.values import FrozenMap
from tests.execute.rig import PRICE, FakeClock, Rig, asset, silence

TIMES = ("2026-11-21T12:00:00Z", "1970-01-01T00:00:00Z", "2099-12-31T23:59:59Z")


class Jumping(FakeClock):
    """Another day at every look."""

    def __init__(self) -> None:
        super().__init__()
        self._times, self._backwards = cycle(TIMES), count(9000, -1)

    def value(self) -> Clock:
        return replace(super().value(), now=lambda: next(self._times), new_id=lambda: f"id{next(self._backwards):06d}")


def test_a_clock_that_jumps_changes_nothing_but_the_dates(tmp_path: Path) -> None:
    rig = Rig(tmp_path, asset("mug"), asset("hat", options={"n": 2}), asset("cup"))
    rig.clock = Jumping()
    rig.provider.script("picture of cup", silence())
    assert rig.build().exit_code == 1
    assert rig.calls == 3
    picked = {id: rig.lock.entries[id].picked for id in ("mug", "hat")}
    assert rig.build().exit_code == 1, "the doubt stands, however old it says it is"
    assert [event.worst for event in rig.told(InDoubt)] == [PRICE]
    rig.change("hat", options=FrozenMap({**rig.assets["hat"].options, "n": 3}))
    rig.build()
    assert [request.n for request in rig.provider.calls[3:]] == [1], "only what is missing is asked for"
    assert {id: rig.lock.entries[id].picked for id in ("mug", "hat")} == picked
    assert rig.actions() == {"mug": "keep", "hat": "keep", "cup": "block"}
