"""The command line as a whole: its own options, the commands loaded when called, and how it ends."""

import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches
from types import FrameType
from typing import NoReturn

import click

from imagepipe import __version__
from imagepipe.cli import COMMANDS
from imagepipe.cli.ending import code_of
from imagepipe.cli.session import Session
from imagepipe.cli.terminal import LOST, open_terminal
from imagepipe.errors import ImagepipeError, UsageError
from imagepipe.plugins import resolve


class Program(click.Group):
    """A group whose listing comes from the registry, so that `--help` loads no command."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command, in the registry's order."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, its module loaded now; None for an unknown name."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = resolve(COMMANDS[cmd_name].module).command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, with the nearest name for an unknown one."""
        if args and not args[0].startswith("-") and args[0] not in COMMANDS:
            near = get_close_matches(args[0], COMMANDS, 1)
            hint = f"; did you mean `{near[0]}`?" if near else "; `imagepipe --help` lists the commands"
            ctx.fail(f"there is no command `{args[0]}`{hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The commands in their sections."""
        width = max(map(len, COMMANDS))
        for section in dict.fromkeys(listed.section for listed in COMMANDS.values()):
            rows = [
                (name.ljust(width), listed.summary) for name, listed in COMMANDS.items() if listed.section == section
            ]
            with formatter.section(section):
                formatter.write_dl(rows)


@click.group(
    cls=Program,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 done, 1 some failed, 2 bad usage or manifest, 3 changes pending, 4 refused, "
    "5 busy, 6 lock or store damaged, 7 provider stop.",
)
@click.option("-C", "directory", metavar="DIR", default="", help="Run as if started in DIR.")
@click.option("-f", "file", metavar="FILE", default="", help="The manifest to use. Default: the nearest assets.yaml.")
@click.version_option(__version__, "-V", "--version", message="imagepipe %(version)s")
@click.pass_context
def program(ctx: click.Context, directory: str, file: str) -> int:
    """Images as code: declare pictures in assets.yaml, see the plan and its price, build only what changed."""
    if directory:
        _enter(directory)
    ctx.obj = replace(ctx.obj, file=file)
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())
    return 0


def _enter(directory: str) -> None:
    """Every relative path of the command line is meant from there on."""
    try:
        os.chdir(directory)
    except OSError as error:
        hint = "-C names a folder that exists"
        raise UsageError(f"cannot go to {directory}: {error.strerror}", hint=hint, code="usage") from error


def run(args: Sequence[str]) -> int:
    """Runs one command line and returns its exit code; never raises, never shows a traceback."""
    terminal = open_terminal(os.environ, sys.stdout, sys.stderr)
    session = Session(terminal, json=_wants_json(args), annotates=os.environ.get("GITHUB_ACTIONS") == "true")
    signal.signal(signal.SIGTERM, _terminate)
    try:
        found = program.main(args=list(args), prog_name="imagepipe", standalone_mode=False, obj=session)
        code = found if isinstance(found, int) else 0
    except BaseException as error:  # noqa: BLE001  the one place where every error becomes an exit code
        code = code_of(error, session, args)
    if LOST:
        hint = "make room there, or write it elsewhere; what was built is built"
        lost = ImagepipeError(f"the output could not all be written: {LOST[0]}", hint=hint, code="output-lost")
        code_of(lost, session, args)
    return code or int(bool(LOST))


def _wants_json(args: Sequence[str]) -> bool:
    options = args[: list(args).index("--")] if "--" in args else args
    return "--json" in options


def _terminate(signum: int, frame: FrameType | None) -> NoReturn:
    raise SystemExit(128 + signum)
