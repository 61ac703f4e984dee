"""`imagepipe diff`: what changed since the lock or a git revision, word by word, and what it costs. Needs no key."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from imagepipe.cli import arguments
from imagepipe.cli.session import Session
from imagepipe.pipeline.comparing import compare
from imagepipe.plugins import resolve
from imagepipe.reports import DIFFS, findingstext


@dataclass(frozen=True, slots=True)
class Arguments:
    """One command line."""

    select: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    profile: str = ""
    base: str = ""
    affected: str = ""
    format: str = "text"
    output: str = ""


@click.command(short_help="What changed, word by word.")
@arguments.picked(arguments.select, arguments.exclude, arguments.profile)
@click.option("--base", default="", metavar="REV", help="Compare with this git revision instead of the lock.")
@arguments.affected
@click.option("--format", type=click.Choice(list(DIFFS)), default="text", help="How to write it.")
@arguments.picked(arguments.output, arguments.as_json)
@click.pass_obj
def command(session: Session, /, as_json: bool, **given: Any) -> int:
    """Show what changed since the lock was written, or since a git revision: prompts word by word, options, inputs,
    outputs, and what it costs. The revision's manifests, templates and prompt files are read from git.
    """
    return run(session, Arguments(**given | ({"format": "json"} if as_json else {})))


def run(session: Session, args: Arguments) -> int:
    """Writes the comparison; always 0, whatever differs."""
    manifest = session.load(args.profile)
    found = compare(manifest, base=args.base, chosen=args.select, exclude=args.exclude, affected=args.affected)
    terminal = session.terminal
    if args.format == "text":
        terminal.say(findingstext.brief(found.notes, terminal.talk_ink))
    render = resolve(DIFFS[args.format])
    if args.output:
        Path(args.output).write_text(render(found), encoding="utf-8")
        terminal.say(f"The comparison is in {args.output}.\n")
    else:
        terminal.put(render(found, terminal.ink))
    return 0
