"""The last stretch of the road: does what the plan says and keeps the lock. The only module that imports execute."""

import asyncio
from collections.abc import AsyncGenerator, Generator, Iterator, Sequence
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

from imagepipe.events import BuildFinished, Event, InDoubt, SpoolAdopted, Warned
from imagepipe.execute.adoption import adopt, give_up
from imagepipe.execute.scheduler import execute
from imagepipe.execute.work import Work
from imagepipe.lock.advancing import advance
from imagepipe.pipeline.around import around
from imagepipe.pipeline.build import guards, staying
from imagepipe.pipeline.build.lockkeeping import LockKeeper
from imagepipe.pipeline.build.routes import Routes
from imagepipe.pipeline.build.runreport import RunReport
from imagepipe.pipeline.build.works import Asked, run_id, work_of
from imagepipe.pipeline.build.written import Written
from imagepipe.pipeline.doubting import CODES
from imagepipe.pipeline.driving import driven
from imagepipe.pipeline.ground import Ground, ground
from imagepipe.pipeline.options import BuildOptions, PlanOptions
from imagepipe.pipeline.planning import keep_quiet, planned
from imagepipe.planning.saved import loads as saved_plan
from imagepipe.planning.saved import require_same
from imagepipe.store.pending import State
from imagepipe.values import Manifest, Plan
from imagepipe.values.dollars import usd as dollars
from imagepipe.workspace.finding import lock_name
from imagepipe.workspace.locking import LockFile


def build(
    manifest: Manifest,
    *,
    select: Sequence[str] = (),
    exclude: Sequence[str] = (),
    provider: str = "",
    options: BuildOptions = BuildOptions(),
) -> Generator[Event, None, None]:
    """Builds the selected assets and yields what happens, ending with BuildFinished, whose `exit_code` sums it up.

    On the main thread, a first Ctrl-C sends nothing new and keeps what is in flight; a second one raises
    KeyboardInterrupt. Closing the iterator ends the requests in flight; what they brought is kept, what is unknown is in
    doubt. Raises errors.Refused before anything is sent, errors.ProviderStop without a key, and as `plan` does.
    """
    return driven(lambda stopping: abuild(
        manifest, select=select, exclude=exclude, provider=provider, options=options, stopping=stopping
    ))  # fmt: skip


async def abuild(
    manifest: Manifest,
    *,
    select: Sequence[str] = (),
    exclude: Sequence[str] = (),
    provider: str = "",
    options: BuildOptions = BuildOptions(),
    stopping: asyncio.Event | None = None,
) -> AsyncGenerator[Event, None]:
    """`build` for an event loop of one's own; `stopping`, once set, ends the sending of new requests."""
    base = ground(manifest, around(Path(manifest.root), store=options.store), provider)
    routes = Routes(base.around, base.registry)
    written = Written()
    asked = Asked(options, guards.caps_of(base.around, manifest.budget, options), run_id())
    try:
        adopted = await asyncio.to_thread(_adopted, work_of(base, routes, asked, written))
        for event in adopted:
            yield event
        base = ground(manifest, base.around, provider) if adopted else base
        plan, base = planned(base, select, exclude, options)
        _require(plan, base, asked)
        await routes.open(row.recipe.request for row in guards.bill_of(plan).rows if row.recipe)
        work = work_of(base, routes, asked, written)
        work = replace(work, stopping=stopping) if stopping else work
        given_up = await asyncio.to_thread(give_up, work, base.settled)
        told = [*adopted, *(_let_go(doubt) for doubt in given_up), *_aside(plan, options)]
        told += guards.warnings(plan, base)
        for event in told[len(adopted) :]:
            yield event
        async with aclosing(_done(plan, base, work, options, told)) as events:
            async for event in events:
                written.hear(event)
                yield staying.told(_settled(event, options, len(given_up)), plan, base)
        if not select and not exclude:
            _keep_quiet(manifest, base, provider, written)
    finally:
        try:
            await routes.close()
        finally:
            base.around.store.close()


def _aside(plan: Plan, options: BuildOptions) -> Iterator[Event]:
    """Doubts that hold nothing up here, which a person should know of; a one-off request is told of its own alone."""
    notes = () if options.store else plan.notes
    return (Warned(note.code, note.message, "", note.hint) for note in notes if note.code in CODES)


def _let_go(doubt: InDoubt) -> Warned:
    usd = "an unknown sum" if doubt.worst is None else f"up to {dollars(doubt.worst)}"
    return Warned("doubt-let-go", f"its doubt is let go; {usd} stays counted as spent", doubt.asset)


def _settled(event: Event, options: BuildOptions, count: int) -> Event:
    """Says at the end what came of `--resend` or `--forget`, where nothing else was done."""
    wish = " ".join(name for name in ("--resend", "--forget") if getattr(options, name[2:]))
    if not wish or not isinstance(event, BuildFinished) or event.message or event.published or event.failed:
        return event
    settled = f"{count} doubt{'' if count == 1 else 's'} let go; nothing was sent."
    return replace(event, message=settled if count else f"Nothing is in doubt: {wish} found nothing to settle.")


def _adopted(work: Work) -> list[Event]:
    """Whole answers of broken-off builds, taken into the store before the plan is made."""
    if all(item.state is not State.COMPLETE or item.live for item in work.store.pending()):
        return []
    return [event for event in adopt(work) if isinstance(event, SpoolAdopted | Warned)]


def _require(plan: Plan, base: Ground, asked: Asked) -> None:
    if asked.options.plan_file:
        path = Path(asked.options.plan_file)
        require_same(saved_plan(path.read_text(encoding="utf-8"), str(path)), plan)
    guards.own_files(plan, base.manifest)
    guards.require(guards.bill_of(plan), base.around, asked.caps, asked.options)


async def _done(
    plan: Plan, base: Ground, work: Work, options: BuildOptions, adopted: Sequence[Event]
) -> AsyncGenerator[Event, None]:
    """The events of `execute`, each written into the lock; the last one is told when the lock is safe."""
    keeper = LockKeeper(LockFile(base.root, lock_name(base.manifest.file), options.lock_timeout), base.lock, base.lock)
    report = RunReport(work.run, base.manifest, plan)
    last: BuildFinished | None = None
    for event in adopted:
        report.hear(event)
    try:
        async with aclosing(execute(plan, work)) as events:
            async for event in events:
                report.hear(event)
                keeper.lock = advance(keeper.lock, event)
                if isinstance(event, BuildFinished):
                    last = event
                    continue
                await keeper.save_now_and_then()
                yield event
    finally:
        unsaved = keeper.save()
        base.digests.save()
    if unsaved:
        yield unsaved[1]
    if fault := report.write(base.root, options.report):
        yield fault
    if last:
        yield replace(last, exit_code=last.exit_code or unsaved[0]) if unsaved else last


def _keep_quiet(manifest: Manifest, base: Ground, provider: str, written: Written) -> None:
    """After a build that left nothing to do, the next plan need not read anything."""
    fresh = written.believed(ground(manifest, base.around, provider))
    keep_quiet(fresh, planned(fresh, (), (), PlanOptions())[0], provider)
