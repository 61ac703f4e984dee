"""Slips of the pen within `[ ]` and `{ }`: texts that lack their quotes, a comma that is not there, a bracket too few."""

import re

from imagepipe.yamltext.brackets import BadBracket, bad_bracket
from imagepipe.yamltext.stumbling import Said, Stumble, curly, mark_at, quote_it

_QUOTED = re.compile(r'"(?:\\.|[^"\\])*"|(?<!\w)\'(?:\'\'|[^\'])*\'')
_COMMENT = re.compile(r"[\s\[{,]#")
_NAME = re.compile(r"\s*[\w.+-]*")
_CLOSING = {"[": "]", "{": "}"}


def bare_text(stumble: Stumble) -> Said | None:
    """A text without quotes that holds a bracket, as a placeholder or a variable does; or with quotes that are none."""
    sign = stumble.line[stumble.mark.column : stumble.mark.column + 1]
    if "did not find expected ',' or" not in stumble.problem or sign not in ("{", "[", ":"):
        return None
    start = _text_before(stumble.line, stumble.mark.column)
    if start is None:
        return None
    text = stumble.line[start : _end_of_text(stumble.line, start)]
    if said := curly(text, mark_at(stumble.mark.line, start)):
        return said
    if sign == ":":
        return None
    return Said(f"a text within brackets cannot hold `{sign}` in YAML", quote_it(text), stumble.mark)


def _text_before(line: str, column: int) -> int | None:
    """Where the text without quotes begins that a bracket stands in; None where the bracket begins a value."""
    start = max(line.rfind(sign, 0, column) + len(sign) for sign in (": ", ", ", ",", "[", "{"))
    text = line[start:column].strip()
    if not text or text[0] in "\"'":
        return None
    return start + len(line[start:column]) - len(line[start:column].lstrip())


def _end_of_text(line: str, start: int) -> int:
    """Where a text ends that may hold brackets in pairs: at a comma, or at a bracket that closes none of its own."""
    depth = 0
    for at in range(start, len(line)):
        depth += (line[at] in "[{") - (line[at] in "]}")
        if depth < 0 or (line[at] == "," and not depth):
            return at
    return len(line)


def goes_on(stumble: Stumble) -> Said | None:
    """A text within brackets that goes on right after its closing quote: mostly an apostrophe."""
    last = stumble.line[: stumble.mark.column][-1:]
    if "did not find expected ',' or" not in stumble.problem or last not in ("'", '"'):
        return None
    hint = "write an apostrophe as '' here, or use double quotes" if last == "'" else 'write a quote as \\"'
    return Said("the text goes on after its closing quote", hint, stumble.mark)


def bracket(stumble: Stumble) -> Said | None:
    """A bracket that is left open, closed by another kind, or closes nothing."""
    if "did not find expected" not in stumble.problem:
        return None
    found = bad_bracket(stumble.text, stumble.mark.line)
    if found is None:
        return None
    closing = _CLOSING.get(found.text, "")
    if not closing:
        message = f"this `{found.text}` closes a bracket that was never opened"
        return Said(message, "remove it, or put the text in quotes", found.mark)
    if said := _swallowed(stumble.lines[found.mark.line], found, closing):
        return said
    if not found.closed_by and not bad_bracket(stumble.text, len(stumble.lines)):
        return _missing_comma(stumble)
    if found.closed_by:
        what = f"this `{found.text}` is closed by `{found.closed_by}`"
        return Said(what, f"close it with `{closing}`", found.mark)
    return Said(f"this `{found.text}` is never closed", f"close it with `{closing}`", found.mark)


def _swallowed(line: str, found: BadBracket, closing: str) -> Said | None:
    """A `#` that begins a comment, with the closing bracket in it."""
    bare = _QUOTED.sub(lambda text: "_" * len(text.group()), line)
    comment = _COMMENT.search(bare, found.mark.column)
    if comment is None or closing not in line[comment.end() :]:
        return None
    at = comment.end() - 1
    message = "this `#` begins a comment, since it begins a value or follows a space"
    hint = quote_it(re.split(r"[\],}]", line[at:], maxsplit=1)[0])
    if line[:at].rstrip()[-1] not in "[{,:":
        hint = f"close the `{found.text}` before it, or put the text in quotes"
    return Said(message, hint, mark_at(found.mark.line, at))


def _missing_comma(stumble: Stumble) -> Said | None:
    """The end of the line above, where all brackets are right and a line begins with an entry of its own."""
    if stumble.above is None or not _NAME.fullmatch(stumble.before):
        return None
    end = mark_at(stumble.above, max(0, len(stumble.lines[stumble.above].rstrip()) - 1))
    return Said("a `,` is missing after this", "put a `,` between the entries in brackets", end)
