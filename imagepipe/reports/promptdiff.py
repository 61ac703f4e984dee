"""Two renderings of one prompt, line by line: what went, what came, and a line of context around it."""

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from imagepipe.reports.ink import Ink
from imagepipe.reports.safetext import line

Row = tuple[str, str]


def rows(before: Sequence[str], after: Sequence[str]) -> Iterator[Row]:
    """(sign, line) with "-" for what went, "+" for what came, " " for a neighbour, "…" for a gap."""
    if not any((*before, *after)):
        return
    groups = SequenceMatcher(None, before, after, autojunk=False).get_grouped_opcodes(1)
    for number, group in enumerate(groups):
        if number:
            yield "…", ""
        for tag, low, high, start, end in group:
            if tag == "equal":
                yield from ((" ", text) for text in before[low:high])
            else:
                yield from (("-", text) for text in before[low:high])
                yield from (("+", text) for text in after[start:end])


def render(before: Sequence[str], after: Sequence[str], ink: Ink, margin: str = "") -> list[str]:
    """The rows as lines behind `margin`, coloured; empty where nothing differs."""
    styles = {"-": "stop", "+": "add"}
    return [
        margin + ink.paint(f"{sign} {line(text)}".rstrip(), styles.get(sign, "quiet"))
        for sign, text in rows(before, after)
    ]
