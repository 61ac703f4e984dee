"""One asset's pictures for money, in the order of money rule 1: lock the key, look again, and only then pay."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import field, replace
from functools import partial

from imagepipe.contracts import End
from imagepipe.digest import digest_bytes
from imagepipe.errors import Busy, Finding, ImagepipeError
from imagepipe.events import Event, Failed, InDoubt, Received, Waiting, Warned
from imagepipe.execute.adoption import take_up
from imagepipe.execute.answers import Answer, Reading, fits_any_size, read_answer
from imagepipe.execute.halting import Stopped
from imagepipe.execute.keeping import Notes, keep, note
from imagepipe.execute.retries import Tries
from imagepipe.execute.run import Ended, Job, Run
from imagepipe.execute.shooting import Aim, Shot, shoot, surely, watch_price
from imagepipe.execute.work import Held, Route, Work
from imagepipe.frozen import frozen
from imagepipe.lock.counting import counted
from imagepipe.pictures.inputs import prepare_input
from imagepipe.values import FrozenMap, Intent, Receipt, Refusal, Request
from imagepipe.values.dollars import usd as dollars

_GLANCE, _GLANCES, _POLL = 0.02, 3, 0.1
"""Seconds between looks at a key that is held: it may only be looked at, so the first ones are quick and tell nothing."""


@frozen
class Obtained:
    """All receipts under an asset's key, and the bytes of the pictures that came just now by digest."""

    receipts: tuple[Receipt, ...]
    pictures: dict[str, bytes] = field(default_factory=dict)


async def obtain(run: Run, job: Job, route: Route) -> Obtained:
    """The pictures under the job's key, asking for no more than is missing once the key is ours.

    Raises Ended with the event that tells why there are none, Stopped where nothing was sent, Busy where another build
    holds the key, and what the store raises before anything was sent.
    """
    found = await _lock(run, job)
    try:
        _tell_what_was_left(run, job, found.events)
        ask = missing(run, job, found.receipts)
        if ask <= 0:
            return Obtained(found.receipts)
        _check_refusal(run, job, found.refusal)
        answer = await _pay(run, job, route, ask)
        return Obtained((*found.receipts, answer.receipt), dict(answer.pictures))
    finally:
        run.roomy.discard(job.asset.id)
        found.held.release()


def missing(run: Run, job: Job, receipts: Sequence[Receipt]) -> int:
    """How many pictures to ask for now: what the plan said, less what was paid since."""
    ask, n, key = job.decision.ask, job.recipe.request.n, job.recipe.made_from
    if job.asset.id in run.work.again | run.work.retry_failed:
        return ask - sum(receipt.paid for receipt in receipts if receipt.id in run.paid)
    own = run.work.entries.get(job.asset.id)
    known = own.candidates if own and own.made_from == key else ()
    return min(ask, max(n, run.targets.get(key, 0)) - counted(receipts, known))


@frozen
class _Found:
    """What is there under a key whose lock is held."""

    held: Held
    events: tuple[Event, ...]
    receipts: tuple[Receipt, ...]
    refusal: Refusal | None


def _look(work: Work, key: str) -> _Found:
    """Locks a key and looks again, in one go: another build may have paid, or died with it, since we started. What it
    received is taken, its doubts stand. Raises Busy."""
    held = work.store.try_lock_key(key, patient=False)
    try:
        events = take_up(work, key)
        return _Found(held, events, tuple(work.store.receipts(key)), work.store.refusal(key))
    except BaseException:
        held.release()
        raise


async def _lock(run: Run, job: Job) -> _Found:
    """The kernel lock of the key; whoever waits for another build holds no thread and no slot."""
    clock, looks = run.work.clock, 0
    end = clock.monotonic() + max(run.work.limits.lock_timeout, _GLANCE * _GLANCES)
    while True:
        run.halt.check(job.recipe.request.model)
        try:
            look = run.on_disk(_look, run.work, job.recipe.made_from)
            return await surely(look, lambda found: found.held.release())
        except Busy:
            if clock.monotonic() >= end:
                raise
        looks += 1
        if looks == _GLANCES:
            run.emit(Waiting(job.asset.id, run.work.limits.lock_timeout, "another build"))
        await run.halt.pause(_POLL if looks >= _GLANCES else _GLANCE)


