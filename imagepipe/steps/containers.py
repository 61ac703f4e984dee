"""Files of several parts put together by hand: an ico of PNG pictures, and a GIF with an XMP packet."""

import struct
from collections.abc import Sequence

_ICON = 1
_XMP = b"\x21\xff\x0bXMP DataXMP"
_AFTER_XMP = b"\x01" + bytes(range(255, -1, -1)) + b"\x00"
"""Who reads the packet as blocks with lengths lands in these bytes, and every one of them leads to the end."""


def ico(pictures: Sequence[tuple[int, int, bytes]]) -> bytes:
    """An icon file of PNGs, each with its width and height, at most 256 pixels: MS-ICO with PNG, as since Windows Vista."""
    entries, bodies, at = [], [], 6 + 16 * len(pictures)
    for width, height, data in pictures:
        entries.append(struct.pack("<BBBBHHII", width % 256, height % 256, 0, 0, 1, 32, len(data), at))
        bodies.append(data)
        at += len(data)
    return b"".join((struct.pack("<HHH", 0, _ICON, len(pictures)), *entries, *bodies))


def gif_with(data: bytes, xmp: bytes) -> bytes:
    """The GIF with an XMP packet before its first picture: XMP specification part 3, 1.1.2."""
    colours = 3 << (data[10] & 7) + 1 if data[10] & 0x80 else 0
    first = 13 + colours
    return b"".join((b"GIF89a", data[6:first], _XMP, xmp, _AFTER_XMP, data[first:]))
