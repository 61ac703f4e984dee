"""Takes an answer into the store in the order that loses nothing: blobs, receipt, then the spool and its intent go."""

from collections.abc import Callable
from typing import Literal

from imagepipe.execute.answers import Answer
from imagepipe.execute.work import Money, PaidStore
from imagepipe.store.ledger import Spending
from imagepipe.values import Intent


def keep(store: PaidStore, answer: Answer, drop: Callable[[], None]) -> None:
    """Blocks until everything is on the medium. Raises what the store raises; then the spool still holds it all."""
    for picture in answer.pictures.values():
        store.put_blob(picture)
    if answer.raw_body:
        store.put_rejected(answer.raw_body)
    store.put_receipt(answer.receipt)
    drop()


def note(money: Money, intent: Intent, usd: float | None, kind: Literal["settled", "in_doubt"]) -> None:
    """Enters what a request cost into the ledger, under the day it was made."""
    money.record(Spending(intent.started[:10], usd, kind, "", intent.asset, intent.id))
