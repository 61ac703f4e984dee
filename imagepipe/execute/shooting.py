"""One paid request from its reservation to its verdict: the part of the order in money rule 1 that touches the wire.

What can be done before there is a slot is done while others have theirs: a slot is for the wire alone.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import TypeVar

from imagepipe.contracts import End, Reply, Verdict
from imagepipe.errors import ImagepipeError
from imagepipe.events import Sending, Waiting
from imagepipe.execute.run import Job, Run
from imagepipe.execute.sending import Body, body_bound, send, spool_size
from imagepipe.execute.work import Route, Spool
from imagepipe.frozen import frozen
from imagepipe.store.disk import FULL, DiskFault
from imagepipe.values import Intent, Receipt, Request
from imagepipe.values.dollars import usd as dollars

FAR_OVER, _POLL = 10, 0.2
T = TypeVar("T")


@frozen
class Aim:
    """A request that is to be sent, once or again: for whom, where, with which input bytes."""

    job: Job
    route: Route
    request: Request
    files: Sequence[bytes]


@frozen
class _Ready:
    """A request that may be sent as soon as there is a slot: noted, room made for its answer, `reserved` USD set aside."""

    intent: Intent
    spool: Spool
    reserved: float


@frozen
class Shot:
    """A request that was sent (`at`, as the lock writes it), and what came of it. `reserved` USD are still set aside for
    it; a `body` with pictures in it does not last yet."""

    intent: Intent
    spool: Spool
    reply: Reply
    verdict: Verdict
    reserved: float
    body: Body
    at: str


def _stays(result: object) -> None:
    """Nothing is undone."""


async def surely(call: Awaitable[T], undo: Callable[[T], object] = _stays) -> T:
    """A call in a thread that must not get lost: where we are cancelled meanwhile, it ends first, and is undone."""
    task = asyncio.ensure_future(call)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait((task,))
        if not task.cancelled() and task.exception() is None:
            undo(task.result())
        raise


def begun(run: Run, aim: Aim, ident: str) -> Receipt:
    """The receipt as far as it is known before sending."""
    recipe, request = aim.job.recipe, aim.request
    return Receipt(
        id=ident,
        key=recipe.made_from,
        asset=aim.job.asset.id,
        provider=request.provider,
        model=request.model,
        parts=recipe.parts,
        prompt=tuple(request.prompt.split("\n")),
        options=request.options,
        inputs=request.inputs,
        made_at=run.work.clock.now(),
    )


async def shoot(run: Run, aim: Aim, attempt: int) -> Shot:
    """Budget, intent, spool; slot, rate, wire. Raises Stopped, OverCap or DiskFault where nothing was sent."""
    asset, worst = aim.job.asset.id, aim.job.decision.price.worst
    reserved = await run.budget.reserve(asset, worst)
    async with run.ahead:
        ready = await _begin(run, aim, reserved)
        since = await _launched(run, aim, ready)
    try:
        at, run.flying[asset] = run.work.clock.now(), None
        run.emit(Sending(asset, ready.intent.key, attempt, aim.request.n, worst))
        body = Body(run, body_bound(aim.request), ready.spool)
        reply = await _send(run, aim, body, ready)
        # What stops others is heard before the slot is free; what brings pictures is kept after, beside the next one.
        verdict = _heard(run, aim, reply, body, since)
        if verdict.end is End.RECEIVED and (usage := aim.route.dialect.usage(body.edges())):
            watch_price(run, aim, run.work.charge(aim.request, usage, aim.request.n).usd)
    finally:
        run.flying.pop(asset, None)
        run.limiter.leave()
    return Shot(ready.intent, ready.spool, reply, verdict, ready.reserved, body, at)


def watch_price(run: Run, aim: Aim, usd: float | None) -> None:
    """A price that nobody could foresee stops the run, since the next request may bring another."""
    asset, worst = aim.job.asset.id, aim.job.decision.price.worst
    if usd and worst and usd > FAR_OVER * worst:
        run.halt.run(f"{asset} cost {dollars(usd)}, more than {FAR_OVER} times its worst price of {dollars(worst)}", 7)


async def _begin(run: Run, aim: Aim, reserved: float) -> _Ready:
    asset, clock = aim.job.asset.id, run.work.clock
    receipt = begun(run, aim, clock.new_id())
    worst = aim.job.decision.price.worst
    whose = (aim.route.name, receipt, clock.now(), os.getpid(), run.work.home)
    intent = Intent(receipt.id, receipt.key, asset, worst, *whose)
    begin = partial(run.work.store.begin, intent, spool_size(aim.request), body_bound(aim.request))
    try:
        spool = await _roomy(run, asset, begin)
    except BaseException as error:
        run.budget.unsent(asset, reserved)
        _stop_for_disk(run, error)
        raise
    return _Ready(intent, spool, reserved)


async def _roomy(run: Run, asset: str, begin: Callable[[], Spool]) -> Spool:
    """The spool, as soon as there is room for it: a disk that is full has more once those under way are done."""
    run.roomy.discard(asset)
    while True:
        before = set(run.roomy)
        run.reserving.add(asset)
        try:
            spool = await surely(run.on_disk(begin), lambda spool: spool.drop())
            run.roomy.add(asset)
            return spool
        except DiskFault as error:
            # Who was done meanwhile took the room as well; so may one that reserves now, and the last of those is alone.
            if error.errno not in FULL or not before | run.roomy | run.reserving - {asset}:
                raise
        finally:
            run.reserving.discard(asset)
        await run.halt.pause(_POLL)


def _stop_for_disk(run: Run, error: BaseException) -> None:
    if isinstance(error, ImagepipeError):
        run.halt.run(f"the store cannot be written ({error.message})", 1)


async def _launched(run: Run, aim: Aim, ready: _Ready) -> float:
    """Takes a slot and has the request count as sent; returns when. What may not be sent after all leaves nothing."""
    asset, since = aim.job.asset.id, None
    try:
        since = await run.limiter.enter(aim.request.n, lambda seconds, why: run.emit(Waiting(asset, seconds, why)))
        run.halt.check(aim.request.model)
        try:
            await surely(run.on_leaving(ready.spool.launch))
        except ImagepipeError as error:
            _stop_for_disk(run, error)
            raise
        run.halt.check(aim.request.model)
    except BaseException:
        if since is not None:
            run.limiter.leave()
        run.budget.unsent(asset, ready.reserved)
        with suppress(ImagepipeError):  # what is left of it is told by the next build: why it was not sent counts here
            await run.on_disk(ready.spool.drop)
        raise
    return since


async def _send(run: Run, aim: Aim, body: Body, ready: _Ready) -> Reply:
    try:
        return await send(run, aim.route, aim.request, aim.files, body)
    except ImagepipeError:
        # By its contract a provider raises these only where no request could be made; whatever else it raises may have
        # come after sending.
        run.budget.unsent(aim.job.asset.id, ready.reserved)
        await run.on_disk(ready.spool.drop)
        raise
    except BaseException:
        run.budget.doubt(aim.job.asset.id, ready.reserved)
        ready.spool.leave()
        raise


def _heard(run: Run, aim: Aim, reply: Reply, body: Body, since: float) -> Verdict:
    """The verdict, after everyone whom it concerns has heard of it."""
    # What brings pictures is judged by its status alone, and nobody looks into it before it lasts.
    said = b"" if reply.complete and 200 <= reply.status < 300 else body.whole()
    verdict = aim.route.dialect.judge(reply, said, aim.request)
    if verdict.scope == "run":
        run.halt.run(verdict.message, 7)
    elif verdict.scope == "model":
        run.halt.model(aim.request.model, verdict.message)
    elif verdict.end is End.REFUSED and run.work.fail_fast:
        run.halt.run(f"{aim.job.asset.id} failed (--fail-fast)", 1)
    _learn(run, reply, verdict, since)
    return verdict


def _learn(run: Run, reply: Reply, verdict: Verdict, since: float) -> None:
    run.limiter.hear(reply.headers)
    run.retries.note(reply, verdict)
    if verdict.end is End.RECEIVED:
        run.limiter.succeeded()
    elif verdict.end is End.THROTTLED:
        run.limiter.throttled(since)
        if verdict.wait is not None:
            run.limiter.hold(max(0.0, verdict.wait))
