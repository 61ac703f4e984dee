"""The second half of a migration: pictures kept under the keys of their new recipes, then files and lock written together."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from os.path import realpath
from pathlib import Path
from secrets import token_hex

from imagepipe.errors import Refused, UsageError
from imagepipe.frozen import frozen
from imagepipe.lock import Lock, with_changes
from imagepipe.manifest.loading import Loaded
from imagepipe.pipeline.around import around
from imagepipe.pipeline.ground import Ground, ground
from imagepipe.pipeline.migrating import Rewritten
from imagepipe.planning import Held, Holdings, make_plan
from imagepipe.recipe import recipe_of
from imagepipe.store.disk import write_atomic
from imagepipe.values import Action, Asset, Charge, Entry, FrozenMap, Manifest, Receipt, Recipe
from imagepipe.workspace.finding import lock_name
from imagepipe.workspace.locking import LockFile, save_lock


@frozen
class Relocked:
    """A lock that is ready: entries under their new keys and a free receipt for each. `changed` are the assets whose
    picture is not kept, since it was not the answer to their recipe before either."""

    base: Ground
    entries: Mapping[str, Entry]
    receipts: tuple[Receipt, ...] = ()
    changed: tuple[str, ...] = ()


def relocked(done: Rewritten, *, keep: bool = True) -> Relocked:
    """The lock of a migration; with `keep` every finished picture stays, else all of them are to be made anew.

    Raises UsageError where a picture is at hand that only a build puts into the lock: under its new key it would be lost.
    """
    base = ground(_whole(done.before[""]), around(done.root))
    if not keep:
        return Relocked(base, {}, changed=tuple(move.asset for move in done.moves if not move.profile))
    holdings = Holdings(base.lock, base.seen)
    entries, receipts, changed = {}, [], []
    for name, old, new in _pairs(done, base.lock):
        entry = base.lock.entries.get(name)
        recipe = _rekeyed(entry, old, new) if entry and old and new else None
        if entry is None or recipe is None:
            changed.append(name)
            continue
        entries[name] = _moved(entry, recipe)
        if not entry.placeholder:
            receipts.append(_receipt(entries[name], name, holdings.held(entry.made_from, name)))
    _require_built(base, changed)
    return Relocked(base, entries, tuple(receipts), tuple(changed))


def _whole(loaded: Loaded) -> Manifest:
    return replace(loaded.manifest, words=FrozenMap(loaded.words))


def _pairs(done: Rewritten, lock: Lock) -> Iterator[tuple[str, Recipe | None, Recipe | None]]:
    """Each asset that moves with its recipes before and after, under the profile that its entry was made by and with the
    inputs that it was made of; none where the manifest gives it other inputs by now."""
    moved = {(move.profile, move.asset) for move in done.moves}
    assets = {p: [{a.id: a for a in by[p].manifest.assets} for by in (done.before, done.after)] for p in done.before}
    for name in dict.fromkeys(move.asset for move in done.moves):
        entry = lock.entries.get(name)
        profile = entry.profile if entry and entry.profile in assets else ""
        if entry is None or (profile, name) not in moved or not entry.picked:
            if ("", name) in moved:
                yield name, None, None
            continue
        words = done.before[profile].words[name]
        old, new = (recipe_of(by[name], words, entry.inputs) for by in assets[profile])
        same = _roles(assets[profile][0][name]) == tuple(fact.role for fact in entry.inputs)
        yield name, old if same else None, new


def _roles(asset: Asset) -> tuple[str, ...]:
    return tuple(item.role for item in asset.inputs)


def _rekeyed(entry: Entry, old: Recipe, new: Recipe) -> Recipe | None:
    return new if entry.made_from == old.made_from else None


def _moved(entry: Entry, recipe: Recipe) -> Entry:
    origin = FrozenMap({"made_from": entry.made_from, "model": entry.model, "options": entry.options})
    known = entry.answer in ("adopted", "migrated")
    return replace(
        entry,
        made_from=recipe.made_from,
        parts=FrozenMap({**entry.parts, "made_from": recipe.parts}),
        model=recipe.request.model,
        options=recipe.request.options,
        answer=entry.answer if known or entry.placeholder else "migrated",
        origin=entry.origin if known or entry.placeholder else origin,
    )


def _receipt(entry: Entry, name: str, held: Held) -> Receipt:
    """What the store keeps of it: the pictures under their new key, free, counted as paid as often as they were."""
    return Receipt(
        id=f"{time.time_ns():016x}-{token_hex(4)}",
        key=entry.made_from,
        asset=name,
        provider=entry.provider,
        model=entry.model,
        parts=FrozenMap(entry.parts["made_from"]),
        prompt=entry.prompt,
        options=entry.options,
        inputs=entry.inputs,
        candidates=held.candidates or entry.candidates,
        paid=held.paid,
        answer=entry.answer,
        origin=entry.origin,
        charge=Charge(0.0),
        resolved_model=entry.resolved_model,
        made_at=entry.made_at or datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    )


def _require_built(base: Ground, changed: list[str]) -> None:
    manifest = base.manifest
    rows = make_plan(manifest, manifest.words, base.lock, base.seen, base.rules).decisions if changed else ()
    free = [row.asset for row in rows if row.asset in changed and row.action in (Action.FINISH, Action.RESTORE)]
    if free:
        message = f"{', '.join(free)}: a picture is at hand that is not in the lock, and would be lost under a new key"
        raise UsageError(message, hint="`imagepipe build` first, free; or --regenerate", code="build-first")


def apply(done: Rewritten, made: Relocked, timeout: float = 60.0) -> None:
    """Writes receipts, manifests and lock. Where one of them cannot be written, the manifests are as they were.

    Raises Refused for a file that somebody changed meanwhile, errors.Busy, store.disk.DiskFault.
    """
    for path, (before, _) in done.files.items():
        if (done.root / path).read_bytes() != before:
            raise Refused(f"{path} was changed meanwhile", hint="run migrate-model again", code="changed-meanwhile")
    with made.base.around.store as store:
        for receipt in made.receipts:
            with store.lock_key(receipt.key, timeout):
                store.put_receipt(receipt)
    written: list[str] = []
    try:
        for path, (_, after) in done.files.items():
            written.append(path)
            write_atomic(_real(done.root, path), after)
        place = LockFile(done.root, lock_name(done.file), timeout)
        save_lock(place, made.base.lock, with_changes(made.base.lock, made.entries))
    except BaseException:
        for path in written:
            write_atomic(_real(done.root, path), done.files[path][0])
        raise


def _real(root: Path, path: str) -> Path:
    """Where a file really is: a link stays a link."""
    return Path(realpath(root / path))
