"""Walks a GIF's blocks from header to trailer (GIF89a specification)."""

from imagepipe.pictures.header import Header, damaged, truncated

MAGIC = b"GIF8"
_EXTENSION, _IMAGE, _TRAILER, _CONTROL = 0x21, 0x2C, 0x3B, 0xF9


def walk(data: bytes) -> Header:
    """A GIF's header; `animated` where it has more than one frame. Raises PictureFault where it has no trailer."""
    if len(data) < 14:
        raise truncated("gif")
    width, height = int.from_bytes(data[6:8], "little"), int.from_bytes(data[8:10], "little")
    at, frames, alpha = 13 + _table(data[10]), 0, False
    while (kind := _byte(data, at)) != _TRAILER:
        if kind == _EXTENSION:
            if _byte(data, at + 1) == _CONTROL:
                alpha = alpha or bool(_byte(data, at + 3) & 1)
            at = _skip(data, at + 2)
        elif kind == _IMAGE:
            frames += 1
            at = _skip(data, at + 11 + _table(_byte(data, at + 9)))
        else:
            raise damaged("gif", "a block is missing")
    if not (frames and width and height):
        raise damaged("gif", "it has no pixels")
    return Header("gif", width, height, at + 1, alpha, frames > 1, mode="palette")


def _byte(data: bytes, at: int) -> int:
    if at >= len(data):
        raise truncated("gif")
    return data[at]


def _table(flags: int) -> int:
    """Bytes of the colour table that a flags byte announces."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _skip(data: bytes, at: int) -> int:
    """Where the data sub-blocks that start at `at` end."""
    while size := _byte(data, at):
        at += 1 + size
    return at + 1
