"""Colour that is halved where lightness is whole, as JPEG's 4:2:0 leaves it: noticed, and sharpened by lightness."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from imagepipe.steps.cutout.regions import Mask, Runs
from imagepipe.steps.cutout.sheets import Bytes, Sheet
from imagepipe.steps.cutout.solids import Floats

YCC = np.array([[0.299, -0.1687, 0.5], [0.587, -0.3313, -0.4187], [0.114, 0.5, -0.0813]], np.float32)
"""RGB to lightness and two colour differences, as columns (ITU-T T.871, 7)."""
BACK = np.linalg.inv(YCC).astype(np.float32)
Bends = NDArray[np.float64]
_EVERY = 4
_BETWEEN, _WHOLE = 0.72, 0.6
_BESIDE = 4
_ALIKE = 6.0
_DOUBTED = 4.0
_OWN = 0.375**2
"""A pixel's share in its own colour once that is halved and doubled both ways."""


@dataclass(frozen=True, slots=True)
class Halved:
    """Where pairs of pixels that share a colour begin, along x and along y: at even places (0) or odd ones (1).

    None: colour is whole that way.
    """

    x: int | None
    y: int | None

    def __bool__(self) -> bool:
        return self.x is not None or self.y is not None


def halved(sheet: Sheet, background: Runs) -> Halved:
    """Whether, along the background's edge, every second colour lies between its neighbours just as a decoder puts it.

    A decoder that doubles halved colour by 3:1 makes every second step from pixel to pixel the mean of the two beside
    it (libjpeg's `fancy upsampling`); where colour was kept whole, odd and even steps are alike.
    """
    across, down = np.zeros((2, 2)), np.zeros((2, 2))
    for top in range(0, sheet.size[1], 64):
        bottom = min(sheet.size[1], top + 64)
        rows, ground = sheet.read(top, bottom)[..., :3], background.rows(top, bottom)
        across += _bent(rows[::_EVERY], ground[::_EVERY])
        down += _bent(rows[:, ::_EVERY].swapaxes(0, 1), ground[:, ::_EVERY].T)
    return Halved(_grid(across), _grid(down))


def _bent(rows: Bytes, ground: Mask) -> Bends:
    """How far steps from pixel to pixel are from the mean of those beside them, added up near the edge.

    Of lightness and of colour, each at odd places and at even ones.
    """
    edge = ground[:, 1:] != ground[:, :-1]
    for shift in (1, 2):
        edge[:, :-shift] |= edge[:, shift:]
        edge[:, shift:] |= edge[:, :-shift]
    y, x = np.nonzero(edge[:, 1:-1])
    steps = np.diff(rows[y[:, None], x[:, None] + np.arange(4)] @ YCC, axis=1)
    bent = np.abs(2 * steps[:, 1] - steps[:, 0] - steps[:, 2])
    sums = [(bent[x % 2 == odd, 0].sum(), bent[x % 2 == odd, 1:].sum()) for odd in (0, 1)]
    return np.array(sums, np.float64).T


def _grid(bent: Bends) -> int | None:
    """Where pairs begin, if colour alone is doubled: a picture that was enlarged is so in its lightness too."""
    light, colour = bent.min(axis=1) / np.maximum(bent.max(axis=1), 1)
    if light < _WHOLE or colour > _BETWEEN:
        return None
    return 0 if bent[1, 1] < bent[1, 0] else 1


def detail(window: Bytes, inner: slice, top: int, found: Halved) -> Floats:
    """What lightness has and halved colour lacks, in the rows `inner` of a window with `_BESIDE` more around them.

    `top`: the picture's row that is the first of `inner`.
    """
    light = window[..., :3] @ YCC[:, 0]
    above, below = max(0, _BESIDE - inner.start), max(0, inner.stop + _BESIDE - len(light))
    rows = light[max(0, inner.start - _BESIDE) : inner.stop + _BESIDE]
    quiet = _quiet(np.pad(rows, [(above, below), (_BESIDE, _BESIDE)], mode="edge"))
    near = quiet[2:-2]
    if found.y is not None:
        near = _doubled(quiet, (top - found.y) % 2)
    near = near[:, 2:-2] if found.x is None else _doubled(near.T, found.x).T
    made: Floats = quiet[2:-2, 2:-2] - near
    return made


def _quiet(plane: Floats) -> Floats:
    """Each value as the mean of itself and those of the eight around it whose own neighbours are like its.

    Non-local means (Buades, Coll and Morel 2005) over the nearest places; two rows and columns fewer on each side.
    """
    total = plane[2:-2, 2:-2].copy()
    weights = np.ones_like(total)
    height, width = plane.shape
    for dy, dx in ((0, 1), (1, -1), (1, 0), (1, 1)):
        left, right = max(0, -dx), width - max(0, dx)
        one, other = plane[: height - dy, left:right], plane[dy:, left + dx : right + dx]
        like = np.exp(_summed((one - other) ** 2) * np.float32(-1 / (9 * _ALIKE**2)))
        for side, (y, x) in ((other, (1, 1 - left)), (one, (1 - dy, 1 - left - dx))):
            here = like[y : y + height - 4, x : x + width - 4]
            total += here * side[y + 1 : y + height - 3, x + 1 : x + width - 3]
            weights += here
    total /= weights
    return total


def _summed(plane: Floats) -> Floats:
    """Sums over 3×3 places, without the outermost."""
    rows = plane[:-2] + plane[1:-1] + plane[2:]
    made: Floats = rows[:, :-2] + rows[:, 1:-1] + rows[:, 2:]
    return made


def _doubled(plane: Floats, grid: int) -> Floats:
    """Rows as they are once halved and doubled again by 3:1; the first two and the last two only lend themselves."""
    pairs = (plane[:-1] + plane[1:]) / 2
    first = np.arange(len(plane) - 4) % 2 == grid
    begins = np.float32(0.75) * pairs[2:-1] + np.float32(0.25) * pairs[:-3]
    ends = np.float32(0.75) * pairs[1:-2] + np.float32(0.25) * pairs[3:]
    return np.where(first[:, None], begins, ends)


def sharpened(colours: Floats, light: Floats, subject: Floats, key: Floats) -> Floats:
    """N×3 colours with the detail that their lightness has, `light`, given to their colour as a mixture would have it.

    The line from key to subject says how much colour goes with how much lightness; the less lightness tells them apart,
    the less it is believed.
    """
    line, point = (subject - key) @ YCC, (colours - key) @ YCC
    reach = np.maximum((line[:, 1:] ** 2).sum(axis=1), 1)
    blurred = (point[:, 1:] * line[:, 1:]).sum(axis=1) / reach
    more = light * line[:, 0] / (line[:, 0] ** 2 + _DOUBTED**2)
    before = np.clip(blurred, 0, 1)
    # A pixel has at least so much of the blurred value that nothing else can make up for it.
    after = np.clip(before + more, 1 - (1 - before) / _OWN, before / _OWN)
    point[:, 1:] += (np.clip(after, 0, 1) - before)[:, None] * line[:, 1:]
    return np.where(np.isnan(line[:, :1]), colours, point @ BACK + key)


def repainted(unmixed: Floats, subject: Floats) -> Floats:
    """N×3 colours with the lightness of `unmixed` and the colour of `subject`, where that is known."""
    made = subject @ YCC
    made[:, 0] = unmixed @ YCC[:, 0]
    return np.where(np.isnan(subject), unmixed, made @ BACK)
