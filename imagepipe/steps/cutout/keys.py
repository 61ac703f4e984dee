"""The key colour: where it is measured, which of its channels spill, and whether it is flat enough to be one."""

import numpy as np
from numpy.typing import NDArray

from imagepipe.frozen import frozen
from imagepipe.steps.cutout.settings import CutoutFailed, Rgb, Settings
from imagepipe.steps.cutout.sheets import Bytes, Sheet

FLAT = 32
"""A border pixel further than this from the key, in any channel, is not background."""
LEAST_SHARE = 0.35
"""So much of the border must be background: a subject may run off one side of the picture, not off three."""
FAR = 72
"""A measured key further than this from the colour that was asked for is another colour."""
LEAST_CHROMA = 64
LEVELS = NDArray[np.int64]


@frozen
class Ground:
    """The background as it was measured: mean colour (0 to 255), and how far its pixels stray from it."""

    colour: tuple[float, float, float]
    noise: float

    @property
    def spill(self) -> tuple[int, ...]:
        """The channels that spill into the subject's edge."""
        red, green, blue = (round(value) for value in self.colour)
        return spill_channels((red, green, blue))


def spill_channels(key: Rgb) -> tuple[int, ...]:
    """The channels that make the key: within 16 of its brightest and at least 128; none for a dark key."""
    brightest = max(key)
    return tuple(at for at, value in enumerate(key) if brightest >= 128 and value >= max(brightest - 16, 128))


def corner_pixels(sheet: Sheet) -> Bytes:
    """The four corners, up to 12×12 pixels each, as N×3."""
    width, height = sheet.size
    edge = max(1, min(width, height, 12))
    parts = [rows[:, part, :3] for rows in _ends(sheet, edge) for part in (slice(edge), slice(width - edge, None))]
    return np.concatenate([part.reshape(-1, 3) for part in parts])


def border_pixels(sheet: Sheet) -> Bytes:
    """Bands up to 6 pixels deep along all four sides, thinned along the side, as N×3; corners count twice."""
    width, height = sheet.size
    band, step = max(1, min(width, height, 6)), max(1, min(width, height) // 256)
    sides = [rows[:, ::step, :3] for rows in _ends(sheet, band)]
    for top in range(0, height, step * 64):
        rows = sheet.read(top, min(height, top + step * 64))[::step]
        sides += [rows[:, :band, :3], rows[:, width - band :, :3]]
    return np.concatenate([side.reshape(-1, 3) for side in sides])


def _ends(sheet: Sheet, depth: int) -> tuple[Bytes, Bytes]:
    height = sheet.size[1]
    return sheet.read(0, depth), sheet.read(height - depth, height)


def median_colour(pixels: Bytes) -> Rgb:
    """The median of each channel, halves rounded to even."""
    red, green, blue = (int(value) for value in np.rint(np.median(pixels, axis=0)))
    return red, green, blue


def classic_key(sheet: Sheet, cut: Settings) -> Rgb:
    """The given key, or the median of corners or border: ONE_OFFS.md, classic."""
    if cut.key != "auto" and cut.named_key:
        return cut.named_key
    return median_colour(corner_pixels(sheet) if cut.auto == "corners" else border_pixels(sheet))


def measured_ground(sheet: Sheet, cut: Settings) -> Ground:
    """The background of a picture, near the named key where there is one.

    Raises CutoutFailed where the border is not mostly one flat colour, not the colour that was named, or no key colour.
    """
    pixels = corner_pixels(sheet) if cut.auto == "corners" else border_pixels(sheet)
    named = cut.named_key
    middle = median_colour(pixels) if named is None else _near_named(pixels, named)
    distance = np.abs(pixels.astype(np.int16) - middle).max(axis=1)
    flat = distance <= FLAT
    share = float(flat.mean())
    if share < LEAST_SHARE:
        raise CutoutFailed(
            f"the background is not flat: {share:.0%} of the {_where(cut)} is like {hexed(middle)}, "
            f"and {LEAST_SHARE:.0%} is needed",
            hint="ask for a perfectly flat background, or name its colour with `key`",
            code="cutout-key",
        )
    if named is None and max(middle) - min(middle) < LEAST_CHROMA:
        raise CutoutFailed(
            f"the {_where(cut)} is {hexed(middle)}, which is no key colour",
            hint="name it with `key` if it is to be removed all the same",
            code="cutout-key",
        )
    red, green, blue = (float(value) for value in pixels[flat].mean(axis=0))
    return Ground((red, green, blue), float(np.percentile(distance[flat], 98)))


def _near_named(pixels: Bytes, named: Rgb) -> Rgb:
    """The median of what is near the named colour. Raises CutoutFailed where hardly anything is."""
    near = np.abs(pixels.astype(np.int16) - named).max(axis=1) <= FAR
    if near.mean() < LEAST_SHARE:
        raise CutoutFailed(
            f"the key {hexed(named)} is not in the picture's border: {near.mean():.0%} of it is within {FAR} of it, "
            f"and most is like {hexed(median_colour(pixels))}",
            hint="name the colour that the background has",
            code="cutout-key",
        )
    return median_colour(pixels[near])


def _where(cut: Settings) -> str:
    return "corners" if cut.auto == "corners" else "border"


def hexed(key: Rgb) -> str:
    """A colour as #rrggbb."""
    return "#{:02x}{:02x}{:02x}".format(*key)
