"""Cuts a sheet into cells of one size, each a picture with a name."""

from collections.abc import Mapping
from typing import Any

from PIL import Image

from imagepipe.contracts import Several, StepContext
from imagepipe.errors import ImagepipeError
from imagepipe.steps.catalogue import spec
from imagepipe.values import FrozenMap, thaw

VERSION = spec("grid").version
SCHEMA: Mapping[str, Any] = thaw(spec("grid").options)


class GridFailed(ImagepipeError):
    """The sheet does not divide into these cells."""


def run(image: Image.Image, options: Mapping[str, Any], context: StepContext) -> Several:
    """The cells by name, row by row; see grid.json. Raises GridFailed with the sizes where they do not divide."""
    columns, rows = options["columns"], options["rows"]
    margin, gap = options.get("margin", 0), options.get("gap", 0)
    width = _cell(image.width, columns, (margin, gap), "columns")
    height = _cell(image.height, rows, (margin, gap), "rows")
    cells = {}
    for at, name in enumerate(_names(options, columns, rows)):
        left = margin + at % columns * (width + gap)
        top = margin + at // columns * (height + gap)
        if name:
            cells[name] = image.crop((left, top, left + width, top + height))
    return Several(FrozenMap(cells))


def _cell(edge: int, count: int, space: tuple[int, int], what: str) -> int:
    """The edge of one cell, in pixels."""
    margin, gap = space
    inner = edge - 2 * margin - (count - 1) * gap
    if inner < count or inner % count:
        between = f" with margin {margin} and gap {gap}" if margin or gap else ""
        nearest = edge - inner + max(count, round(inner / count) * count)
        raise GridFailed(
            f"{edge} pixels do not divide into {count} {what}{between}",
            hint=f"nearest size that does: {nearest}; `resize` or `crop` before",
            code="grid-divides",
        )
    return inner // count


def _names(options: Mapping[str, Any], columns: int, rows: int) -> list[str]:
    """One name for each cell, "" for one that is left out; numbers from 1 where none are given."""
    count = columns * rows
    names = list(options.get("names") or (f"{at:0{len(str(count))}}" for at in range(1, count + 1)))
    if len(names) != count:
        message = f"{columns} columns and {rows} rows are {count} cells, and there are {len(names)} names"
        raise GridFailed(message, hint='name every cell; "" leaves one out', code="grid-names")
    given = [name for name in names if name]
    if twice := next((name for name in given if given.count(name) > 1), None):
        raise GridFailed(f"two cells are named `{twice}`", hint="give each a name", code="grid-names")
    return names
