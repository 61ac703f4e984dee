"""Walks a JPEG's markers from start to end of image (ITU-T T.81, annex B)."""

import re

from imagepipe.pictures.header import Header, damaged, orientation_of, truncated

MAGIC = b"\xff\xd8\xff"
_FRAMES = set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_ALONE = {0x01, *range(0xD0, 0xD8)}
_END, _SCAN, _EXIF = 0xD9, 0xDA, 0xE1
_IN_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]", re.DOTALL)
_MODES = {1: "grey8", 3: "rgb8", 4: "cmyk"}


def walk(data: bytes) -> Header:
    """A JPEG's header. Raises PictureFault where it does not reach its end marker: the marker cannot occur in the
    compressed pixels, so a picture that was cut off has none."""
    at, frame, scans, orientation = 2, (0, 0, 0), 0, 1
    while (marker := _marker(data, at))[0] != _END:
        kind, at = marker
        if kind in _ALONE:
            continue
        end = at + int.from_bytes(data[at : at + 2], "big")
        if end > len(data) or end < at + 2:
            raise truncated("jpeg")
        if kind in _FRAMES and end - at >= 8:
            height, width = int.from_bytes(data[at + 3 : at + 5], "big"), int.from_bytes(data[at + 5 : at + 7], "big")
            frame = (width, height, data[at + 7])
        elif kind == _EXIF and orientation == 1:
            orientation = orientation_of(data[at + 2 : end])
        elif kind == _SCAN:
            scans, end = scans + 1, _after_scan(data, end)
        at = end
    width, height, components = frame
    if not (width and height and scans):
        raise damaged("jpeg", "it has no pixels")
    return Header("jpeg", width, height, marker[1], orientation=orientation, mode=_MODES.get(components, "other"))


def _marker(data: bytes, at: int) -> tuple[int, int]:
    """The marker at `at` and where it ends; fill bytes are allowed before it."""
    if at + 2 > len(data):
        raise truncated("jpeg")
    if data[at] != 0xFF:
        raise damaged("jpeg", "a marker is missing")
    while at < len(data) and data[at] == 0xFF:
        at += 1
    if at == len(data):
        raise truncated("jpeg")
    return data[at], at + 1


def _after_scan(data: bytes, at: int) -> int:
    found = _IN_SCAN.search(data, at)
    if found is None:
        raise truncated("jpeg")
    return found.start()
