"""Adds margins: by so many pixels, or until the picture has a shape."""

from collections.abc import Mapping
from typing import Any

from PIL import Image

from imagepipe.contracts import StepContext
from imagepipe.steps.catalogue import spec
from imagepipe.steps.colours import CLEAR, background, on_canvas
from imagepipe.values import thaw

VERSION = spec("pad").version
SCHEMA: Mapping[str, Any] = thaw(spec("pad").options)


def run(image: Image.Image, options: Mapping[str, Any], context: StepContext) -> Image.Image:
    """The picture with margins; see pad.json."""
    left, top, right, bottom = (options.get(side, options.get("by", 0)) for side in ("left", "top", "right", "bottom"))
    width, height = image.width + left + right, image.height + top + bottom
    if "aspect" in options:
        wide, tall = _shaped(width, height, options["aspect"])
        left, top = left + (wide - width) // 2, top + (tall - height) // 2
        width, height = wide, tall
    return on_canvas(image, (width, height), (left, top), background(options, CLEAR))


def _shaped(width: int, height: int, aspect: str) -> tuple[int, int]:
    """The smallest size of that shape around the picture."""
    across, down = (int(part) for part in aspect.split(":"))
    factor = max(width / across, height / down)
    return max(width, round(across * factor)), max(height, round(down * factor))
