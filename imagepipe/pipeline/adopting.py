"""Takes a picture that a person chose into store and lock as the answer to an asset's present recipe, at no cost."""

import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex

from imagepipe.digest import digest_bytes
from imagepipe.errors import ImagepipeError, UsageError
from imagepipe.frozen import frozen
from imagepipe.lock import Made, entry_of, with_changes
from imagepipe.pictures import OF_MATTE, Facts, alone, header_of, measure, unmet
from imagepipe.pipeline.around import around
from imagepipe.pipeline.choosing import require_asked
from imagepipe.pipeline.ground import Ground, ground
from imagepipe.planning import Held, Holdings, known_of, make_plan
from imagepipe.planning.drafts import draft_of
from imagepipe.planning.files import foreign
from imagepipe.planning.inputs import gather
from imagepipe.recipe import finish_of, recipe_of
from imagepipe.steps.catalogue import version_of
from imagepipe.values import EMPTY, Asset, Candidate, Charge, Entry, FileFact, FrozenMap, Manifest, Receipt, Recipe
from imagepipe.workspace.digests import pointed
from imagepipe.workspace.finding import lock_name
from imagepipe.workspace.locking import LockFile, save_lock
from imagepipe.workspace.tree import DiskTree

FORMATS = ("png", "jpeg", "webp", "gif")


@frozen
class Adopted:
    """What was taken, and the asset's lock entry with it."""

    asset: str
    picture: Candidate
    entry: Entry


@frozen
class Chosen:
    """A picture to adopt; `data` None: its bytes are not here, only its record. `same`: its files need no remaking.
    `done`: it is what a person made of that output, whose steps have been run on it already."""

    picture: Candidate
    origin: FrozenMap
    data: bytes | None = None
    same: bool = False
    done: str = ""


def adopt(manifest: Manifest, asset: Asset, file: str = "", *, note: str = "", timeout: float = 60.0) -> Adopted:
    """Makes `file` the asset's picture; without one, its output that was edited by hand, else the picture it has.

    The files are made of it by the next build, at no cost. Raises errors.UsageError for what is no picture, does not
    meet the asset's `expect`, or has nothing to be the answer to; errors.Busy where a build holds the request.
    """
    require_asked(asset)
    base = ground(manifest, around(Path(manifest.root)))
    recipe = present_recipe(base, asset)
    held = Holdings(base.lock, base.seen).held(recipe.made_from, asset.id)
    chosen = _from_file(base, asset, Path(file)) if file else _present(base, asset, recipe, held)
    return take(base, (asset, recipe, held), chosen, note=note, timeout=timeout)


def take(
    base: Ground, about: tuple[Asset, Recipe, Held], chosen: Chosen, *, note: str = "", timeout: float = 60.0
) -> Adopted:
    """Writes a picture into store and lock as the answer to a recipe. Raises as `adopt` does."""
    (asset, recipe, held), manifest = about, base.manifest
    _require_expected(asset, chosen)
    candidates = (*held.candidates, *([] if _is_among(chosen.picture, held) else [chosen.picture]))
    _require_picked(manifest, asset, candidates, chosen.picture)
    with base.around.store as store, store.lock_key(recipe.made_from, timeout):
        if chosen.data is not None:
            store.put_blob(chosen.data)
        receipt = _receipt(recipe, chosen)
        store.put_receipt(receipt)
    entry = _entry(base, recipe, replace(held, candidates=candidates, receipts=(*held.receipts, receipt)), chosen)
    before = base.lock.entries.get(asset.id)
    same = before is not None and before.picked is not None and before.picked.sha256 == chosen.picture.sha256
    entry = replace(entry, note=note or entry.note or (before.note if before and same else ""))
    place = LockFile(base.root, lock_name(manifest.file), timeout)
    save_lock(place, base.lock, with_changes(base.lock, {asset.id: entry}))
    base.digests.save()
    return Adopted(asset.id, chosen.picture, entry)


def present_recipe(base: Ground, asset: Asset) -> Recipe:
    """The asset's present recipe, the bytes of all its inputs known."""
    manifest = base.manifest
    known = {}
    if any(item.asset for item in asset.inputs):
        rows = make_plan(manifest, manifest.words, base.lock, base.seen, base.rules).decisions
        known = {row.asset: known_of(row, base.lock.entries.get(row.asset)) for row in rows}
    gathered = gather(asset, known, base.seen, draft_of(asset, base.lock.entries) if asset.final_uses else "")
    unknown = (*gathered.waiting, *gathered.missing)
    if unknown:
        hint = (
            f"`imagepipe build {gathered.waiting[0]}` first"
            if gathered.waiting
            else "put it there, or correct its path"
        )
        raise UsageError(
            f"{asset.id}: its input {', '.join(unknown)} is not there yet", hint=hint, code="input-missing"
        )
    return recipe_of(asset, manifest.words[asset.id], gathered.facts)


