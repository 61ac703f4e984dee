"""Plain text made stable: one form of line ends and characters, quotes that stay readable, words spelled out."""

import unicodedata

QUOTES = (('"', '"'), ("“", "”"), ("«", "»"), ("「", "」"), ("⟦", "⟧"))
"""Pairs to quote verbatim text with: the first of which neither mark is in the text."""


def clean(text: str) -> str:
    """Text as it enters a key: no byte order mark, LF line ends, Unicode NFC."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", text.removeprefix("\ufeff"))


def quoted(text: str) -> str:
    """The text in one pair of quotes that it does not hold itself; where it holds them all, `"` and `\\` are escaped."""
    for opening, closing in QUOTES:
        if opening not in text and closing not in text:
            return opening + text + closing
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def spelled(text: str) -> str:
    """The letters one by one: "Open now" → "O-p-e-n n-o-w". A mark stays with the letter it stands on."""
    return " ".join("-".join(_letters(word)) for word in text.split())


def _letters(word: str) -> list[str]:
    letters: list[str] = []
    for character in word:
        joins = unicodedata.combining(character) or character in "\u200d\ufe0e\ufe0f"
        if letters and (joins or letters[-1].endswith("\u200d")):
            letters[-1] += character
        else:
            letters.append(character)
    return letters
