"""Draws a placeholder: one flat card with its name, its size and what was asked for, in three tones and an ink.

Everything is drawn in one channel whose values stand for places between ground and ink; colour comes last, as a palette.
That keeps edges smooth, files small and a megapixel under ten milliseconds.
"""

import io
import math
from functools import lru_cache
from itertools import pairwise
from typing import Any

from PIL import Image, ImageDraw

from imagepipe.frozen import frozen
from imagepipe.providers.colours import Rgb, Scheme, blend, scheme
from imagepipe.providers.lettering import SMALLEST, fitted, font, plain, width, wrapped

_TONE, _ACCENT, _INK = 51, 102, 255
_LEVELS, _CLEAR_LEVELS = 16, 12
"""Colours a picture has: sixteen make a PNG of four bits; a transparent one spends four of them on its edge."""

_EDGE = (0.0, 0.25, 0.5, 0.75)
"""How much of the card the four colours of its edge have."""

_BYTES = 14_500
"""What a megapixel may take: of the ways to save a format, the first that keeps within it is used, else the last."""

_WAYS: dict[str, tuple[dict[str, Any], ...]] = {
    "png": ({"compress_level": 6, "bits": 4}, {"compress_level": 9, "bits": 4}),
    # A flat JPEG has 6 kB before anything is drawn: the letters decide how much quality there is room for.
    "jpeg": tuple({"quality": quality, "optimize": True, "progressive": True} for quality in (28, 14)),
    "webp": ({"lossless": True, "quality": 0, "method": 1},),
}


@frozen
class Card:
    """What one placeholder shows: `number` gives its colours, `variant` of `variants` its composition. A card that is
    `transparent`, or lies on a flat `backdrop` (#rrggbb), keeps from the edges."""

    width: int
    height: int
    format: str
    label: str
    prompt: str
    number: int
    variant: int = 1
    variants: int = 1
    transparent: bool = False
    backdrop: str = ""

    @property
    def inset(self) -> bool:
        """Whether something of the background is to be seen around it."""
        return self.transparent or self.backdrop != ""

    @property
    def unit(self) -> int:
        """The shorter edge; a long band counts as a little higher than it is."""
        return round(min(self.width, self.height, math.sqrt(self.width * self.height) * 0.8))


def draw(card: Card, frames: int = 1, pace: int = 200) -> bytes:
    """The card as a file in its format, at most 15 kB a megapixel; a gif of `frames` turns its composition, every `pace`
    milliseconds."""
    if card.format == "gif":
        return _animated(card, frames, pace)
    image = _coloured(card, _composed(card))
    if card.format != "png":
        image = image.convert("RGBA" if card.transparent else "RGB")
    bound = _BYTES * max(1.0, card.width * card.height / (1 << 20))
    data = b""
    for way in _WAYS[card.format]:
        out = io.BytesIO()
        image.save(out, card.format.upper(), **way)
        data = out.getvalue()
        if len(data) <= bound:
            break
    return data


