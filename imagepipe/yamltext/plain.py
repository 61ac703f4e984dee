"""A fast road through big texts of ordinary block-style YAML. It decides nothing: what it does not surely understand is
read by libyaml, one entry of the second level at a time, or the whole text.

Why entries can be read by themselves: an entry begins with a simple key at the indentation of its siblings, and so does
what follows it. There the scanner holds nothing of what came before but the two indentations, which the frame `key:` around
the entry brings about as well; an entry that leaves a quote or a bracket open breaks off at its end, and a line that could
end the mapping or the document sends the whole text the old way.
"""

import re
from collections.abc import Callable
from itertools import islice
from typing import Any

from imagepipe.yamltext.lines import (
    DASHED,
    DEEP,
    FLAT,
    KEY,
    OPEN,
    PAIR,
    SKIP,
    TEXT,
    Line,
    Lines,
    Odd,
    columns_of,
    copied,
    plain,
    shown,
)
from imagepipe.yamltext.reading import MAX_ENTRIES, Document
from imagepipe.yamltext.texts import below

_SLOW = -1 << 30
"""Where no line stands: nothing is added to what is being filled without a second look."""
_DEEPEST = 12
_LONGEST = 100_000  # characters: fewer than would hold more than MAX_ENTRIES entries
_AT_ONCE = 20_000
_ENTRY = re.compile(r"( *)(\w[\w./+-]{0,199}):(?: |$)").match
_BREAKS = re.compile("[\r\x85\u2028\u2029]")
Built = Callable[[str], Document | None]
"""Reads a text by libyaml; None where anything is wrong with it."""


class _Whole(Exception):
    """The text can only be read whole."""


def document(text: str, built: Built) -> Document | None:
    """The document in `text`, exactly as `built` reads it, or None where that should read it."""
    text = text.removeprefix("\ufeff")
    if "\r" in text:
        text = text.replace("\r\n", "\n")
    reading = _Reading(text, built)
    try:
        reading.read()
        reading.measure()
    except _Whole:
        return None
    return Document(reading.root, (), reading.starts) if reading.root else None


