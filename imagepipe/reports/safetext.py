"""Text that may be shown: what would steer a terminal, reorder a line or command a CI runner is made visible instead.

Prompts, ids, paths and answers are other people's text. Every report passes them through here piece by piece.
"""

import json
import re
import unicodedata
from typing import Any

_STEERING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff\U000e0000-\U000e007f]"
)
_COMMAND = re.compile(r"^(\s*)::", re.MULTILINE)
_OLD_COMMAND = "##["


def _visible(match: re.Match[str]) -> str:
    code = ord(match.group())
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}" if code < 65536 else f"\\U{code:08x}"


def block(text: str) -> str:
    """Text of several lines, safe to print: line ends stay, tabs become four spaces."""
    shown = _STEERING.sub(_visible, text.replace("\r\n", "\n")).replace("\t", "    ")
    return _COMMAND.sub(r"\1\\::", shown).replace(_OLD_COMMAND, "##\\[")


def line(text: str) -> str:
    """Text for one line: a line end shows as `\\n`, a tab as one space."""
    return block(text.replace("\r\n", "\n").replace("\n", "\\n").replace("\t", " "))


def clipped(text: str, limit: int) -> str:
    """`line(text)`, cut to `limit` characters with an ellipsis."""
    shown = line(text[: limit * 2])
    return shown if len(shown) <= limit else shown[: limit - 1].rstrip() + "…"


def columns(text: str) -> int:
    """How many terminal cells `text` takes: wide characters take two, combining ones none."""
    if text.isascii():
        return len(text)
    return sum(_cells(character) for character in text)


def _cells(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def folded(text: str, width: int) -> list[str]:
    """`text` in lines of at most `width` cells where its spaces allow that; as it is for 0."""
    if not width or columns(text) <= width:
        return [text]
    lines, words = [""], re.split("( +)", text)
    for gap, word in zip(["", *words[1::2]], words[::2], strict=True):
        if lines[-1] and columns(lines[-1] + gap + word) > width:
            lines.append(word)
        else:
            lines[-1] += gap + word
    return lines


def padded(text: str, width: int) -> str:
    """`text` filled with spaces to `width` cells."""
    return text + " " * max(0, width - columns(text))


def data(value: Any, indent: int | None = 2) -> str:
    """`value` as JSON that keeps readable characters and escapes the ones that steer."""
    text = json.dumps(value, ensure_ascii=False, indent=indent, separators=None if indent else (",", ":"))
    return _STEERING.sub(_json_escape, text.replace(_OLD_COMMAND, "##\\u005b"))


def _json_escape(match: re.Match[str]) -> str:
    units = match.group().encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))
