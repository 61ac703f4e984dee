"""How many of the pictures that were paid for count toward n: all but those that a person rejected. Pure."""

from collections.abc import Iterable, Sequence

from imagepipe.values import Candidate, Receipt


def counted(receipts: Sequence[Receipt], candidates: Iterable[Candidate]) -> int:
    """The pictures billed by `receipts`, duplicates too, without those that are rejected among the lock's `candidates`.

    An answer that brought nothing but rejected pictures does not count at all, however often it repeats them.
    """
    rejected = {item.sha256 for item in candidates if item.why}
    return sum(_counted(receipt, rejected) for receipt in receipts)


def _counted(receipt: Receipt, rejected: set[str]) -> int:
    down = sum(1 for item in receipt.candidates if item.sha256 in rejected)
    return 0 if down and down == len(receipt.candidates) else receipt.paid - min(down, receipt.paid)
