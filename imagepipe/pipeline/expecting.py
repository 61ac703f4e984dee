"""Holds `expect` against what the lock and the files' headers say of pictures that stay: what a build checked when it
made them, for expectations that were tightened since. Decodes nothing."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from imagepipe.errors import Finding, Problem
from imagepipe.pictures import Facts, unmet
from imagepipe.pipeline.ground import Ground
from imagepipe.planning.files import pattern_of
from imagepipe.values import EMPTY, Action, Asset, Decision, Entry, FileFact, ImageFact

CODE = "expectation-unmet"


def unmet_of(base: Ground, rows: Iterable[Decision]) -> tuple[Finding, ...]:
    """An error for each expectation that an asset which stays does not meet. Placeholders are let off."""
    stays = {row.asset for row in rows if row.action in (Action.KEEP, Action.HOLD)}
    found: list[Finding] = []
    for asset in base.manifest.assets:
        if asset.id in stays and (asset.expect or any(output.expect for output in asset.outputs)):
            entry = base.lock.entries.get(asset.id)
            if entry and not entry.placeholder:
                found += (_finding(asset, problem) for problem in _unmet(asset, entry, base.facts))
    return tuple(found)


def _finding(asset: Asset, problem: Problem) -> Finding:
    hint = f"change `expect`, or ask anew: imagepipe build --again {asset.id}"
    return Finding(CODE, f"{asset.id}: {problem.message}", asset.place, hint)


def _unmet(asset: Asset, entry: Entry, facts: Mapping[str, ImageFact]) -> Iterator[Problem]:
    picked = entry.picked
    if picked and asset.expect:
        same = next((fact for fact in entry.outputs.values() if fact.sha256 == picked.sha256), None)
        expect = {name: value for name, value in asset.expect.items() if same or name != "max_bytes"}
        yield from unmet(Facts(picked.width, picked.height, picked.format, same.bytes if same else 0), expect)
    for path, fact in entry.outputs.items():
        yield from (
            Problem(problem.code, problem.path, f"{path}: {problem.message}")
            for problem in _of_file(asset, path, fact, facts)
        )


def _of_file(asset: Asset, path: str, fact: FileFact, facts: Mapping[str, ImageFact]) -> Iterator[Problem]:
    own: Mapping[str, Any] = next((output.expect for output in asset.outputs if pattern_of(output.path)(path)), EMPTY)
    if not fact.width:
        return
    yield from unmet(Facts(fact.width, fact.height, fact.format, fact.bytes), own)
    wanted: Any = own.get("alpha", asset.expect.get("alpha"))
    if wanted is True and (seen := facts.get(path)) and not seen.has_alpha:
        yield Problem(CODE, ("expect", "alpha"), "the file has no transparency, and it was asked for")
