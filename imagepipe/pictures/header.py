"""What a picture's structure tells without decoding it, and the fault for one that is not whole."""

import struct

from imagepipe.errors import ImagepipeError
from imagepipe.frozen import frozen

MAX_PIXELS = 50_000_000
"""Six times the largest picture any known model makes: what has more is not decoded."""


class PictureFault(ImagepipeError):
    """Bytes that are no picture, not a whole one, or not one that may be decoded. Codes begin with `picture-`."""

    exit_code = 1


@frozen
class Header:
    """A picture's facts: pixels as stored, `end` where it ends in its file, `orientation` by EXIF (1 to 8), `mode` the
    stored samples ("rgb8", "palette", "cmyk", "grey8", "rgb16", …)."""

    format: str
    width: int
    height: int
    end: int
    has_alpha: bool = False
    animated: bool = False
    orientation: int = 1
    mode: str = "rgb8"

    @property
    def shown(self) -> tuple[int, int]:
        """Width and height after the orientation is applied."""
        return (self.height, self.width) if self.orientation >= 5 else (self.width, self.height)


def truncated(format: str) -> PictureFault:
    """The fault of a picture that stops before its end."""
    return PictureFault(f"the {format} picture is cut off", code="picture-truncated")


def damaged(format: str, why: str) -> PictureFault:
    """The fault of a picture whose parts do not fit together."""
    return PictureFault(f"the {format} picture is damaged: {why}", code="picture-damaged")


def orientation_of(exif: bytes) -> int:
    """The orientation tag (0x0112) of an EXIF block's first directory, 1 where there is none (TIFF 6.0, EXIF 2.32)."""
    tiff = exif.removeprefix(b"Exif\0\0")
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(tiff[:4])
    if order is None:
        return 1
    try:
        (at,) = struct.unpack_from(order + "I", tiff, 4)
        (count,) = struct.unpack_from(order + "H", tiff, at)
        for index in range(min(count, 500)):
            tag, kind, _, value = struct.unpack_from(order + "HHIH", tiff, at + 2 + 12 * index)
            if (tag, kind) == (0x0112, 3):
                return value if 1 <= value <= 8 else 1
    except struct.error:
        pass
    return 1
