"""What one line of ordinary block-style YAML says by itself; knows nothing of the lines around it, and gives up on any
line about which there could be a doubt."""

import re
from collections.abc import Callable
from typing import Any, Final

from imagepipe.yamltext.scalars import NUMBER_STARTS, WORDS, number_in

PAIR: Final = 0  # a scalar: `key: text`, or an item
FLAT: Final = 1  # brackets that hold scalars alone
DEEP: Final = 2  # brackets in brackets
OPEN: Final = 3  # a key with nothing behind it
TEXT: Final = 4  # `|` or `>`: the lines below are a text
DASHED: Final = 5  # an item that begins with a key: its value is (column of the key, kind, value)
SKIP: Final = 6  # nothing: blank, or a comment

Line = tuple[int, int, str, Any]
"""Where it stands (its indentation, of an item ~indentation), its kind, its key if it has one, and its value."""

KEY = re.compile(r"( *)(- +)?(\w[\w./+-]{0,199})")
_INDICATORS = frozenset("-?:,[]{}#&*!|>'\"%@` ")
_NO_TEXT = _INDICATORS | {""}
_CAREFUL = _INDICATORS | NUMBER_STARTS | {""}
_QUOTED = re.compile(r"""(?:"([^"\\]*(?:\\["\\n][^"\\]*)*)"|'([^']*)')(?: +#.*)?""").fullmatch
_ESCAPE = re.compile(r'\\(["\\n])')
_TEXTS = frozenset({"|", "|-", ">", ">-"})
_LONGEST = 4096
_DEEPEST = 8
_IN_BRACKETS = re.compile(r""""([^"\\]*)"|'([^']*)'|(-?[\w./(][\w ./()+%=;~^$@&!*<-]*)""").match
_KEY_IN_BRACKETS = re.compile(r"(\w[\w./+-]{0,199}): +").match
_NEXT = re.compile(r" *([,\]}]) *").match
_END = re.compile(r"(?: +#.*)?").fullmatch


shown = re.compile("[ -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]*").fullmatch
"""Matches a text that holds only what libyaml takes as it is: no tab, no line break of any kind, no control character."""


class Odd(Exception):
    """Something that only libyaml is to read."""


class Lines(dict[str, Line]):
    """What every line says, each found out once: most lines of a big manifest repeat. `brackets` reads a text in brackets
    that is not of the simplest kind, or gives None. Looking up a line raises Odd."""

    def __init__(self, brackets: Callable[[str], Any]) -> None:
        self._brackets = brackets
        self._heads: dict[str, tuple[int, int, str]] = {}
        self._keys: dict[str, str] = {}
        self._flows: dict[str, tuple[int, Any]] = {}

    def __missing__(self, line: str) -> Line:
        """Written for speed: a third of the lines are met once, and most of those hold a text of letters."""
        if not line.isprintable() and not shown(line):
            raise Odd
        head, colon, rest = line.partition(": ")
        if colon:
            at = self._heads.get(head) or self._headed(head)
            if at:
                careful = rest[:1] in _CAREFUL or rest[-1] in ": " or ": " in rest or " #" in rest or rest in WORDS
                if careful or at[0] < 0:
                    found = self[line] = _keyed(at, *self.value(rest))
                else:
                    found = self[line] = at[0], PAIR, at[2], rest
                return found
        found = self[line] = self._other(line)
        return found

    def _headed(self, text: str) -> tuple[int, int, str] | None:
        found = self._head(text)
        if found:
            self._heads[text] = found
        return found

    def value(self, text: str) -> tuple[int, Any]:
        """What stands behind a key or a dash: its kind and value."""
        text = text.strip(" ")
        first = text[:1]
        if first not in _INDICATORS or (first == "-" and text[1:2].isalnum()):
            return (PAIR, _plain(text)) if text else (OPEN, None)
        if first in "\"'":
            if found := _QUOTED(text):
                return PAIR, _unescaped(found[1]) if first == '"' else found[2]
        elif first in "[{":
            return self._flow(text)
        elif first == "#":
            return OPEN, None
        elif text in _TEXTS:
            return TEXT, text
        raise Odd

    def _head(self, text: str) -> tuple[int, int, str] | None:
        """Where a key stands (~indentation behind a dash), its column, and itself: None where it is no simple key."""
        found = KEY.fullmatch(text)
        if found is None:
            return None
        before, dash, key = found.groups()
        if key in WORDS or (key[0] in NUMBER_STARTS and type(number_in(key)) is not str):
            return None
        indent = len(before)
        return ~indent if dash else indent, found.start(3), self._keys.setdefault(key, key)

    def _other(self, line: str) -> Line:
        """A line that has no key with something behind it."""
        bare = line.strip(" ")
        if not bare or bare[0] == "#":
            return 0, SKIP, "", None
        if bare[-1] == ":" and (at := self._head(line.rstrip(" ")[:-1])):
            return _keyed(at, OPEN, None)
        if bare.startswith("- "):
            kind, value = self.value(bare[2:])
            if kind <= DEEP:
                return ~line.index("-"), kind, "", value
        raise Odd

    def _flow(self, text: str) -> tuple[int, Any]:
        """Something in brackets that ends in the line it begins in."""
        found = self._flows.get(text)
        if found is None:
            if len(text) > _LONGEST or text.count("[") + text.count("{") > _DEEPEST:
                raise Odd
            value = _flow(text)
            if value is None and (text[-1] in "]}" or "#" in text):
                value = self._brackets(text)
            if value is None:
                raise Odd
            inner = value.values() if type(value) is dict else value
            flat = not any(type(item) is dict or type(item) is list for item in inner)
            found = self._flows[text] = (FLAT if flat else DEEP), value
        return found


