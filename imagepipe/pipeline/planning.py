"""The second stretch of the road: from a Manifest to its Plan. Pays nothing, sends nothing, needs no key."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path

from imagepipe.errors import Finding
from imagepipe.frozen import frozen
from imagepipe.pipeline import edited, quiet
from imagepipe.pipeline.around import around
from imagepipe.pipeline.ground import Ground, as_locked, depended, ground
from imagepipe.pipeline.options import PlanOptions
from imagepipe.planning import make_plan, states
from imagepipe.plugins import resolve
from imagepipe.selection import edges_of
from imagepipe.selection import select as chosen_of
from imagepipe.values import Action, Asset, Decision, Entry, Manifest, Plan

AFFECTED = "imagepipe.pipeline.affected:affected"
"""Loaded only for `--affected`: a plan needs no git."""


MEANT, UNTOLD = "imagepipe.pipeline.doubting:meant", "imagepipe.pipeline.doubting:untold"
"""Loaded only where a request is in doubt, or said to be."""
EXPECTED = "imagepipe.pipeline.expecting:unmet_of"
"""Loaded only where something is expected of pictures."""


@frozen
class Stand:
    """Where one asset stands: `state` in a word, what a build would do, what it has cost so far in USD."""

    asset: str
    state: str
    action: str
    usd: float | None = 0.0
    made_at: str = ""
    note: str = ""


def plan(
    manifest: Manifest,
    *,
    select: Sequence[str] = (),
    exclude: Sequence[str] = (),
    provider: str = "",
    options: PlanOptions = PlanOptions(),
) -> Plan:
    """What a build of the selected assets would do, why, and for how much.

    Raises errors.UsageError for a selection that means nothing, errors.Damaged for a broken lock or store.
    """
    base = ground(manifest, around(Path(manifest.root)), provider)
    made = planned(base, select, exclude, options)[0]
    if not select and not exclude and options == PlanOptions():
        keep_quiet(base, made, provider)
    return made


def keep_quiet(base: Ground, made: Plan, provider: str = "") -> None:
    """Remembers a plan of the whole project that has nothing to do, for the next time."""
    manifest = base.manifest
    found = quiet.Silent(made, manifest.findings)
    on = depended(base)
    if on:
        quiet.remember((manifest.root, manifest.file), manifest.profile, provider, found, on)
        if not base.seen.doubts and not any(row.action not in (Action.KEEP, Action.HOLD) for row in made.decisions):
            edited.remember(manifest)


def planned(base: Ground, select: Sequence[str], exclude: Sequence[str], options: PlanOptions) -> tuple[Plan, Ground]:
    """The plan, with what is not as `expect` says among its notes, and the ground with the rules it was made by."""
    base = wished(base, select, exclude, options)
    made = make_plan(base.manifest, base.manifest.words, base.lock, base.seen, base.rules)
    if any(asset.expect or any(output.expect for output in asset.outputs) for asset in base.manifest.assets):
        notes: tuple[Finding, ...] = resolve(EXPECTED)(base, made.decisions)
        made = replace(made, notes=(*made.notes, *notes))
    if base.seen.doubts:
        made = replace(made, notes=(*made.notes, *resolve(UNTOLD)(base, made.decisions)))
    base.digests.save()
    base.facts.save()
    return made, base


def wished(base: Ground, select: Sequence[str], exclude: Sequence[str], options: PlanOptions) -> Ground:
    """The ground with the wishes of a run among its rules."""
    assets = base.manifest.assets
    by_state = any("state:" in pattern for pattern in (*select, *exclude, *options.again, *options.resend))
    found = states(make_plan(base.manifest, base.manifest.words, base.lock, base.seen, base.rules)) if by_state else {}

    def ids(patterns: Sequence[str], without: Sequence[str] = ()) -> frozenset[str]:
        return chosen_of(patterns, assets, states=found, edges=edges_of(assets), exclude=without)

    def some(patterns: Sequence[str]) -> frozenset[str]:
        return ids(patterns) if patterns else frozenset()

    def anew(patterns: Sequence[str]) -> frozenset[str]:
        """The same; what lies before the edits of an asset only where it is named itself."""
        links = [pattern.strip("+") for pattern in patterns if "#" in pattern]
        return frozenset(id for id in some(patterns) if "#" not in id or any(fnmatchcase(id, one) for one in links))

    (resend, resent), (forget, forgotten) = (
        _settled(base, patterns, some) for patterns in (options.resend, options.forget)
    )
    narrowing = [ids(select, exclude)] if select or exclude else []
    narrowing += [resolve(AFFECTED)(base, options.affected)] if options.affected else []
    narrowing += [resend | forget] if options.resend or options.forget else []
    chosen = frozenset.intersection(*narrowing) if narrowing else None
    rules = replace(
        base.rules,
        chosen=chosen,
        again=anew(options.again),
        resend=resend,
        forget=forget,
        retry_failed=_everyone(assets, chosen) if options.retry_failed else frozenset(),
        force=options.force,
        frozen=options.frozen,
        prune=options.prune,
        allow_unknown_price=options.allow_unknown_price,
    )
    seen = replace(base.seen, files=as_locked(base)) if options.no_outputs else base.seen
    return replace(base, rules=rules, seen=seen, settled=resent | forgotten)


def _everyone(assets: Iterable[Asset], chosen: frozenset[str] | None) -> frozenset[str]:
    return frozenset(asset.id for asset in assets) if chosen is None else chosen


def _settled(
    base: Ground, patterns: Sequence[str], chosen: Callable[[Sequence[str]], frozenset[str]]
) -> tuple[frozenset[str], frozenset[str]]:
    """The assets and the requests that `--resend` or `--forget` is about."""
    found = resolve(MEANT)(base, patterns, chosen) if patterns else None
    return (found.assets, found.requests) if found else (frozenset(), frozenset())


@frozen
class State:
    """Where each selected asset stands, in manifest order, then what has left the manifest; and what the plan notes."""

    rows: tuple[Stand, ...]
    notes: tuple[Finding, ...] = ()


def state(manifest: Manifest, *, select: Sequence[str] = (), exclude: Sequence[str] = ()) -> State:
    """Where the project stands."""
    base = ground(manifest, around(Path(manifest.root)))
    made, base = planned(base, select, exclude, PlanOptions())
    rows = []
    for decision in made.decisions:
        entry = base.lock.entries.get(decision.asset)
        usd, at = _spent(decision, entry, base), entry.made_at if entry else ""
        word = _word(decision.action, entry)
        rows.append(Stand(decision.asset, word, decision.action.value, usd, at, decision.note))
    return State(tuple(rows), made.notes)


def _spent(decision: Decision, entry: Entry | None, base: Ground) -> float | None:
    """USD for an asset's picture, and for answers to its present recipe that brought none; None where one is unknown."""
    key = decision.recipe.made_from if decision.recipe else ""
    charges = [entry.cost] if entry else []
    if key and (entry is None or entry.made_from != key):
        charges += [one.charge for one in base.seen.receipts.get(key, ()) if one.asset == decision.asset]
    sums = [charge.usd for charge in charges]
    return None if None in sums else round(sum(usd for usd in sums if usd is not None), 9)


_WORDS = {
    Action.GENERATE: "to make",
    Action.WAIT: "waiting",
    Action.FINISH: "to finish",
    Action.RESTORE: "to restore",
    Action.DROP: "dropped",
    Action.BLOCK: "blocked",
}


def _draft(profile: str) -> str:
    return profile if profile.endswith("draft") else f"{profile} draft"


def _word(action: Action, entry: Entry | None) -> str:
    if action in (Action.KEEP, Action.HOLD) and entry:
        return "placeholder" if entry.placeholder else _draft(entry.profile) if entry.profile else "built"
    return _WORDS.get(action, "held") + (", a placeholder stands in" if entry and entry.placeholder else "")
