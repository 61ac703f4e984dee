"""How a lock entry comes about: from a decision that was carried out and what is known of its pictures. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from imagepipe.frozen import frozen
from imagepipe.values import EMPTY, Candidate, Charge, Entry, FileFact, FrozenMap, Receipt, Recipe


@frozen
class Made:
    """What carrying out a decision gave: all pictures under the key (old ones first), which one was picked, the files
    written from it, their key. `receipts` are those of the key, empty for a placeholder or where the store is new."""

    candidates: tuple[Candidate, ...]
    picked: str
    outputs: Mapping[str, FileFact] = EMPTY
    finished_by: str = ""
    finish_parts: FrozenMap = EMPTY
    receipts: Sequence[Receipt] = ()
    placeholder: bool = False
    profile: str = ""


def entry_of(recipe: Recipe, made: Made, before: Entry | None = None) -> Entry:
    """The new entry of an asset; `before` is its entry so far, or that of another asset with the same key (a rename),
    which keeps what only people know (approval, note) and, where no receipt is here, what it cost."""
    same = (
        before if before and before.made_from == recipe.made_from and before.placeholder == made.placeholder else None
    )
    entry = Entry(
        made_from=recipe.made_from,
        parts=FrozenMap({"made_from": recipe.parts, "finished_by": made.finish_parts}),
        prompt=tuple(recipe.request.prompt.split("\n")) if recipe.request.prompt else (),
        provider=str(recipe.parts["provider"]),
        model=recipe.request.model,
        options=recipe.request.options,
        finished_by=made.finished_by,
        placeholder=made.placeholder,
        profile=made.profile,
        inputs=recipe.request.inputs,
        candidates=statuses(made.candidates, made.picked),
        outputs=FrozenMap(made.outputs),
    )
    return _answered(_remembered(entry, same, made.picked), made)


def statuses(candidates: Iterable[Candidate], picked: str) -> tuple[Candidate, ...]:
    """The candidates, each once, with `picked` picked; rejected ones stay rejected unless picked."""
    once: dict[str, Candidate] = {}
    for item in candidates:
        once.setdefault(item.sha256, item)
    return tuple(_judged(item, picked) for item in once.values())


def _judged(item: Candidate, picked: str) -> Candidate:
    if item.sha256 == picked:
        return replace(item, status="picked", why="")
    return replace(item, status="kept") if item.status == "picked" else item


def _remembered(entry: Entry, same: Entry | None, picked: str) -> Entry:
    if same is None:
        return entry
    kept = same.picked is not None and same.picked.sha256 == picked
    entry = replace(entry, note=same.note, cost=same.cost, made_at=same.made_at, resolved_model=same.resolved_model)
    return replace(entry, answer=same.answer, origin=same.origin, approved=same.approved and kept)


def _answered(entry: Entry, made: Made) -> Entry:
    """What the receipts know: where the picked picture came from, when, and what the key has cost in all. A picture that
    came as an answer and that a person took although it failed its checks is adopted."""
    if not made.receipts:
        return entry
    having = [receipt for receipt in made.receipts if any(c.sha256 == made.picked for c in receipt.candidates)]
    source = next(iter(having), made.receipts[-1])
    taken = next((receipt for receipt in having if receipt.answer == "adopted"), source)
    entry = replace(entry, answer=taken.answer, origin=taken.origin, made_at=source.made_at)
    return replace(entry, resolved_model=source.resolved_model, cost=_cost(entry, made.receipts))


def _cost(entry: Entry, receipts: Sequence[Receipt]) -> Charge:
    """What the key has cost. A migration itself is free: what the lock remembers of its pictures stays."""
    paid = [receipt.charge for receipt in receipts if receipt.answer != "migrated"]
    return total(paid) if paid else entry.cost


def total(charges: Sequence[Charge]) -> Charge:
    """Several charges as one; an unknown sum makes the total unknown, and an estimate an estimate. Sums are
    rounded to a billionth, below which binary fractions only make noise."""
    if len(charges) == 1:
        return charges[0]
    known = [charge.usd for charge in charges if charge.usd is not None]
    usage: dict[str, float] = {}
    for charge in charges:
        for name, value in charge.usage.items():
            if isinstance(value, int | float):
                usage[name] = usage.get(name, 0) + value
    usd = round(sum(known), 9) if len(known) == len(charges) else None
    return Charge(usd, FrozenMap(usage), any(charge.estimated for charge in charges))
