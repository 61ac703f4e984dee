"""A plan after an edit of a few assets, where the last plan had nothing to do: only these are read, judged and rendered.

It is the plan that all would give, or none: wherever anything beyond the edited assets could differ, it steps back.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from imagepipe import yamltext
from imagepipe.digest import digest_bytes
from imagepipe.errors import Finding, ImagepipeError
from imagepipe.frozen import frozen
from imagepipe.pipeline.around import around
from imagepipe.pipeline.blocks import Cut, Edit, can_be_cut, edit_of, names_in
from imagepipe.pipeline.ground import ground
from imagepipe.pipeline.load import Asked, load_text
from imagepipe.pipeline.quiet import Last, Silent
from imagepipe.planning import make_plan
from imagepipe.values import Action, Asset, FrozenMap, Manifest, Plan, Totals
from imagepipe.workspace.digests import keep
from imagepipe.workspace.finding import find_project

_MOST = 20
_KEY = re.compile(rb"\bsk-[A-Za-z0-9_-]{12,}")
_FILE = (".imagepipe", "cache", "manifest")


@frozen
class _Basis:
    """The manifest of the last silent plan: its text, where its assets begin, their ids, and which of them are inputs."""

    text: bytes
    starts: tuple[int, ...]
    ids: tuple[tuple[str, ...], ...]
    inputs: frozenset[str]


def remember(manifest: Manifest) -> None:
    """Keeps what `plan_of_edit` goes by; call it for a manifest whose plan has nothing to do."""
    place = Path(manifest.root).joinpath(*_FILE)
    with suppress(OSError):
        text = (Path(manifest.root) / manifest.file).read_bytes()
        # A key that someone wrote there is not copied anywhere.
        if not _is_simple(manifest) or not can_be_cut(text) or (b"sk-" in text and _KEY.search(text)):
            place.unlink(missing_ok=True)
            return
        ids: dict[int, list[str]] = {}
        for asset in manifest.assets:
            ids.setdefault(asset.place.line - 1 if asset.place else -1, []).append(asset.id)
        inputs = sorted({item.asset for asset in manifest.assets for item in asset.inputs if item.asset})
        head = json.dumps({"ids": sorted(ids.items()), "inputs": inputs}, separators=(",", ":"))
        keep(place, head.encode(), b"\n", text)


def _is_simple(manifest: Manifest) -> bool:
    """Whether every asset stands in the main file, writes paths that are known, and has nothing expected of it."""
    return all(
        asset.place is not None
        and asset.place.file == manifest.file
        and asset.place.line
        and not asset.expect
        and not any(output.expect or "{" in output.path for output in asset.outputs)
        for asset in manifest.assets
    )


def plan_of_edit(last: Last, directory: str, file: str, profile: str = "", provider: str = "") -> Silent | None:
    """The plan of the whole project, its unchanged rows left out but counted; None where all must be looked at. `last` is
    the last plan, after which nothing but the manifest has changed."""
    root, name = find_project(Path(directory), file)
    with suppress(OSError, ValueError, KeyError, TypeError, ImagepipeError):
        basis = _basis(root)
        if basis is None or last.manifest != digest_bytes(basis.text):
            return None
        edit = edit_of(basis.text, (root / name).read_bytes(), basis.starts)
        if edit is None or len(edit.blocks) > _MOST:
            return None
        return _planned(root, Asked(name, profile, provider), basis, edit, last.silent)
    return None


def _basis(root: Path) -> _Basis | None:
    head, _, text = root.joinpath(*_FILE).read_bytes().partition(b"\n")
    data = json.loads(head)
    rows: list[tuple[int, list[str]]] = data["ids"]
    return _Basis(
        text, tuple(line for line, _ in rows), tuple(tuple(ids) for _, ids in rows), frozenset(data["inputs"])
    )


def _planned(root: Path, asked: Asked, basis: _Basis, edit: Edit, last: Silent) -> Silent | None:
    ids = frozenset(id for at in edit.blocks for id in basis.ids[at])
    values = [_values(cut, edit, asked.name) for cut in (edit.before, edit.after)]
    if values[0] is None or values[1] is None or list(values[0]) != list(values[1]):
        return None
    if ids & basis.inputs or _named_elsewhere(edit, {*ids, *values[0]}):
        return None
    near = {name: at for at, names in enumerate(basis.ids) for name in names}
    blocks = sorted({*edit.blocks, *_needed(values, near, edit, asked.name)})
    before, after = (load_text(cut.only(blocks), root, asked) for cut in (edit.before, edit.after))
    if [asset.id for asset in before.assets] != [asset.id for asset in after.assets]:
        return None  # `revise` makes several assets of one
    if _frame(before, ids) != _frame(after, ids) or any(asset.expect for asset in after.assets):
        return None
    findings = _findings(last.findings, before.findings, after.findings, edit)
    return _joined(root, asked.provider, after, ids, replace(last, findings=findings)) if findings is not None else None


def _values(cut: Cut, edit: Edit, name: str) -> Mapping[str, Any] | None:
    """The edited assets as YAML reads them where they stand alone; None where they do not, or begin elsewhere."""
    alone = cut.only(edit.blocks, header=False).split(b"\n")
    alone[0] = b"assets:"
    document = yamltext.parse(b"\n".join(alone), name)
    wanted = [cut.starts[at] + 1 for at in edit.blocks]
    begun = sorted(place for (over, _), place in document.starts.items() if over == "assets")
    if (
        list(document.value) != ["assets"]
        or document.faults
        or [line for line, _ in begun] != wanted
        or len({column for _, column in begun}) != 1
    ):
        return None
    value: Mapping[str, Any] = document.value["assets"]
    return value if all(isinstance(item, dict) and "matrix" not in item for item in value.values()) else None


def _named_elsewhere(edit: Edit, names: set[str]) -> bool:
    """Whether another asset may build on one of these."""
    lines, cut = edit.before.lines, edit.before
    begin, end = cut.starts[edit.first], cut.end(edit.last - 1)
    return names_in((b"\n".join(lines[:begin]), b"\n".join(lines[end:])), names)


def _needed(values: Iterable[Any], near: Mapping[str, int], edit: Edit, name: str) -> set[int]:
    """The assets that the edited ones name in any of their values, and those that these name."""
    found: set[int] = set()
    waiting = [at for value in values for at in _known(value, near)]
    while waiting:
        at = waiting.pop()
        if at not in found and at not in edit.blocks:
            found.add(at)
            waiting += _known(_one(edit.before, at, name), near)
    return found


def _one(cut: Cut, at: int, name: str) -> Any:
    return yamltext.read(b"\n".join(cut.lines[cut.starts[at] : cut.end(at)]), name)


def _known(value: Any, near: Mapping[str, int]) -> list[int]:
    return [near[word] for text in _texts(value) for word in (text, text.partition("#")[0]) if word in near]


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, Sequence):
        for item in value:
            yield from _texts(item)


def _frame(manifest: Manifest, ids: frozenset[str]) -> list[tuple[Any, ...]]:
    """What of the edited assets other assets may meet: their ids and the paths they write."""

    def paths(asset: Asset) -> tuple[str, ...]:
        return (*(path for output in asset.outputs for path in output.files), asset.originals)

    return [(asset.id, *paths(asset)) for asset in manifest.assets if asset.id in ids]


def _findings(
    last: Iterable[Finding], before: Iterable[Finding], after: Iterable[Finding], edit: Edit
) -> tuple[Finding, ...] | None:
    """The warnings of the whole manifest: as they were, but for those of the edited assets."""
    end = edit.before.end(edit.last - 1)

    def moved(item: Finding) -> Finding:
        place = item.place
        behind = place is not None and place.line > end
        return replace(item, place=replace(place, line=place.line + edit.moved)) if place and behind else item

    was, now = Counter(map(moved, before)), Counter(after)
    gone, new = was - now, now - was
    lines = range(edit.after.starts[edit.first] + 1, edit.after.end(edit.last - 1) + 1)
    if any(item.place is None or item.place.line not in lines for item in new):
        return None
    kept = Counter(map(moved, last))
    if gone - kept:
        return None
    found = list((kept - gone + new).elements())
    return tuple(sorted(found, key=lambda item: (item.place.line, item.place.column) if item.place else (0, 0)))


def _joined(root: Path, provider: str, manifest: Manifest, ids: frozenset[str], last: Silent) -> Silent | None:
    """The edited assets' rows, and the counts of all."""
    base = ground(manifest, around(root), provider)
    made = make_plan(base.manifest, manifest.words, base.lock, base.seen, replace(base.rules, chosen=ids))
    base.digests.save()
    base.facts.save()
    held = {row.asset for row in last.plan.decisions}
    others = tuple(row for row in last.plan.decisions if row.asset not in ids)
    if others and any(row.action is Action.HOLD for row in made.decisions):
        return None  # their order is that of the manifest
    counts = Counter(last.plan.totals.counts)
    counts.subtract(Action.HOLD.value if id in held else Action.KEEP.value for id in ids)
    counts.update(row.action.value for row in made.decisions)
    totals = Totals(FrozenMap({name: many for name, many in counts.items() if many}), made.totals.price)
    rows = (*(row for row in made.decisions if row.action is not Action.KEEP), *others)
    return Silent(Plan(rows, totals, notes=last.plan.notes), last.findings)
