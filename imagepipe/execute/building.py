"""One asset's road from its decision to its files and its new lock entry."""

from collections.abc import Mapping
from dataclasses import replace

from imagepipe import lock
from imagepipe.errors import ImagepipeError
from imagepipe.events import REMOVED, Failed, Published, Relocked, Skipped, Warned
from imagepipe.execute.attempt import Obtained, obtain
from imagepipe.execute.expectations import Known, expected
from imagepipe.execute.finish import Finish, Made, finish
from imagepipe.execute.free import draw
from imagepipe.execute.picking import choose
from imagepipe.execute.run import Ended, Job, Run
from imagepipe.execute.work import Route
from imagepipe.frozen import frozen
from imagepipe.lock.counting import candidates_of
from imagepipe.pictures import PictureFault, facts
from imagepipe.provenance import Source, packet
from imagepipe.recipe import PLACEHOLDER, finish_of, judged_by, tried
from imagepipe.values import (
    EMPTY,
    PROFILE,
    Action,
    Asset,
    Candidate,
    Charge,
    Decision,
    Entry,
    FrozenMap,
    ImageFact,
    Receipt,
    Refusal,
)


@frozen
class Pictures:
    """What an asset's files are made of: all candidates, the pick, its bytes if they are at hand; the receipts they
    came with, the entry there was for them, and the profile they were made under. `parts`: the inputs' pictures by name,
    where the files are made of those. `unpriced`: they were paid for, and nothing here says how much."""

    candidates: tuple[Candidate, ...]
    picked: Candidate
    raw: bytes | None = None
    receipts: tuple[Receipt, ...] = ()
    before: Entry | None = None
    placeholder: bool = False
    profile: str = ""
    parts: Mapping[str, bytes] = EMPTY
    unpriced: bool = False


async def build(run: Run, job: Job) -> Published | Relocked:
    """Pays if that was decided, makes the files and writes them. Raises Ended, Stopped and ImagepipeError."""
    if job.decision.action is Action.GENERATE:
        pictures = await _generated(run, job)
    else:
        pictures = await (_of_inputs(run, job) if job.asset.local else _at_hand(run, job))
    entry, made = await _made(run, job, pictures)
    files = {one.path: one.data for one in made if one.data is not None}
    written = await run.on_disk(run.work.publish, job.asset.id, files) if files else ()
    if job.decision.orphans:
        entry = await _tidied(run, job, entry)
    if written or job.decision.action is Action.GENERATE:
        return Published(job.asset.id, job.decision.action.value, entry, written)
    return Relocked(job.asset.id, entry)


async def _generated(run: Run, job: Job) -> Pictures:
    route = run.work.route_of(job.recipe.request)
    stands_in = job.recipe.request.provider == PLACEHOLDER
    own = run.work.entries.get(job.asset.id)
    same = own if own and own.made_from == job.recipe.made_from and own.placeholder == stands_in else None
    got = await (draw(run, job, route) if route.provider.free else _bought(run, job, route))
    candidates = await run.on_disk(
        _judged, run, job.asset, candidates_of(got.receipts, same.candidates if same else ())
    )
    picked = await _at_hand_or_new(run, job, got, choose(job.asset, candidates, same))
    raw, receipts = got.pictures.get(picked.sha256), () if route.provider.free else got.receipts
    return Pictures(candidates, picked, raw, receipts, same, stands_in, job.asset.profile)


async def _at_hand_or_new(run: Run, job: Job, got: Obtained, picked: Candidate) -> Candidate:
    """The picture that was picked; where its bytes are lost and nobody insists on it, the first good one that came now."""
    new = [one for receipt in got.receipts for one in receipt.candidates if one.sha256 in got.pictures]
    if job.asset.pick is not None or picked in new or not new:
        return picked
    try:
        await run.on_disk(run.work.read_raw, picked.sha256, "")
    except OSError:
        run.emit(Warned("picture-lost", "the picture it had is lost; a new one takes its place", job.asset.id))
        return choose(job.asset, new, None)
    return picked


