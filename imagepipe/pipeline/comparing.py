"""What changed: the project of now against its lock, or against a git revision. Pays nothing, needs no key."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from imagepipe.pipeline.around import around
from imagepipe.pipeline.ground import Ground, ground
from imagepipe.pipeline.revisions import Revision, revision
from imagepipe.planning import Holdings, comparing, make_plan, states
from imagepipe.planning.comparing import Comparison, Prices
from imagepipe.planning.declaring import declared
from imagepipe.plugins import resolve
from imagepipe.selection import edges_of, select
from imagepipe.values import Asset, Entry, Manifest, Prompt
from imagepipe.workspace.finding import lock_name

AFFECTED = "imagepipe.pipeline.affected:affected"
"""Resolved when asked for: it stands on this module."""

_ENOUGH = 1_000_000


def compare(
    manifest: Manifest, *, base: str = "", chosen: Sequence[str] = (), exclude: Sequence[str] = (), affected: str = ""
) -> Comparison:
    """What differs between `base` (a git revision; "": the lock) and now, of the chosen assets (SELECT patterns) and,
    of those, the ones that a change since the revision `affected` touches.

    Raises errors.UsageError for an unknown revision or selection, errors.Damaged for a broken lock.
    """
    here = ground(manifest, around(Path(manifest.root)))
    now = declared(manifest, here.lock, here.digests, here.rules.version_of)
    then, gone, made = _then(here, base)
    ids = _chosen(here, (*manifest.assets, *gone), chosen, exclude)
    if affected:
        touched: frozenset[str] = resolve(AFFECTED)(here, affected)
        ids = touched if ids is None else ids & touched
    found = comparing.compare(then, now, prices(here), ids)
    here.digests.save()
    return replace(found, base=made.base, rev=made.rev, notes=made.notes)


def _then(here: Ground, base: str) -> tuple[dict[str, Entry], list[Asset], Comparison]:
    """The state to compare with, its assets that are no more, and what to call it."""
    known = {asset.id for asset in here.manifest.assets}
    if not base:
        then = dict(here.lock.entries)
        made = Comparison(lock_name(here.manifest.file), "", ())
        return then, [Asset(id, Prompt()) for id in then if id not in known], made
    old = revision(here.manifest, base)
    then = state_of(old, here)
    assets = old.manifest.assets if old.manifest else tuple(Asset(id, Prompt()) for id in then)
    return then, [asset for asset in assets if asset.id not in known], Comparison(base, old.rev, (), notes=old.notes)


def state_of(old: Revision, here: Ground) -> dict[str, Entry]:
    """What a revision declared; its lock where its manifest cannot be read."""
    if old.manifest is None:
        return dict(old.lock.entries)
    return declared(old.manifest, old.lock, old.files, here.rules.version_of)


def prices(here: Ground) -> Prices:
    """Prices by the registry of now, and what lock and store have paid for already."""
    holdings = Holdings(here.lock, here.seen)
    pinned = {asset.id for asset in here.manifest.assets if asset.pin}

    def had(key: str, asset: str) -> int:
        entry = here.lock.entries.get(asset)
        if asset in pinned and entry and entry.picked and not entry.placeholder:
            return _ENOUGH
        held = holdings.held(key, asset)
        return _ENOUGH if held.adopted and held.usable else held.paid - held.turned_down

    return Prices(here.rules.price_of, had)


def _chosen(
    here: Ground, assets: Iterable[Asset], chosen: Sequence[str], exclude: Sequence[str]
) -> frozenset[str] | None:
    if not chosen and not exclude:
        return None
    rows = tuple(assets)
    by_state = any("state:" in pattern for pattern in (*chosen, *exclude))
    manifest = here.manifest
    found = states(make_plan(manifest, manifest.words, here.lock, here.seen, here.rules)) if by_state else {}
    return select(chosen, rows, states=found, edges=edges_of(rows), exclude=exclude)
