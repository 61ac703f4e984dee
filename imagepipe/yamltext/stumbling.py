"""Where libyaml gave up on a text, and what stands around it."""

import re
from typing import Any

from yaml.error import Mark

from imagepipe.frozen import frozen

_CURLY = re.compile("[“”„‟‘’‚«»]")


@frozen
class Said:
    """What is wrong, what to write, and where: the mark of what is to blame."""

    message: str
    hint: str
    mark: Any


@frozen
class Stumble:
    """`mark` is where libyaml gave up, `problem` what it says, `opened` where what it was reading begins, if it says."""

    text: str
    lines: list[str]
    problem: str
    mark: Any
    opened: Any

    @property
    def line(self) -> str:
        """The line it gave up in."""
        at: int = self.mark.line
        return self.lines[at]

    @property
    def before(self) -> str:
        """What that line holds before the mark."""
        end: int = self.mark.column
        return self.line[:end].rstrip()

    @property
    def above(self) -> int | None:
        """The nearest line above that says something: neither empty nor a comment."""
        return next(
            (at for at in range(self.mark.line - 1, -1, -1) if self.lines[at].strip() and not self.comment(at)), None
        )

    def comment(self, line: int) -> bool:
        """Whether a line is a comment and nothing else."""
        return self.lines[line].lstrip().startswith("#")

    def indent(self, line: int) -> int:
        """How many spaces a line begins with."""
        return len(self.lines[line]) - len(self.lines[line].lstrip())

    def first_of(self, line: int, further: int = 0) -> Mark:
        """The first character of a line that is not a space, or one `further` on."""
        return mark_at(line, self.indent(line) + further)


def mark_at(line: int, column: int) -> Mark:
    """A mark at a line and column, from 0."""
    return Mark("", 0, line, column, None, 0)


def brief(text: str) -> str:
    """A text where it is short enough to repeat and nothing in it but letters that show."""
    text = text.strip()
    return text if text and len(text) <= 60 and text.isprintable() else "…"


def quote_it(text: str, so: str = "put the text in quotes") -> str:
    """The hint to put a text in quotes, with the text as it then reads where that is short and needs one kind."""
    shown = brief(text)
    if shown == "…" or "\\" in shown or ('"' in shown and "'" in shown):
        return so
    return f"{so}: '{shown}'" if '"' in shown else f'{so}: "{shown}"'


def curly(text: str, mark: Any) -> Said | None:
    """A text that stands in quotes of print, which are letters to YAML."""
    if not _CURLY.match(text):
        return None
    hint = quote_it(_CURLY.sub("", text), "write straight ones")
    return Said(f"`{text[0]}` is a letter to YAML, not a quote", hint, mark)
