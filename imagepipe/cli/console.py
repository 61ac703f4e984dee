"""Hears a build's events and tells them: in plain lines, as JSON lines, or (live.py) on a screen that moves."""

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from imagepipe.cli.session import Session
from imagepipe.cli.tally import Tally
from imagepipe.events import (
    REMOVED,
    BuildStarted,
    Event,
    Failed,
    InDoubt,
    Published,
    Relocked,
    SpoolAdopted,
    Waiting,
    Warned,
    as_json,
)
from imagepipe.plugins import resolve
from imagepipe.reports import money, outcome
from imagepipe.reports.ink import Ink
from imagepipe.reports.plantext import LOOKS
from imagepipe.reports.safetext import columns, data, line, padded
from imagepipe.values import EMPTY, Action

CONSOLES = {
    "plain": "imagepipe.cli.console:PlainConsole",
    "json": "imagepipe.cli.console:JsonConsole",
    "live": "imagepipe.cli.live:LiveConsole",
}
"""How a build is told: name → class taking (session, names, clock)."""

Clock = Callable[[], float]
_WORTH_SAYING = 2.0


class Console(Protocol):
    """Hears every event; `close` is called in any case, also when the build is broken off."""

    def hear(self, event: Event) -> None:
        """Takes the next event."""
        ...

    def close(self) -> None:
        """Ends the display and tells the outcome, if there is one."""
        ...


def open_console(session: Session, names: Iterable[str], clock: Clock = time.monotonic) -> Console:
    """The console that fits the terminal; `names` are the asset ids, for the width of their column."""
    screen = session.terminal.ink.width > 0 and session.terminal.ink.colour
    kind = "json" if session.json else "live" if screen else "plain"
    console: Console = resolve(CONSOLES[kind])(session, width_of(names), clock)
    return console


def width_of(names: Iterable[str]) -> int:
    """The width of the column of names: the longest, up to 36 cells."""
    return min(36, max((columns(line(name)) for name in names), default=8))


class PlainConsole:
    """One line for each thing worth knowing; reads well in a log."""

    def __init__(self, session: Session, width: int, clock: Clock) -> None:
        self._session, self._width = session, width
        self._tally = Tally(clock)

    def hear(self, event: Event) -> None:
        """Tells the event in a line, if it is worth one."""
        self._tally.hear(event)
        if text := told(event, self._width, self._session.terminal.ink, self._tally.paid):
            self._session.terminal.put(text + "\n")

    def close(self) -> None:
        """Tells the outcome."""
        put_outcome(self._session, self._tally)


class JsonConsole:
    """Every event as one line of JSON on standard output; the outcome in words on standard error."""

    def __init__(self, session: Session, width: int, clock: Clock) -> None:
        self._session, self._tally = session, Tally(clock)

    def hear(self, event: Event) -> None:
        """Writes the event as it is."""
        self._tally.hear(event)
        self._session.terminal.put(data(as_json(event), indent=None) + "\n")

    def close(self) -> None:
        """Tells the outcome on standard error."""
        ink, found = self._session.terminal.talk_ink, self._tally.outcome()
        text = outcome.render(found, ink) if found else outcome.broken_off(self._tally.doubts, ink)
        if text:
            self._session.terminal.say(text)


def put_outcome(session: Session, tally: Tally) -> None:
    """Writes the closing page of a build, also of one that was broken off with requests on their way."""
    if tally.doubts and not tally.finished:
        session.terminal.put("\n" + outcome.broken_off(tally.doubts, session.terminal.ink))
    if found := tally.outcome():
        gap = "\n" if found.finished.published or found.failed or found.doubts else ""
        session.terminal.put(gap + outcome.render(found, session.terminal.ink))


def told(event: Event, width: int, ink: Ink, paid: Mapping[str, float | None] = EMPTY) -> str:
    """The line for an event, "" for one that says nothing new. `paid`: asset → what it cost in this build, in USD."""
    match event:
        case BuildStarted(work=work, blocked=blocked) if work or blocked:
            text = ink.paint(_started(event), "quiet") + "\n"
        case Published(asset=asset, action=action):
            cost = _cost(paid.get(asset, 0.0) if action == Action.GENERATE else 0.0)
            text = _published(
                event, cost, f"{ink.paint('✓', LOOKS[Action(action)].style)} {padded(line(asset), width)}", ink
            )
        case Relocked(asset=asset):
            text = f"  {ink.paint('=', 'quiet')} {padded(line(asset), width)}  only its lock entry is new"
        case Failed(asset=asset, message=message, blocked=blocked):
            what = f"{'blocked: ' if blocked else ''}{line(message)}"
            text = f"  {ink.paint('✗', 'stop')} {padded(line(asset), width)}  {what}"
        case InDoubt(asset=asset, why=why):
            text = f"  {ink.paint('?', 'warning')} {padded(line(asset), width)}  in doubt: {line(why)}"
        case Waiting(asset=asset, seconds=seconds, why=why) if seconds >= _WORTH_SAYING:
            text = ink.paint(
                f"  · {padded(line(asset), width)}  waits {outcome.duration(seconds)}: {line(why)}", "quiet"
            )
        case SpoolAdopted(asset=asset):
            text = f"  {ink.paint('↺', 'free')} {padded(line(asset), width)}  received by an earlier build, taken over"
        case Warned(asset=asset, message=message) if event.code == REMOVED:
            text = f"  {ink.paint('-', 'stop')} {padded(line(asset), width)}  {line(message)}"
        case Warned(asset=asset, message=message, hint=hint):
            text = warning(asset, message, hint, ink)
        case _:
            return ""
    return ink.settle(text)


def warning(asset: str, message: str, hint: str, ink: Ink) -> str:
    """A warning in one line, its way out in the next."""
    about = f"{line(asset)}: " if asset else ""
    text = f"{ink.paint('warning:', 'warning')} {about}{line(message)}"
    return f"{text}\n    {ink.paint('→', 'free')} {line(hint)}" if hint else text


def _started(event: BuildStarted) -> str:
    blocked = f"; {event.blocked} blocked until you choose" if event.blocked else ""
    if not event.work:
        return f"nothing to build{blocked}"
    return f"{_work(event)}{blocked}"


def _work(event: BuildStarted) -> str:
    work = f"{event.work} asset{'' if event.work == 1 else 's'} to build"
    if not event.requests or event.worst == 0:
        return f"{work}, free"
    requests = f"{event.requests} request{'' if event.requests == 1 else 's'}"
    worst = money.UNKNOWN if event.worst is None else f"at most {money.usd(event.worst)}"
    cap = (
        f" of the {money.usd(event.cap)} that {line(event.cap_name)} allows"
        if event.cap is not None and event.worst
        else ""
    )
    return f"{work}, {requests}, {worst}{cap}"


def _cost(usd: float | None) -> str:
    return money.usd(usd) if usd is None or usd > 0 else "free"


def _published(event: Published, cost: str, name: str, ink: Ink) -> str:
    files = ", ".join(line(path) for path in event.written[:3])
    more = f" and {len(event.written) - 3} more" if len(event.written) > 3 else ""
    note = ink.paint("  placeholder", "quiet") if event.entry.placeholder else ""
    if not event.written and event.action == Action.GENERATE:
        files = ink.paint(f"kept beside its picture; imagepipe pick {line(event.asset)} NUMBER takes one", "quiet")
    return f"  {name}  {cost:>7}  {files}{more}{note}".rstrip()
