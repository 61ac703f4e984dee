"""Resampling that every step shares: Lanczos, in linear light, colours weighted by coverage.

Light adds up, encoded values do not: averaging them darkens fine detail. Shrinking is therefore done on linear values
(IEC 61966-2-1) in 16 bits. Enlarging is done on the encoded ones, where Lanczos rings less visibly.
"""

from collections.abc import Callable, Iterator
from functools import cache

from PIL import Image, ImageMath

Box = tuple[float, float, float, float]
Size = tuple[int, int]
Planes = Callable[[Image.Image], list[Image.Image]]
_LANCZOS = Image.Resampling.LANCZOS
_LOBES = 3
_STRIPE = 512 * 1024
"""Pixels that are worked on at once: what is made of them stays in the processor's cache."""
_GAP = 2.0
"""Shrinking to less than a quarter begins with averages of whole pixels, which no eye tells from Lanczos throughout."""


def scaled(image: Image.Image, size: Size, box: Box | None = None) -> Image.Image:
    """The picture, or the part of it in `box` (left, top, right, bottom in pixels), in `size`; RGB or RGBA."""
    image = image if image.mode in ("RGB", "RGBA") else image.convert("RGBA" if "A" in image.getbands() else "RGB")
    part = box or (0, 0, *image.size)
    shrinks = size[0] < part[2] - part[0] or size[1] < part[3] - part[1]
    if image.mode == "RGBA" and image.getchannel("A").getextrema()[0] != 255:
        made = _weighted(image, size, part, shrinks)
    else:
        plain = image if image.mode == "RGB" else image.convert("RGB")
        made = _lit(plain, size, part) if shrinks else plain.resize(size, _LANCZOS, part)
        if image.mode == "RGBA":
            made.putalpha(255)
    made.info = dict(image.info)
    return made


def _lit(image: Image.Image, size: Size, box: Box) -> Image.Image:
    planes = _shrunk(image, size, box, lambda part: [_linear(band) for band in part.split()])
    return Image.merge("RGB", [_back(plane) for plane in planes])


def _weighted(image: Image.Image, size: Size, box: Box, linear: bool) -> Image.Image:
    """Each band times its coverage, resampled, and divided by the coverage that came out."""

    def weighed(part: Image.Image) -> list[Image.Image]:
        *values, cover = part.split()
        cover, values = cover.convert("F"), [_linear(band) if linear else band for band in values]
        return [
            *(ImageMath.lambda_eval(lambda a: a["v"] * a["c"], v=value.convert("F"), c=cover) for value in values),
            cover,
        ]

    *planes, after = _resampled(image, size, box, weighed)
    bands = []
    for plane in planes:
        value = ImageMath.lambda_eval(lambda a: a["v"] / a["max"](a["c"], 0.5), v=plane, c=after)
        bands.append(_back(value) if linear else _rounded(value))
    alpha = _rounded(after)
    made = Image.merge("RGBA", [*bands, alpha])
    made.paste((0, 0, 0, 0), None, alpha.point(lambda value: 255 if value == 0 else 0))
    return made


def _shrunk(image: Image.Image, size: Size, box: Box, planes_of: Planes) -> list[Image.Image]:
    """`_resampled`, with averages before where it shrinks much; not for coverage, whose corners must stay clear."""
    across, down = (max(1, int((box[at + 2] - box[at]) / size[at] / _GAP)) for at in (0, 1))
    if across == down == 1:
        return _resampled(image, size, box, planes_of)
    reduced = _averaged(image, (across, down), planes_of)
    part = (box[0] / across, box[1] / down, box[2] / across, box[3] / down)
    return [plane.resize(size, _LANCZOS, part) for plane in reduced]


def _resampled(image: Image.Image, size: Size, box: Box, planes_of: Planes) -> list[Image.Image]:
    """What `planes_of` makes of the picture, in `size`: a stripe at a time, so that large planes of it never exist."""
    scale = (box[3] - box[1]) / size[1]
    margin = _LOBES * max(1.0, scale) + 1
    made: list[Image.Image] = []
    for top, bottom in _stripes(size[1], max(1, int(_STRIPE / image.width / scale))):
        begin, end = box[1] + top * scale, box[1] + bottom * scale
        first, last = max(0, int(begin - margin)), min(image.height, int(end + margin) + 1)
        planes = planes_of(image.crop((0, first, image.width, last)))
        made = made or [Image.new(plane.mode, size) for plane in planes]
        part = (box[0], begin - first, box[2], min(end - first, last - first))
        for whole, plane in zip(made, planes, strict=True):
            whole.paste(plane.resize((size[0], bottom - top), _LANCZOS, part), (0, top))
    return made


def _averaged(image: Image.Image, factors: Size, planes_of: Planes) -> list[Image.Image]:
    """Planes of averages over `factors` pixels across and down; what is left over at the ends is averaged, too."""
    across, down = factors
    size = (-(-image.width // across), -(-image.height // down))
    made: list[Image.Image] = []
    for top, bottom in _stripes(size[1], max(1, _STRIPE // image.width // down)):
        planes = planes_of(image.crop((0, top * down, image.width, min(image.height, bottom * down))))
        made = made or [Image.new(plane.mode, size) for plane in planes]
        for whole, plane in zip(made, planes, strict=True):
            whole.paste(plane.reduce(factors), (0, top))
    return made


def _stripes(height: int, each: int) -> Iterator[tuple[int, int]]:
    for top in range(0, height, each):
        yield top, min(height, top + each)


def _rounded(plane: Image.Image) -> Image.Image:
    return plane.point(lambda value: value * 1.0 + 0.5).convert("L")


def _linear(band: Image.Image) -> Image.Image:
    """An 8-bit band as linear light, 0 to 65535, mode I, which Pillow resamples faster than I;16."""
    return band.point(_tables()[0], "I")


def _back(light: Image.Image) -> Image.Image:
    """Linear light, 0 to 65535, as an 8-bit band."""
    if light.mode == "F":
        light = light.point(lambda value: value * 1.0 + 0.5)
    return light.convert("I").point(_BACK)


class _Back(Image.ImagePointHandler):
    """Pillow rounds every value of a table before it uses it, 65,536 of them for each band: these are whole already."""

    def point(self, im: Image.Image) -> Image.Image:
        made = Image.new("L", im.size)
        made.im = im.im.point(_tables()[1], "L")
        return made


_BACK = _Back()


@cache
def _tables() -> tuple[list[int], list[int]]:
    """The linear value of each encoded one, and the way back."""
    linear = [round(65535 * _decoded(value / 255)) for value in range(256)]
    back = [round(255 * _encoded_value(value / 65535)) for value in range(65536)]
    return linear, back


def _decoded(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)


def _encoded_value(value: float) -> float:
    return value * 12.92 if value <= 0.0031308 else float(1.055 * value ** (1 / 2.4) - 0.055)
