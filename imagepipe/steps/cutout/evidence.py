"""A picture of what is wrong with a cutout: what was left of it on a checkerboard, the places at fault marked."""

from collections.abc import Callable
from io import BytesIO

import numpy as np
from PIL import Image, ImageChops, ImageFilter

from imagepipe.steps.cutout.checks import CORNER, LIKE
from imagepipe.steps.cutout.keys import FLAT, Ground, border_pixels, median_colour
from imagepipe.steps.cutout.regions import Mask
from imagepipe.steps.cutout.settings import Rgb, Settings
from imagepipe.steps.cutout.sheets import Bytes, ImageSheet, stripes
from imagepipe.steps.cutout.solids import dominance

_LONGEST = 1024
_SQUARE = 16
_GREYS = (255, 204)
_MARKS = ((255, 0, 64), (0, 110, 255), (255, 220, 0))
_STRENGTH = 230
_RIM = 6
_SPILLED = 0.15


def picture_of(before: Image.Image, after: Image.Image | None, cut: Settings, code: str) -> bytes:
    """A PNG of at most 1024 pixels a side.

    `before`: the picture as it came; `after`: its matte, both RGBA, None where there was no key to make one by; `code`:
    that of the CutoutFailed.
    """
    shown = before if after is None else after
    sheet = ImageSheet(shown)
    pixels = border_pixels(ImageSheet(before))
    key = cut.named_key or median_colour(pixels)
    ground = Ground((float(key[0]), float(key[1]), float(key[2])), 0.0)
    wrong = _WRONG.get(code, _unlike if after is None else _left)
    marks = Image.new("L", shown.size)
    for top, bottom in stripes(shown.size):
        place = _where(code, shown.size, (top, bottom))
        mask = wrong(sheet.read(top, bottom), ground) & place
        if code == "cutout-key" and not mask.any():  # All of it is one colour, and that is the fault.
            mask = place
        marks.paste(Image.fromarray(mask.astype(np.uint8) * _STRENGTH), (0, top))
    made = _on_squares(_small(shown))
    # A mark is as wide as a few pixels of what is looked at, however fine the fault is.
    made.paste(_seen_on(shown, key), mask=_small(marks.filter(ImageFilter.MaxFilter(5))))
    file = BytesIO()
    made.save(file, "PNG", optimize=True)
    return file.getvalue()


def _seen_on(image: Image.Image, key: Rgb) -> Rgb:
    """The mark that is furthest from the key and from what the picture mostly is."""
    tiny = np.asarray(image.resize((32, 32), Image.Resampling.NEAREST)).reshape(-1, 4)
    solid = tiny[tiny[:, 3] > 0][:, :3]
    grounds = np.array([key, *([np.median(solid, axis=0)] if len(solid) else [])], np.float32)
    return max(_MARKS, key=lambda mark: float(np.abs(grounds - mark).sum(axis=1).min()))


def _left(rows: Bytes, ground: Ground) -> Mask:
    return np.asarray(rows[..., 3] > 0)


def _unlike(rows: Bytes, ground: Ground) -> Mask:
    return ~_near(rows, ground, FLAT)


def _residue(rows: Bytes, ground: Ground) -> Mask:
    return np.asarray((rows[..., 3] > 0) & _near(rows, ground, LIKE))


def _fringe(rows: Bytes, ground: Ground) -> Mask:
    soft = (rows[..., 3] > 0) & (rows[..., 3] < 255)
    return np.asarray(soft & (dominance(rows, ground) > _SPILLED))


def _near(rows: Bytes, ground: Ground, limit: int) -> Mask:
    near = np.ones(rows.shape[:2], np.bool_)
    for at, key in enumerate(ground.colour):
        near &= (rows[..., at] >= key - limit) & (rows[..., at] <= key + limit)
    return near


_WRONG: dict[str, Callable[[Bytes, Ground], Mask]] = {
    "cutout-key": _unlike,
    "cutout-residue": _residue,
    "cutout-fringe": _fringe,
}


def _where(code: str, size: tuple[int, int], rows: tuple[int, int]) -> Mask:
    """Which pixels of some rows a fault is about: the corners, the rim where the key was looked for, or all."""
    y, x = np.arange(*rows)[:, None], np.arange(size[0])[None, :]
    from_side, from_end = np.minimum(x, size[0] - 1 - x), np.minimum(y, size[1] - 1 - y)
    if code == "cutout-corners":
        return np.asarray((from_side < CORNER) & (from_end < CORNER))
    if code == "cutout-key":
        return np.asarray(np.minimum(from_side, from_end) < _RIM)
    return np.ones((rows[1] - rows[0], size[0]), np.bool_)


def _small(image: Image.Image) -> Image.Image:
    made = image.copy()
    made.thumbnail((_LONGEST, _LONGEST), Image.Resampling.BOX)
    return made


def _on_squares(image: Image.Image) -> Image.Image:
    """The picture over grey squares, as editors show transparency, RGB."""
    width, height = image.size
    stripes_ = [Image.new("L", image.size), Image.new("L", image.size)]
    for at, size in ((0, width), (1, height)):
        for begin in range(0, size, 2 * _SQUARE):
            box = (begin, 0, begin + _SQUARE, height) if at == 0 else (0, begin, width, begin + _SQUARE)
            stripes_[at].paste(255, box)
    light = ImageChops.difference(*stripes_).point(lambda value: _GREYS[0] if value else _GREYS[1])
    return Image.alpha_composite(light.convert("RGBA"), image).convert("RGB")
