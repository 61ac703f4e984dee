"""Whether a matte is one that can be published: figures of the finished picture, each held against its bound."""

import numpy as np

from imagepipe.frozen import frozen
from imagepipe.steps.cutout.keys import Ground
from imagepipe.steps.cutout.settings import CutoutFailed, Settings
from imagepipe.steps.cutout.sheets import Bytes, Sheet, stripes
from imagepipe.steps.cutout.solids import dominance

CLEAR_CORNERS = 2
"""A subject may run off one side of the picture, which takes two corners."""
LEAST_COVERAGE, MOST_COVERAGE = 0.001, 0.985
MOST_RESIDUE = 0.01
MOST_FRINGE = 0.12
LIKE, CORNER = 20, 8
"""How far, of 255, a colour may be from the key and still look like it; pixels a side of what counts as a corner."""
_VISIBLE = 128


@frozen
class Figures:
    """What a matte measures: shares from 0 to 1; `fringe` is how much more of the key is in the edge than inside."""

    coverage: float
    transparent: float
    clear_corners: int
    residue: float
    fringe: float


def measured(sheet: Sheet, ground: Ground) -> Figures:
    """The figures of a finished picture."""
    total = np.zeros(7)
    for top, bottom in stripes(sheet.size):
        total += _sums(sheet.read(top, bottom), ground)
    coverage, clear, visible, like, edge, edge_key, inside_key = total
    pixels = sheet.size[0] * sheet.size[1]
    inside = inside_key / max(visible, 1)
    fringe = max(0.0, edge_key / max(edge, 1) - inside)
    return Figures(coverage / 255 / pixels, clear / pixels, _clear_corners(sheet), like / max(visible, 1), fringe)


def _sums(rows: Bytes, ground: Ground) -> list[float]:
    alpha = rows[..., 3]
    shown = rows[alpha >= _VISIBLE][:, :3]
    edge = rows[(alpha > 12) & (alpha < 243)]
    weight = edge[:, 3] / 255
    like = np.ones(len(shown), np.bool_)
    for at, key in enumerate(ground.colour):
        like &= (shown[:, at] >= key - LIKE) & (shown[:, at] <= key + LIKE)
    return [
        float(alpha.sum(dtype=np.int64)),
        float(np.count_nonzero(alpha == 0)),
        len(shown),
        float(np.count_nonzero(like)),
        float(weight.sum()),
        float((dominance(edge[:, :3], ground) * weight).sum()),
        float(dominance(shown, ground).sum()),
    ]


def _clear_corners(sheet: Sheet) -> int:
    height = sheet.size[1]
    edge = max(1, min(*sheet.size, CORNER))
    ends = (sheet.read(0, edge)[..., 3], sheet.read(height - edge, height)[..., 3])
    return sum(float(part.mean()) < 3 for rows in ends for part in (rows[:, :edge], rows[:, -edge:]))


def check(sheet: Sheet, ground: Ground, cut: Settings) -> Figures:
    """The figures, if all of them are within bounds. Raises CutoutFailed with the figure and the bound."""
    found = measured(sheet, ground)
    if not found.transparent:
        raise _failed("alpha", "nothing became transparent", "is the background the key colour?")
    if not LEAST_COVERAGE <= found.coverage <= MOST_COVERAGE:
        bounds = f"{LEAST_COVERAGE:.1%} to {MOST_COVERAGE:.1%}"
        raise _failed("coverage", f"{found.coverage:.2%} of the picture is left; it should be {bounds}", _SEE_KEY)
    if found.clear_corners < CLEAR_CORNERS:
        raise _failed(
            "corners", f"{found.clear_corners} of 4 corners are clear; at least {CLEAR_CORNERS} should", _SEE_KEY
        )
    if cut.holes == "cut" and found.residue > MOST_RESIDUE:
        message = f"{found.residue:.1%} of the subject still has the key colour; at most {MOST_RESIDUE:.0%} may"
        raise _failed("residue", message, "raise `tolerance`, or write `holes: keep` if the subject has that colour")
    if cut.subject == "opaque" and found.fringe > MOST_FRINGE:
        message = f"the edge has {found.fringe:.2f} more of the key in it than the subject; at most {MOST_FRINGE} may"
        raise _failed("fringe", message, "write `edge_contract: 1`, or `subject: translucent` for glass and smoke")
    return found


_SEE_KEY = "look at the original: is its background flat, and is the subject all of another colour?"


def _failed(what: str, message: str, hint: str) -> CutoutFailed:
    return CutoutFailed(message, hint=hint, code=f"cutout-{what}")
