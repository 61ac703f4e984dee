"""Makes a picture repeat without a seam: blends its edges into each other, and measures what is left of the seam."""

from collections.abc import Mapping
from typing import Any

from PIL import Image, ImageChops, ImageStat

from imagepipe.contracts import StepContext
from imagepipe.errors import ImagepipeError
from imagepipe.steps.catalogue import spec
from imagepipe.values import thaw

VERSION = spec("tile").version
SCHEMA: Mapping[str, Any] = thaw(spec("tile").options)


class TileFailed(ImagepipeError):
    """The picture does not repeat without a seam."""


def run(image: Image.Image, options: Mapping[str, Any], context: StepContext) -> Image.Image:
    """The picture, smaller by `blend` pixels along each axis that repeats; see tile.json. Raises TileFailed with the
    seam's figure and the bound."""
    blend, axis = options.get("blend", 0), options.get("axis", "both")
    made = image
    if axis in ("both", "x"):
        made = _blended(made, blend)
        _check(made, options, "vertical")
    if axis in ("both", "y"):
        turned = _blended(made.transpose(Image.Transpose.TRANSPOSE), blend)
        _check(turned, options, "horizontal")
        made = turned.transpose(Image.Transpose.TRANSPOSE)
    made.info = dict(image.info)
    return made


def _blended(image: Image.Image, blend: int) -> Image.Image:
    """What lies right of the new right edge fades in from the left: the first column follows the last one."""
    if not blend:
        return image.copy()
    if 2 * blend > image.width or not image.height:
        message = f"a blend of {blend} pixels does not fit into {image.width}"
        raise TileFailed(message, hint="blend less than half of the picture", code="tile-blend")
    width = image.width - blend
    over = image.crop((width, 0, image.width, image.height))
    under = image.crop((0, 0, blend, image.height))
    ramp = Image.new("L", (blend, 1))
    ramp.putdata([round(255 * (at + 0.5) / blend) for at in range(blend)])
    mask = ramp.resize(under.size, Image.Resampling.NEAREST)
    made = image.crop((0, 0, width, image.height))
    weighed = [part.convert("RGBa") if part.mode == "RGBA" else part for part in (under, over)]
    mixed = Image.merge(weighed[0].mode, [Image.composite(a, b, mask) for a, b in _pairs(*weighed)])
    made.paste(mixed.convert(image.mode), (0, 0))
    return made


def _pairs(one: Image.Image, other: Image.Image) -> list[tuple[Image.Image, Image.Image]]:
    return list(zip(one.split(), other.split(), strict=True))


def seam(image: Image.Image) -> tuple[float, float]:
    """Mean differences, 0 to 255: from the last column to the first, and from one column to the next inside."""
    plain = image.convert("RGBa") if image.mode == "RGBA" else image.convert("RGB")
    last = (image.width - 1, 0, image.width, image.height)
    inside = _difference(
        plain.crop((1, 0, image.width, image.height)),
        plain.crop((0, 0, *last[2:])).crop((0, 0, image.width - 1, image.height)),
    )
    return _difference(plain.crop(last), plain.crop((0, 0, 1, image.height))), inside


def _difference(one: Image.Image, other: Image.Image) -> float:
    if not one.width:
        return 0.0
    means = [ImageStat.Stat(ImageChops.difference(a, b)).mean[0] for a, b in _pairs(one, other)]
    return sum(means) / len(means)


def _check(image: Image.Image, options: Mapping[str, Any], way: str) -> None:
    across, inside = seam(image)
    bound = options.get("seam", 6) + 2 * inside
    if across > bound:
        raise TileFailed(
            f"the {way} seam differs by {across:.1f} of 255; at most {bound:.1f} may",
            hint=f"blend the edges: {{tile: {{blend: {max(8, image.width // 8)}}}}}",
            code="tile-seam",
        )