class _Reading:
    """The lines of one text, and what is being filled: `here`, whose entries stand at `indent`, inside of `around`."""

    def __init__(self, text: str, built: Built) -> None:
        self.built = built
        self.lines = text.split("\n")
        if self.lines[0] == "---":
            self.lines[0] = ""
        self.numbered = enumerate(self.lines)
        self.root: dict[str, Any] = {}
        self.starts: dict[tuple[str, str], tuple[int, int]] = {}
        self.here: Any = self.root
        self.indent = 0
        self.around: list[tuple[Any, int]] = []
        self.waiting: str | None = None  # the key in `here` whose value may stand in the next line
        self.top = ""
        self.second: dict[str, Any] | None = None  # what `top` holds, where that is a mapping with an entry
        self.width = 0  # the indentation of its entries
        self.begun = -1  # the line of the last key of the first two levels
        self.fold = (-1, -1)  # the last line that was taken as more of the text above it, and its key's column
        self.mended, self.at_once = -1, 1

    def read(self) -> None:
        """Reads every line. This loop is the hot spot, written for speed: a line that repeats and stands where the one
        above it stands costs a tenth of a microsecond."""
        lines = Lines(self.brackets)
        here: Any = self.root
        level = _SLOW
        number, text = 0, ""
        while True:
            try:
                for number, text in self.numbered:
                    line = lines[text]
                    place, kind, key, value = line
                    if place == level:
                        if key in here:
                            raise _Whole
                        if kind == PAIR:
                            here[key] = value
                            continue
                        if kind == FLAT:
                            here[key] = value.copy()
                            continue
                        if kind == OPEN:
                            here[key] = None
                            self.waiting = key
                            level = _SLOW
                            continue
                    if kind != SKIP:
                        level = self.step(number, line)
                        here = self.here
                return
            except Odd:
                if not self.folded(number, text):
                    self.mend(number, text)
                    level = _SLOW

    def measure(self) -> None:
        """Looks at everything that is open, before it is left all at once."""
        if any(len(open_) > MAX_ENTRIES for open_, _ in (*self.around, (self.here, 0))):
            raise _Whole

    def brackets(self, text: str) -> Any:
        """A text in brackets as libyaml reads it, or None."""
        made = self.built(f"k: {text}\n")
        value = made.value["k"] if made and list(made.value) == ["k"] else None
        return value if type(value) in (dict, list) else None

    def step(self, number: int, line: Line) -> int:
        """Adds a line, whatever it is, after leaving or entering what it stands in; the indentation of lines that may be
        added to it just so."""
        place, kind, key, value = line
        self.settle(~place if place < 0 else place, place < 0)
        if place < 0 and kind != DASHED:
            self.here.append(value if kind == PAIR else copied(value))
            return _SLOW
        if kind == DASHED:
            column, kind, value = value
            item: dict[str, Any] = {}
            self.here.append(item)
            self.enter(item, column)
        here = self.here
        if key in here:
            raise _Whole
        here[key] = None
        if len(self.around) < 2:
            self.note(number, key, value)
        if kind == OPEN:
            self.waiting = key
            return _SLOW
        if kind == TEXT:
            here[key], taken = below(self.lines, number, self.indent, value)
            self.skip(taken)
        else:
            here[key] = copied(value) if kind == DEEP else value.copy() if kind == FLAT else value
        return self.indent if len(self.around) > 1 else _SLOW

    def settle(self, indent: int, dash: bool) -> None:
        """Makes `here` what a line belongs to that stands at `indent`. Raises Odd where that is not clear."""
        if self.waiting is not None:
            if indent > self.indent or (dash and indent == self.indent):
                inner: Any = [] if dash else {}
                self.here[self.waiting] = inner
                self.waiting = None
                self.enter(inner, indent)
                return
            self.waiting = None
        while self.indent > indent:
            self.leave()
        if not dash and type(self.here) is list and self.around[-1][1] == indent:
            self.leave()
        if self.indent != indent or dash != (type(self.here) is list):
            raise Odd

    def enter(self, inner: Any, indent: int) -> None:
        if len(self.around) >= _DEEPEST:
            raise Odd
        self.around.append((self.here, self.indent))
        self.here, self.indent = inner, indent

    def leave(self) -> None:
        if len(self.here) > MAX_ENTRIES:
            raise _Whole
        self.here, self.indent = self.around.pop()

    def note(self, number: int, key: str, value: Any) -> None:
        """Notes a key of the first or second level. Raises Odd where it has keys of the second level in its own line."""
        self.begun = number
        if self.around:
            self.second, self.width = self.here, self.indent
            self.starts[(self.top, key)] = (number + 1, self.indent + 1)
            return
        self.top, self.second = key, None
        if type(value) is dict:
            line = self.lines[number]
            columns = columns_of(line, line.index("{", len(key)))
            if [name for name, _ in columns] != list(value):
                raise Odd
            self.starts.update({(key, name): (number + 1, column + 1) for name, column in columns})

    def folded(self, number: int, line: str) -> bool:
        """Takes a line as more of the text without quotes that ends in the line above, where it surely is that."""
        here, bare = self.here, line.strip(" ")
        if self.waiting is not None or not here or type(here) is not dict or line[: self.indent + 1].strip(" "):
            return False
        name = next(reversed(here))
        head, _, text = self.lines[number - 1].partition(": ")
        if self.fold == (number - 1, self.indent):
            text = here[name]
        elif (found := KEY.fullmatch(head)) is None or found.start(3) != self.indent or found[3] != name:
            return False
        text = text.strip(" ")
        if not shown(line) or not plain(bare) or not plain(text):
            return False
        here[name] = f"{text} {bare}"
        self.fold = (number, self.indent)
        return True

    def skip(self, count: int) -> None:
        next(islice(self.numbered, count, count), None)

    def mend(self, number: int, line: str) -> None:
        """Has libyaml read the entry of the first or second level that a line belongs to, and goes on after it."""
        found = _ENTRY(line)
        own = len(found[1]) if found else -1
        indent = self.width if self.second is not None else 0
        begun = number if own in (0, indent) else self.begun
        if begun == number:
            indent = own
        into = self.second if indent and self.second is not None else self.root
        if begun < 0:
            raise _Whole
        self.measure()
        if begun == self.begun and into:
            name, _ = into.popitem()
            self.starts.pop((self.top, name), None)
        self.at_once = min(2 * self.at_once, 64) if self.mended == begun else 1
        end = self.mended = self.end(begun, indent)
        text = "\n".join(self.lines[begun:end]) + ("\n" if end < len(self.lines) else "")
        if len(text) > _LONGEST or _BREAKS.search(text):
            raise _Whole
        self.add(self.built(f"{self.top}:\n{text}" if indent else text), into, begun - bool(indent))
        self.around = [(self.root, 0)] if indent else []
        self.here, self.indent, self.waiting = into, indent, None
        self.skip(end - number - 1)

    def end(self, begun: int, indent: int) -> int:
        """The line after the entry at `indent`, and after some more where entries before it were mended, too: libyaml
        takes longer to begin than to read a few."""
        left, size, deeper = self.at_once if indent else 1, 0, " " * (indent + 1)
        for end in range(begun + 1, len(self.lines)):
            line = self.lines[end]
            size += len(line)
            if line.startswith(deeper):
                continue
            bare = line.lstrip(" ")
            margin = len(line) - len(bare)
            if not bare or bare[0] == "#":
                continue
            if margin in (0, indent) and _ENTRY(line):
                left -= 1
                if not left or margin < indent or size > _AT_ONCE:
                    return end
            elif margin < indent or (not indent and not bare.startswith("- ")):
                raise _Whole
        return len(self.lines)

    def add(self, made: Document | None, into: dict[str, Any], offset: int) -> None:
        """Adds what libyaml read."""
        entries = made.value if made else None
        if made and into is not self.root:
            entries = made.value[self.top] if list(made.value) == [self.top] else None
        if not made or type(entries) is not dict or any(name in into for name in entries):
            raise _Whole
        into.update(entries)
        self.starts.update({keys: (line + offset, column) for keys, (line, column) in made.starts.items()})
