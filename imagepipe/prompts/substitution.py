"""Fills `{{ name }}`, `{{ name.entry }}` and `{{ name[entry] }}` without Jinja: what ten thousand distinct fields need.

Whatever is not such a plain look-up is left to the sandbox; a property test holds the two equal.
"""

import re
from collections.abc import Mapping
from typing import Any

from imagepipe.prompts.faults import MAX_TEXT, Unknown, too_long
from imagepipe.prompts.lookup import entry, text_of

_NAME = r"[A-Za-z][A-Za-z0-9_]*"
_TAIL = rf"(?:\.{_NAME}|\[{_NAME}\]|\['[A-Za-z][^'\\{{}}]*'\]|\[[0-9]{{1,6}}\])"
_LOOKUP = re.compile(rf"\{{\{{\s*({_NAME})({_TAIL}*)\s*\}}\}}", re.ASCII)
_STEP = re.compile(_TAIL, re.ASCII)
_WORDS = frozenset(
    [
        "and",
        "else",
        "false",
        "if",
        "in",
        "is",
        "none",
        "not",
        "or",
        "recursive",
        "self",
        "super",
        "true",
        "loop",
        "True",
        "False",
        "None",
        "caller",
        "varargs",
        "kwargs",
    ]
)


def is_plain(text: str) -> bool:
    """Whether `text` holds nothing that Jinja would read."""
    return "{" not in text or not ("{{" in text or "{%" in text or "{#" in text)


def pieces(text: str) -> list[str] | None:
    """Text, name and tail in turn: `[text, name, tail, text, …]`; None where the sandbox must do it."""
    parts = _LOOKUP.split(text)
    for text in parts[::3]:
        if "{" in text and (text[-1] == "{" or not is_plain(text)):
            return None
    if not _WORDS.isdisjoint(parts[1::3]):
        return None
    for tail in parts[2::3]:
        if tail and not _WORDS.isdisjoint(re.findall(_NAME, tail, re.ASCII)):
            return None
    return parts


def fill(parts: list[str], scope: Mapping[str, Any]) -> str:
    """The text with its look-ups filled from `scope`. Raises Fault: an unknown name, an unprintable value, too long."""
    text = parts[0]
    for at in range(1, len(parts), 3):
        try:
            filled = text_of(_found(parts[at], parts[at + 1], scope))
        except Unknown as fault:
            raise fault.within(scope) from None
        text = f"{text}{filled}{parts[at + 2]}"
        if len(text) > MAX_TEXT:
            raise too_long(len(text))
    return text


def _found(name: str, tail: str, scope: Mapping[str, Any]) -> Any:
    value = _variable(name, scope)
    for step in _STEP.findall(tail) if tail else ():
        value = entry(value, _index(step, scope))
    return value


def _variable(name: str, scope: Mapping[str, Any]) -> Any:
    if name in scope:
        return scope[name]
    raise Unknown(name)


def _index(step: str, scope: Mapping[str, Any]) -> Any:
    if step[0] == ".":
        return step[1:]
    inner = step[1:-1]
    if inner[0] == "'":
        return inner[1:-1]
    return int(inner) if inner[0].isdigit() else _variable(inner, scope)
