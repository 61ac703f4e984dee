"""Colour that is halved where lightness is whole, as JPEG's 4:2:0 leaves it: noticed, and done to other planes alike."""

import numpy as np
from numpy.typing import NDArray

from imagepipe.frozen import frozen
from imagepipe.steps.cutout.regions import Mask, Runs
from imagepipe.steps.cutout.sheets import Bytes, Sheet
from imagepipe.steps.cutout.solids import Floats

YCC = np.array([[0.299, -0.1687, 0.5], [0.587, -0.3313, -0.4187], [0.114, 0.5, -0.0813]], np.float32)
"""RGB to lightness and two colour differences, as columns (ITU-T T.871, 7)."""
BACK = np.linalg.inv(YCC).astype(np.float32)
Bends = NDArray[np.float64]
_EVERY = 4
_BETWEEN, _WHOLE = 0.72, 0.6


@frozen
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


def doubled(plane: Floats, found: Halved, top: int) -> Floats:
    """A plane, whose first row is row `top` of the picture, as it is once halved and doubled as the colour was."""
    made = plane
    if found.y is not None:
        made = _doubled(np.pad(made, [(2, 2), (0, 0)], mode="edge"), (top - found.y) % 2)
    if found.x is not None:
        made = _doubled(np.pad(made, [(0, 0), (2, 2)], mode="edge").T, found.x).T
    return made


def _doubled(plane: Floats, grid: int) -> Floats:
    """Rows as they are once halved and doubled again by 3:1; the first two and the last two only lend themselves."""
    pairs = (plane[:-1] + plane[1:]) / 2
    first = np.arange(len(plane) - 4) % 2 == grid
    begins = np.float32(0.75) * pairs[2:-1] + np.float32(0.25) * pairs[:-3]
    ends = np.float32(0.75) * pairs[1:-2] + np.float32(0.25) * pairs[3:]
    return np.where(first[:, None], begins, ends)


def repainted(unmixed: Floats, subject: Floats) -> Floats:
    """N×3 colours with the lightness of `unmixed` and the colour of `subject`, where that is known."""
    made = subject @ YCC
    made[:, 0] = unmixed @ YCC[:, 0]
    return np.where(np.isnan(subject), unmixed, made @ BACK)
