"""`imagepipe plan`: what a build would do, why, and for how much; pays nothing, writes nothing but the file asked for."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

import imagepipe
from imagepipe.cli import arguments
from imagepipe.cli.session import KEPT, PLAN_JSON, Session
from imagepipe.errors import Question, Refused
from imagepipe.frozen import frozen
from imagepipe.pipeline import quiet
from imagepipe.pipeline.options import PlanOptions
from imagepipe.plugins import resolve
from imagepipe.reports import money, planjson, plantext
from imagepipe.reports.plantext import pending
from imagepipe.values import EMPTY, Manifest, Plan

PENDING = 3
EDITED = "imagepipe.pipeline.edited:plan_of_edit"
"""Loaded only where the last plan had nothing to do and something has changed since."""
LOCKED, SAVED = "imagepipe.cli.locked:prompts_of", "imagepipe.planning.saved:dumps"
WRITE = "imagepipe.cli.writing:write"
"""Loaded only for `--verbose` and `--out`: a plan with nothing to do needs neither."""


@frozen
class Arguments:
    """One command line. `max_cost` in USD."""

    options: PlanOptions
    select: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    profile: str = ""
    provider: str = ""
    out: str = ""
    exit_code: bool = False
    verbose: bool = False
    max_cost: float | None = None

    @property
    def wanted(self) -> dict[str, Any]:
        """What a saved plan must be made under again."""
        own = {name: getattr(self, name) for name in ("select", "exclude", "profile", "provider")}
        return own | asdict(self.options)

    @property
    def is_plain(self) -> bool:
        """Whether the whole plan is asked for, and nothing beside it."""
        asked = (self.select, self.exclude, self.out, self.verbose)
        return self.options == PlanOptions() and not any(asked)


@click.command(short_help="Show what a build would do.")
@arguments.picked(arguments.select, arguments.exclude, arguments.profile, arguments.provider)
@click.option("--out", "-o", "--output", default="", metavar="FILE", help="Save the plan, for `build --plan FILE`.")
@click.option("--exit-code", is_flag=True, help="Exit 3 when something is to do.")
@click.option(
    "--verbose", "-v", is_flag=True, help="Show unchanged assets, whole values, and what changed in the words."
)
@click.option("--max-cost", type=arguments.Number(min=0), metavar="USD", help="Exit 4 when the worst case costs more.")
@arguments.picked(*arguments.WISHES, arguments.as_json)
@click.pass_obj
def command(session: Session, /, as_json: bool, **given: Any) -> int:
    """Show what a build would do, why, and for how much.

    SELECT is an asset id, a glob, tag:NAME, path:GLOB, state:changed|missing|failed, +ID (with what it needs) or
    ID+ (with what needs it). Without one: everything.
    """
    options = arguments.wishes(given, PlanOptions)
    return run(session, Arguments(options, **given))


def run(session: Session, args: Arguments) -> int:
    """Prints the plan; 3 under `--exit-code` when anything but KEEP and HOLD is in it."""
    if args.is_plain and not session.json:
        last = quiet.last(".", session.file, args.profile, args.provider)
        if last and not last.edited:
            return _showed(session, last.silent, args)
        edited: quiet.Silent | None = (
            resolve(EDITED)(last, ".", session.file, args.profile, args.provider) if last else None
        )
        if edited:
            return _showed(session, edited, args)
    manifest = session.load(args.profile, args.provider, outputs=True)
    plan = imagepipe.plan(
        manifest, select=args.select, exclude=args.exclude, provider=args.provider, options=args.options
    )
    KEPT.extend((manifest, plan))
    if session.json:
        _within(plan, args.max_cost)  # one document on standard output: the plan, or why not
    _show(session, manifest, plan, args)
    if args.out:
        resolve(WRITE)(Path(args.out), resolve(SAVED)(plan, args.wanted))
        session.terminal.say(f"The plan is in {args.out}; imagepipe build --plan {args.out} does exactly it.\n")
    _within(plan, args.max_cost)
    return PENDING if args.exit_code and pending(plan) else 0


def _showed(session: Session, found: quiet.Silent, args: Arguments) -> int:
    session.tell(found.findings)
    session.tell(found.plan.notes, PLAN_JSON)
    session.terminal.put(plantext.render(found.plan, session.terminal.ink))
    _within(found.plan, args.max_cost)
    return PENDING if args.exit_code and pending(found.plan) else 0


def said_nothing_to_do(session: Session, profile: str, provider: str = "", *, strictly: bool = False) -> bool:
    """Says that nothing is to do, if that is known from the last time and nothing has changed since; `strictly`, only if
    nothing is wrong with the pictures either."""
    found = quiet.silent(".", session.file, profile, provider)
    if found is None or (strictly and any(note.severity == "error" for note in found.plan.notes)):
        return False
    terminal = session.terminal
    session.tell(found.findings)
    session.tell(found.plan.notes, PLAN_JSON)
    terminal.put(plantext.render(found.plan, terminal.ink))
    return True


def _show(session: Session, manifest: Manifest, plan: Plan, args: Arguments) -> None:
    terminal = session.terminal
    session.tell(plan.notes, PLAN_JSON)
    if session.json:
        terminal.put(planjson.render(plan))
        return
    before = resolve(LOCKED)(manifest) if args.verbose else EMPTY
    terminal.put(plantext.render(plan, terminal.ink, verbose=args.verbose, before=before))


def _within(plan: Plan, cap: float | None) -> None:
    worst = plan.totals.price.worst
    if cap is None or (worst is not None and worst <= cap):
        return
    raise Refused(
        f"the plan costs at most {money.usd(worst)}, more than the {money.usd(cap)} of --max-cost",
        hint="raise --max-cost, or build a part of it: imagepipe plan SELECT",
        code="over-cap",
        question=Question("over-cap", ("--max-cost", "SELECT", "--exclude")),
        bill=[(row.asset, row.price.worst) for row in plan.decisions if row.price.worst != 0],
    )
