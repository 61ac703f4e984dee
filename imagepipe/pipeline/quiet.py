"""When nothing is to do: remembers that, with all it depends on, and says it again without reading the manifest."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from imagepipe.errors import Finding, Place
from imagepipe.frozen import frozen
from imagepipe.pipeline import cached
from imagepipe.pipeline.cached import Basis
from imagepipe.values import Action, Decision, FrozenMap, Plan, Price, Totals
from imagepipe.workspace.digests import Print, content_of
from imagepipe.workspace.finding import find_project

_HERE = Path(__file__).resolve().parent.parent
_REGISTRY = str(_HERE / "models" / "registry.json")


@frozen
class Silent:
    """A plan with nothing to do: its HOLD rows and its counts, and the manifest's warnings."""

    plan: Plan
    findings: tuple[Finding, ...] = ()


@frozen
class Depended:
    """What a silent plan was decided from: files by project path or absolute path → digest, include patterns, folders of
    the store; `began` is when its planning began, in ns; `looks` are the stats of files that were read for it."""

    files: Mapping[str, str]
    globs: Mapping[str, tuple[str, ...]]
    folders: tuple[str, ...]
    began: int
    looks: Mapping[str, Print]


def silent(directory: str, file: str, profile: str = "", provider: str = "") -> Silent | None:
    """The last plan of the whole project, if it had nothing to do and nothing it depends on has changed since.

    Raises errors.UsageError where there is no manifest. Reads neither manifest nor lock.
    """
    root, name = find_project(Path(directory), file)
    shown = cached.nothing_to_do(root, cached.options_of(name, profile, provider))
    return _from_data(shown) if shown is not None else None


@frozen
class Last:
    """The last silent plan, the digest of the manifest it was made from, and whether that has been edited since."""

    silent: Silent
    manifest: str
    edited: bool


def last(directory: str, file: str, profile: str = "", provider: str = "") -> Last | None:
    """The last plan of the whole project, if it had nothing to do and nothing but the manifest may have changed since.

    Raises errors.UsageError where there is no manifest.
    """
    root, name = find_project(Path(directory), file)
    found = cached.last_silent(root, cached.options_of(name, profile, provider), name)
    return Last(_from_data(found[0]), str(found[0]["manifest"]), found[1]) if found else None


def remember(place: tuple[str, str], profile: str, provider: str, found: Silent, on: Depended) -> None:
    """Keeps that the plan of `place` (project folder, manifest) has nothing to do; does nothing for any other plan, or
    where a file is no longer what the plan saw."""
    root, name = Path(place[0]), place[1]
    if any(row.orphans or row.action not in (Action.KEEP, Action.HOLD) for row in found.plan.decisions):
        return
    files = {**on.files, _REGISTRY: content_of(_REGISTRY, str(_HERE)) or ""}
    basis = Basis(files, on.began, on.globs, on.folders, on.looks)
    shown = {**_to_data(found), "manifest": on.files.get(name, "")}
    cached.remember(root, cached.options_of(name, profile, provider), basis, shown)


def _to_data(found: Silent) -> dict[str, Any]:
    holds = [[row.asset, row.note, row.hint] for row in found.plan.decisions if row.action is Action.HOLD]
    notes = [_finding(item) for item in found.plan.notes]
    told = [_finding(item) for item in found.findings]
    return {"counts": dict(found.plan.totals.counts), "holds": holds, "notes": notes, "findings": told}


def _finding(item: Finding) -> list[Any]:
    place = item.place
    where = [place.file, place.line, place.column, place.length, place.source, place.path] if place else None
    return [item.code, item.message, where, item.hint, item.severity]


def _from_data(shown: Any) -> Silent:
    holds = tuple(Decision(asset, Action.HOLD, note=note, hint=hint) for asset, note, hint in shown["holds"])
    totals = Totals(FrozenMap(shown["counts"]), Price())
    notes = tuple(_told(row) for row in shown["notes"])
    return Silent(Plan(holds, totals, notes=notes), tuple(_told(row) for row in shown["findings"]))


def _told(row: list[Any]) -> Finding:
    code, message, where, hint, severity = row
    return Finding(code, message, Place(*where) if where else None, hint, severity)
