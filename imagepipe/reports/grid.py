"""Columns of text, aligned by what they take on a terminal."""

from collections.abc import Sequence

from imagepipe.reports.ink import PLAIN, Ink
from imagepipe.reports.safetext import columns, line, padded

_GAP = "  "


def table(
    head: Sequence[str], rows: Sequence[Sequence[str]], ink: Ink = PLAIN, right: frozenset[int] = frozenset()
) -> str:
    """A head and rows, two spaces between columns; `right` names the columns that are set flush right."""
    cells = [[line(cell) for cell in row] for row in rows]
    widths = [max(map(columns, (head[at], *(row[at] for row in cells)))) for at in range(len(head))]
    lines = [ink.paint(_row(head, widths, right), "quiet"), *(_row(row, widths, right) for row in cells)]
    return ink.settle("\n".join(lines) + "\n")


def _row(cells: Sequence[str], widths: Sequence[int], right: frozenset[int]) -> str:
    shown = [
        " " * (width - columns(cell)) + cell if at in right else padded(cell, width)
        for at, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ]
    return _GAP.join(shown).rstrip()