def _from_file(base: Ground, asset: Asset, path: Path) -> Chosen:
    if not path.is_file():
        raise UsageError(f"there is no file {path}", hint="name a picture", code="not-adoptable")
    real, root = path.resolve(), base.root.resolve()
    named = real.relative_to(root).as_posix() if real.is_relative_to(root) else path.name
    return _measured(asset, named, path.read_bytes())


def _measured(asset: Asset, named: str, data: bytes) -> Chosen:
    """The picture in `data`; a drawing only where one was asked for, since no step reads it."""
    if len(data) < 1024 and pointed(data) != digest_bytes(data):
        raise UsageError(f"{named} is a Git LFS pointer, not the picture", hint="`git lfs pull`", code="not-adoptable")
    try:
        drawing = ("svg",) if asset.options.get("output_format") == "svg" else ()
        picture = measure(data, FORMATS + drawing)
    except ImagepipeError as error:
        hint = "adopt takes a PNG, JPEG, WebP or GIF file"
        raise UsageError(f"{named} cannot be adopted: {error.message}", hint=hint, code="not-adoptable") from error
    if picture.format == "gif" != asset.options.get("output_format") and header_of(data).animated:
        message = f"{named} cannot be adopted: it is animated, and {asset.id} is a still"
        raise UsageError(message, hint="save one frame of it", code="not-adoptable")
    return Chosen(picture, FrozenMap({"file": named}), data)


def _present(base: Ground, asset: Asset, recipe: Recipe, held: Held) -> Chosen:
    """The picture that the asset has: edited by hand, rejected until now, or that of its earlier recipe."""
    holdings = Holdings(base.lock, base.seen)
    edited = foreign(asset, holdings)
    if len(edited) > 1:
        hint = f"name the one to keep: imagepipe adopt {asset.id} {edited[0]}"
        raise UsageError(f"several files of {asset.id} were edited: {', '.join(edited)}", hint=hint, code="which-file")
    if edited:
        chosen = _measured(asset, edited[0], DiskTree(base.root).read(edited[0]))
        return replace(chosen, done=edited[0]) if _is_finished(asset, edited[0], chosen.picture) else chosen
    if rejected := _rejected(asset, held):
        origin = _origin(recipe.made_from, recipe.request.model, recipe.request.options)
        return _alone(base, asset, Chosen(rejected, origin, _bytes(base, rejected, holdings)))
    entry = base.lock.entries.get(asset.id)
    picture = entry.picked if entry and not entry.placeholder else None
    if picture is None or entry is None:
        raise UsageError(
            f"{asset.id} has no picture of its own yet",
            hint=f"name a file: imagepipe adopt {asset.id} FILE",
            code="nothing-to-adopt",
        )
    if _is_among(picture, held) and held.usable:
        hint = f"name another picture: imagepipe adopt {asset.id} FILE"
        raise UsageError(f"{asset.id}: its picture is the answer already", hint=hint, code="nothing-to-adopt")
    origin = _origin(entry.made_from, entry.model, entry.options)
    return Chosen(replace(picture, status="kept"), origin, _bytes(base, picture, holdings), same=True)


def _is_finished(asset: Asset, path: str, picture: Candidate) -> bool:
    """Whether a file is one that steps made, and can stay as it is: they would frame or shrink it a second time."""
    return any(
        output.path == path and output.steps and not output.beside and output.format == picture.format
        for output in asset.outputs
    )


def _origin(made_from: str, model: str, options: FrozenMap) -> FrozenMap:
    return FrozenMap({"made_from": made_from, "model": model, "options": options})


def _rejected(asset: Asset, held: Held) -> Candidate | None:
    """The picture that failed its checks, where it stands in the way: the one `pick` names, or the first of a key that
    has no other."""
    pick, pictures = asset.pick, held.candidates
    if pick is not None and pick <= len(pictures) and pictures[pick - 1].status == "rejected":
        return pictures[pick - 1]
    return next((item for item in pictures if item.format), None) if held.lost else None


