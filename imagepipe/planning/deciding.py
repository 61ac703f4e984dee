"""The decider: one asset, what is known of its inputs, lock, store and rules → one decision. The only place where an
action is chosen; knows neither order nor disk nor provider."""

from collections.abc import Mapping
from dataclasses import replace

from imagepipe.planning import asking, reasons
from imagepipe.planning.drafts import draft_of, drafts_elsewhere, renamed_draft, why_none
from imagepipe.planning.holdings import Held
from imagepipe.planning.inputs import PENDING, Gathered, Known, gather
from imagepipe.planning.judged import judged
from imagepipe.planning.settling import settle
from imagepipe.planning.standing import standing
from imagepipe.planning.world import Case, World, money, stands_in
from imagepipe.recipe import PLACEHOLDER, real_provider, recipe_of
from imagepipe.values import (
    EMPTY,
    FREE,
    PROFILE,
    Action,
    Asset,
    Candidate,
    Decision,
    Entry,
    FrozenMap,
    Price,
    Reason,
    Recipe,
    Request,
    Words,
)


def decide(asset: Asset, words: Words, known: Mapping[str, Known], world: World) -> Decision:
    """What to do about `asset` and why. `known` tells of each asset that is an input (`inputs.known_of`)."""
    decision = _decided(asset, words, known, world)
    entry = world.holdings.lock.entries.get(asset.id) if decision.action is not Action.KEEP else None
    if entry and entry.approved and _replaces(decision, entry):
        note = "approved as it is; what replaces it must be approved anew"
        return replace(decision, note="; ".join(filter(None, (decision.note, note))))
    return decision


def _replaces(decision: Decision, entry: Entry) -> bool:
    """Whether an approved picture gives way to another one, or may."""
    if decision.action in (Action.KEEP, Action.HOLD):
        return False
    same = decision.picked and entry.picked and decision.picked.sha256 == entry.picked.sha256
    return not same or (decision.recipe is not None and decision.recipe.made_from != entry.made_from)


def _decided(asset: Asset, words: Words, known: Mapping[str, Known], world: World) -> Decision:
    gathered = _gathered(asset, words, known, world)
    if stands := standing(asset, words, gathered, world):
        return stands
    entry = world.holdings.lock.entries.get(asset.id)
    recipe = _recipe(asset, words, gathered, world)
    if not asset.local and entry and (note := _stays(asset, entry, recipe, world)):
        return _stay(asset, entry, recipe, note, world)
    if gathered.missing:
        without = _without(recipe, gathered.missing, known)
        return _draftless(asset, recipe, without, world) if any(item.draft for item in asset.inputs) else without
    if gathered.waiting:
        return _wait(asset, recipe, entry, gathered, world)
    if asset.local:
        return _made_here(_case(asset, recipe, entry, world))
    if entry and _must_ask(asset, entry, recipe, world):
        hint = f"`imagepipe adopt {asset.id}` keeps its picture, free; `imagepipe build --again {asset.id}` asks anew"
        case = _case(asset, recipe, entry, world)
        return case.block("input-changed", "an input changed, and the manifest wants to be asked", hint)
    return _by_key(_case(asset, recipe, entry, world))


def _gathered(asset: Asset, words: Words, known: Mapping[str, Known], world: World) -> Gathered:
    """The inputs. Of an asset that only got another name, the draft is the one with which its request was made before."""
    seen, draft = world.holdings.seen, _draft(asset, words, world)
    for other in () if draft else drafts_elsewhere(asset, world.holdings.lock.entries):
        gathered = gather(asset, known, seen, other)
        if world.holdings.held(_recipe(asset, words, gathered, world).made_from, asset.id).named:
            return gathered
    return gather(asset, known, seen, draft)


def _draft(asset: Asset, words: Words, world: World) -> str:
    if not asset.final_uses:
        return ""
    own = draft_of(asset, world.holdings.lock.entries, any_will_do=stands_in(asset, world.rules))
    return own or renamed_draft(asset, words, world.holdings)


def _draftless(asset: Asset, recipe: Recipe, decision: Decision, world: World) -> Decision:
    """Tells what is wrong with the draft, where that is what is missing, and what the final will cost."""
    if _draft(asset, recipe.words, world):
        return decision
    note, hint = why_none(asset, world.holdings.lock.entries)
    if not stands_in(asset, world.rules):
        note += f"; the final costs {money(world.rules.price_of(recipe, recipe.request.n).high)}"
    return replace(decision, note=note, hint=hint, code="no-approved-draft")


