"""A manifest's text cut where its assets begin: which of them an edit touched, and a text that holds those alone. Pure."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence

from imagepipe.frozen import frozen

_BREAKS = (b"\xc2\x85", b"\xe2\x80\xa8", b"\xe2\x80\xa9", b"\xef\xbb\xbf")
"""Line breaks other than LF and CR, and a byte order mark."""
_ESCAPES = (b"\\x", b"\\u", b"\\U")
"""By which a name can be written otherwise than it reads."""
_WORD = re.compile(rb"[\w./-]")


@frozen
class Cut:
    """A text in lines, and the lines (from 0) on which its assets begin, in order."""

    lines: Sequence[bytes]
    starts: Sequence[int]

    def end(self, block: int) -> int:
        """The line after the last one of an asset."""
        return self.starts[block + 1] if block + 1 < len(self.starts) else len(self.lines)

    def only(self, blocks: Iterable[int], header: bool = True) -> bytes:
        """The text with these assets (and, with `header`, what is before the first), all other lines left empty: what is
        kept stays in its place."""
        kept = [b""] * len(self.lines)
        spans = [(0, self.starts[0])] if header else []
        for begin, end in (*spans, *((self.starts[at], self.end(at)) for at in blocks)):
            kept[begin:end] = self.lines[begin:end]
        return b"\n".join(kept)


@frozen
class Edit:
    """A text before and after an edit that touched the assets from `first` to before `last`, and nothing else."""

    before: Cut
    after: Cut
    first: int
    last: int

    @property
    def blocks(self) -> range:
        """The assets touched, by their number."""
        return range(self.first, self.last)

    @property
    def moved(self) -> int:
        """By how many lines everything behind them has moved."""
        return len(self.after.lines) - len(self.before.lines)


def can_be_cut(data: bytes) -> bool:
    """Whether a text's lines are what YAML takes them for, and a name in it always reads as it is written."""
    # One byte is found many times as fast as several, and mostly neither kind is there.
    odd = (*(_ESCAPES if b"\\" in data else ()), *(() if data.isascii() else _BREAKS))
    return b"\r" not in data and not any(one in data for one in odd)


def edit_of(before: bytes, after: bytes, starts: Sequence[int]) -> Edit | None:
    """What an edit touched; None where it may be more than assets, or where they begin otherwise than they did.

    `starts` are the lines on which the assets of `before` begin, as its YAML was read: up to the first of the touched
    ones both texts are read alike. The caller makes sure that `before` can be cut, and that the touched ones are whole
    where they stand alone.
    """
    old, new = before.split(b"\n"), after.split(b"\n")
    if not starts or old == new:
        return None
    if any(line[:1] not in (b"", b" ", b"#") for line in old[starts[-1] + 1 :]):
        return None  # something follows the assets
    shorter = min(len(old), len(new))
    top = next((at for at in range(shorter) if old[at] != new[at]), shorter)
    most = shorter - top
    tail = next((at for at in range(most) if old[-1 - at] != new[-1 - at]), most)
    if not can_be_cut(b"\n".join(new[top : len(new) - tail])):
        return None
    first, last = bisect_left(starts, top) - 1, bisect_left(starts, len(old) - tail)
    if first < 0:
        return None
    moved = len(new) - len(old)
    begins = _begins(new, starts, (first, last), moved)
    return Edit(Cut(old, starts), Cut(new, begins), first, last) if begins else None


def _begins(new: Sequence[bytes], starts: Sequence[int], touched: tuple[int, int], moved: int) -> list[int]:
    """Where the assets begin after the edit; none if the number of the touched ones is another."""
    first, last = touched
    end = starts[last] + moved if last < len(starts) else len(new)
    margin = len(new[starts[first]]) - len(new[starts[first]].lstrip(b" "))
    begin = re.compile(rb" {%d}[^ #]" % margin)
    own = [at for at in range(starts[first], end) if begin.match(new[at])]
    return [*starts[:first], *own, *(at + moved for at in starts[last:])] if len(own) == last - first else []


def names_in(text: Iterable[bytes], names: Iterable[str]) -> bool:
    """Whether any of these names stands in the text as a word of its own."""
    words = [name.encode() for name in names]
    return any(_stands(part, word) for part in text for word in words)


def _stands(text: bytes, word: bytes) -> bool:
    at = text.find(word)
    while at >= 0:
        around = text[max(at - 1, 0) : at], text[at + len(word) : at + len(word) + 1]
        if not any(map(_WORD.match, around)):
            return True
        at = text.find(word, at + 1)
    return False
