"""What the lock will say of an asset: candidates, the pick among them, and the new entry. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any

from imagepipe.errors import ImagepipeError
from imagepipe.recipe import PLACEHOLDER
from imagepipe.values import Asset, Candidate, Charge, Entry, FrozenMap, Receipt, Recipe, Request


class NoPick(ImagepipeError):
    """There is no candidate to make the files of."""


@dataclass(frozen=True, slots=True)
class Sources:
    """What an entry is made from: the present request, its receipts, and the entry there was for these pictures."""

    recipe: Recipe
    receipts: tuple[Receipt, ...] = ()
    before: Entry | None = None
    profile: str = ""


def candidates_of(receipts: Iterable[Receipt], before: Entry | None) -> tuple[Candidate, ...]:
    """Every picture of a key once, in the order they came. Those of a failed answer are rejected, unless a person took
    them since: then the lock says so."""
    found: dict[str, Candidate] = {}
    answered = (_as_judged(one, receipt) for receipt in receipts for one in receipt.candidates)
    for one in (*answered, *(before.candidates if before else ())):
        known = found.setdefault(one.sha256, one)
        if known.status == "rejected" != one.status:
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


def entry_of(asset: Asset, sources: Sources, candidates: Iterable[Candidate], picked: Candidate) -> Entry:
    """The asset's new lock entry, its files not yet in it. What a person noted stays while the picture stays."""
    recipe, before = sources.recipe, sources.before
    entry = Entry(
        made_from=recipe.made_from,
        parts=FrozenMap({"made_from": recipe.parts}),
        prompt=tuple(recipe.words.text.split("\n")),
        provider=_provider(asset, recipe.request),
        model=recipe.request.model,
        options=recipe.request.options,
        inputs=recipe.request.inputs,
        candidates=tuple(replace(one, status=_status(one, picked)) for one in candidates),
        placeholder=recipe.request.provider == PLACEHOLDER,
        profile=sources.profile,
    )
    if before and before.picked and before.picked.sha256 == picked.sha256:
        entry = replace(entry, approved=before.approved, note=before.note)
    source = next((one for one in sources.receipts if _has(one, picked)), None)
    if before and (source is None or entry.placeholder):
        return _as_before(entry, before)
    return _paid(entry, source, sources.receipts) if source else entry


def _provider(asset: Asset, request: Request) -> str:
    """The manifest's provider, also where a placeholder stands in for it."""
    return asset.provider if request.provider == PLACEHOLDER else request.provider


def _status(one: Candidate, picked: Candidate) -> Any:
    if one.sha256 == picked.sha256:
        return "picked"
    return "kept" if one.status == "picked" else one.status


def _has(receipt: Receipt, picked: Candidate) -> bool:
    return any(one.sha256 == picked.sha256 for one in receipt.candidates)


def _as_before(entry: Entry, before: Entry) -> Entry:
    return replace(
        entry,
        answer=before.answer,
        origin=before.origin,
        placeholder=before.placeholder,
        profile=before.profile,
        resolved_model=before.resolved_model,
        cost=before.cost,
        made_at=before.made_at,
    )


def _paid(entry: Entry, source: Receipt, receipts: Iterable[Receipt]) -> Entry:
    return replace(
        entry,
        answer=source.answer,
        origin=source.origin,
        resolved_model=source.resolved_model,
        cost=reduce(_sum, (receipt.charge for receipt in receipts)),
        made_at=source.made_at,
    )


def finished(entry: Entry, key: str, parts: FrozenMap, outputs: Mapping[str, Any]) -> Entry:
    """The entry with its files."""
    both = FrozenMap({**entry.parts, "finished_by": parts})
    return replace(entry, finished_by=key, parts=both, outputs=FrozenMap(outputs))


def _sum(one: Charge, other: Charge) -> Charge:
    known = [charge.usd for charge in (one, other) if charge.usd is not None]
    usd = sum(known) if len(known) == 2 else None
    return Charge(usd, _added(one.usage, other.usage), one.estimated or other.estimated)


def _added(one: Mapping[str, Any], other: Mapping[str, Any]) -> FrozenMap:
    """Two usages as one: numbers added, nested ones too."""
    return FrozenMap({name: _plus(one.get(name), other.get(name)) for name in dict.fromkeys((*one, *other))})


def _plus(one: Any, other: Any) -> Any:
    if isinstance(one, Mapping) or isinstance(other, Mapping):
        return _added(one or {}, other or {})
    if isinstance(one, int | float) and isinstance(other, int | float):
        return one + other
    return other if one is None else one
