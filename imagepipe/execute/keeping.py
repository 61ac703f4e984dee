"""Takes an answer into the store in the order that loses nothing: pictures, books, receipt; then spool and intent go."""

from collections.abc import Callable
from typing import Literal

from imagepipe.errors import ImagepipeError
from imagepipe.execute.answers import Answer
from imagepipe.execute.work import Money, PaidStore
from imagepipe.store.ledger import Spending
from imagepipe.values import Intent

Notes = tuple[tuple[str, str], ...]


def keep(store: PaidStore, answer: Answer, intent: Intent, money: Money, drop: Callable[[], None]) -> Notes:
    """Blocks until everything is on the medium; gives what is to be told of it, as (code, message).

    The cost is booked before the receipt settles the request: killed in between, it is booked again under the same id
    and counts once. Raises what the store raises; then the spool still holds it all.
    """
    for digest, picture in answer.pictures.items():
        store.put_blob(picture, digest=digest)
    if answer.raw_body:
        store.put_rejected(answer.raw_body)
    told = answer.notes
    try:
        note(money, intent, answer.receipt.charge.usd, "settled")
    except ImagepipeError as error:
        told += (("ledger", f"the cost was not entered into the ledger: {error.message}"),)
    store.put_receipt(answer.receipt)
    drop()
    return told


def note(money: Money, intent: Intent, usd: float | None, kind: Literal["settled", "in_doubt"]) -> None:
    """Enters what a request cost into the ledger, under the day it was made."""
    money.record(Spending(intent.started[:10], usd, kind, "", intent.asset, intent.id, intent.home))