def _tell_what_was_left(run: Run, job: Job, events: Sequence[Event]) -> None:
    for event in events:
        if isinstance(event, InDoubt):
            raise Ended(replace(event, asset=job.asset.id))
        run.emit(event)


def _check_refusal(run: Run, job: Job, refusal: Refusal | None) -> None:
    if refusal and job.asset.id not in run.work.retry_failed | run.work.again:
        hint = "change the prompt, or send it again with --retry-failed"
        raise Ended(Failed(job.asset.id, refusal.code, f"refused before: {refusal.message}", hint))


async def _pay(run: Run, job: Job, route: Route, ask: int) -> Answer:
    recipe = job.recipe
    request = replace(recipe.request, options=FrozenMap({**recipe.request.options, "n": ask}))
    aim = Aim(job, route, request, await input_files(run, job, request))
    doubts: list[Intent] = []
    try:
        shot = await _shoot_until(run, aim, doubts)
    except (Stopped, ImagepipeError) as error:
        if not doubts:
            raise
        raise Ended(_doubt(doubts, f"{error}; an earlier try may have been billed")) from error
    answer = await _keep(run, aim, shot)
    await _count_doubts(run, doubts)
    if answer.receipt.failure:
        usd, hint = answer.receipt.charge.usd, _ways_on(job.asset.id, answer)
        why, request_id = answer.receipt.failure, answer.receipt.request_id
        raise Ended(Failed(job.asset.id, "answer-rejected", why, hint, usd, request_id=request_id))
    return answer


def _ways_on(asset: str, answer: Answer) -> str:
    """What can be done about a rejected answer: only a picture can be adopted."""
    pictures = any(one.format for one in answer.receipt.candidates)
    take = f", `imagepipe adopt {asset}` takes the picture all the same" if pictures else ""
    return answer.hint or f"it is kept in the store; --retry-failed asks again{take}"


async def input_files(run: Run, job: Job, request: Request) -> Sequence[bytes]:
    """The inputs as they are sent: their bytes must be the ones that the key was made from, their form one that the API
    takes."""
    if not request.inputs:
        return ()
    files = await run.on_disk(run.work.read_inputs, job.asset.id, request)
    for fact, data in zip(request.inputs, files, strict=True):
        if digest_bytes(data) != fact.sha256:
            message = f"the input {fact.name} changed while the build was running; nothing was sent"
            raise Ended(Failed(job.asset.id, "input-changed", message, "build again"))
    return [(await run.on_pixels(prepare_input, data))[0] for data in files]


async def _shoot_until(run: Run, aim: Aim, doubts: list[Intent]) -> Shot:
    """Sends until the answer is here. `doubts` gathers the tries whose end stays unknown, also when this raises."""
    tries = Tries()
    while True:
        tries.sent += 1
        shot = await shoot(run, aim, tries.sent)
        if shot.verdict.end is End.RECEIVED:
            return shot
        await _let_go(run, aim, shot, doubts)
        wait = run.retries.wait(tries, shot.reply, shot.verdict)
        if wait is None:
            raise Ended(await _failure(run, aim, shot, doubts))
        run.emit(Waiting(aim.job.asset.id, wait, str(shot.verdict.end).replace("_", " ")))
        await run.halt.pause(wait)


async def _let_go(run: Run, aim: Aim, shot: Shot, doubts: list[Intent]) -> None:
    """Books a request that brought nothing: free where it surely cost nothing, at worst where that is unknown."""
    asset, end = aim.job.asset.id, shot.verdict.end
    if end is End.IN_DOUBT:
        doubts.append(shot.intent)
        run.budget.doubt(asset, shot.reserved)
        with suppress(ImagepipeError):  # a later build would only not know why
            why = shot.verdict.message or shot.reply.fault
            await run.on_disk(run.work.store.remark, replace(shot.intent, why=why))
        shot.spool.leave()
        await run.on_disk(note, run.work.money, shot.intent, shot.intent.worst, "in_doubt")
        return
    if end is End.REFUSED:
        run.budget.settle(asset, shot.reserved, 0.0)
    else:
        run.budget.unsent(asset, shot.reserved)
    await run.on_disk(shot.spool.drop)