def _coloured(card: Card, canvas: Image.Image) -> Image.Image:
    """The canvas in its colours: a palette picture, with transparent entries outside a card that keeps from the edges."""
    levels = _CLEAR_LEVELS if card.inset else _LEVELS
    image = canvas.point(_steps(levels))
    colours = _colours(card)
    palette = _palette(colours, levels)
    if card.inset:
        edge, inside = _outside(card.width, card.height, _inset(card), card.unit // 12)
        image = Image.composite(image, edge, inside)
        behind = _rgb(card.backdrop) if card.backdrop else colours.ground
        for share in _EDGE:
            palette += blend(behind, colours.ground, share)
    if card.transparent:
        image.info["transparency"] = bytes([255] * levels + [round(share * 256) for share in _EDGE])
    image.putpalette(palette)
    return image


def _colours(card: Card) -> Scheme:
    """The card's scheme; before a key colour the next one that has little of it."""
    if not card.backdrop:
        return scheme(card.number)
    key = _rgb(card.backdrop)
    full = [at for at, value in enumerate(key) if value > 127]
    rest = [at for at in range(3) if at not in full]

    def likeness(colour: Rgb) -> int:
        return min(colour[at] for at in full) - max((colour[at] for at in rest), default=255)

    tried = (scheme(number) for number in range(card.number, card.number + 72))
    return min(tried, key=lambda one: max(0, likeness(one.ground), likeness(one.tone), likeness(one.accent)))


def _rgb(colour: str) -> Rgb:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


@lru_cache(maxsize=2)
def _steps(levels: int) -> list[int]:
    return [round(value * (levels - 1) / 255) for value in range(256)]


def _animated(card: Card, frames: int, pace: int) -> bytes:
    images = [_coloured(card, _composed(card, turn)) for turn in range(max(1, frames))]
    out = io.BytesIO()
    images[0].save(out, "GIF", save_all=len(images) > 1, append_images=images[1:], duration=pace, loop=0)
    return out.getvalue()


def _palette(colours: Scheme, levels: int) -> list[int]:
    """`levels` colours: from ground over the two tones to ink."""
    tone, accent, ink = (_steps(levels)[value] for value in (_TONE, _ACCENT, _INK))
    stops = ((0, colours.ground), (tone, colours.tone), (accent, colours.accent), (ink, colours.ink))
    found: list[int] = []
    for (start, first), (end, second) in pairwise(stops):
        for value in range(start, end):
            found += blend(first, second, (value - start) / (end - start))
    return [*found, *colours.ink]


def _composed(card: Card, turn: int = 0) -> Image.Image:
    corner = (card.number // 7 + card.variant - 1 + turn) % 4
    canvas = _ground(card.width, card.height, corner, (card.number // 31 + card.variant) % 3).copy()
    if card.unit >= 32:
        pen = ImageDraw.Draw(canvas)
        margin = _inset(card) + max(4, round(card.unit * 0.075))
        _set_texts(pen, card, margin)
    return canvas


def _inset(card: Card) -> int:
    """How far a transparent card keeps from the edges."""
    return round(card.unit * 0.05) if card.inset else 0


@lru_cache(maxsize=16)
def _ground(width: int, height: int, corner: int, shape: int) -> Image.Image:
    """Ground with two large shapes rising from one corner, drawn at twice the size for smooth edges."""
    scale = 2 if width * height <= 4_200_000 else 1
    wide, high = width * scale, height * scale
    canvas = Image.new("L", (wide, high), 0)
    pen = ImageDraw.Draw(canvas)
    reach = max(min(wide, high), (wide * high) ** 0.5 * 0.85)
    at = ((wide if corner in (1, 2) else 0), (high if corner in (2, 3) else 0))
    _SHAPES[shape](pen, at, reach)
    return canvas.resize((width, height), Image.Resampling.BOX) if scale > 1 else canvas


def _circles(pen: ImageDraw.ImageDraw, at: tuple[int, int], reach: float) -> None:
    for share, value in ((0.72, _TONE), (0.38, _ACCENT)):
        pen.ellipse(_around(at, reach * share), fill=value)


def _blocks(pen: ImageDraw.ImageDraw, at: tuple[int, int], reach: float) -> None:
    for share, value in ((0.66, _TONE), (0.34, _ACCENT)):
        pen.rounded_rectangle(_around(at, reach * share), reach * 0.16, fill=value)


def _sun(pen: ImageDraw.ImageDraw, at: tuple[int, int], reach: float) -> None:
    """A band along the edge, and a half disc sitting on it."""
    x, y = at
    inward = 1 if y == 0 else -1
    pen.rectangle(_box(0, y, 10 * reach, y + inward * reach * 0.3), fill=_TONE)
    centre = (abs(x - round(reach * 0.42)), y + inward * round(reach * 0.3))
    pen.ellipse(_around(centre, reach * 0.2), fill=_ACCENT)


_SHAPES = (_circles, _blocks, _sun)


def _around(at: tuple[int, int], reach: float) -> tuple[float, float, float, float]:
    return at[0] - reach, at[1] - reach, at[0] + reach, at[1] + reach


def _box(left: float, top: float, right: float, bottom: float) -> tuple[float, float, float, float]:
    """A box with its upper edge above its lower one."""
    return left, min(top, bottom), right, max(top, bottom)


@lru_cache(maxsize=8)
def _outside(width: int, height: int, inset: int, radius: int) -> tuple[Image.Image, Image.Image]:
    """What lies outside a rounded card, as palette entries of its edge, and the mask of what lies inside."""
    mask = Image.new("L", (width * 2, height * 2), 0)
    box = (inset * 2, inset * 2, (width - inset) * 2 - 1, (height - inset) * 2 - 1)
    ImageDraw.Draw(mask).rounded_rectangle(box, radius * 2, fill=255)
    mask = mask.resize((width, height), Image.Resampling.BOX)
    entries = [_CLEAR_LEVELS + min(3, (value + 32) // 64) for value in range(256)]
    return mask.point(entries), mask.point([0] * 224 + [255] * 32)


def _set_texts(pen: ImageDraw.ImageDraw, card: Card, margin: int) -> None:
    """Name and facts from the top, the prompt from the bottom, as much of each as there is room for."""
    room = card.width - 2 * margin
    name, size = fitted(
        plain(card.label) or "placeholder", max(11, round(card.unit * 0.074)), room * 0.8 - _mark(pen, card, margin)
    )
    top = margin
    if name and size:
        pen.text((margin, top), name, fill=_INK, font=font(size), anchor="lt")
        top += round(size * 1.25)
    small = max(SMALLEST, round(card.unit * 0.027))
    told = f"{card.width} x {card.height}  {card.format}" + ("  transparent" if card.transparent else "")
    facts, size = fitted(told, small, room)
    if facts and card.unit >= 96:
        pen.text((margin, top), facts, fill=_INK, font=font(size), anchor="lt")
        top += round(size * 2.2)
    if card.unit >= 64:
        _set_prompt(pen, card, margin, top)


def _set_prompt(pen: ImageDraw.ImageDraw, card: Card, margin: int, top: int) -> None:
    size = max(SMALLEST + 1, round(card.unit * 0.032))
    leading = round(size * 1.36)
    measure = min(card.width - 2 * margin, size * 18)
    bottom = card.height - margin
    most = 2 if card.format == "jpeg" or card.inset else 3
    lines = wrapped(plain(card.prompt[:600]), size, measure, min(most, (bottom - top) // leading))
    for index, line in enumerate(reversed(lines)):
        pen.text((margin, bottom - index * leading), line, fill=_INK, font=font(size), anchor="ls")


def _mark(pen: ImageDraw.ImageDraw, card: Card, margin: int) -> int:
    """The variant's number in the upper right corner, where there are several; returns the room it takes."""
    if card.variants == 1:
        return 0
    size = max(SMALLEST, round(card.unit * 0.05))
    text = f"{card.variant}/{card.variants}"
    pen.text((card.width - margin, margin), text, fill=_INK, font=font(size), anchor="rt")
    return round(width(text, size) + size)
