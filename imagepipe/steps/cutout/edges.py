"""The edge after the matte: contracted, feathered, with the subject's colour under what the feather uncovers."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from imagepipe.steps.cutout.settings import Settings
from imagepipe.steps.cutout.sheets import Bytes, Sheet, alpha_of, stripes
from imagepipe.steps.cutout.solids import Level, nearest_colours


def refine(sheet: Sheet, cut: Settings, levels: Sequence[Level] = ()) -> None:
    """Contracts the coverage by passes of a 3×3 minimum, then blurs it (Gaussian, radius in pixels).

    `levels`: the subject's colours; pixels that the blur makes visible take theirs from there, else stay black.
    """
    if not cut.edge_contract and not cut.edge_feather:
        return
    alpha = Image.fromarray(alpha_of(sheet))
    for _ in range(cut.edge_contract):
        alpha = alpha.filter(ImageFilter.MinFilter(3))
    if cut.edge_feather:
        alpha = alpha.filter(ImageFilter.GaussianBlur(cut.edge_feather))
    for top, bottom in stripes(sheet.size):
        rows = sheet.read(top, bottom).copy()
        after = np.asarray(alpha.crop((0, top, sheet.size[0], bottom)))
        _paint(rows, (rows[..., 3] == 0) & (after > 0), top, levels)
        rows[..., 3] = after
        sheet.write(top, rows)


def _paint(rows: Bytes, bare: NDArray[np.bool_], top: int, levels: Sequence[Level]) -> None:
    if not levels:
        return
    y, x = np.nonzero(bare)
    colours = nearest_colours(levels, y + top, x)
    rows[y, x, :3] = np.rint(np.nan_to_num(colours))