def _recipe(asset: Asset, words: Words, gathered: Gathered, world: World) -> Recipe:
    recipe = recipe_of(asset, words, gathered.facts, world.holdings.lock.entries.get(asset.id))
    if world.rules.placeholder and not asset.local and asset.provider != PLACEHOLDER:
        return replace(recipe, request=replace(recipe.request, provider=PLACEHOLDER))
    return recipe


def _case(asset: Asset, recipe: Recipe, entry: Entry | None, world: World) -> Case:
    held = judged(asset, world.holdings.held(recipe.made_from, asset.id), world)
    renamed = entry is None and held.entry is not None and held.named not in world.holdings.present
    why = reasons.renamed(held.named, asset) if renamed else _changes(asset, entry, recipe, world)
    return Case(asset, recipe, held, entry, world, why)


def _changes(asset: Asset, entry: Entry | None, recipe: Recipe, world: World) -> tuple[Reason, ...]:
    if entry is None:
        return reasons.new_asset()
    changed = reasons.of_recipe(entry, recipe)
    if entry.profile != asset.profile:
        changed = (Reason(PROFILE, entry.profile or "final", asset.profile or "final"), *changed)
    if entry.placeholder and not stands_in(asset, world.rules):
        return (Reason("provider", PLACEHOLDER, real_provider(asset)), *changed)
    return changed


def _stays(asset: Asset, entry: Entry, recipe: Recipe, world: World) -> str:
    """Why the entry's own recipe stays in force, whatever the manifest says now; "" where it does not."""
    free = stands_in(asset, world.rules)
    if entry.picked is None or (entry.placeholder and not free):
        return ""
    if asset.pin:
        return "pinned"
    if free and not entry.placeholder and entry.made_from != recipe.made_from:
        return "a paid picture, where only a placeholder was asked for: it stays"
    if asset.on_input_change == "pin" and asset.id not in world.rules.again and _only_inputs(entry, recipe):
        return "an input changed, and the manifest pins this picture"
    return ""


def _only_inputs(entry: Entry, recipe: Recipe) -> bool:
    """Whether the recipes differ in the bytes of inputs that are assets, and in nothing else."""
    before = entry.parts.get("made_from", EMPTY)
    labels = {label for label in {*before, *recipe.parts} if before.get(label) != recipe.parts.get(label)}
    return bool(labels) and all(label.endswith("].sha256") and label in before for label in labels)


def _must_ask(asset: Asset, entry: Entry, recipe: Recipe, world: World) -> bool:
    rules = world.rules
    return (
        asset.on_input_change == "ask"
        and not (entry.placeholder or stands_in(asset, rules) or asset.id in rules.again)
        and _only_inputs(entry, recipe)
        and not world.holdings.held(recipe.made_from, asset.id).usable
    )


def _will_be_asked(asset: Asset, entry: Entry | None, recipe: Recipe, world: World) -> bool:
    """Whether nothing can be paid for an asset that waits: its one picture stays, or a person is asked first."""
    if entry is None or entry.picked is None or recipe.request.n != 1:
        return False
    return _must_ask(asset, entry, recipe, world)


def _stay(asset: Asset, entry: Entry, recipe: Recipe, note: str, world: World) -> Decision:
    """As the lock has it; the files are still looked after."""
    old = _recorded(asset, entry)
    if entry.placeholder:
        held = Held(entry.candidates, len(entry.candidates), entry=entry, named=asset.id)
    else:
        held = world.holdings.held(entry.made_from, asset.id)
    why = () if PENDING in [fact.sha256 for fact in recipe.request.inputs] else _changes(asset, entry, recipe, world)
    if entry.made_from != recipe.made_from:  # what stays is what it was, also in name
        why = tuple(reason for reason in why if reason.part != PROFILE)
    case = Case(asset, old, held, entry, world, why)
    decision = _relabelled(case, settle(case))
    changed = entry.made_from != recipe.made_from or asset.id in world.rules.again
    return replace(decision, action=Action.HOLD, note=note) if decision.action is Action.KEEP and changed else decision


def _recorded(asset: Asset, entry: Entry) -> Recipe:
    text = "\n".join(entry.prompt)
    request = Request(entry.provider, entry.model, text, entry.options, entry.inputs)
    parts = FrozenMap(entry.parts.get("made_from", EMPTY))
    return Recipe(asset.id, entry.made_from, parts, request, Words(text))


