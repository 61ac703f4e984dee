"""`imagepipe build`: does what the plan says; asks a person before it pays more than was agreed."""

from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import click

import imagepipe
from imagepipe.cli import arguments
from imagepipe.cli.console import open_console
from imagepipe.cli.plan import said_nothing_to_do
from imagepipe.cli.session import Session
from imagepipe.cli.telling import left_of, tell
from imagepipe.errors import Refused, UsageError
from imagepipe.frozen import frozen
from imagepipe.pipeline.options import BuildOptions, PlanOptions
from imagepipe.plugins import resolve
from imagepipe.reports import plantext
from imagepipe.values import Manifest

SAVED = "imagepipe.planning.saved:loads"
"""Loaded only for `--plan`."""


@frozen
class Arguments:
    """One command line."""

    options: BuildOptions
    select: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    profile: str = ""
    provider: str = ""


@click.command(short_help="Make what is missing or changed.")
@arguments.picked(arguments.select, arguments.exclude, arguments.profile, arguments.provider)
@click.option(
    "--plan", "plan_file", default="", metavar="FILE", help="Do exactly this saved plan; exit 4 if it is stale."
)
@click.option(
    "--max-cost", type=arguments.Number(min=0), metavar="USD", help="Spend no more than this, at worst price."
)
@click.option("--max-requests", type=click.IntRange(min=0), metavar="N", help="Send no more requests than this.")
@click.option("--jobs", "-j", type=click.IntRange(min=1), metavar="N", help="Requests at once. Default: 5.")
@click.option("--yes", "-y", is_flag=True, help="Pay without asking.")
@click.option("--fail-fast", is_flag=True, help="After a failure send nothing new; keep what is under way.")
@arguments.picked(*arguments.WISHES)
@click.option("--report", default="", metavar="FILE", help="Write what was done to FILE, as JSON.")
@click.option("--lock-timeout", type=arguments.Number(min=0), default=60.0, metavar="S", help="Wait for another build.")
@click.option("--allow-pull-request", is_flag=True, help="Pay in CI on a pull-request event.")
@arguments.as_json
@click.pass_obj
def command(session: Session, /, as_json: bool, **given: Any) -> int:
    """Make what is missing or changed, and pay for nothing twice.

    SELECT as for `imagepipe plan`. Press Ctrl-C once to send nothing new and keep what is under way, twice to stop.
    """
    args = Arguments(arguments.wishes(given, BuildOptions), **given)
    return run(session, as_saved(args) if args.options.plan_file else args)


def as_saved(args: Arguments) -> Arguments:
    """The command line with the selection and the wishes under which the saved plan was made."""
    path = Path(args.options.plan_file)
    if args.select or args.exclude:
        hint = "make another plan: imagepipe plan SELECT --out FILE"
        raise UsageError("a saved plan is done whole; SELECT cannot narrow it", hint=hint, code="usage")
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        hint = "make one with `imagepipe plan --out FILE`"
        raise UsageError(f"there is no saved plan {path}", hint=hint, code="not-a-plan") from None
    except (OSError, UnicodeDecodeError) as error:
        hint = "make one with `imagepipe plan --out FILE`"
        raise UsageError(f"{path} cannot be read as a saved plan", hint=hint, code="not-a-plan") from error
    wanted = resolve(SAVED)(text, str(path)).options
    wishes = {spec.name: wanted[spec.name] for spec in fields(PlanOptions) if spec.name in wanted}
    names = ("select", "exclude", "profile", "provider")
    return replace(args, options=replace(args.options, **wishes), **{n: wanted[n] for n in names if n in wanted})


def run(session: Session, args: Arguments) -> int:
    """Builds; where the sum needs a yes and a person is there, shows the plan and asks."""
    if _is_plain(args) and not session.json and said_nothing_to_do(session, args.profile, args.provider):
        return 0
    manifest = session.load(args.profile, args.provider, outputs=True)
    try:
        return watch(session, manifest, args)
    except Refused as refusal:
        if session.json or not (refusal.question and "--yes" in refusal.question.choices):
            raise
        if not confirmed(session, manifest, args, refusal):
            raise
    return watch(session, manifest, replace(args, options=replace(args.options, yes=True)))


def _is_plain(args: Arguments) -> bool:
    """Whether everything is to be built, in the usual way."""
    asked = (args.select, args.exclude, args.options.plan_file, args.options.report, args.options.prune)
    return not any(asked) and not any(getattr(args.options, name) for name in ("again", "resend", "forget"))


def watch(session: Session, manifest: Manifest, args: Arguments) -> int:
    """Runs the build under a console and returns its exit code."""
    console = open_console(session, [asset.id for asset in manifest.assets])
    events = imagepipe.build(
        manifest, select=args.select, exclude=args.exclude, provider=args.provider, options=args.options
    )
    last = tell(events, console, left_of(manifest))
    return last.exit_code if last else 0


def confirmed(session: Session, manifest: Manifest, args: Arguments, refusal: Refused) -> bool:
    """Shows the plan and asks whether to pay for it."""
    terminal = session.terminal
    if not terminal.interactive:
        return False
    plan = imagepipe.plan(
        manifest, select=args.select, exclude=args.exclude, provider=args.provider, options=args.options
    )
    terminal.say(plantext.render(plan, terminal.talk_ink) + "\n")
    return terminal.ask(f"{refusal.message[:1].upper()}{refusal.message[1:]}. Pay it?")
