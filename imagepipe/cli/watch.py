"""`imagepipe watch`: builds on every save, with stand-ins unless it is told how much it may spend."""

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

import imagepipe
from imagepipe.cli import arguments
from imagepipe.cli.console import open_console
from imagepipe.cli.ending import code_of
from imagepipe.cli.session import Session
from imagepipe.cli.telling import left_of, tell
from imagepipe.errors import ImagepipeError, ManifestError, UsageError
from imagepipe.frozen import frozen
from imagepipe.pipeline.options import BuildOptions
from imagepipe.pipeline.watching import Prints, Watched, next_change, watched
from imagepipe.reports import money
from imagepipe.reports.safetext import line
from imagepipe.values import Manifest
from imagepipe.workspace.finding import find_project

STAND_IN = "placeholder"
_NAMED = 3
_INTERRUPTED = 130


@frozen
class Arguments:
    """One command line; `left` is what may still be spent in USD, None where nothing may."""

    select: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    profile: str = ""
    provider: str = ""
    left: float | None = None


@frozen
class Round:
    """One build, whatever came of it: what to look at from now on, how that was when the build began, and what was spent
    in USD."""

    seen: Watched
    known: Prints
    code: int
    usd: float = 0.0


@click.command(short_help="Build on every save.")
@arguments.picked(arguments.select, arguments.exclude, arguments.profile, arguments.provider)
@click.option(
    "--max-cost",
    "left",
    type=arguments.Number(min=0, min_open=True),
    metavar="USD",
    help="Make real pictures, for no more than this in all until it ends.",
)
@click.pass_obj
def command(session: Session, /, **given: Any) -> int:
    """Build whenever a file of the project is saved: the manifest, what it includes, templates, prompts, input images.

    Stand-ins are drawn, free, unless --max-cost says how much may be spent. A page of `imagepipe review` that is open
    follows. Ctrl-C ends it.
    """
    args = Arguments(**given)
    if args.left is None and args.provider not in ("", STAND_IN):
        hint = f"say how much it may spend: --max-cost USD, or leave out --provider {args.provider}"
        raise UsageError(f"{args.provider} is paid on every save", hint=hint, code="usage")
    return run(session, args if args.left is not None else replace(args, provider=STAND_IN))


def run(session: Session, args: Arguments) -> int:
    """Builds, waits for a change, and so on, until it is interrupted."""
    root, name = find_project(Path(), session.file)
    seen = Watched(root, (name,))
    try:
        while True:
            done = _round(session, args, seen)
            if done.code == _INTERRUPTED:
                return done.code
            seen = done.seen
            args = replace(args, left=None if args.left is None else max(0.0, args.left - done.usd))
            session.terminal.put(f"Watching {_files(len(done.known))}. {_means(args)}Ctrl-C ends it.\n")
            changed = next_change(seen.prints, done.known, time.sleep)
            session.terminal.put(f"\n{_told(changed)} changed.\n")
    except KeyboardInterrupt:
        session.terminal.say("\n")
        return 0


def _round(session: Session, args: Arguments, seen: Watched) -> Round:
    before = seen.prints()
    try:
        manifest = session.load(args.profile, args.provider)
        seen = watched(manifest)
        before = {path: before.get(path, found) for path, found in seen.prints().items()}
        return Round(seen, before, *_built(session, args, manifest))
    except ImagepipeError as error:
        if isinstance(error, ManifestError):
            seen = seen.also(error.findings)
        before = {path: before.get(path, found) for path, found in seen.prints().items()}
        return Round(seen, before, code_of(error, session))


def _built(session: Session, args: Arguments, manifest: Manifest) -> tuple[int, float]:
    """The exit code, and what was spent: what is in doubt counts."""
    options = BuildOptions() if args.left is None else BuildOptions(max_cost=args.left, yes=True)
    console = open_console(session, [asset.id for asset in manifest.assets])
    events = imagepipe.build(
        manifest, select=args.select, exclude=args.exclude, provider=args.provider, options=options
    )
    last = tell(events, console, left_of(manifest))
    return (last.exit_code, last.usd + last.in_doubt) if last else (0, 0.0)


def _files(count: int) -> str:
    return f"{count} file{'' if count == 1 else 's'}"


def _means(args: Arguments) -> str:
    return "" if args.left is None else f"{money.usd(args.left)} left to spend. "


def _told(paths: tuple[str, ...]) -> str:
    named = ", ".join(line(path) for path in paths[:_NAMED])
    return named if len(paths) <= _NAMED else f"{named} and {len(paths) - _NAMED} more"
