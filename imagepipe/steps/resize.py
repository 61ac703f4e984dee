"""Scales a picture and keeps its shape."""

from collections.abc import Mapping
from typing import Any

from PIL import Image

from imagepipe.contracts import StepContext
from imagepipe.steps.catalogue import spec
from imagepipe.steps.scaling import scaled
from imagepipe.values import thaw

VERSION = spec("resize").version
SCHEMA: Mapping[str, Any] = thaw(spec("resize").options)


def run(image: Image.Image, options: Mapping[str, Any], context: StepContext) -> Image.Image:
    """The picture in the new size; see resize.json."""
    size = target(image.size, options)
    return image if size == image.size else scaled(image, size)


def target(size: tuple[int, int], options: Mapping[str, Any]) -> tuple[int, int]:
    """The new size in pixels: the given edge exactly, the other by the picture's shape, at least 1."""
    width, height = size
    factors = [options[name] / edge for name, edge in (("width", width), ("height", height)) if name in options]
    factor = min(factors)
    if not options.get("enlarge", True) and factor > 1:
        return size
    return (
        min(options.get("width", 1 << 30), max(1, round(width * factor))),
        min(options.get("height", 1 << 30), max(1, round(height * factor))),
    )