def plain(text: str) -> bool:
    """Whether a text is surely one without quotes, to its end: as a value, or as more of one in the next line."""
    return text[:1] not in _NO_TEXT and ": " not in text and " #" not in text and text[-1] != ":"


def copied(value: Any) -> Any:
    """A value that shares no list and no mapping with this one."""
    if type(value) is dict:
        return {name: copied(item) for name, item in value.items()}
    return [copied(item) for item in value] if type(value) is list else value


def _keyed(at: tuple[int, int, str], kind: int, value: Any) -> Line:
    place, column, key = at
    return (place, kind, key, value) if place >= 0 else (place, DASHED, key, (column, kind, value))


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda found: "\n" if found[1] == "n" else found[1], text) if "\\" in text else text


def _plain(text: str) -> Any:
    """A scalar without quotes that begins as one may."""
    if " #" in text:
        text = text[: text.index(" #")].rstrip(" ")
    if ": " in text or text[-1] == ":":
        raise Odd
    return _typed(text)


def _typed(text: str) -> Any:
    if text in WORDS:
        return WORDS[text]
    return number_in(text) if text[0] in NUMBER_STARTS else text


def _flow(text: str) -> Any:
    """A list or mapping in brackets written in the simplest way, else None."""
    try:
        value, at = _container(text, 0)
    except Odd:
        return None
    return value if _END(text, at) else None


def columns_of(text: str, at: int) -> list[tuple[str, int]]:
    """The keys of the mapping in brackets that begins at `at`, and where each stands. Raises Odd."""
    found: list[tuple[str, int]] = []
    while text[at] in "{,":
        at += 1
        while text[at : at + 1] == " ":
            at += 1
        key, behind = _key(text, at)
        found.append((key, at))
        _, at = _container(text, behind) if text[behind : behind + 1] in ("[", "{") else _scalar(text, behind)
        after = _NEXT(text, at)
        if after is None:
            raise Odd
        at = after.start(1)
    return found


def _container(text: str, at: int) -> tuple[Any, int]:
    """The list or mapping that begins at `at`, and where it ends. Raises Odd."""
    mapping = text[at] == "{"
    closing = "}" if mapping else "]"
    names: dict[str, Any] = {}
    items: list[Any] = []
    at += 1
    while text[at : at + 1] == " ":
        at += 1
    if text[at : at + 1] == closing:
        return (names if mapping else items), at + 1
    while True:
        key = ""
        if mapping:
            key, at = _key(text, at)
        value, at = _container(text, at) if text[at : at + 1] in ("[", "{") else _scalar(text, at)
        after = _NEXT(text, at)
        if after is None or key in names:
            raise Odd
        if mapping:
            names[key] = value
        else:
            items.append(value)
        if after[1] != ",":
            break
        at = after.end()
    if after[1] != closing:
        raise Odd
    return (names if mapping else items), after.end(1)


def _key(text: str, at: int) -> tuple[str, int]:
    found = _KEY_IN_BRACKETS(text, at)
    if found is None or type(_typed(found[1])) is not str:
        raise Odd
    return found[1], found.end()


def _scalar(text: str, at: int) -> tuple[Any, int]:
    found = _IN_BRACKETS(text, at)
    if found is None:
        raise Odd
    if found.lastindex == 3:
        return _typed(found[3].rstrip(" ")), found.end()
    return found[found.lastindex or 1], found.end()