async def _failure(run: Run, aim: Aim, shot: Shot, doubts: list[Intent]) -> Failed | InDoubt:
    """The event for an asset that gets no answer; a refusal of this very request is remembered."""
    verdict, asset = shot.verdict, aim.job.asset.id
    if verdict.end is End.REFUSED and verdict.scope == "asset":
        at = run.work.clock.now()
        refusal = Refusal(
            shot.intent.key, asset, verdict.code, verdict.message, shot.reply.request_id or shot.intent.id, at
        )
        await run.on_disk(run.work.store.remember_refusal, refusal)
    if doubts:
        return _doubt(doubts, verdict.message or shot.reply.fault)
    code, message = verdict.code or str(verdict.end), verdict.message or shot.reply.fault
    return Failed(asset, code, message, verdict.hint, request_id=shot.reply.request_id)


def _doubt(doubts: Sequence[Intent], why: str) -> InDoubt:
    sums = [intent.worst for intent in doubts]
    worst = None if None in sums else sum(usd for usd in sums if usd is not None)
    return InDoubt(doubts[0].asset, doubts[0].key, worst, why)


async def _keep(run: Run, aim: Aim, shot: Shot) -> Answer:
    """Reads the answer and takes it into the store. A disk that fails now stops the run; the spool has it all."""
    job = aim.job
    reading = Reading(aim.route.dialect, run.work.charge, fits_any_size(job.asset))
    receipt = replace(shot.intent.receipt, request_id=shot.reply.request_id, made_at=shot.at)
    if run.keeping.locked():  # it has to wait for its turn: it lasts before that
        _tell_of_disk(run, job, await surely(run.on_disk(shot.body.finish, shot.reply)))
    async with run.keeping:
        taken = await surely(run.on_disk(_take_in, run, shot, receipt, reading))
    _tell_of_disk(run, job, taken.finding)
    answer, charge = taken.answer, taken.answer.receipt.charge
    watch_price(run, aim, charge.usd)
    run.budget.settle(job.asset.id, shot.reserved, shot.reserved if charge.usd is None else charge.usd)
    run.paid.add(receipt.id)
    if error := taken.error:
        shot.spool.leave()
        run.halt.run(f"the store takes nothing any more ({error.message})", 1)
        message = f"{error.message}; the answer is safe in its spool"
        raise Ended(Failed(job.asset.id, error.code, message, error.hint, charge.usd)) from error
    run.emit(Received(job.asset.id, receipt.key, answer.receipt.candidates, charge, receipt.request_id))
    for code, message in taken.notes:
        run.emit(Warned(code, message, job.asset.id))
    return answer


def _tell_of_disk(run: Run, job: Job, finding: Finding | None) -> None:
    if finding:
        run.emit(Warned(finding.code, finding.message, job.asset.id, finding.hint))


@frozen
class _Taken:
    """An answer that was read, what the disk did with it, and what is to be told of it."""

    answer: Answer
    finding: Finding | None
    notes: Notes = ()
    error: ImagepipeError | None = None


def _take_in(run: Run, shot: Shot, begun: Receipt, reading: Reading) -> _Taken:
    """Makes an answer last, reads it and keeps what is in it, in one go, since each change of thread costs."""
    finding = shot.body.finish(shot.reply)
    answer = read_answer(begun, shot.body.whole(), reading)
    try:
        notes = keep(run.work.store, answer, shot.intent, run.work.money, partial(shot.spool.drop, settled=True))
    except ImagepipeError as error:
        return _Taken(answer, finding, error=error)
    return _Taken(answer, finding, notes)


async def _count_doubts(run: Run, doubts: Sequence[Intent]) -> None:
    """Tries before the one that was answered stay counted at worst cost, but there is nothing left to ask about."""
    for intent in doubts:
        await run.on_disk(run.work.store.settle, intent.id)
        usd = "an unknown sum" if intent.worst is None else dollars(intent.worst)
        run.emit(Warned("counted-twice", f"an earlier try may have been billed: {usd} is counted", intent.asset))
