"""Brings a picture to an exact size, by cutting what sticks out or by margins."""

from collections.abc import Mapping
from typing import Any

from PIL import Image

from imagepipe.contracts import StepContext
from imagepipe.steps.catalogue import spec
from imagepipe.steps.colours import background, on_canvas
from imagepipe.steps.scaling import Box, scaled
from imagepipe.values import thaw

VERSION = spec("fit").version
SCHEMA: Mapping[str, Any] = thaw(spec("fit").options)


def run(image: Image.Image, options: Mapping[str, Any], context: StepContext) -> Image.Image:
    """The picture in exactly `width` × `height` pixels; see fit.json."""
    size = (options["width"], options["height"])
    if image.size == size:
        return image
    if options.get("fit", "cover") == "cover":
        return _covered(image, size, options)
    return _with_margins(image, size, options)


def _covered(image: Image.Image, size: tuple[int, int], options: Mapping[str, Any]) -> Image.Image:
    """Scaled until both edges are filled; the part that stays is chosen by `x` and `y`."""
    return scaled(image, size, part(image.size, size, (options.get("x", 0.5), options.get("y", 0.5))))


def part(whole: tuple[int, int], size: tuple[int, int], place: tuple[float, float]) -> Box:
    """What stays of a picture of the size `whole`; never beyond its edges, where quotients end a hair off."""
    factor = max(size[0] / whole[0], size[1] / whole[1])
    width, height = min(whole[0], size[0] / factor), min(whole[1], size[1] / factor)
    left, top = (whole[0] - width) * place[0], (whole[1] - height) * place[1]
    return left, top, min(whole[0], left + width), min(whole[1], top + height)


def _with_margins(image: Image.Image, size: tuple[int, int], options: Mapping[str, Any]) -> Image.Image:
    factor = min(size[0] / image.width, size[1] / image.height)
    if options["fit"] == "pad":
        factor = min(factor, 1.0)
    inner = (max(1, round(image.width * factor)), max(1, round(image.height * factor)))
    picture = image if inner == image.size else scaled(image, inner)
    place = (
        round((size[0] - inner[0]) * options.get("x", 0.5)),
        round((size[1] - inner[1]) * options.get("y", 0.5)),
    )
    return on_canvas(picture, size, place, background(options, (255, 255, 255, 0)))
