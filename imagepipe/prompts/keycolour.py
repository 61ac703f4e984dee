"""Which flat colour a chroma-key background gets: one that is far from every colour that the words name.

Frozen for manifest version 1: the colour is part of the prompt, so another choice would be another, paid picture.
"""

import re
from collections.abc import Iterable

COLOUR_WORDS = ("request", "subject", "style", "palette", "materials", "keep")
"""The fields of a prompt that say which colours are in the picture."""

KEYS = {"#00ff00": (0, 255, 0), "#ff00ff": (255, 0, 255), "#0000ff": (0, 0, 255), "#00ffff": (0, 255, 255)}
"""The colours to choose from, best first: matting works best on pure green, then on pure magenta."""

_FAR = 140_000
"""From here a key is far enough from a colour: yellow on green is not, brown on green is."""

_NAMED = {
    (
        0,
        160,
        40,
    ): "green emerald jade fern grass leaf leaves leafy foliage forest moss mossy plant plants cactus frog mint "
    "pistachio avocado cucumber ivy clover pine spruce succulent lawn meadow botanical",
    (110, 130, 60): "olive khaki sage",
    (170, 240, 40): "lime chartreuse neon",
    (0, 150, 150): "teal turquoise cyan aqua aquamarine petrol",
    (30, 60, 220): "blue navy cobalt azure indigo sapphire denim ultramarine",
    (110, 180, 240): "sky ocean sea water ice glacier",
    (130, 40, 190): "purple violet lavender lilac amethyst plum aubergine",
    (230, 40, 180): "magenta fuchsia orchid",
    (245, 130, 180): "pink rose roses blossom flamingo peony",
    (210, 30, 40): "red crimson scarlet ruby cherry tomato strawberry brick maroon burgundy",
    (245, 140, 30): "orange amber apricot pumpkin tangerine copper terracotta rust",
    (245, 215, 40): "yellow gold golden ochre mustard lemon honey saffron brass",
    (120, 75, 40): "brown wood wooden oak walnut leather chocolate coffee bronze sepia",
}
_WORDS = {word: colour for colour, words in _NAMED.items() for word in words.split()}
_WORD = re.compile(r"[a-z]+")
_HEX = re.compile(r"#([0-9a-fA-F]{6})\b")


def choose(texts: Iterable[str]) -> str:
    """The key colour for words, as "#rrggbb": the first that is far from every colour named, else the furthest."""
    named = sorted({colour for text in texts for colour in _colours(text)})
    reach = {key: min((_distance(rgb, colour) for colour in named), default=_FAR) for key, rgb in KEYS.items()}
    return max(KEYS, key=lambda key: min(reach[key], _FAR))


def is_near(key: str, texts: Iterable[str]) -> bool:
    """Whether the words name a colour that this key ("#rrggbb") is not far from, so that a cutout may take it along."""
    (rgb,) = _colours(key)
    return any(_distance(rgb, colour) < _FAR for text in texts for colour in _colours(text))


def _colours(text: str) -> Iterable[tuple[int, int, int]]:
    for found in _HEX.findall(text):
        yield int(found[:2], 16), int(found[2:4], 16), int(found[4:], 16)
    for word in _WORD.findall(text.lower()):
        if word in _WORDS:
            yield _WORDS[word]


def _distance(one: tuple[int, int, int], other: tuple[int, int, int]) -> int:
    """How far apart two colours are: squared, per channel, weighted as the eye does (2 : 4 : 3)."""
    red, green, blue = (a - b for a, b in zip(one, other, strict=True))
    return 2 * red * red + 4 * green * green + 3 * blue * blue
