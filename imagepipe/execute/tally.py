"""The sum of a build, from the events it told and the books it kept."""

from dataclasses import dataclass
from typing import TypeVar

from imagepipe.events import BuildFinished, Event, Failed, InDoubt, Published, Relocked, Skipped, SpoolAdopted
from imagepipe.execute.run import Run

E = TypeVar("E", bound=Event)


@dataclass(slots=True)
class Tally:
    """How many assets came to what."""

    published: int = 0
    failed: int = 0
    skipped: int = 0
    blocked: int = 0
    adopted: float = 0.0

    def add(self, event: E) -> E:
        """Counts an event and hands it on."""
        self.published += isinstance(event, Published | Relocked)
        self.failed += isinstance(event, Failed | InDoubt)
        self.blocked += isinstance(event, Failed) and event.blocked
        self.skipped += isinstance(event, Skipped)
        if isinstance(event, SpoolAdopted):
            self.adopted += event.charge.usd or 0.0
        return event

    def finished(self, run: Run, busy: bool) -> BuildFinished:
        """The last event, with the exit code: a stop of the whole run first, then a held lock, then failures."""
        code = run.halt.exit_code or (5 if busy else 0) or int(bool(self.failed or self.skipped))
        budget = run.budget
        return BuildFinished(
            code,
            self.published,
            self.failed,
            self.skipped,
            budget.requests,
            budget.usd,
            budget.in_doubt,
            run.halt.reason,
            self.blocked,
        )
