"""One asset's road from its decision to its files and its new lock entry."""

from dataclasses import dataclass

from imagepipe.events import Event, Failed, Published, Relocked, Skipped, Warned
from imagepipe.execute.attempt import Obtained, obtain
from imagepipe.execute.entries import Sources, candidates_of, choose, entry_of, finished
from imagepipe.execute.expectations import unmet
from imagepipe.execute.finish import Finish, Made, finish
from imagepipe.execute.free import draw
from imagepipe.execute.run import Ended, Job, Run
from imagepipe.execute.work import Route
from imagepipe.recipe import PLACEHOLDER, finish_of
from imagepipe.values import Action, Asset, Candidate, Entry


@dataclass(frozen=True, slots=True)
class Pictures:
    """What an asset's files are made of: all candidates, the pick, its bytes if they are at hand, and whence."""

    sources: Sources
    candidates: tuple[Candidate, ...]
    picked: Candidate
    raw: bytes | None = None


async def build(run: Run, job: Job) -> Published | Relocked:
    """Pays if that was decided, makes the files and writes them. Raises Ended, Stopped and ImagepipeError."""
    if job.decision.action is Action.GENERATE:
        pictures = await _generated(run, job)
    else:
        pictures = await _at_hand(run, job)
    entry, made = await _made(run, job, pictures)
    files = {one.path: one.data for one in made if one.data is not None}
    written = await run.on_disk(run.work.publish, job.asset.id, files) if files else ()
    if job.decision.orphans:
        run.emit(await _tidied(run, job))
    if written or job.decision.action is Action.GENERATE:
        return Published(job.asset.id, job.decision.action.value, entry, written)
    return Relocked(job.asset.id, entry)


async def _generated(run: Run, job: Job) -> Pictures:
    route = run.work.route_of(job.recipe.request)
    stands_in = job.recipe.request.provider == PLACEHOLDER
    own = run.work.entries.get(job.asset.id)
    same = own if own and own.made_from == job.recipe.made_from and own.placeholder == stands_in else None
    got = await (draw(run, job, route) if route.provider.free else _bought(run, job, route))
    candidates = candidates_of(got.receipts, same)
    picked = choose(job.asset, candidates, same)
    sources = Sources(job.recipe, got.receipts, same, run.work.profile)
    return Pictures(sources, candidates, picked, got.pictures.get(picked.sha256))


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
    receipts = () if before else await run.on_disk(run.work.store.receipts, key)
    candidates = decision.candidates or candidates_of(receipts, before)
    return Pictures(Sources(job.recipe, receipts, before, run.work.profile), candidates, decision.picked)


async def _made(run: Run, job: Job, pictures: Pictures) -> tuple[Entry, tuple[Made, ...]]:
    """The entry and the files, checked against what was expected of them."""
    asset, decision, picked = job.asset, job.decision, pictures.picked
    key, parts = finish_of(asset, picked.sha256, run.work.version_of)
    before = pictures.sources.before
    same = before if before and before.finished_by == key else None
    task = Finish(asset, picked, pictures.raw, decision.source, same, decision.writes, decision.copies)
    made = await finish(run, task)
    _check(asset, picked, made)
    entry = entry_of(asset, pictures.sources, pictures.candidates, picked)
    return finished(entry, key, parts, {one.path: one.fact for one in made}), made


def _check(asset: Asset, picked: Candidate, made: tuple[Made, ...]) -> None:
    if fault := unmet(asset, picked, {one.path: one.fact for one in made}):
        hint = "nothing was written, what was paid is kept; change `expect`, or ask anew with --again"
        raise Ended(Failed(asset.id, "expectation-unmet", fault, hint))


async def _tidied(run: Run, job: Job) -> Event:
    removed, left = await run.on_disk(run.work.drop, job.asset.id, job.decision.orphans)
    what = f"removed {', '.join(removed)}" if removed else f"{', '.join(left)} is written by nothing any more"
    return Warned("orphans", what, job.asset.id, "" if removed else "`imagepipe build --prune` removes it")
