"""How a picture looks, as figures: corners, detail, colours, seam, fringe, likeness to what it was made of."""

from collections.abc import Mapping
from typing import Any

from PIL import Image, ImageChops, ImageStat

from imagepipe.pictures.pixels import opened
from imagepipe.plugins import resolve

_CORNER = 8
_CLEAR = 3
"""A corner is clear where its mean coverage is below this, of 255."""


def clear_corners(data: bytes, format: str) -> int:
    """How many of the four corners are clear, 0 to 4: a 64th of the shorter edge, at most 8 pixels. Raises PictureFault."""
    image = opened(data, format)
    if not image.has_transparency_data:
        return 0
    alpha = image.convert("RGBA").getchannel("A")
    wide, high = alpha.size
    edge = min(_CORNER, max(1, min(wide, high) // 64))
    corners = ((x, y) for x in (0, wide - edge) for y in (0, high - edge))
    return sum(ImageStat.Stat(alpha.crop((x, y, x + edge, y + edge))).mean[0] < _CLEAR for x, y in corners)


def detail(data: bytes, format: str) -> float:
    """How far pixels stray from the picture's mean, in the channel where they do most (standard deviation, 0 to 128)."""
    return max(ImageStat.Stat(opened(data, format).convert("RGBA").convert("RGBa")).stddev)


def nearest_colours(data: bytes, format: str, colours: tuple[str, ...]) -> Mapping[str, int]:
    """Each of `colours` (#rrggbb) → how far the nearest patch of a 64×64 reduction is, 0 to 255 in the worst channel."""
    small = opened(data, format).convert("RGB").resize((64, 64), Image.Resampling.BOX)
    patches: list[Any] = [found for _, found in small.getcolors(64 * 64) or ()]
    return {name: min(_distance(_rgb(name), patch) for patch in patches) for name in colours}


def _distance(one: tuple[int, ...], other: tuple[int, ...]) -> int:
    return max(abs(a - b) for a, b in zip(one, other, strict=True))


def _rgb(name: str) -> tuple[int, int, int]:
    return int(name[1:3], 16), int(name[3:5], 16), int(name[5:7], 16)


def seams(data: bytes, format: str) -> float:
    """How much opposite edges differ beyond twice what neighbours inside do: the worse of both ways, 0 to 255."""
    image = opened(data, format)
    found = [resolve("imagepipe.steps.tile:seam")(one) for one in (image, image.transpose(Image.Transpose.TRANSPOSE))]
    return max(0.0, *(float(across - 2 * inside) for across, inside in found))


def fringe(data: bytes, format: str, key: str) -> float:
    """How much more of the key colour is in the edge than inside, as the cutout step measures it, 0 to 1."""
    measured = resolve("imagepipe.steps.cutout.checks:measured")
    sheet = resolve("imagepipe.steps.cutout.sheets:ImageSheet")(opened(data, format).convert("RGBA"))
    return float(measured(sheet, resolve("imagepipe.steps.cutout.keys:Ground")(_rgb(key), 0.0)).fringe)


def likeness(data: bytes, format: str, target: bytes, mask: bytes = b"") -> float:
    """How like the picture is to `target` where `mask` (its clear parts were to be edited) lets it be, 0 to 1: 1 less the
    mean difference of pixels, the target brought to the picture's size."""
    read = resolve("imagepipe.steps.opening:opened")
    image = opened(data, format).convert("RGB")
    before = read(target).convert("RGB").resize(image.size, Image.Resampling.BOX)
    kept = read(mask).convert("RGBA").getchannel("A").resize(image.size, Image.Resampling.NEAREST) if mask else None
    if kept is not None and not kept.getbbox():
        return 1.0
    means = ImageStat.Stat(ImageChops.difference(image, before), kept).mean
    return 1 - sum(means) / len(means) / 255
