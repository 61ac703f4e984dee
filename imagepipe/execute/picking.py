"""The candidates under a key, and which of them the asset is. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from imagepipe.errors import ImagepipeError
from imagepipe.values import Asset, Candidate, Entry, Receipt


class NoPick(ImagepipeError):
    """There is no candidate to make the files of."""


def candidates_of(receipts: Iterable[Receipt], before: Entry | None) -> tuple[Candidate, ...]:
    """Every picture of a key once, in the order they came. Those of a failed answer are rejected; the lock says which
    ones a person took or rejected since."""
    found: dict[str, Candidate] = {}
    answered = (_as_judged(one, receipt) for receipt in receipts for one in receipt.candidates)
    for one in (*answered, *(before.candidates if before else ())):
        known = found.setdefault(one.sha256, one)
        if one.why or known.status == "rejected" != one.status:
            found[one.sha256] = one
    return tuple(found.values())


def _as_judged(one: Candidate, receipt: Receipt) -> Candidate:
    return replace(one, status="rejected") if receipt.failure else one


def choose(asset: Asset, candidates: Sequence[Candidate], before: Entry | None) -> Candidate:
    """The candidate that the asset is: the manifest's `pick` (from 1), else the lock's, else the first good one.

    Raises NoPick where that one is missing or was rejected.
    """
    if asset.pick is not None:
        return _numbered(asset.pick, candidates)
    good = [one for one in candidates if one.status != "rejected"]
    chosen = before.picked.sha256 if before and before.picked else ""
    found = next((one for one in good if one.sha256 == chosen), good[0] if good else None)
    if found is None:
        raise NoPick(
            "none of the pictures paid for passed its checks",
            hint="--retry-failed asks again, adopt takes one as it is",
            code="checks-failed",
        )
    return found


def _numbered(number: int, candidates: Sequence[Candidate]) -> Candidate:
    if not 1 <= number <= len(candidates):
        message = f"pick: {number}, but there are {len(candidates)} pictures"
        raise NoPick(message, hint="pick one that is there, or raise options.n", code="pick-missing")
    found = candidates[number - 1]
    if found.status == "rejected":
        raise NoPick(
            f"pick: {number} was rejected", hint="choose another, or `imagepipe adopt` it", code="pick-rejected"
        )
    return found