async def _bought(run: Run, job: Job, route: Route) -> Obtained:
    """The asset that makes the request pays; another one with the same key takes what came of it."""
    if job.decision.ask:
        return await obtain(run, job, route)
    receipts = await run.on_disk(run.work.store.receipts, job.recipe.made_from)
    if not receipts:
        raise Ended(Skipped(job.asset.id, "another asset makes the same request, and it brought nothing"))
    return Obtained(receipts)


async def _at_hand(run: Run, job: Job) -> Pictures:
    decision, key = job.decision, job.recipe.made_from
    if decision.picked is None:
        raise ValueError(f"{job.asset.id}: {decision.action} without a picture")
    before = run.entry_with(job.asset.id, key, decision.picked.sha256)
    if before:
        candidates = decision.candidates or before.candidates
        profile = job.asset.profile if _relabelled(decision) else before.profile
        return Pictures(candidates, decision.picked, None, (), before, before.placeholder, profile)
    receipts = await run.on_disk(run.work.store.receipts, key)
    candidates = decision.candidates or candidates_of(receipts)
    # Without a receipt they are what a merge kept beside another recipe's.
    return Pictures(candidates, decision.picked, None, receipts, profile=job.asset.profile, unpriced=not receipts)


def _relabelled(decision: Decision) -> bool:
    """Whether a picture of one profile is taken for another, since both make the same request."""
    return any(reason.part == PROFILE for reason in decision.reasons)


async def _of_inputs(run: Run, job: Job) -> Pictures:
    """The inputs of an asset without a request; the first stands for all of them."""
    files = await run.on_disk(run.work.read_inputs, job.asset.id, job.recipe.request)
    parts = {item.note: data for item, data in zip(job.asset.inputs, files, strict=True)}
    first, fact = job.recipe.request.inputs[0], await run.on_pixels(_fact, *next(iter(parts.items())))
    picked = Candidate(first.sha256, fact.width, fact.height, fact.format)
    own = run.work.entries.get(job.asset.id)
    before = own if own and own.made_from == job.recipe.made_from else None
    return Pictures((picked,), picked, None, (), before, profile=job.asset.profile, parts=parts)


def _fact(name: str, data: bytes) -> ImageFact:
    try:
        return facts(data)
    except PictureFault as fault:
        raise PictureFault(f"input {name}: {fault.message}", hint="name a picture", code=fault.code) from None


async def _made(run: Run, job: Job, pictures: Pictures) -> tuple[Entry, tuple[Made, ...]]:
    """The entry and the files, checked against what was expected of them."""
    asset, decision, picked, before = job.asset, job.decision, pictures.picked, pictures.before
    key, parts = finish_of(asset, picked.sha256, run.work.version_of)
    same = before if before and before.finished_by == key else None
    task = Finish(
        asset,
        picked,
        pictures.raw,
        decision.source,
        same,
        decision.writes,
        decision.copies,
        _xmp(asset, pictures),
        pictures.parts,
    )
    try:
        made, raw = await finish(run, task)
    except ImagepipeError as error:
        if error.picture:  # what the steps say of this picture they will say again
            await _remember(run, asset, picked, error.code, error.message)
        raise
    await _check(run, job, replace(pictures, raw=raw), made)
    facts = {one.path: one.fact for one in made}
    done = lock.Made(
        pictures.candidates, picked.sha256, facts, key, parts, pictures.receipts, pictures.placeholder, pictures.profile
    )
    entry = lock.entry_of(job.recipe, done, before)
    return replace(entry, cost=Charge(None)) if pictures.unpriced else entry, made


def _holds(receipt: Receipt, picked: Candidate) -> bool:
    return any(item.sha256 == picked.sha256 for item in receipt.candidates)


