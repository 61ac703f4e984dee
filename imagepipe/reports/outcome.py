"""The end of a build as a person reads it: what was made, what was not and what to do, and the money."""

from collections.abc import Sequence

from imagepipe.events import BuildFinished, Dropped, Failed, InDoubt, Skipped
from imagepipe.frozen import frozen
from imagepipe.reports import money
from imagepipe.reports.ink import PLAIN, Ink
from imagepipe.reports.safetext import block, line


@frozen
class Outcome:
    """What a build came to; `seconds` is wall time, `built` counts the assets whose files were written by action."""

    finished: BuildFinished
    built: tuple[str, ...] = ()
    failed: tuple[Failed, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    doubts: tuple[InDoubt, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    seconds: float = 0.0


def render(outcome: Outcome, ink: Ink = PLAIN) -> str:
    """The closing page of a build."""
    blocked = [event for event in outcome.failed if event.blocked]
    failed = [event for event in outcome.failed if not event.blocked]
    sections = [_failed("Failed", failed, ink), _failed("Blocked until you choose", blocked, ink)]
    sections += [_doubts(outcome.doubts, ink), _skipped(outcome.skipped, ink)]
    sections += [_dropped(outcome.dropped, ink), _last(outcome, ink)]
    return ink.settle("\n\n".join("\n".join(lines) for lines in sections if lines) + "\n")


def broken_off(doubts: Sequence[InDoubt], ink: Ink = PLAIN) -> str:
    """The closing page of a build that was ended in the middle: what it leaves in doubt, and both ways out."""
    return ink.settle("\n".join(_doubts(doubts, ink)) + "\n") if doubts else ""


def duration(seconds: float) -> str:
    """Seconds as 0.4 s, 42 s, 3 min 05 s, 1 h 02 min."""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    return f"{minutes} min {rest:02} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02} min"


def _head(text: str, ink: Ink) -> str:
    return ink.paint(text, "strong")


def _failed(head: str, events: Sequence[Failed], ink: Ink) -> list[str]:
    if not events:
        return []
    lines = [_head(head, ink)]
    for event in events:
        charged = f" ({money.usd(event.usd)} was charged)" if event.usd is None or event.usd > 0 else ""
        text = block(event.message).replace("\n", "\n      ")
        lines.append(f"  {ink.paint('✗', 'stop')} {line(event.asset)}: {text}{charged}")
        if event.picture:
            lines.append(f"      what is wrong is marked in {line(event.picture)}")
        if event.hint:
            lines.append("      " + ink.paint(f"→ {line(event.hint)}", "free"))
    return lines


def _doubts(events: Sequence[InDoubt], ink: Ink) -> list[str]:
    if not events:
        return []
    lines = [_head("In doubt: sent, the end unknown, counted as spent", ink)]
    for event in events:
        worst = f"up to {money.usd(event.worst)}" if event.worst is not None else money.UNKNOWN
        lines.append(f"  {ink.paint('?', 'warning')} {line(event.asset)}: {worst}; {line(event.why)}")
    lines += ["      " + ink.paint(f"→ {way}", "free") for way in _ways_out(events)]
    return lines


def _ways_out(events: Sequence[InDoubt]) -> list[str]:
    if hints := dict.fromkeys(line(event.hint) for event in events if event.hint):
        return list(hints)
    names = " ".join(f"--{{}} {_quoted(event.asset)}" for event in events[:3])
    some = names if len(events) <= 3 else "--{} '*'"
    ask, drop = some.replace("{}", "resend"), some.replace("{}", "forget")
    return [f"imagepipe build {ask}  asks again, and may pay twice", f"imagepipe build {drop}  gives the answer up"]


def _quoted(name: str) -> str:
    safe = line(name)
    return f"'{safe}'" if set(safe) & set("*?[]~ '\"$&;|<>(){}") else safe


def _skipped(events: Sequence[Skipped], ink: Ink) -> list[str]:
    if not events:
        return []
    return [_head("Not tried", ink), *(f"  · {line(event.asset)}: {line(event.because)}" for event in events)]


def _dropped(events: Sequence[Dropped], ink: Ink) -> list[str]:
    removed = [path for event in events for path in event.removed]
    left = [path for event in events for path in event.left]
    lines = [f"  {ink.paint('-', 'stop')} {line(path)} was removed" for path in removed]
    lines += [f"  · {line(path)} stays; imagepipe build --prune removes it" for path in left]
    return [_head("No longer in the manifest", ink), *lines] if lines else []


def _last(outcome: Outcome, ink: Ink) -> list[str]:
    end = outcome.finished
    failed = end.failed - end.blocked - len(outcome.doubts)
    counts = [f"{end.published} built" if end.published else "", f"{failed} failed" if failed > 0 else ""]
    counts += [f"{end.blocked} blocked" if end.blocked else ""]
    counts += [f"{len(outcome.doubts)} in doubt" if outcome.doubts else ""]
    counts += [f"{end.skipped} not tried" if end.skipped else ""]
    told = ", ".join(filter(None, counts)) or (f"{len(outcome.dropped)} dropped" if outcome.dropped else "")
    lines = [block(end.message)] if end.message else []
    if not told:
        return lines or [_head("Nothing to do", ink) + ": everything is up to date."]
    return [*lines, f"{_head(told, ink)} in {duration(outcome.seconds)}; {_money(end)}."]


def _money(end: BuildFinished) -> str:
    requests = f"{end.requests} request{'' if end.requests == 1 else 's'}"
    if not end.requests:
        return "no request, nothing spent" if not end.in_doubt else f"up to {money.usd(end.in_doubt)} in doubt"
    spent = f"{requests}, {money.usd(end.usd)} spent"
    return spent + (f", up to {money.usd(end.in_doubt)} more in doubt" if end.in_doubt else "")
