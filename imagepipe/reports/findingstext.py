"""Findings as a person reads them: the place, the words, the line itself with the fault underlined, the way out."""

from collections import Counter
from collections.abc import Sequence

from imagepipe.errors import Finding, Place
from imagepipe.reports.ink import PLAIN, Ink
from imagepipe.reports.safetext import block, columns, line

MOST = 50
_REST = "more-findings"
"""The finding that says how many others there are: it belongs to the closing line."""
_STYLES = {"error": "stop", "warning": "warning", "note": "free"}
_WINDOW = 100


def render(findings: Sequence[Finding], ink: Ink = PLAIN) -> str:
    """All findings (at most fifty) and a closing line that counts them; "" for none."""
    if not findings:
        return ""
    rest = " ".join(finding.message for finding in findings if finding.code == _REST)
    told = [finding for finding in findings if finding.code != _REST]
    blocks = [_one(finding, ink) for finding in told[:MOST]]
    return ink.settle("\n\n".join(blocks) + "\n\n" + _closing(told, rest, ink) + "\n")


def one(finding: Finding, ink: Ink = PLAIN) -> str:
    """A single finding, without the closing line."""
    return ink.settle(_one(finding, ink) + "\n")


def brief(findings: Sequence[Finding], ink: Ink = PLAIN, shown_by: str = "") -> str:
    """One line a code, with its first finding: for commands that are about something else. "" for none. `shown_by` is
    the command that shows them all."""
    counts = Counter(finding.code for finding in findings)
    first = {finding.code: finding for finding in reversed(findings)}
    lines = [_head(first[code], ink) + _others(count, ink, shown_by) for code, count in counts.items()]
    return ink.settle("\n".join(lines) + "\n\n") if lines else ""


def _others(count: int, ink: Ink, shown_by: str) -> str:
    way = f"; {shown_by} shows them" if shown_by else ""
    return ink.paint(f" and {count - 1} more{way}", "quiet") if count > 1 else ""


def _head(finding: Finding, ink: Ink) -> str:
    where = f"{line(str(finding.place))}: " if finding.place else ""
    label = ink.paint(f"{finding.severity}:", _STYLES[finding.severity])
    code = "" if finding.code == "error" else " " + ink.paint(f"[{finding.code}]", "quiet")
    message = block(finding.message).replace("\n", "\n    ")
    return f"{ink.paint(where, 'strong')}{label} {message}{code}"


def _one(finding: Finding, ink: Ink) -> str:
    lines = [_head(finding, ink)]
    lines += _underlined(finding.place, ink, _STYLES[finding.severity]) if finding.place else []
    hint = block(finding.hint).replace("\n", "\n      ")
    return "\n".join(lines + ([f"    {ink.paint('→', 'free')} {hint}"] if hint else []))


def _underlined(place: Place, ink: Ink, style: str) -> list[str]:
    if not place.line or not place.source.strip():
        return []
    start = max(0, place.column - 1)
    shift = max(0, start - _WINDOW // 2) if len(place.source) > _WINDOW else 0
    source = place.source[shift : shift + _WINDOW].rstrip("\r\n")
    before, fault = source[: start - shift], source[start - shift : start - shift + max(1, place.length)]
    lead = "…" if shift else ""
    tail = "…" if shift + _WINDOW < len(place.source) else ""
    number = f"{place.line:>6}"
    indent = " " * columns(lead + line(before))
    mark = "^" * max(1, columns(line(fault)))
    bar = ink.paint("│", "quiet")
    shown = line(before) + line(fault) + line(source[len(before) + len(fault) :])
    return [
        f"{ink.paint(number, 'quiet')} {bar} {lead}{shown}{tail}".rstrip(),
        f"{' ' * 6} {bar} {indent}{ink.paint(mark, style)}",
    ]


def _closing(findings: Sequence[Finding], rest: str, ink: Ink) -> str:
    counts = Counter[str](finding.severity for finding in findings)
    told = [f"{counts[kind]} {kind}{'' if counts[kind] == 1 else 's'}" for kind in _STYLES if counts[kind]]
    text = ink.paint(" ".join(filter(None, (", ".join(told), rest))), "strong")
    if rest or len(findings) > MOST:
        text += f"; the first {MOST} are shown"
    worst_first = sorted(findings, key=lambda finding: list(_STYLES).index(finding.severity))
    codes = [finding.code for finding in worst_first if finding.code != "error"]
    return text + (ink.paint(f"  ·  imagepipe explain {codes[0]} tells more", "quiet") if codes else "")
