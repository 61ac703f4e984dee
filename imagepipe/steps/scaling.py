"""Resampling that every step shares: Lanczos, in linear light, colours weighted by coverage.

Light adds up, encoded values do not: averaging them darkens fine detail. Shrinking is therefore done on linear values
(IEC 61966-2-1) in 16 bits. Enlarging is done on the encoded ones, where Lanczos rings less visibly.
"""

from functools import cache

from PIL import Image, ImageMath

Box = tuple[float, float, float, float]
Size = tuple[int, int]
_LANCZOS = Image.Resampling.LANCZOS
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
        plain = image.convert("RGB")
        made = _lit(plain, size, part) if shrinks else plain.resize(size, _LANCZOS, part)
        if image.mode == "RGBA":
            made.putalpha(255)
    made.info = dict(image.info)
    return made


def _lit(image: Image.Image, size: Size, box: Box) -> Image.Image:
    return Image.merge("RGB", [_back(_linear(band).resize(size, _LANCZOS, box, _GAP)) for band in image.split()])


def _weighted(image: Image.Image, size: Size, box: Box, linear: bool) -> Image.Image:
    """Each band times its coverage, resampled, and divided by the coverage that came out."""
    cover = image.getchannel("A").convert("F")
    after = cover.resize(size, _LANCZOS, box)
    bands = []
    for band in image.split()[:3]:
        value = (_linear(band) if linear else band).convert("F")
        weighted = ImageMath.lambda_eval(lambda a: a["v"] * a["c"], v=value, c=cover).resize(size, _LANCZOS, box)
        value = ImageMath.lambda_eval(lambda a: a["v"] / a["max"](a["c"], 0.5), v=weighted, c=after)
        bands.append(_back(value) if linear else _rounded(value))
    alpha = _rounded(after)
    made = Image.merge("RGBA", [*bands, alpha])
    made.paste((0, 0, 0, 0), None, alpha.point(lambda value: 255 if value == 0 else 0))
    return made


def _rounded(plane: Image.Image) -> Image.Image:
    return plane.point(lambda value: value * 1.0 + 0.5).convert("L")


def _linear(band: Image.Image) -> Image.Image:
    """An 8-bit band as linear light, 0 to 65535, mode I, which Pillow resamples faster than I;16."""
    low, high = _tables()[:2]
    pairs = Image.merge("LA", (band.point(low), band.point(high)))
    return Image.frombuffer("I;16", band.size, pairs.tobytes(), "raw", "I;16", 0, 1).convert("I")


def _back(light: Image.Image) -> Image.Image:
    """Linear light, 0 to 65535, as an 8-bit band."""
    if light.mode == "F":
        light = light.point(lambda value: value * 1.0 + 0.5)
    return light.convert("I").point(_tables()[2], "L")


@cache
def _tables() -> tuple[list[int], list[int], list[int]]:
    """Low and high bytes of the linear value of each encoded one, and the way back."""
    linear = [round(65535 * _decoded(value / 255)) for value in range(256)]
    back = [round(255 * _encoded_value(value / 65535)) for value in range(65536)]
    return [value & 255 for value in linear], [value >> 8 for value in linear], back


def _decoded(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)


def _encoded_value(value: float) -> float:
    return value * 12.92 if value <= 0.0031308 else float(1.055 * value ** (1 / 2.4) - 0.055)
