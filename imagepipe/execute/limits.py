"""How many requests may be on the wire and how many pictures a minute: one limiter for all workers of a run."""

import asyncio
import re
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from imagepipe.execute.halting import Halt
from imagepipe.execute.work import Clock, Limits

RAMP = 0.2
"""Seconds over which the first requests of a large build are spread: answers that take equally long would come all at once,
and each would wait for the others, round after round."""
WINDOW = 60.0
LONGEST_WAIT = 120.0
_POOLS = ("images", "requests")
_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|[hms])")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}

Told = Callable[[float, str], None]
"""Hears of a wait: seconds, and why."""


class Limiter:
    """Slots and a rate. At most `jobs` are in flight; throttling halves that, success raises it again one by one.

    The rate is kept over every window of 60 seconds, so that no minute ever holds more pictures than allowed.
    """

    def __init__(self, limits: Limits, clock: Clock, halt: Halt, requests: int = 0) -> None:
        """`requests`: how many a build is about to make; where they take turns, they begin one after the other."""
        self._clock, self._halt = clock, halt
        self._jobs = self.width = max(1, limits.jobs)
        self.per_minute = limits.images_per_minute
        self._turn, self._freed = asyncio.Lock(), asyncio.Event()
        self._sent: deque[tuple[float, int]] = deque()
        self._pictures = 0
        self._ramp = self._jobs - 1 if requests > self._jobs else 0
        self._not_before = self._cut_at = 0.0
        self.in_flight = self._good = 0

    async def enter(self, n: int, told: Told) -> float:
        """Takes a slot and `n` pictures of the rate, in the order of asking; returns when it was taken.

        Raises halting.Stopped where nothing more may be sent.
        """
        async with self._turn:
            self._halt.check()
            while self.in_flight >= self.width:
                self._freed.clear()
                await self._halt.race(self._freed.wait())
            await self._spread()
            while (delay := self._delay(n)) > 0:
                told(delay, "rate")
                await self._halt.pause(delay)
            now = self._clock.monotonic()
            self.in_flight += 1
            self._sent.append((now, n))
            self._pictures += n
            return now

    async def _spread(self) -> None:
        if self._ramp and self._sent:
            self._ramp -= 1
            early = self._sent[-1][0] + RAMP / self._jobs - self._clock.monotonic()
            if early > 0:
                await self._halt.pause(early)

    def leave(self) -> None:
        """Gives the slot back: nothing is on the wire any more."""
        self.in_flight -= 1
        self._freed.set()

    def hear(self, headers: Mapping[str, Any]) -> None:
        """Learns from an answer's x-ratelimit headers: a lower rate, or a pool that is used up until its reset."""
        told = {str(name).lower(): str(value) for name, value in headers.items()}
        rate = _number(told.get("x-ratelimit-limit-images"))
        if rate and (self.per_minute is None or rate < self.per_minute):
            self.per_minute = rate
        for pool in _POOLS:
            if _number(told.get(f"x-ratelimit-remaining-{pool}")) == 0:
                self.hold(seconds_of(told.get(f"x-ratelimit-reset-{pool}", "")))

    def hold(self, seconds: float) -> None:
        """Nobody sends for that long."""
        self._not_before = max(self._not_before, self._clock.monotonic() + min(seconds, LONGEST_WAIT))

    def throttled(self, since: float) -> None:
        """Halves the slots, once for all that were sent (`since`) before the last cut."""
        self._good = 0
        if since >= self._cut_at:
            self.width = max(1, self.width // 2)
            self._cut_at = self._clock.monotonic()

    def succeeded(self) -> None:
        """Adds a slot again after as many answers in a row as there are slots."""
        self._good += 1
        if self._good >= self.width and self.width < self._jobs:
            self.width, self._good = self.width + 1, 0
            self._freed.set()

    def _delay(self, n: int) -> float:
        """Seconds until `n` more pictures are allowed. More than a minute's worth goes out alone."""
        now = self._clock.monotonic()
        while self._sent and self._sent[0][0] <= now - WINDOW:
            self._pictures -= self._sent.popleft()[1]
        delay, count = self._not_before - now, self._pictures
        if self.per_minute is None:
            return delay
        for at, gone in self._sent:
            if count + n <= self.per_minute:
                break
            delay, count = max(delay, at + WINDOW - now), count - gone
        return delay


def seconds_of(text: str) -> float:
    """A duration of a rate limit header in seconds: `120ms`, `6m0s`, `1.5`; 0 for what is not one."""
    if (number := _number(text)) is not None:
        return number
    return sum(float(count) * _SECONDS[unit] for count, unit in _DURATION.findall(text))


def _number(text: str | None) -> float | None:
    try:
        number = float(text) if text else None
    except ValueError:
        return None
    return number if number is not None and 0 <= number < 1e9 else None
