"""`imagepipe check`: the gate for CI. Fails unless the plan is all KEEP and HOLD; needs no key and no network."""

from dataclasses import replace
from typing import Any

import click

import imagepipe
from imagepipe.cli import arguments
from imagepipe.cli.plan import said_nothing_to_do
from imagepipe.cli.session import KEPT, PLAN_JSON, WRITTEN, Session
from imagepipe.errors import Finding, ManifestError
from imagepipe.frozen import frozen
from imagepipe.pipeline.options import PlanOptions
from imagepipe.plugins import resolve
from imagepipe.reports import FINDINGS, findingstext, planjson, plantext
from imagepipe.reports.plantext import pending
from imagepipe.reports.safetext import data
from imagepipe.values import Action, Decision, Manifest, Plan, Reason

DRIFT = 1
RELEASE = "imagepipe.cli.release:unreleased"
"""Loaded only for `--release`: a check that finds nothing changed reads no lock."""
_MOST, _LONGEST = 3, 60
_SAID = {
    Action.GENERATE: "is to be made",
    Action.WAIT: "waits for an input",
    Action.FINISH: "is to be written",
    Action.RESTORE: "is to be restored",
    Action.DROP: "is in the lock alone",
    Action.BLOCK: "is blocked",
}
"""What a pending decision means to who reads the annotation of a pull request."""


@frozen
class Arguments:
    """One command line."""

    select: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    profile: str = ""
    provider: str = ""
    release: bool = False
    no_outputs: bool = False
    affected: str = ""
    format: str = "text"


@click.command(short_help="Fail unless everything is built and unchanged.")
@arguments.picked(arguments.select, arguments.exclude, arguments.profile, arguments.provider)
@click.option("--release", is_flag=True, help="Also refuse placeholders, drafts, and what nobody approved.")
@click.option("--no-outputs", is_flag=True, help="Do not look at the output files, only at manifest and lock.")
@arguments.affected
@click.option("--format", type=click.Choice(list(FINDINGS)), default="text", help="How to write what is wrong.")
@arguments.as_json
@click.pass_obj
def command(session: Session, /, as_json: bool, **given: Any) -> int:
    """Fail (exit 1) unless every asset is built, unchanged, as it is expected to be, and its files are what the lock
    says. Needs no key and no network."""
    return run(session, Arguments(**given))


def run(session: Session, args: Arguments) -> int:
    """0 where nothing is to do; 1 with what drifted otherwise."""
    is_plain = args == Arguments(profile=args.profile, provider=args.provider) and not session.json
    if is_plain and said_nothing_to_do(session, args.profile, args.provider, strictly=True):
        return 0
    if args.format == "github":
        session = replace(session, annotates=False)
    try:
        manifest = session.load(args.profile, args.provider, outputs=True)
    except ManifestError as error:
        if session.json or args.format == "text":
            raise
        session.terminal.put(resolve(WRITTEN)(error.findings, args.format, session.file, session.terminal.ink))
        return error.exit_code
    return _judged(session, args, manifest)


def _judged(session: Session, args: Arguments, manifest: Manifest) -> int:
    options = PlanOptions(no_outputs=args.no_outputs, affected=args.affected)
    plan = imagepipe.plan(manifest, select=args.select, exclude=args.exclude, provider=args.provider, options=options)
    KEPT.extend((manifest, plan))
    unfit = resolve(RELEASE)(manifest, plan) if args.release else ()
    failed = pending(plan) or bool(unfit) or any(note.severity == "error" for note in plan.notes)
    if session.json:
        session.terminal.put(
            data(planjson.as_data(plan) | {"ok": not failed, "unreleased": [f.message for f in unfit]}) + "\n"
        )
    elif args.format == "text":
        _say(session, plan, unfit)
        session.annotate((*drift(manifest, plan), *unfit))
    else:
        findings = (*manifest.findings, *plan.notes, *drift(manifest, plan), *unfit)
        session.terminal.put(resolve(WRITTEN)(findings, args.format, session.file, session.terminal.ink))
    return DRIFT if failed else 0


def _say(session: Session, plan: Plan, unfit: tuple[Finding, ...]) -> None:
    terminal = session.terminal
    session.tell(plan.notes, PLAN_JSON)
    if pending(plan) or not unfit:
        terminal.put(plantext.render(plan, terminal.ink))
    terminal.put("".join("\n" + findingstext.one(finding, terminal.ink) for finding in unfit))
    if pending(plan):
        terminal.say(f"The pictures are not what the manifest asks for; {_way_out(plan)}.\n")


def _way_out(plan: Plan) -> str:
    """What makes the pictures so: a build, as far as nothing needs a person first."""
    found = {row.action for row in plan.decisions} - {Action.KEEP, Action.HOLD}
    if found == {Action.BLOCK}:
        return "what is blocked needs a choice of yours"
    rest = ", but for what is blocked, which needs a choice of yours first" if Action.BLOCK in found else ""
    return f"imagepipe build makes them so{rest}"


def drift(manifest: Manifest, plan: Plan) -> tuple[Finding, ...]:
    """The pending decisions as findings, at the place where each asset is declared, and the files that are left over."""
    places = {asset.id: asset.place for asset in manifest.assets}
    found = []
    for row in plan.decisions:
        if row.action not in (Action.KEEP, Action.HOLD):
            what, place = f"{row.asset} {_SAID[row.action]}{why_of(row)}", places.get(row.asset)
            found.append(Finding(f"drift-{row.action.value}", what, place, row.hint))
        found += [_orphan(path) for path in row.orphans]
    return tuple(found)


def _orphan(path: str) -> Finding:
    hint = "imagepipe build --prune removes it"
    return Finding("orphans", f"{path} is of an asset that writes it no more", None, hint, "warning")


def why_of(row: Decision) -> str:
    """What changed, from what to what, and the note; of what is blocked the note alone, since it says what is in the way."""
    told = [] if row.action is Action.BLOCK and row.note else [_change(reason) for reason in row.reasons[:_MOST]]
    more = len(row.reasons) - _MOST
    told += [f"{more} more"] if told and more > 0 else []
    told += [row.note] if row.note else []
    return f": {'; '.join(told)}" if told else ""


def _change(reason: Reason) -> str:
    old, new = plantext.contrast(reason.before, reason.after, _LONGEST)
    change = f"{old} → {new}" if old and new else new or (f"{old} → (removed)" if old else "")
    return f"{reason.part} {change}".rstrip()