def _without(recipe: Recipe, missing: tuple[str, ...], known: Mapping[str, Known]) -> Decision:
    asset, names = recipe.asset, ", ".join(missing)
    blocked = [name for name in missing if name in known]
    note = f"its input {names} is blocked" if blocked else f"its input {names} is missing"
    hint = f"see `imagepipe why {blocked[0]}`" if blocked else "put the file there, or correct its path"
    why = tuple(Reason(f"input {name}", "", "blocked" if name in blocked else "missing") for name in missing)
    return Decision(
        asset, Action.BLOCK, why, note=note, hint=hint, code="input-blocked" if blocked else "input-missing"
    )


def _wait(asset: Asset, recipe: Recipe, entry: Entry | None, gathered: Gathered, world: World) -> Decision:
    """Decided again when its inputs have bytes; may cost nothing, and at most what the request costs now."""
    changed = _changes(asset, entry, recipe, world) if entry else reasons.new_asset()
    others = tuple(reason for reason in changed if not reason.part.endswith(": bytes"))
    why = tuple(Reason(f"input {name}", "", "changes first") for name in gathered.waiting)
    free = asset.local or stands_in(asset, world.rules) or _will_be_asked(asset, entry, recipe, world)
    full = FREE if free else world.rules.price_of(recipe, recipe.request.n)
    price = Price(0.0, full.high, full.worst, full.estimated)
    return Decision(asset.id, Action.WAIT, (*why, *others), price=price, waits_for=gathered.waiting)


def _by_key(case: Case) -> Decision:
    if case.stands_in and not case.held.usable:
        return _stand_in(case)
    ask = 0 if case.stands_in else asking.wanted(case)
    if not ask or (case.rules.frozen and case.held.usable):
        return _remarked(case, settle(case), ask)
    return _asked(case, ask)


def _asked(case: Case, ask: int) -> Decision:
    """A request, with the reason why where the recipe itself did not change."""
    why = case.reasons
    if case.asset.id in case.rules.again:
        why += (Reason("again", "", "asked for"),)
    elif case.held.turned_down:
        why += (Reason("candidates", f"{case.held.turned_down} rejected", f"{ask} more"),)
    elif case.held.usable:
        why += (Reason("options.n", str(case.held.paid), str(case.recipe.request.n)),)
    elif not why:
        why = (Reason("picture", "", "none yet"),)
    decision = asking.ask(replace(case, reasons=why), ask)
    if decision.action is not Action.GENERATE or not case.held.usable:
        return decision
    settled = settle(case)
    return replace(decision, picked=settled.picked)


def _made_here(case: Case) -> Decision:
    """What is made of the inputs without a request. In the lock its first picture stands for all of them."""
    first = case.recipe.request.inputs[0].sha256
    entry = case.entry if case.entry and case.entry.made_from == case.recipe.made_from else None
    picture = entry.picked if entry and entry.picked else Candidate(first, 0, 0, "")
    return _relabelled(case, settle(replace(case, held=Held((picture,), 0, entry=entry, named=case.asset.id))))


def _relabelled(case: Case, decision: Decision) -> Decision:
    """What stays, and was made under another profile: the lock is to say so."""
    if decision.action is not Action.KEEP or not any(reason.part == PROFILE for reason in case.reasons):
        return decision
    return replace(decision, action=Action.FINISH, note="the same request: the picture is taken as it is")


def _stand_in(case: Case) -> Decision:
    """A placeholder: it keeps what it drew before for the same request, and is drawn anew at no cost otherwise."""
    entry, n = case.entry, case.recipe.request.n
    if entry and entry.placeholder and entry.made_from == case.recipe.made_from and entry.picked:
        held = Held(entry.candidates, len(entry.candidates), entry=entry, named=case.asset.id)
        settled = settle(replace(case, held=held))
        enough = len(entry.candidates) >= n and case.asset.id not in case.rules.again
        if enough and settled.code not in ("raw-missing", "pick-missing"):
            return _relabelled(case, settled)
        case = replace(case, reasons=settled.reasons or (Reason("options.n", str(len(entry.candidates)), str(n)),))
    return asking.ask(case, n)


def _remarked(case: Case, decision: Decision, ask: int) -> Decision:
    """What stays as it is, with a note where a person should know something about it."""
    decision = _relabelled(case, decision)
    if decision.action is not Action.KEEP:
        return decision
    model = case.recipe.request.model
    why = case.rules.retirement_of(model)
    notes = [f"made by {model}, {why.removeprefix('was ')}; the picture is kept"] if why else []
    if case.stands_in:
        notes.append("a paid picture, where only a placeholder was asked for: it stays")
    if case.holdings.seen.doubts.get(case.recipe.made_from):
        notes.append("a request for more of it is in doubt")
    if ask:
        notes.append(f"{ask} more wanted; --frozen asks for none")
    return replace(decision, action=Action.HOLD, note="; ".join(notes)) if notes else decision
