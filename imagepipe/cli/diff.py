"""`imagepipe diff`: what changed since the lock or a git revision, word by word, and what it costs. Needs no key."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import click

from imagepipe.cli import arguments
from imagepipe.cli.session import Session
from imagepipe.cli.writing import write
from imagepipe.errors import UsageError
from imagepipe.frozen import frozen
from imagepipe.history import resolve as revision
from imagepipe.pipeline.comparing import compare
from imagepipe.planning.comparing import Comparison
from imagepipe.plugins import resolve
from imagepipe.reports import DIFFS, findingstext
from imagepipe.reports.ink import PLAIN, Ink

SAVED, ADDRESSES = "imagepipe.pipeline.compared:read", "imagepipe.reports.diffpictures:Addresses"
"""Loaded only for `--from` and `--thumbnails`."""
HTML, PAGE = "html", "imagepipe.pipeline.gallery:page_of_changes"
"""The page of `report`, of what changed alone."""
SCORED = "imagepipe.pipeline.scoring:scored"
"""Loaded only where pictures are compared: it needs their pixels."""


@frozen
class Arguments:
    """One command line."""

    select: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    profile: str = ""
    base: str = ""
    affected: str = ""
    format: str = "text"
    output: str = ""
    saved: str = ""
    thumbnails: str = ""
    head: str = ""


@click.command(short_help="What changed, word by word.")
@arguments.picked(arguments.select, arguments.exclude, arguments.profile)
@click.option("--base", default="", metavar="REV", help="Compare with this git revision instead of the lock.")
@arguments.affected
@click.option("--format", type=click.Choice([*DIFFS, HTML]), default="text", help="How to write it.")
@click.option("--from", "saved", default="", metavar="FILE", help="Write a comparison anew that --json wrote to FILE.")
@click.option(
    "--thumbnails",
    default="",
    metavar="URL",
    help="Pictures in the Markdown, by an address with {rev} and {path} in it. Wants a revision as --base.",
)
@click.option("--head", default="", metavar="REV", help="The revision of the new pictures. Default: HEAD.")
@arguments.picked(arguments.output, arguments.as_json)
@click.pass_obj
def command(session: Session, /, as_json: bool, **given: Any) -> int:
    """Show what changed since the lock was written, or since a git revision: prompts word by word, options, inputs,
    outputs, and what it costs. The revision's manifests, templates and prompt files are read from git.
    """
    return run(session, Arguments(**given | ({"format": "json"} if as_json else {})))


def run(session: Session, args: Arguments) -> int:
    """Writes the comparison; always 0, whatever differs."""
    _fits(args)
    if args.format == HTML:
        return _put(session, args, _page(session, args))
    found = resolve(SAVED)(Path(args.saved)) if args.saved else _compared(session, args)
    terminal = session.terminal
    if args.format == "text":
        terminal.say(findingstext.brief(found.notes, terminal.talk_ink, "imagepipe diff --format json"))
    render = _renderer(args, found)
    return _put(session, args, render(found, PLAIN if args.output else terminal.ink))


def _put(session: Session, args: Arguments, text: str) -> int:
    if args.output:
        write(Path(args.output), text)
        session.terminal.say(f"The comparison is in {args.output}.\n")
    else:
        session.terminal.put(text)
    return 0


def _page(session: Session, args: Arguments) -> str:
    made: str = resolve(PAGE)(session.load(args.profile), (args.base, args.affected), args.select, args.exclude)
    return made


def _fits(args: Arguments) -> None:
    """Raises UsageError for options that do not go together."""
    if args.saved and (args.base or args.select or args.exclude or args.affected or args.profile):
        raise UsageError("--from shows a comparison that was made already", hint="choose when making it", code="usage")
    if args.saved and args.format == HTML:
        hint = "imagepipe diff --format html, where the project is"
        raise UsageError("a page shows pictures, and a comparison in a file has none", hint=hint, code="usage")
    if args.thumbnails and args.format != "markdown":
        raise UsageError("--thumbnails is for --format markdown", hint="imagepipe report shows pictures", code="usage")
    if args.thumbnails and not (args.base or args.saved):
        hint = "what is not committed has no address yet"
        raise UsageError("--thumbnails wants a revision as --base", hint=hint, code="usage")
    if args.thumbnails and not args.thumbnails.startswith(("https://", "http://")):
        hint = "https://github.com/OWNER/REPO/blob/{rev}/{path}?raw=true"
        raise UsageError("--thumbnails wants an address that begins with https://", hint=hint, code="usage")


def _compared(session: Session, args: Arguments) -> Comparison:
    manifest = session.load(args.profile)
    found = compare(manifest, base=args.base, chosen=args.select, exclude=args.exclude, affected=args.affected)
    scored: Comparison = resolve(SCORED)(manifest, found) if found.rev and found.changes else found
    return scored


def _renderer(args: Arguments, found: Comparison) -> Callable[[Comparison, Ink], str]:
    render: Callable[..., str] = resolve(DIFFS[args.format])
    if not args.thumbnails:
        return render
    head = args.head or ("" if args.saved else revision(".", "HEAD"))
    return partial(render, pictures=resolve(ADDRESSES)(args.thumbnails, found.rev, head))
