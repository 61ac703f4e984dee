"""Sets text for placeholders: the font at hand, lines that fit, and only characters it can draw."""

import unicodedata
from bisect import bisect_right
from functools import lru_cache

from PIL import ImageFont, features

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont
SMALLEST = 8
"""Pixels: below this nothing is legible, and nothing is set."""

_MISSING = "\U0010ffff"
_INSTEAD = {
    "ß": "ss",
    "æ": "ae",
    "Æ": "AE",
    "ø": "o",
    "Ø": "O",
    "œ": "oe",
    "ł": "l",
    "Ł": "L",
    "–": "-",
    "—": "-",
    "×": "x",
}


@lru_cache(maxsize=64)
def font(size: int) -> Font:
    """Pillow's own typeface at `size` pixels; its bitmap font where Pillow was built without FreeType."""
    return ImageFont.load_default(size if features.check("freetype2") else None)


@lru_cache(maxsize=4096)
def _drawable(character: str) -> bool:
    if character == " ":
        return True
    face = font(16)
    try:
        return bytes(face.getmask(character)) != bytes(face.getmask(_MISSING))
    except (UnicodeEncodeError, ValueError):
        return False


def plain(text: str) -> str:
    """`text` on one line, accents kept or else dropped, what the typeface lacks left out."""
    kept = []
    for character in unicodedata.normalize("NFC", " ".join(text.split())):
        forms = (character, _INSTEAD.get(character) or unicodedata.normalize("NFKD", character)[:1])
        kept.append(next((form for form in forms if form.isprintable() and all(map(_drawable, form))), ""))
    return " ".join("".join(kept).split())


def width(text: str, size: int) -> float:
    """Pixels that a line takes."""
    return font(size).getlength(text)


def fitted(text: str, size: int, room: float) -> tuple[str, int]:
    """`text` at the largest size up to `size` at which it fits into `room` pixels; shortened where none does.

    ("", 0) where not even two letters fit.
    """
    while size > SMALLEST and width(text, size) > room:
        size = max(SMALLEST, min(size - 1, int(size * room / width(text, size))))
    if width(text, size) <= room:
        return text, size
    return shortened(text, size, room), size


def shortened(text: str, size: int, room: float) -> str:
    """`text` cut to fit into `room` pixels, with an ellipsis; "" where fewer than two letters would be left."""
    if width(text, size) <= room:
        return text
    more = "…" if _drawable("…") else "..."
    kept = bisect_right(range(1, len(text)), room, key=lambda count: width(text[:count] + more, size))
    return text[:kept].rstrip(" ,.;:-") + more if kept else ""


def wrapped(text: str, size: int, room: float, lines: int) -> list[str]:
    """At most `lines` lines of at most `room` pixels; the last one ends in an ellipsis where words are left over."""
    found: list[str] = []
    words = text.split()
    while words and len(found) < lines:
        count = 1
        while count < len(words) and width(" ".join(words[: count + 1]), size) <= room:
            count += 1
        last = len(found) == lines - 1
        line = " ".join(words[: count + 1] if last else words[:count])
        found.append(shortened(line, size, room))
        words = [] if last else words[count:]
    return [line for line in found if line]
