"""`expect` as facts, and which of them the options can never meet."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from imagepipe.errors import Path, Problem
from imagepipe.values import EMPTY, FrozenMap, freeze

Word = Callable[[Any, Path], str]
"""Fills the variables in a text that stands at a path."""
_BYTES = re.compile(r"([0-9.]+) ?(?:([kKM])(i?))?B")
_SIZE = re.compile(r"([1-9][0-9]{0,4})x([1-9][0-9]{0,4})").fullmatch


def facts(written: Mapping[str, Any], path: Path, word: Word) -> FrozenMap:
    """Expectations with plain units: `max_bytes` in bytes, `text` with its variables filled in, the rest as written."""
    if not written:
        return EMPTY
    if "text" in written:
        text, at = written["text"], (*path, "text")
        told = [word(item, (*at, n)) for n, item in enumerate(text)] if isinstance(text, list) else word(text, at)
        written = {**written, "text": told}
    limit = written.get("max_bytes")
    return freeze({**written, "max_bytes": _bytes(limit)} if isinstance(limit, str) else written)  # type: ignore[no-any-return]


def _bytes(text: str) -> int:
    found = _BYTES.fullmatch(text)
    if found is None:
        return 1
    number, unit, binary = found.groups()
    step = 1024 if binary else 1000
    return max(1, int(float(number) * step ** {None: 0, "k": 1, "K": 1, "M": 2}[unit]))


def size_of(text: object) -> tuple[int, int] | None:
    """Width and height of "1536x1024"; None for anything else."""
    found = _SIZE(text) if isinstance(text, str) else None
    return (int(found.group(1)), int(found.group(2))) if found else None


def impossible(expect: FrozenMap, options: Mapping[str, Any], keyed: bool) -> Iterator[Problem]:
    """Expectations of the picture that its options can never meet. `keyed`: a cutout step gives it transparency."""
    if size := size_of(options.get("size")):
        yield from unmet_size(expect, size, "the picture is asked for with")
    asked = str(options.get("output_format", "png"))
    if "format" in expect and expect["format"] != asked and not keyed:
        yield never(
            "format", f"the picture is asked for as {asked}", "set options.output_format, or move it to an output"
        )
    opaque = asked == "jpeg" or options.get("background") == "opaque"
    if expect.get("alpha") is True and opaque and not keyed:
        yield never("alpha", "the picture is asked for without transparency", "set `transparency`, or expect no alpha")
    for name in ("min_transparent", "clear_corners") if opaque and not keyed else ():
        if expect.get(name, 0) > 0:
            yield never(name, "the picture is asked for without transparency", "set `transparency`, or take it out")


def unmet_size(expect: Mapping[str, Any], size: tuple[int, int], what: str) -> Iterator[Problem]:
    """Expectations that a picture of this size can never meet; `what` introduces a side of it."""
    for side, pixels in zip(("width", "height"), size, strict=True):
        if side in expect and expect[side] != pixels:
            yield never(side, f"{what} {side} {pixels}", f"write {pixels}, or change the size")
        if expect.get(f"min_{side}", 0) > pixels:
            yield never(f"min_{side}", f"{what} {side} {pixels}", "ask for a bigger size")
    if "aspect" in expect and abs(size[0] / size[1] / _aspect(expect["aspect"]) - 1) > 0.01:
        yield never("aspect", f"{what} {size[0]}x{size[1]}", "change the size or the aspect")


def _aspect(written: object) -> float:
    width, _, height = str(written).partition(":")
    return float(width) / float(height or 1)


def never(name: str, why: str, hint: str) -> Problem:
    """An expectation that can never be met."""
    return Problem("impossible-expect", ("expect", name), f"`{name}` can never be met: {why}", hint)
