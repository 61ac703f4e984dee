"""A build on a terminal: finished assets scroll up, below them a line for each request in flight and one of totals."""

from rich.console import Console as Screen
from rich.live import Live
from rich.text import Text

from imagepipe.cli.console import Clock, put_outcome, told
from imagepipe.cli.secrets import redacted
from imagepipe.cli.session import Session
from imagepipe.cli.tally import Tally
from imagepipe.events import Event, Failed, InDoubt, Published, Skipped, Waiting
from imagepipe.reports import money
from imagepipe.reports.safetext import clipped, line, padded

_SPINNER = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
_PLAIN_SPINNER = "-\\|/"
_PER_SECOND = 8
_MOST = 12


class LiveConsole:
    """Draws with rich, eight times a second, from its own thread: the elapsed times move while nothing happens."""

    def __init__(self, session: Session, width: int, clock: Clock) -> None:
        self._session, self._width, self._clock = session, width, clock
        self._tally = Tally(clock)
        terminal = session.terminal
        screen = Screen(file=terminal.out, highlight=False, markup=False, emoji=False, soft_wrap=True)
        self._live = Live(get_renderable=self._picture, console=screen, refresh_per_second=_PER_SECOND, transient=True)
        self._live.start()

    def hear(self, event: Event) -> None:
        """Takes the event in; what is final scrolls up."""
        self._tally.hear(event)
        text = (
            "" if isinstance(event, Waiting) else told(event, self._width, self._session.terminal.ink, self._tally.paid)
        )
        if text:
            self._live.console.print(self._text(text))

    def close(self) -> None:
        """Takes the moving part away and tells the outcome."""
        self._live.stop()
        put_outcome(self._session, self._tally)

    def _text(self, text: str) -> Text:
        return Text.from_ansi(redacted(text, self._session.terminal.secrets))

    def _picture(self) -> Text:
        return self._text("\n".join(picture(self._tally, self._session, self._width, self._clock())))


def picture(tally: Tally, session: Session, width: int, now: float) -> list[str]:
    """The moving lines at the moment `now`: at most twelve requests, then the totals."""
    ink = session.terminal.ink
    signs = _SPINNER if ink.unicode else _PLAIN_SPINNER
    sign = ink.paint(signs[int((now - tally.begun) * _PER_SECOND) % len(signs)], "wait")
    flying = list(tally.flying.items())
    lines = [
        f"  {sign} {padded(line(asset), width)}  {clock_of(now - since):>5}  {clipped(what, 48)}"
        for asset, (since, what) in flying[:_MOST]
    ]
    if len(flying) > _MOST:
        lines.append(ink.paint(f"    and {len(flying) - _MOST} more in flight", "quiet"))
    return [ink.settle(text) for text in [*lines, "", _totals(tally, now)]]


def _totals(tally: Tally, now: float) -> str:
    started = tally.started
    parts = [f"{tally.count(Published)} of {started.work} built" if started else "planning"]
    failed = tally.count(Failed) - tally.blocked
    others = ((tally.blocked, "blocked"), (tally.count(InDoubt), "in doubt"), (tally.count(Skipped), "not tried"))
    parts += [f"{many} {name}" for many, name in ((failed, "failed"), *others) if many]
    parts += [f"{len(tally.flying)} in flight"] if tally.flying else []
    if started and (tally.usd or started.worst):
        cap = f" of {money.usd(started.cap)}" if started.cap is not None else ""
        parts.append(f"{money.usd(tally.usd)}{cap}")
    return "  " + " · ".join([*parts, clock_of(now - tally.begun)])


def clock_of(seconds: float) -> str:
    """Elapsed seconds as 0:07, 12:30, 1:02:03."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
