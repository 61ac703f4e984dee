"""From bytes to a picture's facts: recognises, walks, bounds, and only then decodes what needs decoding."""

import os
import threading
from collections.abc import Callable
from types import MappingProxyType

from imagepipe.digest import digest_bytes
from imagepipe.pictures import gif, jpeg, png, svg, webp
from imagepipe.pictures.header import MAX_PIXELS, Header, PictureFault
from imagepipe.plugins import resolve
from imagepipe.provenance import has_c2pa
from imagepipe.values import Candidate, ImageFact

FORMATS = ("png", "jpeg", "webp")
_WALKS: tuple[tuple[bytes, Callable[[bytes], Header]], ...] = (
    (png.MAGIC, png.walk),
    (jpeg.MAGIC, jpeg.walk),
    (webp.MAGIC, webp.walk),
    (gif.MAGIC, gif.walk),
)
_DECODED = MappingProxyType(dict.fromkeys(("jpeg", "webp", "gif"), "imagepipe.pictures.pixels:decode"))
"""Formats without checksums: only decoding shows whether the pixels are there. PNG is proved by its walk."""
_DECODING = threading.BoundedSemaphore(os.cpu_count() or 1)
"""Whoever asks, no more pictures are decoded at once than there are cores: more take no less time, and twice the memory."""
_PADDING = b"\0 \r\n\t"


def header_of(data: bytes) -> Header:
    """A picture's header, its structure checked from first byte to last, nothing decoded. Raises PictureFault."""
    if not data:
        raise PictureFault("the picture is empty", code="picture-unknown")
    walk = next((walk for magic, walk in _WALKS if data.startswith(magic)), svg.walk if svg.begins(data) else None)
    if walk is None:
        raise PictureFault("these bytes are no PNG, JPEG, WebP or GIF picture, and no SVG", code="picture-unknown")
    header = walk(data)
    if header.width * header.height > MAX_PIXELS:
        size = f"{header.width}x{header.height}"
        raise PictureFault(f"the picture says it is {size} pixels: too large to decode", code="picture-bomb")
    return header


def measure(data: bytes, formats: tuple[str, ...] = FORMATS, *, sha256: str = "") -> Candidate:
    """A generated picture's facts, verified. Raises PictureFault for one that is none, broken, not of `formats`,
    animated without having been asked for as gif, over MAX_PIXELS, or followed by other data.

    `sha256` saves hashing where the digest is known already.
    """
    header = header_of(data)
    if header.format not in formats:
        wanted = " or ".join(formats)
        raise PictureFault(f"the picture is {header.format}, and {wanted} was asked for", code="picture-format")
    if header.animated and header.format != "gif":
        raise PictureFault(
            f"the {header.format} picture is animated, and a still was asked for", code="picture-animated"
        )
    # Some encoders pad; anything else behind the end would be published with the picture, unseen by any decoder.
    if _follows(data, header):
        raise PictureFault(f"other data follows the {header.format} picture in its file", code="picture-trailing")
    if header.format in _DECODED:
        with _DECODING:
            resolve(_DECODED[header.format])(data, header.format)
    return Candidate(sha256 or digest_bytes(data), header.width, header.height, header.format, c2pa=has_c2pa(data))


def _follows(data: bytes, header: Header) -> bytes:
    return data[header.end :].strip(_PADDING)


def alone(data: bytes) -> bytes:
    """A picture without what follows it in its file, the same bytes where nothing does. Raises PictureFault."""
    header = header_of(data)
    return data[: header.end] if _follows(data, header) else data


def facts(data: bytes) -> ImageFact:
    """An input picture's facts, pixels as shown (orientation applied). Decodes nothing. Raises PictureFault."""
    header = header_of(data)
    width, height = header.shown
    return ImageFact(width, height, header.format, len(data), header.has_alpha)
