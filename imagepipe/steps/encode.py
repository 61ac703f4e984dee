"""Pictures to file bytes, the same bytes for the same picture every time; `max_bytes` is met by search."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from PIL import Image

from imagepipe.contracts import StepContext
from imagepipe.errors import ImagepipeError
from imagepipe.steps import opening, writing
from imagepipe.steps.catalogue import spec
from imagepipe.values import thaw

VERSION = spec("encode").version
SCHEMA: Mapping[str, Any] = thaw(spec("encode").options)
FORMATS = writing.FORMATS
_UNITS = {"": 1, "k": 1000, "K": 1000, "M": 1_000_000, "ki": 1024, "Ki": 1024, "Mi": 1024 * 1024}

size_in_file = writing.size_in_file
opened = opening.opened
"""A raw picture, decoded: see opening."""


class UnknownFormat(ImagepipeError):
    """A file format that pictures cannot be written in."""


class TooManyBytes(ImagepipeError):
    """No quality makes the file as small as it has to be."""


def run(image: Image.Image, options: Mapping[str, Any], context: StepContext) -> Image.Image:
    """The picture as it is: these options take effect when the file is written."""
    return image


def encode(image: Image.Image, format: str, options: Mapping[str, Any], xmp: bytes = b"") -> bytes:
    """The bytes of a file in `format` (png, jpeg, webp, avif, gif, ico), with the picture's ICC profile if it has one.

    `xmp` is an XMP packet to embed, where the format has a place for one. Raises UnknownFormat, TooManyBytes with the
    figure and the bound, writing.CannotWrite where the picture does not fit the format, OSError.
    """
    if format not in FORMATS:
        raise UnknownFormat(
            f"pictures cannot be written as {format}", hint=f"use one of {', '.join(FORMATS)}", code="unknown-format"
        )
    sheet = writing.Sheet(_plain(image), bytes(image.info.get("icc_profile") or b""), xmp)

    def write(changed: Mapping[str, Any]) -> bytes:
        return writing.write(sheet, format, {**options, **changed})

    data = write({})
    bound = _bytes(options.get("max_bytes"))
    if bound is None or len(data) <= bound:
        return data
    return _smaller(write, format, options, (len(data), bound))


def _plain(image: Image.Image) -> Image.Image:
    """RGB or RGBA, without what the file it came from said about it."""
    made = opening.eight_bit(image)
    if made.mode not in ("RGB", "RGBA"):
        made = made.convert("RGBA" if made.has_transparency_data else "RGB")
    if made.info:
        made = made.copy()
        made.info = {}
    return made


def _bytes(written: Any) -> int | None:
    """A number of bytes, or text such as 200kB (1000) and 2MiB (1024²), as bytes."""
    if written is None or isinstance(written, int):
        return written
    found = re.fullmatch(r"([0-9.]+) ?([kKM]i?)?B", str(written))
    return int(float(found[1]) * _UNITS[found[2] or ""]) if found else None


def _smaller(
    write: Callable[[Mapping[str, Any]], bytes], format: str, options: Mapping[str, Any], sizes: tuple[int, int]
) -> bytes:
    """The file in the best quality that keeps the bound. Raises TooManyBytes."""
    least, bound = sizes
    best = b""
    low, high = 1, writing.quality_of(format, options) - 1
    while low <= high:
        middle = (low + high) // 2
        data = write({"quality": middle})
        least = min(least, len(data))
        if len(data) <= bound:
            best, low = data, middle + 1
        else:
            high = middle - 1
    if not best:
        hint = "make the picture smaller, or `quantize` it" if format in ("png", "gif") else "make the picture smaller"
        raise TooManyBytes(
            f"the {format} file has {least} bytes; at most {bound} may", hint=hint, code="too-many-bytes"
        )
    return best
