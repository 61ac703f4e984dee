"""What must hold before a build sends anything: caps, consent, the pull-request guard. Refuses as a whole, exit 4."""

from collections.abc import Mapping

from imagepipe.errors import Finding, ManifestError, Question, Refused, UsageError
from imagepipe.events import Warned
from imagepipe.frozen import frozen
from imagepipe.pipeline.around import Around
from imagepipe.pipeline.ground import Ground
from imagepipe.pipeline.options import BuildOptions
from imagepipe.recipe import PLACEHOLDER
from imagepipe.settings.values import Cap, Per, smallest
from imagepipe.values import Action, Budget, Decision, Manifest, Plan
from imagepipe.values.dollars import usd

_PULL_REQUEST = ("pull_request", "pull_request_target", "merge_request_event", "external_pull_request_event")


@frozen
class Bill:
    """What a build would ask for: its paid rows, the requests among them, and their worst price in USD (None: unknown)."""

    rows: tuple[Decision, ...]
    requests: int
    worst: float | None

    @property
    def told(self) -> tuple[tuple[str, float | None], ...]:
        """What costs what: (asset, USD at worst), the dearest first, in order where it is the same to a tenth of a cent."""
        rows = [(row.asset, row.price.worst) for row in self.rows if row.price.worst != 0]
        return tuple(sorted(rows, key=lambda row: (row[1] is not None, -round(row[1] or 0.0, 3))))


def bill_of(plan: Plan) -> Bill:
    """The paid part of a plan. Rows that wait for an input count at their worst."""
    rows = tuple(row for row in plan.decisions if row.action in (Action.GENERATE, Action.WAIT) and _is_paid(row))
    sums = [row.price.worst for row in rows]
    worst = None if None in sums else sum(usd for usd in sums if usd is not None)
    return Bill(rows, sum(1 for row in rows if row.ask or row.action is Action.WAIT), worst)


def _is_paid(row: Decision) -> bool:
    """Whether a row may cost money. One that waits has no request yet, and no price at all only where it is free."""
    if row.recipe is None:
        return row.price.worst != 0
    return row.recipe.request.provider != PLACEHOLDER


def own_files(plan: Plan, manifest: Manifest) -> None:
    """Raises ManifestError (exit 2) where an output would lie over a file that imagepipe never made: that is a mistake in
    the manifest, and nothing is sent before it is settled."""
    places = {asset.id: asset.place for asset in manifest.assets}
    rows = [row for row in plan.decisions if row.code == "not-ours"]
    if rows:
        raise ManifestError([Finding(row.code, row.note, places.get(row.asset), row.hint) for row in rows])


def caps_of(near: Around, budget: Budget, options: BuildOptions) -> tuple[Cap, ...]:
    """Every cap that anybody set, with the name of whoever did. Raises UsageError for one that would hold nothing."""
    if options.max_cost is not None and not options.max_cost >= 0:
        raise UsageError(
            f"--max-cost is a sum in USD, not {options.max_cost}", hint="such as 2.50", code="invalid-setting"
        )
    typed = (Cap("--max-cost", options.max_cost),) if options.max_cost is not None else ()
    named: dict[Per, float | None] = {"build": budget.per_build, "asset": budget.per_asset, "day": budget.per_day}
    own = tuple(Cap(f"the manifest's budget.per_{per}", usd, per) for per, usd in named.items() if usd is not None)
    return (*typed, *near.settings.caps, *own)


def require(bill: Bill, near: Around, caps: tuple[Cap, ...], options: BuildOptions) -> None:
    """Raises Refused for a build that may not begin; the sum of a plan is judged at its worst."""
    if not bill.rows:
        return
    _within_requests(bill, options)
    _no_pull_request(near.env, options)
    spent: dict[Per, float] = {"build": 0.0, "day": near.ledger.spent(near.today.isoformat())}
    for per, sum_ in spent.items():
        cap = smallest(caps, per)
        if cap:
            _within(bill, cap, sum_, options)
    _agreed(bill, near, options)


def warnings(plan: Plan, base: Ground) -> tuple[Warned, ...]:
    """What a person should know before a build begins: what may be paid for again, and what will not be asked for."""
    pinned = {asset.id for asset in base.manifest.assets if asset.pin} & base.rules.again
    held = [row.asset for row in plan.decisions if row.asset in pinned and row.action is Action.HOLD]
    told = [Warned("pinned", "--again asks for nothing while the manifest pins its picture", id, _UNPIN) for id in held]
    near = base.around
    is_ci = near.env.get("CI", "").lower() not in ("", "0", "false")
    if is_ci and near.store.fresh and base.lock.entries and bill_of(plan).requests:
        told.append(Warned("store-new", "the store is new here, and the lock is not" + _FORGETFUL, "", _CACHE))
    return tuple(told)


_UNPIN = "take `pin: true` out of the manifest to ask for another picture"
_FORGETFUL = ": what an earlier run paid for and nobody committed is paid for again"
_CACHE = "keep the store between runs: cache the folder that IMAGEPIPE_STORE names"


def _within_requests(bill: Bill, options: BuildOptions) -> None:
    most = options.max_requests
    if most is not None and bill.requests > most:
        raise Refused(
            f"the plan takes {bill.requests} request{'' if bill.requests == 1 else 's'}, more than the {most} of --max-requests",
            hint="raise --max-requests, or build a part: `imagepipe build SELECT`",
            code="over-requests",
        )


def _no_pull_request(env: Mapping[str, str], options: BuildOptions) -> None:
    event = env.get("GITHUB_EVENT_NAME", "") or env.get("CI_PIPELINE_SOURCE", "")
    if event in _PULL_REQUEST and not options.allow_pull_request:
        raise Refused(
            f"this is a pull request in CI ({event}); nothing is paid for here",
            hint="build on a protected branch, or pass --allow-pull-request where only trusted people can push",
            code="pull-request",
            question=Question("pull-request", ("--allow-pull-request",)),
        )


def _within(bill: Bill, cap: Cap, spent: float, options: BuildOptions) -> None:
    if bill.worst is None:
        if options.allow_unknown_price:
            return
        names = ", ".join(row.asset for row in bill.rows if row.price.worst is None)
        raise Refused(
            f"the price of {names} is not known, and {cap.name} caps the {cap.per} at {usd(cap.usd)}",
            hint="give the model its prices under `models:`, or pass --allow-unknown-price",
            code="unknown-price",
            question=Question("unknown-price", ("--allow-unknown-price",)),
            bill=bill.told,
        )
    if spent + bill.worst > cap.usd + 1e-9:
        already = f" after {usd(spent)} spent today" if spent else ""
        raise Refused(
            f"this build may cost {usd(bill.worst)} at worst{already}, over the {usd(cap.usd)} of {cap.name}",
            hint="raise that cap if it is yours to raise, lower n, size or quality, or build a part: SELECT",
            code="over-cap",
            question=Question("over-cap", ("--max-cost", "SELECT")),
            bill=bill.told,
        )


def _agreed(bill: Bill, near: Around, options: BuildOptions) -> None:
    above = near.settings.confirm_above
    if options.yes or (bill.worst is not None and bill.worst <= above):
        return
    sum_ = "an unknown sum" if bill.worst is None else f"up to {usd(bill.worst)}"
    raise Refused(
        f"this build costs {sum_}, and more than {usd(above)} needs a yes",
        hint="look at `imagepipe plan`, then pass --yes; `confirm_above` in config.toml moves the bound",
        code="needs-yes",
        question=Question("needs-yes", ("--yes",)),
        bill=bill.told,
    )
