"""What earlier builds left unfinished: whole answers are taken into the store, the rest is in doubt and said so.

Everything here blocks; it runs on the store's executor, or before any loop is there.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from functools import partial

from imagepipe.contracts import End
from imagepipe.errors import Busy, ImagepipeError
from imagepipe.events import Event, InDoubt, SpoolAdopted, Warned
from imagepipe.execute.answers import Reading, fits_any_size, read_answer, request_of
from imagepipe.execute.keeping import keep, note
from imagepipe.execute.work import Pending, Work
from imagepipe.values import Intent

ENDED_UNKNOWN = "an earlier build sent it and ended before the answer was whole"


def adopt(work: Work) -> Iterator[Event]:
    """Takes up everything that no running build is at: SpoolAdopted for answers, InDoubt for unknown ends."""
    work.store.discard_unsent()
    for key in dict.fromkeys(item.intent.key for item in work.store.pending() if not item.live):
        try:
            held = work.store.try_lock_key(key)
        except Busy:
            continue
        try:
            yield from take_up(work, key)
        finally:
            held.release()


def take_up(work: Work, key: str) -> tuple[Event, ...]:
    """Settles what is pending under one key, whose lock the caller holds. However many of its requests are in doubt, that
    is told once, at their worst cost together."""
    events: list[Event] = []
    for item in work.store.left(key):
        events += _settled(work, item)
    doubts = [event for event in events if isinstance(event, InDoubt)]
    return (*(event for event in events if not isinstance(event, InDoubt)), *([_together(doubts)] if doubts else ()))


def _together(doubts: Sequence[InDoubt]) -> InDoubt:
    sums = [doubt.worst for doubt in doubts]
    worst = None if None in sums else sum(usd for usd in sums if usd is not None)
    why = next((doubt.why for doubt in reversed(doubts) if doubt.why != ENDED_UNKNOWN), ENDED_UNKNOWN)
    return replace(doubts[-1], worst=worst, why=why)


def _settled(work: Work, item: Pending) -> list[Event]:
    intent = item.intent
    if item.state == "unsent":
        work.store.settle(intent.id)
        return []
    if item.state != "complete":
        return [_in_doubt(work, intent, intent.why or ENDED_UNKNOWN)]
    try:
        return _answered(work, item)
    except ImagepipeError as error:
        message = f"an answer of an earlier build waits in its spool and cannot be taken up: {error.message}"
        return [Warned("spool-waits", message, intent.asset, error.hint)]


def _answered(work: Work, item: Pending) -> list[Event]:
    """A whole answer, judged as if it had just come."""
    intent, request = item.intent, request_of(item.intent.receipt)
    dialect, body = work.dialect_of(intent.provider), item.body()
    verdict = dialect.judge(item.reply, body, request)
    if verdict.end is End.IN_DOUBT:
        return [_in_doubt(work, intent, verdict.message)]
    if verdict.end is not End.RECEIVED:
        work.store.settle(intent.id)
        return []
    reading = Reading(dialect, work.charge, fits_any_size(work.assets.get(intent.asset)))
    answer = read_answer(replace(intent.receipt, request_id=item.reply.request_id), body, reading)
    notes = keep(work.store, answer, intent, work.money, partial(work.store.settle, intent.id))
    adopted: list[Event] = [SpoolAdopted(intent.asset, intent.key, answer.receipt.charge, item.reply.request_id)]
    return adopted + [Warned(code, message, intent.asset) for code, message in notes]


def _in_doubt(work: Work, intent: Intent, why: str) -> InDoubt:
    note(work.money, intent, intent.worst, "in_doubt")
    return InDoubt(intent.asset, intent.key, intent.worst, why)


def give_up(work: Work, requests: Collection[str]) -> tuple[InDoubt, ...]:
    """Lets go of requests in doubt by their intents' ids, for `--resend` and `--forget`: the ledger keeps their worst cost.

    Returns what was let go. Raises errors.Busy where a running build is at one of them.
    """
    gone = []
    for item in work.store.pending():
        if item.intent.id not in requests or not item.in_doubt:
            continue
        held = work.store.try_lock_key(item.intent.key)
        try:
            gone.append(_in_doubt(work, item.intent, "let go"))
            work.store.settle(item.intent.id)
        finally:
            held.release()
    return tuple(gone)
