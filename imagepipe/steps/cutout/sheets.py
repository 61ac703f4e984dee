"""A picture as rows of pixels, a stripe at a time, so that a big one never exists twice."""

from collections.abc import Iterator
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Bytes = NDArray[np.uint8]
STRIPE = 512 * 1024
"""Pixels that are worked on at once: they and what is made of them fit the processor's cache and 20 MB."""
BLOCK = 4
"""Stripes begin at multiples of this, so that blocks of 4×4 pixels lie in one."""


class Sheet(Protocol):
    """RGBA pixels, `size` (width, height); rows count from 0 at the top."""

    size: tuple[int, int]

    def read(self, top: int, bottom: int) -> Bytes:
        """Rows top ≤ y < bottom, h×W×4 uint8; not to be written into."""
        ...

    def write(self, top: int, rows: Bytes) -> None:
        """Replaces rows from `top` on."""
        ...


class ArraySheet:
    """An H×W×4 uint8 array, changed in place."""

    def __init__(self, pixels: Bytes) -> None:
        self.pixels = pixels
        self.size = (pixels.shape[1], pixels.shape[0])

    def read(self, top: int, bottom: int) -> Bytes:
        """See Sheet."""
        return self.pixels[top:bottom]

    def write(self, top: int, rows: Bytes) -> None:
        """See Sheet."""
        self.pixels[top : top + len(rows)] = rows


class ImageSheet:
    """A Pillow picture in mode RGBA, changed in place."""

    def __init__(self, image: Image.Image) -> None:
        self.image = image
        self.size = image.size

    def read(self, top: int, bottom: int) -> Bytes:
        """See Sheet."""
        return np.asarray(self.image.crop((0, top, self.size[0], bottom)))

    def write(self, top: int, rows: Bytes) -> None:
        """See Sheet."""
        self.image.paste(Image.fromarray(rows), (0, top))


def stripes(size: tuple[int, int]) -> Iterator[tuple[int, int]]:
    """The stripes (top, bottom) of a picture of (width, height) pixels."""
    height = max(BLOCK, STRIPE // size[0] // BLOCK * BLOCK)
    for top in range(0, size[1], height):
        yield top, min(size[1], top + height)


def alpha_of(sheet: Sheet) -> Bytes:
    """The coverage alone, H×W uint8."""
    return np.concatenate([sheet.read(*rows)[..., 3] for rows in stripes(sheet.size)])
