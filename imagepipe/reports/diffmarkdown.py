"""A comparison as a comment on a pull request: a summary, the money, and a block to open for each asset.

Everything that is not ours stands inside `<pre>` or `<code>` with its special characters as entities: there no host
reads Markdown, follows a mention or fetches a picture.
"""

import html
from collections.abc import Iterator

from imagepipe.planning.comparing import Change, Comparison
from imagepipe.reports import diffpictures, diffwords, money
from imagepipe.reports.diffpictures import Addresses
from imagepipe.reports.difftext import closing, delta, name, price_of, prompt_rows, told
from imagepipe.reports.diffwords import Row
from imagepipe.reports.ink import PLAIN, Ink
from imagepipe.reports.safetext import clipped, line
from imagepipe.values import FREE

LIMIT = 65_536
"""Characters that GitHub takes in one comment."""
_BLOCK, _NOTES = 20_000, 10
_LIVE = str.maketrans({sign: f"&#{ord(sign)};" for sign in "`*_[]!|~@#\\"})
_TAGS = {"-": "del", "+": "ins"}
_SIGNS = {"added": "➕", "changed": "✏️", "removed": "➖"}


def render(comparison: Comparison, ink: Ink = PLAIN, pictures: Addresses | None = None) -> str:
    """The comment, at most LIMIT characters, with pictures where their addresses are known; `ink` changes nothing."""
    head = "\n".join(_head(comparison)) + "\n"
    room = LIMIT - len(head) - 400
    blocks: list[str] = []
    for change in comparison.changes:
        block = _block(change, pictures)
        room -= len(block)
        if room < 0:
            break
        blocks.append(block)
    left = len(comparison.changes) - len(blocks)
    return head + "".join(blocks) + (_pointer(comparison, left) if left else "")


def inert(text: str) -> str:
    """Other people's text for one line of HTML in Markdown, all of it plain."""
    return html.escape(line(text)).translate(_LIVE)


def _inline(text: str) -> str:
    """The same within a paragraph of Markdown, where bare addresses would become links."""
    return f"<code>{inert(text).replace(':', '&#58;').replace('www.', 'www&#46;')}</code>"


def _head(comparison: Comparison) -> Iterator[str]:
    if not comparison.changes:
        yield f"### imagepipe: nothing differs from {_base(comparison)}"
    else:
        yield f"### imagepipe: {closing(comparison)[0]}"
        cost = "nothing to pay" if comparison.to_build == FREE else f"**{money.full(comparison.to_build)}** to build"
        everything = f"making everything anew: {delta(comparison)}"
        yield f"\nCompared with {_base(comparison)} · {cost} · {everything}"
    for note in comparison.notes[:_NOTES]:
        yield f"\n> {_inline(clipped(note.message, 500))}"


def _base(comparison: Comparison) -> str:
    return _inline(clipped(name(comparison), 200))


def _block(change: Change, pictures: Addresses | None) -> str:
    price = price_of(change)
    title = f"{_SIGNS[change.kind]} <code>{inert(change.asset)}</code> {change.kind}" + (f" · {price}" if price else "")
    lines = "\n".join(_lines(change))
    if len(lines) > _BLOCK:
        lines = f"Too long to show here: imagepipe diff {inert(change.asset)}"
    shown = "".join(f"\n{row}\n" for row in diffpictures.rows(change, pictures)) if pictures else ""
    return f"\n<details><summary>{title}</summary>\n\n<pre>\n{lines}\n</pre>\n{shown}\n</details>\n"


def _lines(change: Change) -> Iterator[str]:
    rows = [_row(row) for row in prompt_rows(change)]
    others = [inert(text) for text in told(change)]
    yield from rows
    yield from [""] if rows and others else []
    yield from others


def _row(row: Row) -> str:
    sign = row[0]
    if sign == "…":
        return "…"
    text = diffwords.marked((sign, tuple((one, inert(piece)) for one, piece in row[1])), _marked)
    return f"{sign} {text}".rstrip()


def _marked(sign: str, text: str) -> str:
    return f"<{_TAGS[sign]}>{text}</{_TAGS[sign]}>"


def _pointer(comparison: Comparison, left: int) -> str:
    base = f" --base {_inline(clipped(comparison.base, 100))}" if comparison.rev else ""
    return f"\n{left} more asset{'' if left == 1 else 's'} did not fit here: run <code>imagepipe diff</code>{base}\n"
