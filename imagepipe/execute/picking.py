"""Which of the candidates under a key the asset is. Pure."""

from collections.abc import Sequence

from imagepipe.errors import ImagepipeError
from imagepipe.values import Asset, Candidate, Entry


class NoPick(ImagepipeError):
    """There is no candidate to make the files of."""


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
