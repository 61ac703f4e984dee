"""The plain lines of a manifest, `name: value` and `- value`, read at a fraction of the cost of libyaml's events.

It knows a small part of YAML and takes a text apart into sections: what stands under one name of the first level and, for
`assets`, of the second. A section with more in it is left to libyaml alone; where anything is wrong, the whole text is.
A test holds both ways of reading equal.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from imagepipe.yamltext.scalars import NUMBER_STARTS, WORDS, number_in

Starts = dict[tuple[str, str], tuple[int, int]]
Section = Callable[[str, int], tuple[Any, Starts]]
"""Reads a part of a text, so many levels down, as libyaml does: its value, and where its second level starts. Raises
NotPlain for any fault."""

_GROUP = "assets"
_MOST, _SECTIONS = 100_000, 100
_MARKS = ("-", "...", "---")
_NUMERIC = NUMBER_STARTS - {""}
_ODD = re.compile("[^\n -~\u00a1-\u167f\u2010-\u2027\u2030-\u205e\u2070-\u2fff\u3001-\ud7ff\U0001f300-\U0001faff]")
_NAME = r"[A-Za-z_][A-Za-z0-9_.@,/-]*\+?"
_TOP = re.compile(r"\n(?=[^ #\n-])")
_TOP_NAME = re.compile(rf"({_NAME}):(?: |$)", re.MULTILINE)
_BODY = re.compile(rf"{_GROUP}: *\n(?: *(?:#.*)?\n)*( +)(?=[^ #\n-])")
_NAMED = re.compile(_NAME).fullmatch
_ALONE = re.compile(rf"{_NAME}:").fullmatch
_QUOTED = re.compile(r"\"[^\"\\]*\"|'[^']*'").fullmatch


class NotPlain(Exception):
    """More than this reader knows."""


@dataclass(slots=True)
class Plain:
    """What was read: the value, and line and column (from 1) of the names of the second level."""

    value: dict[str, Any] = field(default_factory=dict)
    starts: Starts = field(default_factory=dict)


def read_plain(text: str, section: Section) -> Plain:
    """The value of a text. Raises NotPlain where libyaml must read all of it."""
    found, values, line = Plain(), Values(section), 0
    for start, part in _cut(text, _TOP):
        name = _TOP_NAME.match(part)
        if name is None:
            if start or any(row.strip(" ")[:1] not in ("", "#") for row in part.split("\n")):
                raise NotPlain
            line += part.count("\n")
            continue
        if name[1] in found.value or name[1] in WORDS or len(found.value) > _SECTIONS:
            raise NotPlain
        if body := _BODY.match(part):
            found.value[_GROUP] = _group(part, body, line, found.starts, values)
        else:
            found.value[name[1]] = _left_to_libyaml(part, line, found.starts, section)
        line += part.count("\n")
    if not found.value:
        raise NotPlain
    return found


def _cut(text: str, at: "re.Pattern[str]") -> Iterator[tuple[int, str]]:
    """The text in parts that begin on the lines that `at` matches, each with its offset; the first at its beginning."""
    bounds = [0, *(match.start() + 1 for match in at.finditer(text)), len(text)]
    return ((start, text[start:end]) for start, end in pairwise(bounds))


def _left_to_libyaml(part: str, line: int, starts: Starts, section: Section) -> Any:
    value, own = section(part, 0)
    if type(value) is not dict or len(value) != 1:
        raise NotPlain
    starts.update({name: (line + row, column) for name, (row, column) in own.items()})
    return next(iter(value.values()))


def _group(part: str, body: "re.Match[str]", line: int, starts: Starts, values: "Values") -> dict[str, Any]:
    """Everything declared in one section, name by name."""
    indent = body[1]
    made: dict[str, Any] = {}
    odd = bool(_ODD.search(part))
    parts = _cut(part, re.compile(rf"\n(?={indent}[^ #\n])"))
    for offset, piece in parts:
        if not offset:
            line += piece.count("\n")
            continue
        read = None if odd and _ODD.search(piece) else _fields(piece, values)
        if read is None:
            read = values.section(piece, 1)[0]
        if type(read) is not dict or len(read) != 1:
            raise NotPlain
        name = next(iter(read))
        if name in made or len(made) > _MOST:
            raise NotPlain
        made[name] = read[name]
        starts[(_GROUP, name)] = (line + 1, len(indent) + 1)
        line += piece.count("\n")
    return made


def _fields(piece: str, values: "Values") -> dict[str, Any] | None:
    """What the lines of a section say; None where there is more in them than plain lines. The hot loop: some thirteen
    lines an asset. `opened` is a name whose value is on the lines below."""
    known, names = values.known, values.names
    top: dict[str, Any] = {}
    here: Any = top
    indent, opened = len(piece) - len(piece.lstrip(" ")), None
    stack: list[tuple[int, Any]] = [(indent, here)]
    for line in piece.split("\n"):
        rest = line.lstrip(" ")
        if not rest or rest[0] == "#":
            continue
        depth = len(line) - len(rest)
        name, _, written = rest.partition(": ")
        if name not in names and not (name := values.name(name, rest)):
            if opened is not None and depth >= indent:
                here[opened] = here = []
                stack.append((depth, here))
                indent, opened = depth, None
            if depth != indent or type(here) is not list or (found := values.item(rest)) is values:
                return None
            here.append(found)
            continue
        if opened is not None and depth > indent:
            here[opened] = here = {}
            stack.append((depth, here))
            indent = depth
        elif depth != indent or type(here) is list:
            if not (stack := _closed(stack, depth)):
                return None
            indent, here = stack[-1]
        if name in here:
            return None
        opened = None
        if not written or written.isspace():
            here[name], opened = None, name
        elif (found := known.get(written, values)) is not values or (found := values.of(written)) is not values:
            here[name] = found
        else:
            return None
    return top


def _closed(stack: list[tuple[int, Any]], depth: int) -> list[tuple[int, Any]]:
    """The containers still open at a name that is indented so far; none where it fits none of them."""
    while stack and (stack[-1][0] > depth or type(stack[-1][1]) is list):
        stack.pop()
    return stack if stack and stack[-1][0] == depth else []


class Values:
    """What is written before a colon, after one, or after a dash: text, numbers, words, lists and maps in brackets."""

    def __init__(self, section: Section) -> None:
        self.section = section
        self.known: dict[str, Any] = {}
        self.names: set[str] = set()

    def name(self, text: str, line: str) -> str:
        """A name; "" for what is none: another thing than plain letters, or a word that is more than text."""
        text = text if len(text) < len(line) else text.rstrip(" ")
        if len(text) == len(line.rstrip(" ")):
            return text[:-1] if _ALONE(text) and text[:-1] not in WORDS else ""
        if not _NAMED(text) or text in WORDS:
            return ""
        self.names.add(text)
        return text

    def item(self, line: str) -> Any:
        """What follows a dash; this object itself for what is not plain."""
        return self.of(line[2:]) if line[:2] == "- " else self

    def of(self, written: str) -> Any:
        """A value; this object itself for what is not plain."""
        text = written.strip(" ")
        first = text[:1]
        if first.isalpha() or first in _NUMERIC:
            if ": " in text or " #" in text or text[-1] == ":" or text[:2] == "- " or text in _MARKS:
                return self
            return WORDS[text] if text in WORDS else number_in(text) if first in _NUMERIC else text
        if _QUOTED(text):
            return text[1:-1]
        if first and first in "[{" and text[-1] in "]}":
            value = self.section(text, 2)[0]
            if type(value) is (dict if first == "{" else list):
                self.known[written] = value
                return value
        return self
