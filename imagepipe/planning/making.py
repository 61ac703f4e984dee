"""All decisions of a project, inputs before those that take them, and their sum."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from imagepipe.digest import key_of
from imagepipe.graph import order
from imagepipe.lock import Lock, entries
from imagepipe.planning import files as files_of
from imagepipe.planning.deciding import decide
from imagepipe.planning.holdings import Holdings
from imagepipe.planning.inputs import Known, known_of, known_of_entry
from imagepipe.planning.reasons import RENAMED
from imagepipe.planning.rules import Rules
from imagepipe.planning.seen import Seen
from imagepipe.planning.world import World
from imagepipe.recipe import PLACEHOLDER
from imagepipe.selection import edges_of
from imagepipe.values import FREE, Action, Asset, Decision, Entry, FrozenMap, Manifest, Plan, Price, Totals, Words

Decider = Callable[[str, Mapping[str, Entry]], Decision]


def make_plan(manifest: Manifest, words: Mapping[str, Words], lock: Lock, seen: Seen, rules: Rules) -> Plan:
    """The plan of a manifest: one decision an asset in manifest order, then one for each entry that has left it.

    `words` holds the rendered prompt of each asset. Raises graph.CycleError for assets that need each other.
    """
    assets = {asset.id: asset for asset in manifest.assets}
    world = World(Holdings(lock, seen, assets), rules)
    decided = _in_order(assets, words, world)
    claimed = files_of.claims(assets.values())
    rows = [decided[id] for id in assets]
    if not claimed.hold([*entries(lock.entries).files()]):
        rows = [_cleaned(row, claimed, world) for row in rows]
    left = (id for id in lock.entries if id not in assets and (rules.chosen is None or id in rules.chosen))
    rows += [*_left(left, rows, claimed, world)]
    chosen = _chosen(rows, assets, rules.chosen)
    return plan_of(_once_per_key(chosen, rules))


def decider(manifest: Manifest, words: Mapping[str, Words], lock: Lock, seen: Seen, rules: Rules) -> Decider:
    """The same deciding for one asset whose inputs are built by now: (id, input id → its new entry) → its decision."""
    assets = {asset.id: asset for asset in manifest.assets}
    claimed = files_of.claims(assets.values())

    def again(id: str, built: Mapping[str, Entry]) -> Decision:
        known = {name: known_of_entry(entry) for name, entry in built.items()}
        world = World(Holdings(lock, seen, assets), rules)
        return _cleaned(decide(assets[id], words[id], known, world), claimed, world)

    return again


def _in_order(assets: Mapping[str, Asset], words: Mapping[str, Words], world: World) -> dict[str, Decision]:
    known: dict[str, Known] = {}
    decided: dict[str, Decision] = {}
    edges = edges_of(assets.values())
    needed = {need for needs in edges.values() for need in needs}
    for id in order(edges) if needed else assets:
        decided[id] = decision = decide(assets[id], words[id], known, world)
        if id in needed:
            known[id] = known_of(decision, world.holdings.lock.entries.get(id))
    return decided


def _cleaned(decision: Decision, claimed: files_of.Claims, world: World) -> Decision:
    """With the files that the asset leaves behind, where it writes others."""
    recorded = entries(world.holdings.lock.entries).files_of(decision.asset)
    if claimed.hold(recorded):
        return decision
    entry = world.holdings.lock.entries[decision.asset]
    orphans = files_of.orphans(entry, claimed, world.holdings)
    if decision.action not in (Action.KEEP, Action.HOLD) and (stay := _stays(entry, claimed, world)):
        decision = replace(decision, note="; ".join(filter(None, (decision.note, stay))))
    if orphans and world.rules.prune and decision.action is Action.KEEP:
        decision = replace(decision, action=Action.FINISH, note=f"removes {', '.join(orphans)}")
    return replace(decision, orphans=orphans)


def _stays(entry: Entry, claimed: files_of.Claims, world: World) -> str:
    """What to say of files that nothing writes any more and that a person changed; "" where there are none."""
    changed = files_of.changed_orphans(entry, claimed, world.holdings)
    return f"{', '.join(changed)} was changed by hand: it stays, and is imagepipe's no more" if changed else ""


def _left(ids: Iterable[str], rows: Sequence[Decision], claimed: files_of.Claims, world: World) -> Iterator[Decision]:
    """What becomes of entries that have left the manifest."""
    unknown = [row.asset for row in rows if _is_unknown(row, world)]
    names = {why.before: row.asset for row in rows for why in row.reasons if why.part == RENAMED}
    for id in ids:
        if unknown and world.holdings.lock.entries[id].may_wait:
            yield _held(id, unknown)
        else:
            yield _noted(_dropped(id, claimed, world), names.get(id, ""))


def _is_unknown(row: Decision, world: World) -> bool:
    """Whether nobody can say yet what a new asset asks for: it may be one that left, under another name."""
    return row.action is Action.BLOCK and row.recipe is None and row.asset not in world.holdings.lock.entries


def _held(id: str, unknown: Iterable[str]) -> Decision:
    note = f"not in the manifest any more; it stays until {', '.join(unknown)} can be made, which may be its new name"
    return Decision(id, Action.HOLD, note=note)


def _noted(row: Decision, name: str) -> Decision:
    """A row that is dropped, with the name under which its picture goes on."""
    if not name:
        return row
    return replace(row, note="; ".join(filter(None, (f"goes on as {name}", row.note))))


def _dropped(id: str, claimed: files_of.Claims, world: World) -> Decision:
    entry = world.holdings.lock.entries[id]
    orphans = files_of.orphans(entry, claimed, world.holdings)
    stay = _stays(entry, claimed, world)
    code = "left-edited" if stay else ""
    if not orphans or world.rules.prune:
        told = [f"removes {', '.join(orphans)}" if orphans else "", stay]
        return Decision(id, Action.DROP, note="; ".join(filter(None, told)), orphans=orphans, code=code)
    action = Action.DROP if entry.outputs or stay else Action.HOLD
    note = stay or "not in the manifest any more; its files stay"
    return Decision(id, action, note=note, orphans=orphans, code=code)


def _chosen(rows: list[Decision], assets: Mapping[str, Asset], chosen: frozenset[str] | None) -> list[Decision]:
    """The rows selected; one that waits for an asset which is not selected cannot be built."""
    if chosen is None:
        return rows
    kept = [row for row in rows if row.asset in chosen]
    return [_unbuilt(row, left) if (left := [n for n in row.waits_for if n not in chosen]) else row for row in kept]


def _unbuilt(row: Decision, left: Iterable[str]) -> Decision:
    names = ", ".join(left)
    note, hint = f"its input {names} is not built", f"`imagepipe build +{row.asset}` builds that too"
    return replace(row, action=Action.BLOCK, price=FREE, note=note, hint=hint, code="input-not-built", waits_for=())


def _once_per_key(rows: list[Decision], rules: Rules) -> list[Decision]:
    """Assets with one request share one call: the first asks for as many pictures as any of them wants."""
    groups: dict[str, list[Decision]] = {}
    for row in rows:
        if row.action is Action.GENERATE and row.recipe:
            groups.setdefault(row.recipe.made_from, []).append(row)
    shared = [group for group in groups.values() if len(group) > 1]
    changed = {row.asset: row for group in shared for row in _shared(group, rules)}
    return [changed.get(row.asset, row) for row in rows] if changed else rows


def _shared(group: list[Decision], rules: Rules) -> list[Decision]:
    real = [(row, row.recipe) for row in group if row.recipe and row.recipe.request.provider != PLACEHOLDER]
    if not real:
        return group
    (first, recipe), ask = real[0], max(row.ask for row, _ in real)
    price = rules.price_of(recipe, ask) if ask != first.ask else first.price
    note = f"same request as {first.asset}"
    others = [replace(row, ask=0, price=FREE, note=note) for row in group if row is not first]
    return [replace(first, ask=ask, price=price), *others]


def plan_of(rows: Iterable[Decision]) -> Plan:
    """A plan of these decisions, with its totals and the basis by which a saved plan is known to be stale."""
    decisions = tuple(rows)
    counts = {action.value: many for action, many in Counter(row.action for row in decisions).items()}
    paid = [row.price for row in decisions if row.price is not FREE]
    price = Price(
        _sum(p.low for p in paid),
        _sum(p.high for p in paid),
        _sum(p.worst for p in paid),
        any(p.estimated for p in paid),
    )
    return Plan(decisions, Totals(FrozenMap(counts), price), basis_of(decisions))


def _sum(sums: Iterable[float | None]) -> float | None:
    """The sum in USD; one unknown price makes it unknown."""
    found = list(sums)
    return None if None in found else float(sum(usd for usd in found if usd is not None))


def basis_of(decisions: Iterable[Decision]) -> str:
    """A digest of everything a plan promises: what is done, from which bytes, to which paths."""
    rows = {row.asset: fingerprint(row) for row in decisions if row.action is not Action.KEEP}
    return key_of("plan", rows)


def fingerprint(row: Decision) -> str:
    """One decision as a line that changes whenever something it was decided from does."""
    key = row.recipe.made_from if row.recipe else ""
    picked = row.picked.sha256 if row.picked else ""
    why = [f"{reason.part}|{reason.before}|{reason.after}" for reason in row.reasons]
    parts = (row.action.value, key, row.finished_by, picked, str(row.ask), row.code, *row.writes, *row.orphans, *why)
    return "\n".join(parts)
