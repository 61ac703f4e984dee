"""What steps make of a picture's size, and where they cannot work on one of that size: told without any picture."""

from collections.abc import Callable, Mapping
from typing import Any

from imagepipe.values import StepCall

Size = tuple[int, int]
KEEP = frozenset({"cutout", "flatten", "quantize", "sharpen", "encode", "snippet", "nine-slice"})
"""Steps that leave a picture's size as it is."""


def after(size: Size, call: StepCall) -> Size | None:
    """The size after a step that has no fault; None where the pixels decide, or the step is not one of ours."""
    options = call.options
    if call.name in KEEP:
        return size
    if call.name == "fit":
        return options["width"], options["height"]
    if call.name == "crop" and "aspect" not in options:
        whole = options["box"][2:] if "box" in options else (options.get("width"), options.get("height"))
        return whole[0] or size[0], whole[1] or size[1]
    if call.name == "resize":
        return resized(size, options)
    return None


def resized(size: Size, options: Mapping[str, Any]) -> Size:
    """The size by `resize`: the given edge exactly, the other by the picture's shape, at least 1."""
    width, height = size
    factors = [options[name] / edge for name, edge in (("width", width), ("height", height)) if name in options]
    factor = min(factors)
    if not options.get("enlarge", True) and factor > 1:
        return size
    return (
        min(options.get("width", 1 << 30), max(1, round(width * factor))),
        min(options.get("height", 1 << 30), max(1, round(height * factor))),
    )


def fault(size: Size, call: StepCall) -> str:
    """Why a step is certain to fail on a picture of this size; "" where it is not."""
    return _FAULTS[call.name](size, call.options) if call.name in _FAULTS else ""


def _crop(size: Size, options: Mapping[str, Any]) -> str:
    left, top, width, height = options.get("box") or (0, 0, options.get("width", 1), options.get("height", 1))
    if left + width <= size[0] and top + height <= size[1]:
        return ""
    if "box" not in options:
        return f"its {size[0]}x{size[1]} pixels are fewer than what is to stay"
    return f"the part to crop, {left},{top} to {left + width},{top + height}, is not inside of {size[0]}x{size[1]}"


def _nine_slice(size: Size, options: Mapping[str, Any]) -> str:
    left, top, right, bottom = (options.get(side, options.get("by", 0)) for side in ("left", "top", "right", "bottom"))
    if left + right < size[0] and top + bottom < size[1]:
        return ""
    return f"the guides leave nothing of {size[0]}x{size[1]} to stretch"


def _grid(size: Size, options: Mapping[str, Any]) -> str:
    margin, gap, names = options.get("margin", 0), options.get("gap", 0), options.get("names", ())
    for edge, what in zip(size, ("columns", "rows"), strict=True):
        count = options[what]
        inner = edge - 2 * margin - (count - 1) * gap
        if inner < count or inner % count:
            return f"{edge} pixels do not divide into {count} {what}"
    cells = options["columns"] * options["rows"]
    return f"there are {cells} cells, and {len(names)} names" if names and len(names) != cells else ""


_FAULTS: Mapping[str, Callable[[Size, Mapping[str, Any]], str]] = {
    "crop": _crop,
    "nine-slice": _nine_slice,
    "grid": _grid,
}
