"""Pictures to file bytes and back, the same bytes for the same picture every time. Embeds nothing."""

from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any

from PIL import Image

from imagepipe.contracts import StepContext
from imagepipe.errors import ImagepipeError
from imagepipe.steps.catalogue import spec
from imagepipe.values import thaw

VERSION = spec("encode").version
SCHEMA: Mapping[str, Any] = thaw(spec("encode").options)

READABLE = ("PNG", "JPEG", "WEBP", "GIF")
_EFFORT = 6


class UnknownFormat(ImagepipeError):
    """A file format that pictures cannot be written in."""


def run(image: Image.Image, options: Mapping[str, Any], context: StepContext) -> Image.Image:
    """The picture as it is: these options take effect when the file is written."""
    return image


def opened(data: bytes) -> Image.Image:
    """A raw picture, decoded: 8-bit RGB or RGBA. Raises OSError for what is not one of the formats we ask for."""
    with Image.open(BytesIO(data), formats=READABLE) as image:
        image.load()
        return image.copy() if image.mode in ("RGB", "RGBA") else _plain(image)


def _plain(image: Image.Image) -> Image.Image:
    transparent = "A" in image.getbands() or "transparency" in image.info
    return image.convert("RGBA" if transparent else "RGB")


def encode(image: Image.Image, format: str, options: Mapping[str, Any]) -> bytes:
    """The bytes of a file in `format` (png, jpeg, webp, avif). Raises UnknownFormat, OSError."""
    if format not in _SAVE:
        raise UnknownFormat(
            f"pictures cannot be written as {format}", hint=f"use one of {', '.join(_SAVE)}", code="unknown-format"
        )
    picture = image if image.mode in ("RGB", "RGBA") else _plain(image)
    if picture.info:
        picture = picture.copy()
        picture.info = {}
    buffer = BytesIO()
    _SAVE[format](picture, buffer, options)
    return buffer.getvalue()


def _effort(options: Mapping[str, Any]) -> int:
    return int(options.get("effort", _EFFORT))


def _png(image: Image.Image, file: BytesIO, options: Mapping[str, Any]) -> None:
    image.save(file, "PNG", compress_level=_effort(options))


def _jpeg(image: Image.Image, file: BytesIO, options: Mapping[str, Any]) -> None:
    image = flattened(image, (255, 255, 255))
    image.save(file, "JPEG", quality=options.get("quality", 85), optimize=True, progressive=True)


def _webp(image: Image.Image, file: BytesIO, options: Mapping[str, Any]) -> None:
    # libwebp's methods are 0 to 6; exact keeps the colour of clear pixels, which later scaling blends in.
    method, lossless = round(_effort(options) * 6 / 9), bool(options.get("lossless", False))
    image.save(file, "WEBP", quality=options.get("quality", 80), lossless=lossless, method=method, exact=lossless)


def _avif(image: Image.Image, file: BytesIO, options: Mapping[str, Any]) -> None:
    # libavif's speeds are 10 (quick) to 0; more than one thread would change nothing but who waits.
    speed = 10 - round(_effort(options) * 2 / 3)
    image.save(file, "AVIF", quality=options.get("quality", 60), speed=speed, max_threads=1)


_SAVE: dict[str, Callable[[Image.Image, BytesIO, Mapping[str, Any]], None]] = {
    "png": _png,
    "jpeg": _jpeg,
    "webp": _webp,
    "avif": _avif,
}
FORMATS = tuple(_SAVE)


def flattened(image: Image.Image, colour: tuple[int, int, int]) -> Image.Image:
    """The picture on a colour, without transparency."""
    if image.mode != "RGBA":
        return image
    ground = Image.new("RGBA", image.size, (*colour, 255))
    return Image.alpha_composite(ground, image).convert("RGB")
