"""Which bracket is wrong where YAML breaks off: found in the tokens, which know nothing of what may stand where."""

from collections.abc import Iterator
from typing import Any

from yaml._yaml import CParser
from yaml.error import YAMLError
from yaml.tokens import (
    FlowMappingEndToken,
    FlowMappingStartToken,
    FlowSequenceEndToken,
    FlowSequenceStartToken,
    StreamEndToken,
)

from imagepipe.frozen import frozen

_OPENS = {FlowMappingStartToken: "{", FlowSequenceStartToken: "["}
_CLOSES = {FlowMappingEndToken: "}", FlowSequenceEndToken: "]"}
_PAIRS = {"{": "}", "[": "]"}


@frozen
class BadBracket:
    """`text` is the bracket at `mark`; `closed_by` a bracket of the other kind, "" where nothing closes it, and the
    bracket itself where it closes nothing."""

    mark: Any
    text: str
    closed_by: str = ""


def bad_bracket(text: str, line: int) -> BadBracket | None:
    """The bracket to blame for a complaint about `line` (from 0): the innermost one that is still open at the end of
    that line, or the first that closes nothing or another kind. None where the brackets are right."""
    opened: list[tuple[str, Any]] = []
    for token in _tokens(text):
        mark = token.start_mark
        if mark.line > line:
            break
        if kind := _OPENS.get(type(token)):
            opened.append((kind, mark))
        elif kind := _CLOSES.get(type(token)):
            if not opened:
                return BadBracket(mark, kind, kind)
            other, start = opened.pop()
            if _PAIRS[other] != kind:
                return BadBracket(start, other, kind)
    return BadBracket(opened[-1][1], opened[-1][0]) if opened else None


def _tokens(text: str) -> Iterator[Any]:
    """The tokens of a text up to where even they break off."""
    parser = CParser(text)
    try:
        while (token := parser.get_token()) is not None and type(token) is not StreamEndToken:
            yield token
    except YAMLError:
        return
