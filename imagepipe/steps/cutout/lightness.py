"""The edge of a picture whose colour is halved, sharpened by its lightness: how much of the subject is in each pixel.

Lightness is whole but tells little where subject and key are as light as each other, and then its noise counts for
much; colour tells much, but only of pixels together. So colour gives the blurred coverage, lightness its detail, after
its noise is averaged away between places that look alike.
"""

from collections.abc import Iterator

import numpy as np

from imagepipe.frozen import frozen
from imagepipe.steps.cutout.chroma import BACK, YCC, Halved, doubled
from imagepipe.steps.cutout.regions import Mask
from imagepipe.steps.cutout.sheets import Bytes
from imagepipe.steps.cutout.solids import Floats

MARGIN = 16
"""Rows around a stripe that its sharpening looks at."""
_WINDOW = 3
_ALIKE = 5.0
_DOUBTED, _SHIFT_DOUBTED, _BLURRED_DOUBTED = 4.0**2, 20.0**2, 50.0**2
"""The squared noise of lightness in its detail, in what bounds cut off that, and in its blur, against colour's."""
_OWN = 0.375**2
"""A pixel's share in its own colour once that is halved and doubled both ways."""
_TILE = (64, 128)
_OFFSETS = [(dy, dx) for dy in range(_WINDOW + 1) for dx in range(-_WINDOW, _WINDOW + 1) if (dy, dx) > (0, 0)]


@frozen
class Edge:
    """Rows of a picture from `top` on, h×W×4, which of their pixels are of the edge (N of them) and which are clear."""

    rows: Bytes
    top: int
    soft: Mask
    clear: Mask


def sharpened(edge: Edge, subject: Floats, key: Floats, found: Halved) -> Floats:
    """The edge's N×3 colours with as much of the subject's colour in each as its lightness says.

    `subject`: the subject's own colour at each, NaN where it is not known: there the colour stays as it is.
    """
    colours = edge.rows[edge.soft][:, :3].astype(np.float32)
    line = np.asarray((subject - key) @ YCC, np.float32)
    line[np.isnan(line[:, 0])] = 0
    red, blue = line[:, 2], line[:, 1]
    point = (colours - key) @ YCC[:, 1:]
    along = (point[:, 0] * blue + point[:, 1] * red) / np.maximum(blue * blue + red * red, 1)
    blurred = np.asarray(np.clip(along, 0, 1), np.float32)
    more = _coverage(edge, blurred, line[:, 0], found, float(key @ YCC[:, 0])) - blurred
    colours += (more[:, None] * line[:, 1:]) @ BACK[1:]
    return colours


def _coverage(edge: Edge, blurred: Floats, span: Floats, found: Halved, key: float) -> Floats:
    """How much of the subject is in each of the edge's pixels.

    `blurred`: the same as halved colour has it; `span`: how much lighter the subject is than the key.
    """
    light = edge.rows[..., :3] @ YCC[:, 0] - np.float32(key)
    near = doubled(light, found, edge.top)
    # Where subject and key differ much in lightness, that says better than colour how much of each is around a pixel.
    low = blurred + (near[edge.soft] - blurred * span) * span / (span**2 + _BLURRED_DOUBTED)
    believed = span / (span**2 + _DOUBTED)
    first = np.clip(low + (light - near)[edge.soft] * believed, 0, 1)
    guess = np.where(edge.clear, 0, light)
    guess[edge.soft] = np.where(span == 0, light[edge.soft], first * span)
    quiet = _quiet(light, guess, edge.soft)
    made = np.clip(low + (quiet - doubled(quiet, found, edge.top))[edge.soft] * believed, 0, 1)
    whole = np.where(edge.clear, np.float32(0), np.float32(1))
    whole[edge.soft] = made
    # What the bounds cut off is missing from what colour says of the pixels together: it is in the others.
    made += (low - doubled(whole, found, edge.top)[edge.soft]) * (span**2 / (span**2 + _SHIFT_DOUBTED))
    # A pixel has at least so much of the blurred value that nothing else can make up for it.
    made = np.clip(made, np.maximum(0, 1 - (1 - blurred) / _OWN), np.minimum(1, blurred / _OWN))
    return np.asarray(made, np.float32)


def _quiet(plane: Floats, guess: Floats, wanted: Mask) -> Floats:
    """The plane with each value near a wanted place the mean of those around it that look alike in `guess`.

    Non-local means (Buades, Coll and Morel 2005) over 7×7 places, by what 3×3 around each have in common.
    """
    made, margin = plane.copy(), _WINDOW + 1
    values, likes = (np.pad(each, margin, mode="edge") for each in (plane, guess))
    for rows, columns in _tiles(wanted):
        part = (slice(rows.start, rows.stop + 2 * margin), slice(columns.start, columns.stop + 2 * margin))
        made[rows, columns] = _averaged(values[part], likes[part])
    return made


def _tiles(wanted: Mask) -> Iterator[tuple[slice, slice]]:
    height, width = wanted.shape
    for top in range(0, height, _TILE[0]):
        for left in range(0, width, _TILE[1]):
            rows, columns = slice(top, min(height, top + _TILE[0])), slice(left, min(width, left + _TILE[1]))
            if wanted[max(0, top - 4) : rows.stop + 4, max(0, left - 4) : columns.stop + 4].any():
                yield rows, columns


def _averaged(values: Floats, likes: Floats) -> Floats:
    """The means of a tile, with the outermost places of both planes only lent to it."""
    reach = _WINDOW + 1
    height, width = (side - 2 * reach for side in values.shape)
    total = values[reach:-reach, reach:-reach].copy()
    weights = np.ones_like(total)
    for dy, dx in _OFFSETS:
        # Between each place and the one at (dy, dx) from it, for places from (−dy, −dx) of the tile to its end.
        left, right = reach - max(dx, 0) - 1, reach + width + max(-dx, 0) + 1
        one = likes[reach - dy - 1 : reach + height + 1, left:right]
        other = likes[reach - 1 : reach + height + dy + 1, left + dx : right + dx]
        like = _summed((one - other) ** 2)
        like *= np.float32(-1 / (9 * _ALIKE**2))
        np.exp(like, out=like)
        for y, x, side in ((dy, max(dx, 0), 1), (0, max(-dx, 0), -1)):
            here = like[y : y + height, x : x + width]
            first, start = reach + side * dy, reach + side * dx
            total += here * values[first : first + height, start : start + width]
            weights += here
    total /= weights
    return total


def _summed(plane: Floats) -> Floats:
    """Sums over 3×3 places, without the outermost."""
    rows = plane[:-2] + plane[1:-1] + plane[2:]
    made: Floats = rows[:, :-2] + rows[:, 1:-1] + rows[:, 2:]
    return made
