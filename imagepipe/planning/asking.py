"""What costs money: how many pictures to ask for, and everything that must hold before a provider is asked."""

from collections.abc import Callable
from dataclasses import replace

from imagepipe.planning import files as files_of
from imagepipe.planning import sizing
from imagepipe.planning.settling import by_hand
from imagepipe.planning.world import Case, money
from imagepipe.values import Action, Decision


def wanted(case: Case) -> int:
    """How many pictures are to be asked for: n less those paid under the key, duplicates counted. One that a person
    rejected was paid for and does not count."""
    held, n, id = case.held, case.recipe.request.n, case.asset.id
    if id in case.rules.again:
        return n
    if held.usable and (held.adopted or case.asset.pin):
        return 0
    if held.lost:
        return n
    paid = held.paid - held.failed if id in case.rules.retry_failed else held.paid
    return max(0, n - (paid - held.turned_down))


def ask(case: Case, n: int) -> Decision:
    """GENERATE for `n` pictures, or what stands in its way."""
    gates = _FREE_GATES if case.stands_in else _GATES
    stop = next((found for gate in gates if (found := gate(case, n))), None)
    if stop:
        return stop
    paths = tuple(output.path for output in case.asset.outputs)
    note = sizing.told(case.asset)
    return replace(case.decision(Action.GENERATE, note), price=case.price(n), ask=n, writes=paths)


def _forgotten(case: Case, n: int) -> Decision | None:
    if case.asset.id in case.rules.forget and case.holdings.seen.doubts.get(case.recipe.made_from):
        return case.decision(Action.HOLD, "the request in doubt is forgotten; the next build may ask again")
    return None


def _in_doubt(case: Case, n: int) -> Decision | None:
    doubts = case.holdings.seen.doubts.get(case.recipe.made_from, ())
    if not doubts or case.asset.id in case.rules.resend:
        return None
    worst = [intent.worst for intent in doubts]
    sum_ = None if None in worst else sum(usd for usd in worst if usd is not None)
    note = f"in doubt: a request was sent and its end is unknown, {money(sum_)} at worst"
    id = case.asset.id
    hint = f"`imagepipe build --resend {id}` asks again, `--forget {id}` gives it up; the sum stays counted"
    return case.block("in-doubt", note, hint)


def _refused(case: Case, n: int) -> Decision | None:
    refusal = case.holdings.seen.refusals.get(case.recipe.made_from)
    if refusal is None or case.asset.id in case.rules.retry_failed:
        return None
    note = f"the provider refused this request: {refusal.message or refusal.code}"
    return case.block("refused", note, f"change the prompt, or `imagepipe build --retry-failed {case.asset.id}`")


def _failed(case: Case, n: int) -> Decision | None:
    chosen = case.rules.retry_failed | case.rules.again
    if not case.held.lost or case.asset.id in chosen:
        return None
    failures = (receipt.failure for receipt in case.held.receipts if receipt.failure)
    why = case.held.unmet or next(failures, "all its pictures were rejected")
    earlier = case.entry.picked if case.entry and not case.entry.placeholder else None
    file = "" if earlier or any(item.format for item in case.held.candidates) else " FILE"
    id = case.asset.id
    hint = f"change the recipe, `imagepipe adopt {id}{file}`, or `imagepipe build --retry-failed {id}`"
    return case.block("checks-failed", f"paid for, but it failed its checks: {why}", hint)


def _retired(case: Case, n: int) -> Decision | None:
    model = case.recipe.request.model
    why = case.rules.retirement_of(model)
    way = f"`imagepipe migrate-model {model} {case.rules.replacement_of(model) or 'TO'}`"
    hint = f"{way}, or keep the picture as it is with `pin: true`"
    return case.block("retired-model", f"{model} {why}", hint) if why else None


def _inputs_elsewhere(case: Case, n: int) -> Decision | None:
    """Pictures of other assets must be at hand to be sent: in a fresh clone they may be in nobody's store."""
    pairs = zip(case.asset.inputs, case.recipe.request.inputs, strict=False)
    own = ((item.asset or case.asset.id, fact) for item, fact in pairs if not (item.image or item.output))
    gone = [id for id, fact in own if ":" not in id and not case.holdings.has(fact.sha256)]
    if not gone:
        return None
    names = ", ".join(dict.fromkeys(gone))
    hint = f"restore the store that has it, or make it again: `imagepipe build --again {gone[0]}`"
    return case.block("input-elsewhere", f"the picture of its input {names} is not here to be sent", hint)


def _by_hand(case: Case, n: int) -> Decision | None:
    paths = () if case.rules.force else files_of.foreign(case.asset, case.holdings)
    return by_hand(case, case.decision(Action.BLOCK), paths) if paths else None


def _frozen(case: Case, n: int) -> Decision | None:
    if not case.rules.frozen:
        return None
    note = f"--frozen pays for nothing; this would cost {money(case.price(n).high)}"
    return case.block("frozen", note, "build without --frozen, or restore the store that has it")


def _over_cap(case: Case, n: int) -> Decision | None:
    cap, worst = case.rules.per_asset, case.price(n).worst
    if cap is None:
        return None
    if worst is None:
        note = f"its price is unknown, and {money(cap)} is the cap of one asset"
        known = case.rules.allow_unknown_price
        return None if known else case.block("unknown-price", note, "--allow-unknown-price lets it pass")
    note = f"{money(worst)} at worst is over the cap of one asset, {money(cap)}"
    hint = "lower n, size or quality, or raise `budget.per_asset`"
    return case.block("over-asset-cap", note, hint) if worst > cap else None


Gate = Callable[[Case, int], Decision | None]
_GATES: tuple[Gate, ...] = (
    _forgotten,
    _in_doubt,
    _refused,
    _failed,
    _retired,
    _inputs_elsewhere,
    _by_hand,
    _frozen,
    _over_cap,
)
_FREE_GATES: tuple[Gate, ...] = (_retired, _by_hand)
