"""The subject's own colours: found where the picture is flat and away from the background, spread to where they are needed.

Averages of 4×4 pixels, halved again and again (a pyramid as in Gortler et al., "The Lumigraph", 1996, push and pull):
a pixel takes the colour of the finest level that knows one around it.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from imagepipe.frozen import frozen
from imagepipe.steps.cutout.keys import Ground
from imagepipe.steps.cutout.regions import Mask
from imagepipe.steps.cutout.sheets import BLOCK, Bytes

Floats = NDArray[np.float32]
HALO = 4
"""Rows above and below a stripe that deciding on flatness needs."""
_FLAT = 0.04
_UNLIKE = 36
_TRANSLUCENT_DOMINANCE = 0.06


@frozen
class Level:
    """Colours of blocks of `side` pixels: h×w×3 sums over 3×3 blocks, and the h×w numbers of pixels in them."""

    side: int
    colours: Floats
    counts: Floats


def contrast(rows: Bytes, ground: Ground) -> Floats:
    """How far each pixel is from the key: the length of the difference, h×W."""
    total = np.zeros(rows.shape[:2], np.float32)
    for at, key in enumerate(ground.colour):
        away = rows[..., at] - np.float32(key)
        total += away * away
    np.sqrt(total, out=total)
    return total


def dominance(colours: NDArray[np.generic], ground: Ground) -> Floats:
    """How much of the key is in colours (…×3 or …×4): its channels over the others, as a share of the key's own; ≤ 1.

    0 for every colour where the key has no channels that stand out.
    """
    spill = ground.spill
    others = [at for at in range(3) if at not in spill]
    if not spill or not others:
        return np.zeros(colours.shape[:-1], np.float32)
    own = min(ground.colour[at] for at in spill) - max(ground.colour[at] for at in others)
    strength: Floats = np.minimum.reduce([colours[..., at] for at in spill]).astype(np.float32)
    strength -= np.maximum.reduce([colours[..., at] for at in others])
    strength /= np.float32(max(own, 1.0))
    np.clip(strength, 0.0, 1.0, out=strength)
    return strength


def solid(rows: Bytes, ground: Ground, translucent: bool) -> Mask:
    """Which pixels are plainly the subject: unlike the key, and flat among their 5×5 neighbours.

    `translucent`: a pixel that has something of the key in it is not.
    """
    away = _averaged(contrast(rows, ground))
    low, high = _window(away, np.minimum), _window(away, np.maximum)
    made: Mask = (high - low <= _FLAT * high + ground.noise) & (low > _UNLIKE + ground.noise)
    if translucent:
        made &= dominance(rows, ground) <= _TRANSLUCENT_DOMINANCE
    return made


def _averaged(plane: Floats) -> Floats:
    """3×3 means, the edge repeated."""
    padded = np.pad(plane, 1, mode="edge")
    rows = padded[:-2] + padded[1:-1] + padded[2:]
    made: Floats = (rows[:, :-2] + rows[:, 1:-1] + rows[:, 2:]) * np.float32(1 / 9)
    return made


def _window(plane: Floats, pick: np.ufunc) -> Floats:
    """5×5 minima or maxima, the edge repeated."""
    padded = np.pad(plane, 2, mode="edge")
    pairs = pick(padded[:-1], padded[1:])
    rows = pick(pick(pairs[:-3], pairs[2:-1]), padded[4:])
    pairs = pick(rows[:, :-1], rows[:, 1:])
    made: Floats = pick(pick(pairs[:, :-3], pairs[:, 2:-1]), rows[:, 4:])
    return made


def block_sums(rows: Bytes, mask: Mask) -> tuple[Floats, Floats]:
    """Sums of the masked pixels' colours in blocks, h×w×3, and their numbers, from every second pixel."""
    thin, chosen = rows[::2, ::2, :3], mask[::2, ::2]
    height, width = (-(-edge // 2) * 2 for edge in thin.shape[:2])
    planes = np.zeros((4, height, width), np.float32)
    planes[3, : thin.shape[0], : thin.shape[1]] = chosen
    for at in range(3):
        planes[at, : thin.shape[0], : thin.shape[1]] = thin[..., at] * chosen
    halves = planes[:, ::2] + planes[:, 1::2]
    sums = halves[:, :, ::2] + halves[:, :, 1::2]
    return np.moveaxis(sums[:3], 0, -1), sums[3]


def pyramid(colours: Floats, counts: Floats) -> list[Level]:
    """All levels over block sums, finest first, the last one a single block."""
    levels, side = [], BLOCK
    while True:
        levels.append(Level(side, _around(colours), _around(counts)))
        if counts.shape[0] <= 1 and counts.shape[1] <= 1:
            return levels
        colours, counts, side = _halved(colours), _halved(counts), side * 2


def _around(plane: Floats) -> Floats:
    """Sums over 3×3 blocks, the middle one counted four times, its neighbours twice."""
    padded = np.pad(plane, [(1, 1), (1, 1), *[(0, 0)] * (plane.ndim - 2)])
    rows = padded[:-2] + 2 * padded[1:-1] + padded[2:]
    made: Floats = rows[:, :-2] + 2 * rows[:, 1:-1] + rows[:, 2:]
    return made


def _halved(plane: Floats) -> Floats:
    odd = [(0, plane.shape[0] % 2), (0, plane.shape[1] % 2), *[(0, 0)] * (plane.ndim - 2)]
    padded = np.pad(plane, odd)
    rows = padded[::2] + padded[1::2]
    made: Floats = rows[:, ::2] + rows[:, 1::2]
    return made


def nearest_colours(levels: Sequence[Level], y: NDArray[np.intp], x: NDArray[np.intp], skip: int = 0) -> Floats:
    """The subject's colour near each place, N×3, from the finest level that knows one or `skip` coarser; NaN: none."""
    made = np.full((len(y), 3), np.nan, np.float32)
    left = np.arange(len(y))
    lag = np.zeros(len(y), np.int8)
    for level in levels:
        if not len(left):
            break
        at = (y[left] // level.side, x[left] // level.side)
        known = level.counts[at] > 0
        lag[left] += known
        done = known & ((lag[left] > skip) | (level is levels[-1]))
        here = left[done]
        places = (y[here] // level.side, x[here] // level.side)
        made[here] = level.colours[places] / level.counts[places][:, None]
        left = left[~done]
    return made
