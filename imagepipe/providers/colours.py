"""Colour schemes for placeholders: a hue from a key, lightness by perception, so that ink stays legible on all of them."""

import math

from imagepipe.frozen import frozen

Rgb = tuple[int, int, int]

_HUES = 24
_LIGHT = ((0.925, 0.045), (0.875, 0.065), (0.83, 0.085), (0.30, 0.075))
_DEEP = ((0.40, 0.085), (0.45, 0.095), (0.50, 0.10), (0.965, 0.02))


@frozen
class Scheme:
    """Ground, two further tones of it, and ink."""

    ground: Rgb
    tone: Rgb
    accent: Rgb
    ink: Rgb


def scheme(number: int) -> Scheme:
    """The scheme of a key, given as a number: 24 hues, two in three light with dark ink, one in three the other way."""
    hue = 2 * math.pi * (number % _HUES) / _HUES
    steps = _DEEP if number // _HUES % 3 == 0 else _LIGHT
    return Scheme(*(oklch(lightness, chroma, hue) for lightness, chroma in steps))


def oklch(lightness: float, chroma: float, hue: float) -> Rgb:
    """sRGB, 0–255, of an OKLCH colour (Ottosson, "A perceptual color space for image processing", 2020); hue in radians."""
    a, b = chroma * math.cos(hue), chroma * math.sin(hue)
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short
    return _encoded(red), _encoded(green), _encoded(blue)


def _encoded(linear: float) -> int:
    value = min(1.0, max(0.0, linear))
    return round(255 * (12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055))


def blend(start: Rgb, end: Rgb, share: float) -> Rgb:
    """`share` of the way from one colour to another."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(start, end, strict=True))
    return red, green, blue
