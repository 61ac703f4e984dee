"""Two renderings of one prompt, word by word: each line as it was, as it is, or with the words that went and came."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from itertools import groupby

from imagepipe.reports.safetext import line

Piece = tuple[str, str]
"""A sign (" " stayed, "-" went, "+" came) and text."""
Row = tuple[str, tuple[Piece, ...]]
"""The sign of a whole line, "~" where words within it changed, "…" for a gap; and its pieces."""

_WORD = re.compile(r"\s*\w+|\s*[^\w\s]|\s+")
_LABEL = re.compile(r"[A-Z][^:]{0,60}: ")
_KIN, _AHEAD = 0.3, 30
"""How much of two lines must be equal to be shown as one; how far ahead its other half is looked for."""


def rows(before: Sequence[str], after: Sequence[str]) -> Iterator[Row]:
    """What differs, with a line of context around it. The texts come out safe to print, each for one line.

    Long prompts of few different words take linear time: `autojunk` leaves out what is everywhere.
    """
    old, new = [line(text) for text in before], [line(text) for text in after]
    for number, group in enumerate(SequenceMatcher(None, old, new).get_grouped_opcodes(1)):
        if number:
            yield "…", ()
        for tag, low, high, start, end in group:
            if tag == "equal":
                yield from ((" ", ((" ", text),)) for text in old[low:high])
            else:
                yield from _block(old[low:high], new[start:end])


def whole(lines: Iterable[str], sign: str) -> Iterator[Row]:
    """A prompt that has no counterpart, every line with the same sign."""
    return ((sign, ((sign, line(text)),)) for text in lines)


def _block(gone: list[str], come: list[str]) -> Iterator[Row]:
    at = 0
    for number, old in enumerate(gone):
        found = next((place for place in range(at, min(len(come), at + _AHEAD)) if _kin(old, come[place])), None)
        if found is None and len(gone) == len(come) and number == at and not _LABEL.match(old):
            found = at
        if found is None:
            yield "-", (("-", old),)
            continue
        yield from whole(come[at:found], "+")
        yield from _changed(old, come[found])
        at = found + 1
    yield from whole(come[at:], "+")


def _kin(old: str, new: str) -> bool:
    label = _LABEL.match(old)
    return label is not None and new.startswith(label.group())


def _changed(old: str, new: str) -> Iterator[Row]:
    pieces = words(old, new)
    stayed = sum(len(text) for sign, text in pieces if sign == " ")
    if stayed < _KIN * max(len(old), len(new)):
        yield "-", (("-", old),)
        yield "+", (("+", new),)
    else:
        yield "~", pieces


def words(old: str, new: str) -> tuple[Piece, ...]:
    """One line into another, the words that went before those that came."""
    before, after = _WORD.findall(old), _WORD.findall(new)
    found: list[Piece] = []
    for tag, low, high, start, end in SequenceMatcher(None, before, after).get_opcodes():
        if tag == "equal":
            found += [(" ", text) for text in before[low:high]]
        else:
            found += [("-", text) for text in before[low:high]] + [("+", text) for text in after[start:end]]
    joined = [(sign, "".join(text for _, text in group)) for sign, group in groupby(found, lambda piece: piece[0])]
    return tuple(joined)


def marked(row: Row, mark: Callable[[str, str], str]) -> str:
    """The row as text: pieces that changed passed through `mark(sign, text)`; leading spaces stay outside the mark."""
    shown = []
    for sign, text in row[1]:
        bare = text.lstrip() if row[0] == "~" and sign != " " else text
        shown.append(text[: len(text) - len(bare)] + (mark(sign, bare) if sign != " " else bare))
    return "".join(shown)
