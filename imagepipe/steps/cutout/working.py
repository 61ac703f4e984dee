"""The cutout of a picture or of an array, from key to checks; loaded only where NumPy is."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np
from PIL import Image

from imagepipe.steps.cutout import classic, unmix
from imagepipe.steps.cutout.checks import check
from imagepipe.steps.cutout.edges import refine
from imagepipe.steps.cutout.evidence import picture_of
from imagepipe.steps.cutout.settings import CutoutFailed, Settings, settings
from imagepipe.steps.cutout.sheets import ArraySheet, Bytes, ImageSheet, Sheet

_Made = TypeVar("_Made")
_WORTH_ANOTHER_TRY = ("cutout-fringe", "cutout-residue")


def matte(rgba: Bytes, options: Mapping[str, Any], expected: str = "") -> Bytes:
    """H×W×4 uint8 → the same with the background cleared; `options` as in cutout.json. Raises CutoutFailed."""
    made: Bytes = np.array(rgba, np.uint8)
    if made.ndim != 3 or made.shape[2] != 4 or not made.size:
        raise CutoutFailed("a cutout needs pixels of shape H×W×4", code="cutout-options")
    _twice(lambda cut: cut_out(_refilled(made, rgba), cut), settings(options, expected))
    return made


def _refilled(made: Bytes, rgba: Bytes) -> Sheet:
    made[:] = rgba
    return ArraySheet(made)


def cut_image(image: Image.Image, options: Mapping[str, Any], expected: str = "") -> Image.Image:
    """The picture in mode RGBA with the background cleared, its profile kept.

    Raises CutoutFailed, with a picture of what is wrong.
    """

    cut, tries = settings(options, expected), []

    def once(cut: Settings) -> Image.Image:
        made = _rgba(image)
        tries.append(made)
        cut_out(ImageSheet(made), cut)
        return made

    try:
        return _twice(once, cut)
    except CutoutFailed as fault:
        after = None if fault.code == "cutout-key" else tries[-1]
        fault.picture = picture_of(_rgba(image), after, cut, fault.code)
        raise


def _rgba(image: Image.Image) -> Image.Image:
    return image.copy() if image.mode == "RGBA" else image.convert("RGBA")


def _twice(once: Callable[[Settings], _Made], cut: Settings) -> _Made:
    """Once, and again with a tighter edge where the first matte left something of the key."""
    try:
        return once(cut)
    except CutoutFailed as fault:
        if fault.code not in _WORTH_ANOTHER_TRY:
            raise
        return once(replace(cut, edge_contract=cut.edge_contract + 1, tolerance=cut.tolerance + 12))


def cut_out(sheet: Sheet, cut: Settings) -> None:
    """Clears the background of `sheet` in place. Raises CutoutFailed."""
    if cut.mode == "classic":
        classic.key_out(sheet, cut)
        refine(sheet, cut)
        return
    scene = unmix.key_out(sheet, cut)
    refine(sheet, cut, scene.levels)
    check(sheet, scene.ground, cut)
