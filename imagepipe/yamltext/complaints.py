"""libyaml's complaints in the words of a person who writes manifests."""

import re
from collections.abc import Callable

from yaml.error import MarkedYAMLError, YAMLError

from imagepipe.errors import Finding, Place
from imagepipe.yamltext import inblocks, inbrackets
from imagepipe.yamltext.placing import BREAKS, between
from imagepipe.yamltext.stumbling import Said, Stumble, mark_at

_QUOTE_IT = "put the text in quotes"
_MARKER = re.compile(r"(?:<{7}|={7}|>{7}|\|{7})(?: |$)")
_COMPLAINTS = {
    "block sequence entries are not allowed": (
        "a list begins in the middle of a line",
        "put each `-` on a line of its own",
    ),
    "mapping values are not allowed": ("a second `: ` in this line confuses YAML", _QUOTE_IT),
    "could not find expected ':'": ("this line has no `: ` after its name", "write `name: value`"),
    "did not find expected ',' or": (
        "a `,` is missing here, or the quotes around a text",
        "put a `,` between the entries in brackets; put a text with `: ` in quotes",
    ),
    "did not find expected key": ("the indentation does not fit the lines above", "align names of one level"),
    "did not find expected '-'": ("the indentation of this list does not fit", "align the `-` of one list"),
    "end of stream": ("a quote that was opened is never closed", "close it"),
    "expected comment or line break": (
        "after `>` or `|` the text begins on the next line",
        "write it there, indented; or put the text in quotes",
    ),
    "mapping keys are not allowed": ("a text cannot begin with `? ` in YAML", _QUOTE_IT),
    "expected alphabetic or numeric": ("a text cannot begin with `&` or `*` in YAML", _QUOTE_IT),
    "tag": ("a text cannot begin with `!` in YAML", _QUOTE_IT),
    "whitespace or line break": ("a text cannot begin with `!` in YAML", _QUOTE_IT),
    "unexpected ':'": ("a `:` stands here without a space after it", "write `: `, or put the text in quotes"),
    "<document start>": ("this does not belong to what stands above", "align all names of the first level"),
    "non-alphabetical": ("lines that begin with `%` are not used here", "remove the line"),
    "incompatible YAML": ("lines that begin with `%` are not used here", "remove the line"),
    "directive": ("lines that begin with `%` are not used here", "remove the line"),
    "expected node content": ("a value is missing here", "write one, or put the text in quotes"),
    "control characters": ("the file holds a control character", "remove it"),
    "unknown escape character": (
        "an unknown escape (`\\…`) in double quotes",
        "double the backslash, or use single quotes",
    ),
    "invalid Unicode character escape": ("half of a surrogate pair is not a character", "write the character itself"),
}

_SLIPS: tuple[Callable[[Stumble], Said | None], ...] = (
    inblocks.odd_space,
    inblocks.open_quote,
    inbrackets.bare_text,
    inbrackets.goes_on,
    inbrackets.bracket,
    inblocks.beginning,
    inblocks.colon,
    inblocks.no_colon,
    inblocks.list_item,
    inblocks.after_end,
)
"""What looks for a slip of the pen, in order; the first that finds one is told."""
_BLAMED = ("end of stream", "expected alphabetic or numeric", "could not find expected ':'")
"""Complaints for which what was opened says more than where libyaml gave up."""


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
    stumble = Stumble(text, lines, problem, mark, error.context_mark)
    said = next((said for find in _SLIPS if (said := find(stumble))), None)
    if said is None:
        blamed = error.context_mark if any(sign in problem for sign in _BLAMED) else None
        said = Said(*_known(problem), blamed or mark)
    return Finding("yaml-syntax", said.message, between((said.mark, said.mark), file, lines), said.hint)


def _conflict(marked: list[int], file: str, lines: list[str]) -> Finding:
    """What git leaves where two branches changed the same lines: libyaml stumbles over it, mostly a line early."""
    shown = ", ".join(str(line + 1) for line in marked[:12]) + (", …" if len(marked) > 12 else "")
    at = mark_at(marked[0], 0)
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
