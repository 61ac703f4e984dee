"""`imagepipe schema`: the JSON Schemas; the manifest's with the names this installation knows filled in."""

from pathlib import Path

import click

from imagepipe import schemafiles
from imagepipe.cli import arguments
from imagepipe.cli.closed import closed_text, own_of
from imagepipe.cli.session import Session
from imagepipe.cli.writing import write
from imagepipe.errors import UsageError

NAMES = (
    "assets",
    "lock",
    "plan",
    "why",
    "status",
    "events",
    "models",
    "diff",
    "log",
    "models-list",
    "migration",
    "cost",
    "gc",
    "verify",
    "report",
    "show",
    "findings",
    "doctor",
    "use-cases",
)
_HELP = f"""Print the JSON Schema of the manifest (assets, the default), or of what a command writes or says with --json.

NAME is one of {", ".join(NAMES)}; `findings` is what validate says, `events` what build says."""


@click.command(short_help="Print a JSON Schema.", help=_HELP)
@click.argument("name", metavar="[NAME]", type=click.Choice(NAMES), default="assets")
@click.option("--open", "as_written", is_flag=True, help="As published, without the names of this installation.")
@arguments.output
@click.pass_obj
def command(session: Session, name: str, as_written: bool, output: str) -> int:
    """Print the JSON Schema of the manifest (assets), the lock, the models, or what a command says with --json."""
    return run(session, name, as_written, output)


def run(session: Session, name: str, as_written: bool, output: str) -> int:
    """Prints the schema, or writes it to a file."""
    closed = name == "assets" and not as_written
    text = closed_text(own_of(session.file)) if closed else _published(name)
    if not output:
        session.terminal.put(text)
        return 0
    write(Path(output), text)
    session.terminal.say(f"The schema is in {output}.\n")
    return 0


def _published(name: str) -> str:
    try:
        return schemafiles.schema_text(name)
    except FileNotFoundError as error:
        raise UsageError(f"there is no schema of `{name}` in this version", code="unknown-schema") from error
