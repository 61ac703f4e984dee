"""Two states of a project, asset by asset: what was added, removed and changed, and what that costs. Pure: a state is a
lock, or what a manifest says (`declaring`), now or in a revision."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from typing import Literal

from imagepipe.errors import Finding
from imagepipe.frozen import frozen
from imagepipe.planning.differing import differences, recipe_in
from imagepipe.values import FREE, Entry, Price, Reason, Recipe

Kind = Literal["added", "removed", "changed"]
State = Mapping[str, Entry]


@frozen
class Prices:
    """`of(recipe, ask)` prices a call; `had(key, asset)` counts the pictures that are paid for under a key, without those
    that a person rejected."""

    of: Callable[[Recipe, int], Price]
    had: Callable[[str, str], int]

    def whole(self, asset: str, entry: Entry | None) -> Price:
        """What making it anew costs, all its pictures."""
        if entry is None or entry.placeholder:
            return FREE
        return self.of(recipe_in(entry, asset), int(entry.options.get("n", 1)))

    def missing(self, asset: str, entry: Entry | None) -> Price:
        """What making what is not there yet costs."""
        ask = self.wanted(asset, entry)
        return self.of(recipe_in(entry, asset), ask) if entry and ask else FREE

    def wanted(self, asset: str, entry: Entry | None) -> int:
        """How many pictures are still to be paid for."""
        if entry is None or entry.placeholder:
            return 0
        return max(0, int(entry.options.get("n", 1)) - self.had(entry.made_from, asset))


@frozen
class Score:
    """How much the file at `path` changed ("": the picture of an asset without files): structural similarity (1: nothing),
    mean difference of red, green and blue (0: nothing, 1: all)."""

    ssim: float
    difference: float
    resized: bool = False
    path: str = ""


@frozen
class Change:
    """One asset that is not as it was. `reasons` are all differences but those of the words. In USD: `cost_before` and
    `cost_after` are what making it anew costs in each state, `to_build` what is still to be paid for the new one. `scores`:
    its files that have other pixels, where the bytes of both states are at hand."""

    asset: str
    kind: Kind
    before: Entry | None = None
    after: Entry | None = None
    reasons: tuple[Reason, ...] = ()
    cost_before: Price = FREE
    cost_after: Price = FREE
    to_build: Price = FREE
    scores: tuple[Score, ...] = ()

    @property
    def words_differ(self) -> bool:
        """Whether the rendered prompts differ."""
        return (self.before.prompt if self.before else ()) != (self.after.prompt if self.after else ())


@frozen
class Comparison:
    """All changes, in the order of the new state, what is gone behind it. `base` is what it was compared with, as
    people call it, `rev` the full hash of a revision; `cost_before` and `cost_after` sum up all assets, unchanged ones too."""

    base: str
    rev: str
    changes: tuple[Change, ...]
    unchanged: int = 0
    cost_before: Price = FREE
    cost_after: Price = FREE
    notes: tuple[Finding, ...] = ()

    @property
    def to_build(self) -> Price:
        """What is still to be paid for all that changed."""
        return total(change.to_build for change in self.changes)


def total(prices: Iterable[Price]) -> Price:
    """The sum; one unknown price makes it unknown."""
    found = [price for price in prices if price is not FREE]
    sums = [[getattr(price, name) for price in found] for name in ("low", "high", "worst")]
    low, high, worst = (None if None in column else float(sum(column)) for column in sums)
    return Price(low, high, worst, any(price.estimated for price in found)) if found else FREE


def compare(before: State, after: State, prices: Prices, chosen: Collection[str] | None = None) -> Comparison:
    """What differs between two states, of the `chosen` assets (None: all). One that only goes by another name now is one
    that changed."""
    names = _renamed(before, after)
    before = {names.get(id, id): entry for id, entry in before.items()}
    chosen = None if chosen is None else {names.get(id, id) for id in chosen}
    ids = [id for id in dict.fromkeys((*after, *before)) if chosen is None or id in chosen]
    everything = {id: _change(id, before.get(id), after.get(id), prices) for id in dict.fromkeys((*after, *before))}
    _follow(everything, after, prices)
    for old, new in names.items():
        everything[new] = _told(old, everything[new] or _same(new, before[new], after[new], prices))
    changes = tuple(change for id in ids if (change := everything[id]))
    return Comparison(
        "",
        "",
        changes,
        len(ids) - len(changes),
        total(prices.whole(id, before.get(id)) for id in ids),
        total(prices.whole(id, after.get(id)) for id in ids),
    )


def _renamed(before: State, after: State) -> dict[str, str]:
    """Old id → new id, where the same request left under one name and came under another."""
    come = {(entry.made_from, entry.placeholder): id for id, entry in after.items() if id not in before}
    gone = {(entry.made_from, entry.placeholder): id for id, entry in before.items() if id not in after}
    return {old: come[key] for key, old in gone.items() if key in come}


def _told(old: str, change: Change) -> Change:
    return replace(change, reasons=(Reason("renamed", old, change.asset), *change.reasons))


def _same(id: str, before: Entry, after: Entry, prices: Prices) -> Change:
    return Change(id, "changed", before, after, (), prices.whole(id, before), prices.whole(id, after))


def _change(id: str, before: Entry | None, after: Entry | None, prices: Prices) -> Change | None:
    kind: Kind = "changed" if before and after else "added" if after else "removed"
    found = (*differences(before, after), *_rejections(id, after, prices)) if before and after else ()
    if before and after and not found and before.prompt == after.prompt:
        return None
    costs = prices.whole(id, before), prices.whole(id, after), prices.missing(id, after)
    return Change(id, kind, before, after, found, *costs)


def _rejections(id: str, after: Entry, prices: Prices) -> tuple[Reason, ...]:
    """Pictures that a person rejected and that others are still to take the place of."""
    rejected, wanted = sum(1 for item in after.candidates if item.why), prices.wanted(id, after)
    return (Reason("candidates", f"{rejected} rejected", f"{wanted} more"),) if rejected and wanted else ()


def _follow(changes: dict[str, Change | None], after: State, prices: Prices) -> None:
    """Assets whose input will get another picture change with it, and may have to be made anew themselves."""
    homes = {path: id for id, entry in after.items() for path in entry.outputs} | {id: id for id in after}
    waiting = [id for id in after if _will_move(changes[id])]
    users: dict[str, list[str]] = {}
    for id, entry in after.items():
        for fact in entry.inputs:
            users.setdefault(homes.get(fact.name, ""), []).append(id)
    seen = set(waiting)
    while waiting:
        moved = waiting.pop()
        for id in users.get(moved, ()):
            changes[id] = _moved_by(id, moved, changes[id], after[id], prices)
            if id not in seen:
                seen.add(id)
                waiting.append(id)


def _will_move(change: Change | None) -> bool:
    """Whether the asset has no picture of its new recipe yet."""
    if change is None or change.after is None or change.after.picked:
        return False
    anew = change.before is None or change.before.made_from != change.after.made_from
    return anew or any(why.part == "candidates" for why in change.reasons)


def _moved_by(id: str, moved: str, change: Change | None, entry: Entry, prices: Prices) -> Change:
    why = Reason(f"input {moved}", "", "will change")
    if change is None:
        whole = prices.whole(id, entry)
        change = Change(id, "changed", entry, entry, (), whole, whole)
    if why in change.reasons:
        return change
    most = change.cost_after
    to_build = change.to_build if change.to_build is not FREE else replace(most, low=0.0)
    return replace(change, reasons=(*change.reasons, why), to_build=to_build if most is not FREE else FREE)
