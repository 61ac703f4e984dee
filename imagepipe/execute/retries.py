"""When a request may be sent again: the one retry layer. It knows answers only by what they say about retrying."""

from dataclasses import dataclass

from imagepipe.contracts import End, Reply, Verdict
from imagepipe.execute.halting import Halt
from imagepipe.execute.limits import LONGEST_WAIT
from imagepipe.execute.work import Clock, Limits

FIRST_WAIT, LONGEST_BACKOFF = 1.0, 60.0
MOST_RESENDS, MOST_UNSENT, MOST_THROTTLED = 2, 4, 30
SHARE, SPARE = 0.10, 3
STORM = 10


@dataclass(slots=True)
class Tries:
    """How often one asset's request was sent, and what came of it."""

    sent: int = 0
    throttled: int = 0
    unsent: int = 0
    answered: int = 0
    silent: int = 0

    @property
    def all(self) -> int:
        """Every time that the request did not end well."""
        return self.throttled + self.unsent + self.answered + self.silent


class Retries:
    """The retry budget of a whole build (10 % of its requests + 3) and the breaker for storms of failing answers."""

    def __init__(self, requests: int, limits: Limits, clock: Clock, halt: Halt) -> None:
        self._left = int(requests * SHARE) + SPARE
        self._silent, self._most = limits.retry_in_doubt, limits.attempts
        self._storm = max(STORM, 2 * limits.jobs)
        self._clock, self._halt, self._failing = clock, halt, 0

    def wait(self, tries: Tries, reply: Reply, verdict: Verdict) -> float | None:
        """Seconds to wait before sending again, or None: not again. Counts the try."""
        if self._most and tries.all + 1 >= self._most:
            return None
        if verdict.end is End.THROTTLED:
            tries.throttled += 1
            return self._backoff(tries.throttled, verdict) if tries.throttled <= MOST_THROTTLED else None
        if verdict.end is End.NOT_SENT:
            tries.unsent += 1
            return self._backoff(tries.unsent, verdict) if verdict.retry and tries.unsent <= MOST_UNSENT else None
        if verdict.end is End.IN_DOUBT and self._may_resend(tries, reply, verdict):
            return self._backoff(tries.answered + tries.silent, verdict)
        return None

    def note(self, reply: Reply, verdict: Verdict) -> None:
        """Feeds the breaker: too many failing answers in a row, from whatever assets, stop the run."""
        if verdict.end is End.RECEIVED:
            self._failing = 0
        elif verdict.end is End.IN_DOUBT and reply.status:
            self._failing += 1
            if self._failing >= self._storm:
                self._halt.run(f"the provider failed {self._failing} times in a row ({verdict.message})", 7)

    def _may_resend(self, tries: Tries, reply: Reply, verdict: Verdict) -> bool:
        if reply.status:
            tries.answered += 1
            allowed = verdict.retry and tries.answered <= MOST_RESENDS
        else:
            tries.silent += 1
            allowed = tries.silent <= self._silent
        if not allowed or self._left <= 0 or self._halt.why():
            return False
        self._left -= 1
        return True

    def _backoff(self, count: int, verdict: Verdict) -> float:
        """What the provider asked for, clamped; else full jitter (Brooker, "Exponential Backoff And Jitter", 2015)."""
        if verdict.wait is not None and verdict.wait >= 0:
            return min(verdict.wait, LONGEST_WAIT)
        return float(self._clock.random() * min(LONGEST_BACKOFF, FIRST_WAIT * 2.0 ** min(count, 10)))
