"""Pictures as bytes: recognised, measured, verified and held against what was asked for; loads Pillow only to decode."""

from imagepipe.pictures.expectations import OF_CONTENT, OF_MATTE, Facts, check, unmet
from imagepipe.pictures.header import MAX_PIXELS, Header, PictureFault
from imagepipe.pictures.reading import FORMATS, alone, facts, header_of, measure

__all__ = [
    "FORMATS",
    "MAX_PIXELS",
    "OF_CONTENT",
    "OF_MATTE",
    "Facts",
    "Header",
    "PictureFault",
    "alone",
    "check",
    "facts",
    "header_of",
    "measure",
    "unmet",
]
