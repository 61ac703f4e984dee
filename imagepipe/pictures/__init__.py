"""Pictures as bytes: recognised, measured, verified and held against what was asked for; loads Pillow only to decode."""

from imagepipe.pictures.expectations import Facts, check, unmet
from imagepipe.pictures.header import MAX_PIXELS, Header, PictureFault
from imagepipe.pictures.reading import FORMATS, facts, header_of, measure

__all__ = [
    "FORMATS",
    "MAX_PIXELS",
    "Facts",
    "Header",
    "PictureFault",
    "check",
    "facts",
    "header_of",
    "measure",
    "unmet",
]
