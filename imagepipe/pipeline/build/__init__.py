"""The last stretch of the road: does what the plan says and keeps the lock. The only module that imports execute."""

import asyncio
import time
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from pathlib import Path

from imagepipe.events import BuildFinished, Event, SpoolAdopted
from imagepipe.execute.adoption import adopt, give_up
from imagepipe.execute.scheduler import execute
from imagepipe.execute.work import Work
from imagepipe.lock import Lock, advance
from imagepipe.pipeline.around import around
from imagepipe.pipeline.build import guards
from imagepipe.pipeline.build.routes import Routes
from imagepipe.pipeline.build.runreport import RunReport
from imagepipe.pipeline.build.works import Asked, run_id, work_of
from imagepipe.pipeline.driving import driven
from imagepipe.pipeline.ground import Ground, ground
from imagepipe.pipeline.options import BuildOptions
from imagepipe.pipeline.planning import keep_quiet, planned
from imagepipe.planning import make_plan
from imagepipe.planning.saved import loads as saved_plan
from imagepipe.planning.saved import require_same
from imagepipe.store.pending import State
from imagepipe.values import Manifest, Plan
from imagepipe.workspace.finding import lock_name
from imagepipe.workspace.locking import LockFile, save_lock

_BETWEEN_WRITES = 1.0
"""Seconds: the lock is written at most this often, and at the end."""


def build(
    manifest: Manifest,
    *,
    select: Sequence[str] = (),
    exclude: Sequence[str] = (),
    provider: str = "",
    options: BuildOptions = BuildOptions(),
) -> Iterator[Event]:
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
    base = ground(manifest, around(Path(manifest.root)), provider)
    routes = Routes(base.around, base.registry)
    asked = Asked(options, guards.caps_of(base.around, manifest.budget, options), run_id())
    try:
        for event in await asyncio.to_thread(_adopted, work_of(base, routes, asked)):
            base = ground(manifest, base.around, provider)
            yield event
        plan, base = planned(base, select, exclude, options)
        _require(plan, base, asked)
        routes.open(row.recipe.request for row in guards.bill_of(plan).rows if row.recipe)
        work = work_of(base, routes, asked)
        work = replace(work, stopping=stopping) if stopping else work
        await asyncio.to_thread(give_up, work, base.rules.resend | base.rules.forget)
        async with aclosing(_done(plan, base, work, options)) as events:
            async for event in events:
                yield event
    finally:
        await routes.close()
        base.around.store.close()
    if not select and not exclude:
        _keep_quiet(manifest, base, provider)


def _adopted(work: Work) -> list[Event]:
    """Whole answers of broken-off builds, taken into the store before the plan is made."""
    if all(item.state is not State.COMPLETE or item.live for item in work.store.pending()):
        return []
    return [event for event in adopt(work) if isinstance(event, SpoolAdopted)]


def _require(plan: Plan, base: Ground, asked: Asked) -> None:
    if asked.options.plan_file:
        path = Path(asked.options.plan_file)
        require_same(saved_plan(path.read_text(encoding="utf-8"), str(path)), plan)
    guards.require(guards.bill_of(plan), base.around, asked.caps, asked.options)


async def _done(plan: Plan, base: Ground, work: Work, options: BuildOptions) -> AsyncGenerator[Event, None]:
    """The events of `execute`, each written into the lock; the last one is told when the lock is safe."""
    keeper = _Keeper(LockFile(base.root, lock_name(base.manifest.file), options.lock_timeout), base.lock, base.lock)
    report = RunReport(work.run, base.manifest, plan)
    last: Event | None = None
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
        keeper.save()
        base.digests.save()
    report.write(base.root, options.report)
    if last:
        yield last


@dataclass(slots=True)
class _Keeper:
    """The lock as it moves on, and as it was last written."""

    file: LockFile
    written: Lock
    lock: Lock
    at: float = 0.0

    async def save_now_and_then(self) -> None:
        """Writes, if something changed and the last time is long enough ago."""
        if self.lock is not self.written and time.monotonic() - self.at >= _BETWEEN_WRITES:
            await asyncio.to_thread(self.save)

    def save(self) -> None:
        """Writes what changed onto what the file says by now."""
        if self.lock is not self.written:
            self.written = self.lock = save_lock(self.file, self.written, self.lock)
            self.at = time.monotonic()


def _keep_quiet(manifest: Manifest, base: Ground, provider: str) -> None:
    """After a build that left nothing to do, the next plan need not read anything."""
    fresh = ground(manifest, base.around, provider)
    plan = make_plan(manifest, manifest.words, fresh.lock, fresh.seen, fresh.rules)
    fresh.digests.save()
    keep_quiet(fresh, plan, provider)