def _xmp(asset: Asset, pictures: Pictures) -> bytes:
    """What derived files say of their origin. Of a picture that a person chose nobody knows how it came about."""
    if asset.metadata != "embed":
        return b""
    if pictures.parts:
        made = any(b"rainedAlgorithmicMedia" in data for data in pictures.parts.values())
        composite: Source = "compositeWithTrainedAlgorithmicMedia" if made else ""
        return packet(asset.id, composite, creator=asset.owner, license=asset.license)
    came = [receipt.answer for receipt in pictures.receipts if _holds(receipt, pictures.picked)]
    answers = came or ([pictures.before.answer] if pictures.before else [])
    source: Source = "" if "adopted" in answers else "trainedAlgorithmicMedia"
    if pictures.placeholder:
        source = "algorithmicMedia"
    return packet(asset.id, source, creator=asset.owner, license=asset.license)


async def _check(run: Run, job: Job, pictures: Pictures, made: tuple[Made, ...]) -> None:
    """Holds picture and files against `expect`. Raises Ended; what cannot be checked is told."""
    if not job.asset.expect and not any(output.expect for output in job.asset.outputs):
        return
    known = await run.on_disk(_compared, run, job, pictures.placeholder)
    problems = await run.on_pixels(expected, job.asset, pictures.picked, pictures.raw, made, known)
    wrong = [problem for problem in problems if problem.severity == "error"]
    if wrong:
        code, message = wrong[0].code, "; ".join(dict.fromkeys(problem.message for problem in wrong))
        if not pictures.placeholder:
            await _remember(run, job.asset, pictures.picked, code, message)
        hint = "nothing was written, what was paid is kept; change `expect`, `adopt` it, or ask anew: --retry-failed"
        raise Ended(Failed(job.asset.id, code, message, hint))
    for problem in problems:
        run.emit(Warned(problem.code, problem.message, job.asset.id))


async def _remember(run: Run, asset: Asset, picked: Candidate, code: str, message: str) -> None:
    """Notes in the store that this picture is not what is wanted, so that it is not tried again and again."""
    key = judged_by(asset, picked.sha256, run.work.version_of)
    refusal = Refusal(key, asset.id, code, message, at=run.work.clock.now())
    await run.on_disk(run.work.store.remember_refusal, refusal)


def _judged(run: Run, asset: Asset, candidates: tuple[Candidate, ...]) -> tuple[Candidate, ...]:
    """The candidates, those rejected that were tried and failed."""
    return tried(asset, candidates, run.work.store.refusal, run.work.version_of)[0]


def _compared(run: Run, job: Job, stand_in: bool) -> Known:
    """The key colour, and the files that an edit is compared with where that is asked for and they are at hand."""
    key = str(run.work.step_context(job.asset).facts.get("key", ""))
    request = job.recipe.request
    roles = [item.role for item in request.inputs]
    if "min_similarity" not in job.asset.expect or "target" not in roles:
        return Known(key, stand_in=stand_in)
    try:
        files = run.work.read_inputs(job.asset.id, request)
    except (OSError, ImagepipeError):
        return Known(key)
    mask = files[roles.index("mask")] if "mask" in roles else b""
    return Known(key, files[roles.index("target")], mask)


async def _tidied(run: Run, job: Job, entry: Entry) -> Entry:
    """The entry with the files that nothing writes any more and that stay: it goes on owning them."""
    owned = run.work.entries[job.asset.id].files
    removed, left = await run.on_disk(run.work.drop, job.asset.id, job.decision.orphans)
    if removed:
        run.emit(Warned(REMOVED, f"removed {', '.join(removed)}", job.asset.id))
    if left:
        what, hint = f"{', '.join(left)} is written by nothing any more", "`imagepipe build --prune` removes it"
        run.emit(Warned("orphans", what, job.asset.id, hint))
    return replace(entry, left_over=FrozenMap({path: owned[path] for path in left}))
