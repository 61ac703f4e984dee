"""Slots and rates: how many at once, how many a minute, and what answers teach about it."""

import asyncio
from pathlib import Path

import pytest

from imagepipe.execute.halting import Halt, Stopped
from imagepipe.execute.limits import RAMP, Limiter, seconds_of
from imagepipe.execute.work import Limits
from tests.execute.rig import FakeClock, Rig, answer, asset, error, png


def limiter(requests: int = 0, **limits: float) -> tuple[Limiter, FakeClock, Halt]:
    clock = FakeClock()
    halt = Halt(clock.value())
    asked = Limits(**{"jobs": 100, **limits})  # type: ignore[arg-type]
    return Limiter(asked, clock.value(), halt, requests), clock, halt


def times(sizes: list[int], requests: int = 0, **limits: float) -> list[float]:
    """When each request may go, if they all come at once."""

    async def scenario() -> list[float]:
        one, clock, _ = limiter(requests, **limits)
        gone = []
        for n in sizes:
            await one.enter(n, lambda seconds, why: None)
            gone.append(clock.time)
            one.leave()
        return gone

    return asyncio.run(scenario())


@pytest.mark.parametrize(
    ("sizes", "rate", "expected"),
    [
        ([1, 1, 1], None, [0, 0, 0]),
        ([1, 1, 1, 1, 1], 2, [0, 0, 60, 60, 120]),
        ([2, 2, 2], 5, [0, 0, 60]),
        ([3, 3], 5, [0, 60]),
        ([9, 1], 5, [0, 60]),
    ],
)
def test_no_minute_holds_more_pictures_than_allowed(sizes: list[int], rate: float, expected: list[float]) -> None:
    assert times(sizes, images_per_minute=rate) == expected


def test_the_first_requests_of_a_large_build_begin_one_after_the_other() -> None:
    step = RAMP / 4
    assert times([1] * 6, requests=6, jobs=4) == pytest.approx([0, step, 2 * step, 3 * step, 3 * step, 3 * step])


def test_requests_that_all_have_a_slot_begin_at_once() -> None:
    assert times([1] * 4, requests=4, jobs=4) == [0] * 4


def test_who_comes_late_anyway_is_not_held_back() -> None:
    async def scenario() -> float:
        one, clock, _ = limiter(9, jobs=4)
        await one.enter(1, lambda seconds, why: None)
        clock.time = 7.0
        return await one.enter(1, lambda seconds, why: None)

    assert asyncio.run(scenario()) == 7.0


def test_throttling_halves_the_slots_once_a_burst_and_success_brings_them_back() -> None:
    one, clock, _ = limiter(jobs=8)
    since = clock.time
    clock.time = 1.0
    one.throttled(since)
    one.throttled(since)
    assert one.width == 4
    one.throttled(2.0)
    assert one.width == 2
    for _ in range(2 + 3 + 4 + 5 + 6 + 7 + 20):
        one.succeeded()
    assert one.width == 8


@pytest.mark.parametrize(
    ("headers", "waited"),
    [
        ({"x-ratelimit-remaining-images": "0", "x-ratelimit-reset-images": "6m0s"}, 120.0),
        ({"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "120ms"}, 0.12),
        ({"x-ratelimit-remaining-images": "3", "x-ratelimit-reset-images": "30s"}, 0.0),
        ({"x-ratelimit-remaining-images": "none", "x-ratelimit-reset-images": "-5"}, 0.0),
    ],
)
def test_a_used_up_pool_is_waited_for(headers: dict[str, str], waited: float) -> None:
    async def scenario() -> float:
        one, clock, _ = limiter()
        one.hear(headers)
        await one.enter(1, lambda seconds, why: None)
        return clock.time

    assert asyncio.run(scenario()) == pytest.approx(waited)


@pytest.mark.parametrize(
    ("text", "seconds"), [("120ms", 0.12), ("6m0s", 360.0), ("1.5", 1.5), ("1h2m3s", 3723.0), ("soon", 0.0), ("", 0.0)]
)
def test_durations_of_headers(text: str, seconds: float) -> None:
    assert seconds_of(text) == pytest.approx(seconds)


def test_a_lower_rate_is_learned_from_headers() -> None:
    one, _, _ = limiter()
    one.hear({"X-RateLimit-Limit-Images": "5"})
    one.hear({"x-ratelimit-limit-images": "50"})
    assert one.per_minute == 5


def test_who_waits_for_a_slot_hears_of_the_stop() -> None:
    async def scenario() -> None:
        one, _, halt = limiter(jobs=1)
        await one.enter(1, lambda seconds, why: None)
        waiting = asyncio.ensure_future(one.enter(1, lambda seconds, why: None))
        await asyncio.sleep(0)
        halt.run("interrupted", 130)
        with pytest.raises(Stopped, match="interrupted"):
            await waiting

    asyncio.run(scenario())


def test_a_storm_of_429_charges_once_each_and_slows_down(tmp_path: Path) -> None:
    rig = Rig(tmp_path, *(asset(f"a{i}") for i in range(12)))
    for i in range(12):
        busy = error(429, "rate_limit_exceeded", {"retry-after": "2"})
        rig.provider.script(f"picture of a{i}", busy, busy, answer(png(i)))
    end = rig.build()
    assert (end.exit_code, end.published, end.requests) == (0, 12, 12)
    assert end.in_doubt == 0
    assert rig.calls == 36
    assert rig.clock.time > 0


def test_the_rate_holds_in_a_build(tmp_path: Path) -> None:
    rig = Rig(tmp_path, *(asset(f"a{i}", options={"n": 2}) for i in range(5)))
    rig.limits = Limits(jobs=5, images_per_minute=4)
    assert rig.build().exit_code == 0
    assert rig.clock.time == pytest.approx(120.0)
