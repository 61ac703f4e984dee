"""The pictures of a comparison for a comment: before and after side by side, by addresses made from a template."""

import html
from collections.abc import Iterator
from urllib.parse import quote

from imagepipe.frozen import frozen
from imagepipe.paths import suffix_of
from imagepipe.planning.comparing import Change
from imagepipe.reports.safetext import line
from imagepipe.values import Entry, FileFact

WIDTH = 240
"""Pixels; a page of GitHub shows three beside each other."""
_SHOWN = ("png", "jpg", "jpeg", "webp", "gif", "svg", "avif")
_MOST = 4


@frozen
class Addresses:
    """Where pictures can be fetched: `template` with {rev} and {path}; the revisions before and after, "" where there
    is none to fetch from."""

    template: str
    before: str = ""
    after: str = ""

    def of(self, rev: str, path: str) -> str:
        """The address of a file in a revision. Other people's paths come in as percent-encoded text."""
        return self.template.replace("{rev}", quote(rev, safe="")).replace("{path}", quote(path, errors="replace"))


def rows(change: Change, addresses: Addresses) -> Iterator[str]:
    """A paragraph of HTML for each output with a picture, at most four; paths that would lead elsewhere have none."""
    paths = dict.fromkeys((*_outputs(change.after), *_outputs(change.before)))
    told = [(path, row) for path in paths if _is_shown(path) and (row := _row(change, path, addresses))]
    for path, row in told[:_MOST]:
        name = f"<code>{html.escape(line(path))}</code><br>" if len(told) > 1 else ""
        yield f"<p>{name}{row}</p>"
    if len(told) > _MOST:
        yield f"<p>… and {len(told) - _MOST} more</p>"


def _row(change: Change, path: str, addresses: Addresses) -> str:
    old, new = _digest(change.before, path), _digest(change.after, path)
    if old and old == new:
        cells = [_picture("unchanged", path, addresses.after, addresses)]
    else:
        cells = [_picture("before", path, addresses.before, addresses) if old else ""]
        cells += [_picture("after", path, addresses.after, addresses) if new else _not_yet(change)]
    shown = " → ".join(filter(None, cells))
    return shown if "<img" in shown else ""


def _not_yet(change: Change) -> str:
    return "<i>not built yet</i>" if change.after else ""


def _picture(alt: str, path: str, rev: str, addresses: Addresses) -> str:
    if not rev:
        return ""
    address = html.escape(addresses.of(rev, path))
    return f'<a href="{address}"><img src="{address}" alt="{alt}" width="{WIDTH}"></a>'


def _is_shown(path: str) -> bool:
    inside = all(part not in ("", ".", "..") for part in path.split("/"))
    return inside and "\\" not in path and suffix_of(path) in _SHOWN


def _outputs(entry: Entry | None) -> tuple[str, ...]:
    return tuple(entry.outputs) if entry else ()


def _digest(entry: Entry | None, path: str) -> str:
    fact: FileFact | None = entry.outputs.get(path) if entry else None
    return fact.sha256 if fact else ""
