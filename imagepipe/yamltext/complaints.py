"""libyaml's complaints in the words of a person who writes manifests."""

import re
from collections.abc import Callable
from typing import Any

from yaml.error import Mark, MarkedYAMLError, YAMLError

from imagepipe.errors import Finding, Place
from imagepipe.yamltext.brackets import bad_bracket
from imagepipe.yamltext.placing import BREAKS, between

INSTEAD = "share values through `defaults`, `extends` or `vars`"
_QUOTE_IT = "put the text in quotes"
_MARKER = re.compile(r"(?:<{7}|={7}|>{7}|\|{7})(?: |$)")
_COMPLAINTS = {
    "block sequence entries are not allowed": (
        "a list begins in the middle of a line",
        "put each `-` on a line of its own",
    ),
    "mapping values are not allowed": ("a second `: ` in this line confuses YAML", _QUOTE_IT),
    "could not find expected ':'": ("this line has no `: ` after its name", "write `name: value`"),
    "did not find expected ',' or": ("a `,` is missing here", "put a `,` between the items of a list in brackets"),
    "did not find expected key": ("the indentation does not fit the lines above", "align names of one level"),
    "did not find expected '-'": ("the indentation of this list does not fit", "align the `-` of one list"),
    "end of stream": ("a quote that was opened is never closed", "close it"),
    "expected comment or line break": (
        "after `>` or `|` the text begins on the next line",
        "write it there, indented; or put the text in quotes",
    ),
    "expected alphabetic or numeric": ("a text cannot begin with `&` or `*` in YAML", _QUOTE_IT),
    "tag": ("a text cannot begin with `!` in YAML", _QUOTE_IT),
    "incompatible YAML": ("lines that begin with `%` are not used here", "remove the line"),
    "directive": ("lines that begin with `%` are not used here", "remove the line"),
    "expected node content": ("a value is missing here", "write one, or put the text in quotes"),
    "control characters": ("the file holds a control character", "remove it"),
    "undefined alias": ("aliases are not used here", INSTEAD),
    "unknown escape character": (
        "an unknown escape (`\\…`) in double quotes",
        "double the backslash, or use single quotes",
    ),
    "invalid Unicode character escape": ("half of a surrogate pair is not a character", "write the character itself"),
}

Said = tuple[str, str, Any]
"""Message, hint, and the mark of what is to blame."""


def syntax_fault(error: YAMLError, file: str, text: str) -> Finding:
    """libyaml's complaint in the words of a person who writes manifests."""
    lines = [*BREAKS.split(text), ""]  # libyaml may mean the line after the last
    marked = [number for number, line in enumerate(lines) if _MARKER.match(line)]
    if any(lines[number][0] in "<>" for number in marked):
        return _conflict(marked, file, lines)
    mark = error.problem_mark if isinstance(error, MarkedYAMLError) else None
    problem = str(getattr(error, "problem", "") or getattr(error, "reason", "") or error)
    if mark is None or not isinstance(error, MarkedYAMLError):
        return _without_mark(error, problem, file, text)
    broken = mark.line
    if error.context_mark and "end of stream" in problem:
        mark = error.context_mark  # what was opened says more than where the file ends
    tries: tuple[Callable[[], Said | None], ...] = (
        lambda: _bracket(text, broken, problem),
        lambda: _beginning(lines, mark, problem),
        lambda: _colon(lines, mark, problem),
        lambda: _after_end(lines, mark, problem),
    )
    message, hint, at = next((said for find in tries if (said := find())), (*_known(problem), mark))
    return Finding("yaml-syntax", message, between((at, at), file, lines), hint)


def _conflict(marked: list[int], file: str, lines: list[str]) -> Finding:
    """What git leaves where two branches changed the same lines: libyaml stumbles over it, mostly a line early."""
    shown = ", ".join(str(line + 1) for line in marked[:12]) + (", …" if len(marked) > 12 else "")
    at = _first_of(lines, marked[0])
    hint = "keep what is meant to be there, and remove the lines with the markers"
    return Finding(
        "yaml-syntax", f"git's merge markers are here, on line {shown}", between((at, at), file, lines), hint
    )


def _known(problem: str) -> tuple[str, str]:
    otherwise = (f"this is not YAML: {problem[:120]}", "")
    return next((said for sign, said in _COMPLAINTS.items() if sign in problem), otherwise)


def _without_mark(error: YAMLError, problem: str, file: str, text: str) -> Finding:
    """A fault of the characters themselves, known by its offset alone."""
    message, hint = _known(problem)
    position = getattr(error, "position", None)
    if not isinstance(position, int):
        return Finding("yaml-syntax", message, Place(file), hint)
    before = BREAKS.split(text.encode("utf-8")[:position].decode("utf-8", "replace"))
    source = BREAKS.split(text)[len(before) - 1]
    return Finding("yaml-syntax", message, Place(file, len(before), len(before[-1]) + 1, 1, source), hint)


def _bracket(text: str, line: int, problem: str) -> Said | None:
    """A bracket that is left open, closed by another kind, or closes nothing."""
    if "did not find expected" not in problem:
        return None
    found = bad_bracket(text, line)
    if found is None:
        return None
    other = {"[": "]", "{": "}"}.get(found.text, "")
    if not other:
        return f"this `{found.text}` closes a bracket that was never opened", "remove it", found.mark
    if found.closed_by:
        what = f"this `{found.text}` is closed by `{found.closed_by}`"
        return what, f"close it with `{other}`", found.mark
    return f"this `{found.text}` is never closed", f"close it with `{other}`", found.mark


def _beginning(lines: list[str], mark: Any, problem: str) -> Said | None:
    """A value that begins with a tab or with a character that YAML keeps for itself."""
    if "cannot start any token" not in problem:
        return None
    sign = lines[mark.line][mark.column : mark.column + 1]
    if sign == "\t":
        return "a tab begins this line or value", "indent with spaces", mark
    return f"a text cannot begin with {'a backquote' if sign == '`' else f'`{sign}`'} in YAML", _QUOTE_IT, mark


def _colon(lines: list[str], mark: Any, problem: str) -> Said | None:
    """A name where none can be, since the line above is read on: it has no colon, or a value of its own."""
    if "mapping values are not allowed" not in problem or ": " in lines[mark.line][: mark.column].strip():
        return None
    above = next((at for at in range(mark.line - 1, -1, -1) if lines[at].strip()), None)
    if above is None:
        return None
    if ":" not in lines[above]:
        return "this line has no `: ` after its name", "write `name: value`", _first_of(lines, above)
    message = "this line is indented deeper than the one above, which has a value already"
    return message, "align names of one level", _first_of(lines, mark.line)


def _first_of(lines: list[str], line: int) -> Mark:
    """The first character of a line that is not a space."""
    return Mark("", 0, line, len(lines[line]) - len(lines[line].lstrip()), None, 0)


def _after_end(lines: list[str], mark: Any, problem: str) -> Said | None:
    """Text that goes on after a closing quote, mostly an apostrophe, or after a closing bracket."""
    before = lines[mark.line][: mark.column].rstrip()
    if "did not find expected key" not in problem or before[-1:] not in ("'", '"', "]", "}"):
        return None
    if before.endswith("'"):
        hint = "write an apostrophe as '' here, or use double quotes"
    else:
        hint = 'write a quote as \\"' if before.endswith('"') else _QUOTE_IT
    what = "bracket" if before.endswith(("]", "}")) else "quote"
    return f"the text goes on after its closing {what}", hint, mark
