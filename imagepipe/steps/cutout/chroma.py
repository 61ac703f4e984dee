"""Colour that is blurred where lightness is sharp, as JPEG's 4:2:0 leaves it: noticed, and weighed less at the edge."""

import numpy as np

from imagepipe.steps.cutout.regions import Mask, Runs
from imagepipe.steps.cutout.sheets import Sheet
from imagepipe.steps.cutout.solids import Floats

PLAIN = np.eye(3, dtype=np.float32)
YCC = np.array([[0.299, -0.1687, 0.5], [0.587, -0.3313, -0.4187], [0.114, 0.5, -0.0813]], np.float32)
"""RGB to lightness and two colour differences, as columns (ITU-T T.871, 7)."""
BACK = np.linalg.inv(YCC).astype(np.float32)
BLURRED = YCC * np.array([1.0, 0.22, 0.22], np.float32)
_EVERY = 4
_SLOPE = 6
_SHARPER = 1.22
_LEAST_SLOPES = 64


def is_blurred(sheet: Sheet, background: Runs, noise: float) -> bool:
    """Whether, along the background's edge, colour bends much less from pixel to pixel than lightness does.

    `noise`: what the flat key strays by, of 255; rises that it could make do not count.
    """
    bends = np.zeros((2, 2))
    slopes = 0
    for top in range(0, sheet.size[1], 64):
        rows = sheet.read(top, min(sheet.size[1], top + 64))[::_EVERY, :, :3] @ YCC
        ground = background.rows(top, min(sheet.size[1], top + 64))[::_EVERY].astype(np.int8)
        edge = np.abs(np.diff(ground, axis=1, prepend=ground[:, :1])) > 0
        for shift in (1, 2):
            edge[:, :-shift] |= edge[:, shift:]
            edge[:, shift:] |= edge[:, :-shift]
        slopes += int(np.count_nonzero(edge))
        bends += [_bend(plane, edge, _SLOPE + 4 * noise) for plane in (rows[..., 0], rows[..., 1] + rows[..., 2])]
    light, colour = bends[:, 0] / np.maximum(bends[:, 1], 1)
    return bool(slopes >= _LEAST_SLOPES and light > _SHARPER * colour)


def _bend(plane: Floats, edge: Mask, least: float) -> Floats:
    """How much a plane bends and how much it rises, added up over the edge's pixels."""
    first = np.diff(plane, axis=1)
    second = np.abs(np.diff(first, axis=1))
    rise = np.abs(first[:, 1:]) + np.abs(first[:, :-1])
    steep = edge[:, 1:-1] & (rise > least)
    return np.array([second[steep].sum(), rise[steep].sum()], np.float32)


def repainted(unmixed: Floats, subject: Floats) -> Floats:
    """N×3 colours with the lightness of `unmixed` and the colour of `subject`, where that is known."""
    made = subject @ YCC
    made[:, 0] = unmixed @ YCC[:, 0]
    return np.where(np.isnan(subject), unmixed, made @ BACK)
