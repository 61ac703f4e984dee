"""libyaml's complaints in the words of a person who writes manifests."""

from yaml.error import MarkedYAMLError, YAMLError

from imagepipe.errors import Finding, Place
from imagepipe.yamltext.placing import BREAKS, between

INSTEAD = "share values through `defaults`, `extends` or `vars`"
_COMPLAINTS = {
    "block sequence entries are not allowed": (
        "a list begins in the middle of a line",
        "put each `-` on a line of its own",
    ),
    "cannot start any token": (
        "a tab or a character with a meaning in YAML begins this value",
        "indent with spaces; put the text in quotes",
    ),
    "mapping values are not allowed": (
        "a second `: ` in this line confuses YAML",
        "put the text in quotes, and check the indentation",
    ),
    "could not find expected ':'": ("this line has no `: ` after its name", "write `name: value`"),
    "did not find expected ',' or": ("a `,` or the closing bracket is missing here", "close the bracket"),
    "did not find expected key": ("the indentation does not fit the lines above", "align names of one level"),
    "did not find expected '-'": ("the indentation of this list does not fit", "align the `-` of one list"),
    "end of stream": ("a quote or bracket that was opened is never closed", "close it"),
    "control characters": ("the file holds a control character", "remove it"),
    "undefined alias": ("aliases are not used here", INSTEAD),
    "unknown escape character": (
        "an unknown escape (`\\\\…`) in double quotes",
        "double the backslash, or use single quotes",
    ),
    "invalid Unicode character escape": ("half of a surrogate pair is not a character", "write the character itself"),
}


def syntax_fault(error: YAMLError, file: str, text: str) -> Finding:
    """libyaml's complaint in the words of a person who writes manifests."""
    mark = error.problem_mark if isinstance(error, MarkedYAMLError) else None
    problem = str(getattr(error, "problem", "") or getattr(error, "reason", "") or error)
    message, hint = next(
        (said for sign, said in _COMPLAINTS.items() if sign in problem), (f"this is not YAML: {problem[:120]}", "")
    )
    lines = BREAKS.split(text)
    if mark is not None and isinstance(error, MarkedYAMLError) and error.context_mark and mark.line >= len(lines) - 1:
        mark = error.context_mark  # broken off at the end: what was opened says more
    if mark is not None:
        return Finding("yaml-syntax", message, between((mark, mark), file, lines), hint)
    position = getattr(error, "position", None)
    if not isinstance(position, int):
        return Finding("yaml-syntax", message, Place(file), hint)
    before = text.encode("utf-8")[:position].decode("utf-8", "replace")
    line = len(BREAKS.split(before))
    column = len(BREAKS.split(before)[-1]) + 1
    return Finding("yaml-syntax", message, Place(file, line, column, 1, lines[line - 1]), hint)
