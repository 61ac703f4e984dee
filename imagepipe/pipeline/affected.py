"""Which assets a change touches, counted from a git revision: `--affected REV`."""

from collections.abc import Iterable
from dataclasses import fields

from imagepipe.graph import descendants
from imagepipe.history import changed_since
from imagepipe.pipeline.comparing import state_of
from imagepipe.pipeline.ground import Ground
from imagepipe.pipeline.revisions import revision
from imagepipe.planning.declaring import declared
from imagepipe.planning.differing import differences
from imagepipe.selection import edges_of
from imagepipe.values import Asset, Entry, Manifest

_ELSEWHERE = ("place", "vars", "prompt")
"""Fields that say nothing by themselves: what comes of variables, templates and prompt files is in the words."""


def affected(here: Ground, rev: str) -> frozenset[str]:
    """The assets whose manifest entry, words, inputs or outputs differ between a revision and now, and all that take
    one of them as input. All assets, where the revision's manifest cannot be read. Raises errors.UsageError."""
    manifest = here.manifest
    old = revision(manifest, rev)
    everyone = {asset.id for asset in manifest.assets}
    if old.manifest is None:
        return frozenset(everyone)
    now = declared(manifest, here.lock, here.digests, here.rules.version_of)
    then = state_of(old, here)
    found = {asset for asset in everyone if _differs(then.get(asset), now[asset])}
    found |= _redeclared(old.manifest, manifest) | _touched(here, changed_since(manifest.root, old.rev))
    return frozenset(found | descendants(edges_of(manifest.assets), found))


def _differs(before: Entry | None, after: Entry) -> bool:
    return before is None or before.prompt != after.prompt or bool(differences(before, after))


def _redeclared(old: Manifest, new: Manifest) -> set[str]:
    before = {asset.id: _plain(asset) for asset in old.assets}
    return {asset.id for asset in new.assets if before.get(asset.id) != _plain(asset)}


def _plain(asset: Asset) -> list[object]:
    return [getattr(asset, spec.name) for spec in fields(asset) if spec.name not in _ELSEWHERE]


def _touched(here: Ground, changed: Iterable[str]) -> set[str]:
    """The assets that own or read one of the changed files."""
    homes: dict[str, set[str]] = {}
    for asset in here.manifest.assets:
        entry = here.lock.entries.get(asset.id)
        paths = [path for output in asset.outputs for path in output.files] + [item.image for item in asset.inputs]
        for path in (*paths, asset.originals, *(entry.outputs if entry else ())):
            homes.setdefault(path, set()).add(asset.id)
    return set().union(*(homes.get(path, set()) for path in changed if path))
