"""Takes away the border that has nothing in it."""

from collections.abc import Mapping
from typing import Any

from PIL import Image, ImageChops

from imagepipe.contracts import StepContext
from imagepipe.errors import ImagepipeError
from imagepipe.steps.catalogue import spec
from imagepipe.values import thaw

VERSION = spec("trim").version
SCHEMA: Mapping[str, Any] = thaw(spec("trim").options)


class TrimFailed(ImagepipeError):
    """There is nothing but border."""


def run(image: Image.Image, options: Mapping[str, Any], context: StepContext) -> Image.Image:
    """The picture without its clear or one-coloured border; see trim.json. Raises TrimFailed where nothing is left."""
    found = _content(image, options.get("threshold", 8))
    if found is None:
        raise TrimFailed("the picture is empty: there is nothing but border", code="trim-empty")
    margin = options.get("margin", 0)
    return image.crop(
        (
            max(0, found[0] - margin),
            max(0, found[1] - margin),
            min(image.width, found[2] + margin),
            min(image.height, found[3] + margin),
        )
    )


def _content(image: Image.Image, threshold: int) -> tuple[int, int, int, int] | None:
    """The box of what differs from clear or, in a picture without transparency, from the first pixel's colour."""
    if image.mode == "RGBA" and image.getchannel("A").getextrema()[0] != 255:
        plane = image.getchannel("A")
    else:
        plain = image.convert("RGB")
        difference = ImageChops.difference(plain, Image.new("RGB", plain.size, plain.getpixel((0, 0))))
        red, green, blue = difference.split()
        plane = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    return plane.point(lambda value: 255 if value > threshold else 0).getbbox()
