"""What a key's receipts and its lock entry come to: its pictures, and how many of those paid for count toward n. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from imagepipe.values import Candidate, Receipt


def candidates_of(receipts: Iterable[Receipt], recorded: Iterable[Candidate] = ()) -> tuple[Candidate, ...]:
    """Every picture of a key once, in the order they came. Those of a failed answer are rejected; `recorded`, the lock's
    candidates, say which ones a person took or rejected since."""
    found: dict[str, Candidate] = {}
    answered = (_as_judged(one, receipt) for receipt in receipts for one in receipt.candidates)
    for one in (*answered, *recorded):
        known = found.setdefault(one.sha256, one)
        if one.why or known.status == "rejected" != one.status:
            found[one.sha256] = one
    return tuple(found.values())


def _as_judged(one: Candidate, receipt: Receipt) -> Candidate:
    return replace(one, status="rejected") if receipt.failure else one


def counted(receipts: Sequence[Receipt], candidates: Iterable[Candidate]) -> int:
    """The pictures billed by `receipts`, duplicates too, without those that are rejected among the lock's `candidates`.

    An answer that brought nothing but rejected pictures does not count at all, however often it repeats them.
    """
    rejected = {item.sha256 for item in candidates if item.why}
    return sum(_counted(receipt, rejected) for receipt in receipts)


def _counted(receipt: Receipt, rejected: set[str]) -> int:
    down = sum(1 for item in receipt.candidates if item.sha256 in rejected)
    return 0 if down and down == len(receipt.candidates) else receipt.paid - min(down, receipt.paid)
