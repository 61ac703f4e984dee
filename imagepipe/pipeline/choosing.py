"""What a person decides about pictures that are there: which one it is, which are good, which are not. Pays nothing."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from imagepipe.errors import UsageError
from imagepipe.frozen import frozen
from imagepipe.lock import with_changes
from imagepipe.lock.entries import statuses
from imagepipe.manifest.choosing import with_pick
from imagepipe.pipeline.around import around
from imagepipe.pipeline.ground import Ground, ground
from imagepipe.planning import Held, Holdings, make_plan
from imagepipe.store.disk import write_atomic
from imagepipe.values import Action, Asset, Candidate, Decision, Entry, Manifest
from imagepipe.workspace.finding import lock_name
from imagepipe.workspace.locking import LockFile, save_lock
from imagepipe.workspace.tree import DiskTree

REJECTED = "no reason given"
"""What the lock says where nobody said why."""


@frozen
class Chosen:
    """What was decided: about which candidate (`number` from 1), its new entry, and the file that says so."""

    asset: str
    verb: str
    number: int
    picture: Candidate
    entry: Entry
    where: str


@frozen
class Standing:
    """One asset as it stands: its lock entry, all pictures under its key, and what a build would do."""

    base: Ground
    asset: Asset
    entry: Entry
    held: Held
    decision: Decision

    @property
    def pictures(self) -> tuple[Candidate, ...]:
        """The candidates, in the order in which they are numbered."""
        return self.held.candidates

    def saved(self, verb: str, number: int, entry: Entry, timeout: float) -> Chosen:
        """Writes the new entry into the lock."""
        name, lock = lock_name(self.base.manifest.file), self.base.lock
        place = LockFile(self.base.root, name, timeout)
        save_lock(place, lock, with_changes(lock, {self.asset.id: entry}))
        self.base.digests.save()
        return Chosen(self.asset.id, verb, number, self.pictures[number - 1], entry, name)


@frozen
class Desk:
    """A project with its plan, for several decisions at once."""

    base: Ground
    rows: Mapping[str, Decision]


def desk_of(manifest: Manifest, *, frozen: bool = False) -> Desk:
    """The project as it is now. `frozen`: with what is paid for, though the manifest may want more pictures."""
    base = ground(manifest, around(Path(manifest.root)))
    rules = replace(base.rules, frozen=frozen)
    rows = make_plan(manifest, manifest.words, base.lock, base.seen, rules).decisions
    return Desk(base, {row.asset: row for row in rows})


def standing(desk: Desk, asset: Asset) -> Standing:
    """The asset as it stands. Raises UsageError where it has no picture yet."""
    base = desk.base
    entry = base.lock.entries.get(asset.id)
    if entry is None or not entry.candidates:
        hint = f"imagepipe build {asset.id} makes them"
        raise UsageError(f"{asset.id} has no pictures yet", hint=hint, code="never-built")
    own = Held(entry.candidates, len(entry.candidates), entry=entry, named=asset.id)
    held = own if entry.placeholder else Holdings(base.lock, base.seen).held(entry.made_from, asset.id)
    return Standing(base, asset, entry, held, desk.rows[asset.id])


def pick(manifest: Manifest, asset: Asset, number: int, timeout: float = 60.0) -> Chosen:
    """Makes candidate `number` (from 1) the asset: in the manifest where that says `pick`, else in the lock.

    The files are made of it by the next build, at no cost. Raises UsageError for a number that is none, a picture that
    failed its checks, or a recipe that has changed since; errors.Busy.
    """
    require_asked(asset)
    here = standing(desk_of(manifest), asset)
    _require_present(here)
    picture = _numbered(here, number)
    if picture.status == "rejected" and not picture.why:
        hint = f"choose another, or take it as it is: imagepipe adopt {asset.id}"
        raise UsageError(f"candidate {number} of {asset.id} failed its checks", hint=hint, code="pick-rejected")
    written = (DiskTree(here.base.root), manifest.file, asset.id, number, asset.profile)
    # What the manifest picks for an asset with edits is the picture before them, another asset.
    edit = with_pick(*written) if asset.pick is not None else None
    if edit and edit[1] != edit[2]:
        write_atomic((here.base.root / edit[0]).resolve(), edit[2])
    same = here.entry.picked is not None and here.entry.picked.sha256 == picture.sha256
    entry = replace(
        here.entry,
        candidates=statuses(here.pictures, picture.sha256),
        approved=here.entry.approved and same,
    )
    done = here.saved("pick", number, entry, timeout)
    return replace(done, where=edit[0]) if edit else done


def approve(manifest: Manifest, asset: Asset, timeout: float = 60.0) -> Chosen:
    """Marks the asset's picture as approved. Raises UsageError for a placeholder, and where the picture is not what the
    manifest asks for."""
    here = standing(desk_of(manifest, frozen=True), asset)
    number = _approvable(here)
    return here.saved("approve", number, replace(here.entry, approved=True), timeout)


def approve_all(
    manifest: Manifest, assets: Iterable[Asset], timeout: float = 60.0
) -> tuple[tuple[Chosen, ...], tuple[UsageError, ...]]:
    """Marks the pictures of several assets; also why some were not."""
    desk, done, faults = desk_of(manifest, frozen=True), [], []
    name = lock_name(manifest.file)
    for asset in assets:
        try:
            here = standing(desk, asset)
            number = _approvable(here)
        except UsageError as fault:
            faults.append(fault)
        else:
            entry = replace(here.entry, approved=True)
            done.append(Chosen(asset.id, "approve", number, here.pictures[number - 1], entry, name))
    lock = desk.base.lock
    changed = with_changes(lock, {one.asset: one.entry for one in done})
    save_lock(LockFile(desk.base.root, name, timeout), lock, changed)
    desk.base.digests.save()
    return tuple(done), tuple(faults)


def _approvable(here: Standing) -> int:
    """The number of the picture. Raises UsageError where there is none to approve."""
    id = here.asset.id
    if here.entry.placeholder:
        hint = "imagepipe build --provider openai makes the real one"
        raise UsageError(f"{id} is a placeholder: nothing to approve", hint=hint, code="not-approvable")
    if here.decision.action not in (Action.KEEP, Action.HOLD) or here.entry.picked is None:
        hint = f"imagepipe build {id} first; imagepipe why {id} tells what differs"
        message = f"{id} is not what the manifest asks for: there is nothing to approve yet"
        raise UsageError(message, hint=hint, code="not-approvable")
    return [item.sha256 for item in here.pictures].index(here.entry.picked.sha256) + 1


def reject(manifest: Manifest, asset: Asset, number: int = 0, why: str = "", timeout: float = 60.0) -> Chosen:
    """Rejects a candidate (0: the picked one): it no longer counts toward n, so that the next plan asks for another.

    Where it was the asset, the next good candidate is, if there is one. Raises UsageError for a placeholder, a number
    that is none, one that the manifest picks, or one that was rejected before.
    """
    require_asked(asset)
    here = standing(desk_of(manifest), asset)
    if here.entry.placeholder:
        hint = "a placeholder costs nothing; build the real one"
        raise UsageError(f"{asset.id} is a placeholder: nothing to reject", hint=hint, code="not-rejectable")
    _require_present(here)
    picked = here.entry.picked.sha256 if here.entry.picked else ""
    number = number or next((at for at, item in enumerate(here.pictures, 1) if item.sha256 == picked), 0)
    picture = _numbered(here, number)
    if picture.status == "rejected":
        hint = "name another: --candidate N"
        raise UsageError(f"candidate {number} of {asset.id} is rejected already", hint=hint, code="not-rejectable")
    if asset.pick == number:
        hint = f"imagepipe pick {asset.id} another one first, or take `pick` out"
        raise UsageError(f"{manifest.file} says `pick: {number}` for {asset.id}", hint=hint, code="pick-wins")
    turned = replace(picture, status="rejected", why=why or REJECTED)
    candidates = tuple(turned if item is picture else item for item in here.pictures)
    stays = picture.sha256 != picked
    entry = replace(
        here.entry,
        candidates=statuses(candidates, picked) if stays else candidates,  # receipts know nothing of the choice
        approved=here.entry.approved and stays,
    )
    return here.saved("reject", number, entry, timeout)


def require_asked(asset: Asset) -> None:
    """Raises for an asset that is made of its inputs: there is no picture of its own to choose."""
    if asset.local:
        hint = "choose among the pictures of its inputs"
        raise UsageError(f"{asset.id} is made here of its inputs, without a prompt", hint=hint, code="made-here")


def _numbered(here: Standing, number: int) -> Candidate:
    count = len(here.pictures)
    if not 1 <= number <= count:
        known = "one candidate" if count == 1 else f"{count} candidates"
        hint = f"name one from 1 to {count}; imagepipe sheet {here.asset.id} shows them"
        raise UsageError(f"{here.asset.id} has {known}", hint=hint, code="no-candidate")
    return here.pictures[number - 1]


def _require_present(here: Standing) -> None:
    """Raises where the pictures answer another recipe than the present one: choosing among them would mean nothing."""
    recipe, id = here.decision.recipe, here.asset.id
    if recipe is None or recipe.made_from != here.entry.made_from:
        hint = f"imagepipe build {id} first, or keep the picture for the new words: imagepipe adopt {id}"
        raise UsageError(f"the recipe of {id} has changed since these pictures", hint=hint, code="recipe-changed")
