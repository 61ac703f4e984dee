"""Adds up what a build's events say, for the display and for the closing page. Draws nothing."""

from collections.abc import Callable

from imagepipe.events import (
    BuildFinished,
    BuildStarted,
    Dropped,
    Event,
    Failed,
    InDoubt,
    Published,
    Received,
    Sending,
    Skipped,
    SpoolAdopted,
    Waiting,
)
from imagepipe.reports.outcome import Outcome


class Tally:
    """The sums so far. `paid` is what each asset's answers cost in this build, in USD (None: unknown); `flying` maps each asset with a request under way to when it began and what it does."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self.begun = clock()
        self.started: BuildStarted | None = None
        self.finished: BuildFinished | None = None
        self.flying: dict[str, tuple[float, str]] = {}
        self.usd = 0.0
        self.paid: dict[str, float | None] = {}
        self._kept: dict[type, list[Event]] = {kind: [] for kind in (Published, Failed, Skipped, InDoubt, Dropped)}

    def hear(self, event: Event) -> None:
        """Takes the next event."""
        if type(event) in self._kept:
            self._kept[type(event)].append(event)
        match event:
            case BuildStarted():
                self.started = event
            case BuildFinished():
                self.finished = event
            case Sending(asset=asset, n=n, attempt=attempt):
                again = f", attempt {attempt}" if attempt > 1 else ""
                self._fly(asset, f"{n} picture{'' if n == 1 else 's'} asked for{again}")
            case Waiting(asset=asset, why=why):
                self._fly(asset, f"waits: {why}")
            case Received(charge=charge) | SpoolAdopted(charge=charge):
                self.usd += charge.usd or 0.0
                if isinstance(event, Received):
                    before = self.paid.get(event.asset, 0.0)
                    self.paid[event.asset] = None if before is None or charge.usd is None else before + charge.usd
                self._fly(event.asset, "received, finishing")
        if isinstance(event, Published | Failed | Skipped | InDoubt | SpoolAdopted):
            self.flying.pop(event.asset, None)

    def _fly(self, asset: str, what: str) -> None:
        self.flying[asset] = (self.flying.get(asset, (self._clock(), ""))[0], what)

    def count(self, kind: type) -> int:
        """How many events of a kind (Published, Failed, Skipped, InDoubt, Dropped) came so far."""
        return len(self._kept[kind])

    @property
    def blocked(self) -> int:
        """How many of those failed were not tried, since a person must choose first."""
        return sum(1 for event in self._kept[Failed] if isinstance(event, Failed) and event.blocked)

    @property
    def doubts(self) -> tuple[InDoubt, ...]:
        """What is in doubt so far."""
        return tuple(event for event in self._kept[InDoubt] if isinstance(event, InDoubt))

    def outcome(self) -> Outcome | None:
        """What the build came to; None while it has not ended."""
        if self.finished is None:
            return None
        return Outcome(
            self.finished,
            tuple(event.asset for event in self._kept[Published] if isinstance(event, Published)),
            tuple(event for event in self._kept[Failed] if isinstance(event, Failed)),
            tuple(event for event in self._kept[Skipped] if isinstance(event, Skipped)),
            self.doubts,
            tuple(event for event in self._kept[Dropped] if isinstance(event, Dropped)),
            self._clock() - self.begun,
        )
