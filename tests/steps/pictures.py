"""Small pictures for tables of steps, drawn from text: one character a pixel."""

import random
from io import BytesIO
from typing import Any

from PIL import Image

INK = {
    ".": (0, 0, 0, 0),
    "r": (255, 0, 0, 255),
    "g": (0, 128, 0, 255),
    "b": (0, 0, 255, 255),
    "w": (255, 255, 255, 255),
    "k": (0, 0, 0, 255),
    "h": (255, 0, 0, 128),
    "p": (255, 127, 127, 255),
}
_NAMES = {colour: name for name, colour in INK.items()}


def drawn(text: str, mode: str = "RGBA") -> Image.Image:
    """Rows separated by spaces, as in "rr. .rr"."""
    rows = text.split()
    image = Image.new("RGBA", (len(rows[0]), len(rows)))
    for y, row in enumerate(rows):
        for x, name in enumerate(row):
            image.putpixel((x, y), INK[name])
    return image.convert(mode)


def text_of(image: Image.Image) -> str:
    """The picture as text again; `?` for a colour without a name, and for clear pixels whatever their colour is `.`."""
    plain = image.convert("RGBA")
    pixels: Any = plain.load()

    def name(x: int, y: int) -> str:
        return _NAMES.get(pixels[x, y], "?") if pixels[x, y][3] else "."

    return " ".join("".join(name(x, y) for x in range(plain.width)) for y in range(plain.height))


def saved(image: Image.Image, format: str = "PNG", **options: Any) -> bytes:
    file = BytesIO()
    image.save(file, format, **options)
    return file.getvalue()


def noise(size: tuple[int, int] = (64, 64), mode: str = "RGB") -> Image.Image:
    """The same noise every time."""
    return Image.frombytes("RGB", size, random.Random(7).randbytes(3 * size[0] * size[1])).convert(mode)