def _bytes(base: Ground, picture: Candidate, holdings: Holdings) -> bytes | None:
    """The bytes where only a file of the project has them: they belong into the store now."""
    source = holdings.file_with(picture.sha256)
    if base.around.store.has_blob(picture.sha256) or not source:
        return None
    data = DiskTree(base.root).read(source)
    return data if digest_bytes(data) == picture.sha256 else None


def _alone(base: Ground, asset: Asset, rejected: Chosen) -> Chosen:
    """A picture that failed its checks as it is, but for what follows it in its file, which would be published unseen."""
    try:
        data = rejected.data or base.around.store.blob(rejected.picture.sha256)
    except FileNotFoundError:
        hint = f"restore the store, or name a file: imagepipe adopt {asset.id} FILE"
        raise UsageError(f"{asset.id}: its picture is not here any more", hint=hint, code="not-adoptable") from None
    whole = alone(data)
    if whole == data:
        return replace(rejected, picture=replace(rejected.picture, status="kept"))
    cut = FrozenMap({**rejected.origin, "trailing_bytes": len(data) - len(whole)})
    return replace(_measured(asset, f"the picture of {asset.id}", whole), origin=cut)


def _is_among(picture: Candidate, held: Held) -> bool:
    return any(item.sha256 == picture.sha256 for item in held.candidates)


def _require_expected(asset: Asset, chosen: Chosen) -> None:
    """Raises for a picture that the asset's `expect` would refuse; transparency that a step makes is not looked for."""
    expect = {name: value for name, value in asset.expect.items() if not (asset.transparency and name in OF_MATTE)}
    picture, data = chosen.picture, chosen.data or b""
    if chosen.data is None:
        expect.pop("max_bytes", None)
    facts = Facts(picture.width, picture.height, picture.format, len(data), data)
    faults = [problem.message for problem in unmet(facts, expect) if problem.severity == "error"]
    if faults:
        hint = f"bring it to what `expect` of {asset.id} says, or change that"
        raise UsageError(f"{asset.id} cannot have this picture: {'; '.join(faults)}", hint=hint, code="not-adoptable")


def _require_picked(manifest: Manifest, asset: Asset, candidates: tuple[Candidate, ...], picture: Candidate) -> None:
    number = next(at for at, item in enumerate(candidates, 1) if item.sha256 == picture.sha256)
    if asset.pick in (None, number):
        return
    hint = f"take `pick` out of {asset.id}, or write `pick: {number}`"
    raise UsageError(
        f"{manifest.file} says `pick: {asset.pick}`, which wins over what is adopted", hint=hint, code="pick-wins"
    )


def _receipt(recipe: Recipe, chosen: Chosen) -> Receipt:
    request = recipe.request
    return Receipt(
        id=f"{time.time_ns():016x}-{token_hex(4)}",
        key=recipe.made_from,
        asset=recipe.asset,
        provider=str(recipe.parts["provider"]),
        model=request.model,
        parts=recipe.parts,
        prompt=tuple(request.prompt.split("\n")),
        options=request.options,
        inputs=request.inputs,
        candidates=(chosen.picture,),
        answer="adopted",
        origin=chosen.origin,
        charge=Charge(0.0),
        made_at=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    )


def _entry(base: Ground, recipe: Recipe, held: Held, chosen: Chosen) -> Entry:
    """The new entry. Files made of the very same picture stay as recorded, and so does the one that a person finished;
    others keep their record until they are made anew, so that they are known as ours."""
    before = base.lock.entries.get(recipe.asset)
    asset = next(asset for asset in base.manifest.assets if asset.id == recipe.asset)
    outputs, left, key, parts = (before.outputs if before else EMPTY), EMPTY, "", EMPTY
    if before and chosen.same:
        key, parts = before.finished_by, before.parts.get("finished_by", EMPTY)
    elif chosen.done:
        left = FrozenMap({path: fact for path, fact in outputs.items() if path != chosen.done})
        outputs = FrozenMap({chosen.done: _file(chosen)})
        key, parts = finish_of(asset, chosen.picture.sha256, version_of)
    made = Made(held.candidates, chosen.picture.sha256, outputs, key, parts, held.receipts, profile=asset.profile)
    return replace(entry_of(recipe, made, before), answer="adopted", origin=chosen.origin, left_over=left)


def _file(chosen: Chosen) -> FileFact:
    picture = chosen.picture
    return FileFact(picture.sha256, picture.width, picture.height, picture.format, len(chosen.data or b""))
