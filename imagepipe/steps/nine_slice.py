"""Holds the guides of a nine-slice picture against its pixels, and writes them into a JSON file beside it."""

import json
from collections.abc import Mapping
from typing import Any

from PIL import Image, ImageChops

from imagepipe.contracts import Several, StepContext
from imagepipe.errors import ImagepipeError
from imagepipe.steps.catalogue import spec
from imagepipe.values import FrozenMap, thaw

VERSION = spec("nine-slice").version
SCHEMA: Mapping[str, Any] = thaw(spec("nine-slice").options)
_SIDES = ("left", "top", "right", "bottom")
Box = tuple[int, int, int, int]


class SliceFailed(ImagepipeError):
    """The guides do not fit the picture."""


def run(image: Image.Image, options: Mapping[str, Any], context: StepContext) -> Several:
    """The picture and its guides; see nine_slice.json. Raises SliceFailed where they leave nothing to stretch, or what
    is stretched between them is not even."""
    left, top, right, bottom = (options.get(side, options.get("by", 0)) for side in _SIDES)
    inner = (left, top, image.width - right, image.height - bottom)
    if inner[0] >= inner[2] or inner[1] >= inner[3]:
        raise SliceFailed(
            f"guides of {left}, {top}, {right} and {bottom} pixels leave nothing of {image.width}x{image.height} to stretch",
            hint="move them outward",
            code="slice-guides",
        )
    _check(image, inner, options.get("tolerance", 24))
    return Several(FrozenMap({"": image}), FrozenMap({".json": _described(image.size, inner)}))


def _check(image: Image.Image, inner: Box, tolerance: int) -> None:
    """Each of the four sides must look the same all along the way in which it is stretched."""
    left, top, right, bottom = inner
    sides = {
        "top": (left, 0, right, top),
        "bottom": (left, bottom, right, image.height),
        "left": (0, top, left, bottom),
        "right": (right, top, image.width, bottom),
    }
    for name, box in sides.items():
        found = _unevenness(image.crop(box).convert("RGBA"), across=name in ("top", "bottom"))
        if found > tolerance:
            raise SliceFailed(
                f"the {name} side changes by {found} of 255 along the way it is stretched; at most {tolerance} may",
                hint="move the guides so that corners lie outside them, or raise `tolerance`",
                code="slice-uneven",
            )


def _unevenness(side: Image.Image, across: bool) -> int:
    if not side.width or not side.height:
        return 0
    flat = side.convert("RGBa").resize((1, side.height) if across else (side.width, 1), Image.Resampling.BOX)
    even = flat.resize(side.size, Image.Resampling.NEAREST)
    bands = [ImageChops.difference(a, b) for a, b in zip(side.convert("RGBa").split(), even.split(), strict=True)]
    return max(int(band.getextrema()[1]) for band in bands)  # type: ignore[arg-type]


def _described(size: tuple[int, int], inner: Box) -> bytes:
    """The guides, as CSS `border-image-slice` and as Phaser's and TexturePacker's `scale9Borders` want them."""
    left, top, right, bottom = inner
    known = {
        "image": "{file}",
        "size": {"w": size[0], "h": size[1]},
        "guides": {"left": left, "top": top, "right": size[0] - right, "bottom": size[1] - bottom},
        "scale9Borders": {"x": left, "y": top, "w": right - left, "h": bottom - top},
        "css": f"{top} {size[0] - right} {size[1] - bottom} {left} fill",
    }
    return (json.dumps(known, indent=2) + "\n").encode()
