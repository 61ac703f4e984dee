"""What a plain YAML scalar is: only true, false, null, decimal integers and floats are more than text."""

import math
import re
from typing import Any

WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "": None}
NUMBER_STARTS = frozenset("-.0123456789")
_INTEGER = re.compile(r"-?[1-9][0-9]{0,17}|0").fullmatch
_FLOAT = re.compile(r"-?(?:0|[1-9][0-9]*)?(?:\.[0-9]+(?:[eE][-+]?[0-9]{1,4})?|(?<=[0-9])[eE][-+]?[0-9]{1,4})").fullmatch


class Number(float):
    """A float that remembers how it was written, where that matters: `1.50` is 1.5, and "1.50" where text is wanted."""

    __slots__ = ("text",)
    text: str

    def __new__(cls, text: str) -> "Number":
        """The number written as `text`."""
        made = super().__new__(cls, text)
        made.text = text
        return made

    def __str__(self) -> str:
        return self.text


def text_of(value: Any) -> str:
    """A scalar as the text it was written as: 2026 is "2026", 1.50 is "1.50", true is "true", nothing is ""."""
    if type(value) is str:
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def number_in(text: str) -> Any:
    """The decimal integer or float that `text` writes, else the text itself. Never infinite."""
    if _INTEGER(text):
        return int(text)
    if not _FLOAT(text):
        return text
    plain = float(text)
    if not math.isfinite(plain):
        return text
    return plain if repr(plain) == text else Number(text)
