"""A picture in thirty characters: its BlurHash (https://github.com/woltapp/blurhash, Algorithm.md) and its mean colour."""

import math
from collections.abc import Iterator
from io import BytesIO

from PIL import Image

from imagepipe.frozen import frozen
from imagepipe.pictures.reading import header_of

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~"
_SIDE = 32
Colour = tuple[float, float, float]


@frozen
class Blur:
    """What to show while a picture loads: `hash` for a BlurHash decoder, `color` as #rrggbb."""

    hash: str
    color: str


def blur(data: bytes) -> Blur:
    """The blur of an image file, what is clear laid on white. Raises PictureFault, OSError."""
    header_of(data)
    with Image.open(BytesIO(data), formats=("PNG", "JPEG", "WEBP", "GIF")) as image:
        small = image.convert("RGBA").resize((_SIDE, _SIDE), Image.Resampling.BOX)
        wide = image.width >= image.height
    ground = Image.alpha_composite(Image.new("RGBA", small.size, "white"), small).convert("RGB")
    raw = ground.tobytes()
    pixels = [tuple(_linear(value) for value in raw[at : at + 3]) for at in range(0, len(raw), 3)]
    across, down = (4, 3) if wide else (3, 4)
    factors = [_factor(pixels, x, y) for y in range(down) for x in range(across)]
    mean = _packed(factors[0])
    return Blur(_encoded(factors, across, down), f"#{mean:06x}")


def _factor(pixels: list[tuple[float, ...]], x: int, y: int) -> Colour:
    scale = (1 if x == y == 0 else 2) / len(pixels)
    # Sampled in the middle of each pixel, where the reference encoder takes its corner: a flat picture stays flat.
    across = [math.cos(math.pi * x * (at + 0.5) / _SIDE) for at in range(_SIDE)]
    down = [math.cos(math.pi * y * (at + 0.5) / _SIDE) for at in range(_SIDE)]
    weights = [high * wide for high in down for wide in across]
    red, green, blue = (
        scale * math.fsum(w * pixel[channel] for w, pixel in zip(weights, pixels, strict=True)) for channel in range(3)
    )
    return red, green, blue


def _encoded(factors: list[Colour], across: int, down: int) -> str:
    first, others = factors[0], factors[1:]
    most = max(abs(value) for colour in others for value in colour)
    step = max(0, min(82, math.floor(most * 166 - 0.5)))
    parts = [_digits((across - 1) + (down - 1) * 9, 1), _digits(step, 1), _digits(_packed(first), 4)]
    return "".join([*parts, *(_digits(_level(colour, (step + 1) / 166), 2) for colour in others)])


def _level(colour: Colour, most: float) -> int:
    """A factor as three digits to the base of 19, quantised by its square root."""
    red, green, blue = _quantised(colour, most)
    return red * 19 * 19 + green * 19 + blue


def _quantised(colour: Colour, most: float) -> Iterator[int]:
    for value in colour:
        root = math.copysign(math.sqrt(abs(value / most)), value)
        yield max(0, min(18, math.floor(root * 9 + 9.5)))


def _packed(colour: Colour) -> int:
    red, green, blue = (_srgb(value) for value in colour)
    return (red << 16) + (green << 8) + blue


def _linear(value: int) -> float:
    part = value / 255
    return float(part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4)


def _srgb(value: float) -> int:
    part = max(0.0, min(1.0, value))
    return int((part * 12.92 if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055) * 255 + 0.5)


def _digits(value: int, length: int) -> str:
    return "".join(_DIGITS[value // 83 ** (length - at) % 83] for at in range(1, length + 1))
