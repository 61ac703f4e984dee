"""`imagepipe schema`: the JSON Schemas; the manifest's with the names this installation knows filled in."""

from pathlib import Path

import click

from imagepipe import schemafiles
from imagepipe.cli import arguments
from imagepipe.cli.session import Session
from imagepipe.errors import UsageError
from imagepipe.plugins import resolve
from imagepipe.reports.safetext import data

CLOSED = "imagepipe.manifest.closed:closed_schema"
NAMES = ("assets", "lock", "plan", "events", "models")


@click.command(short_help="Print a JSON Schema.")
@click.argument("name", type=click.Choice(NAMES), default="assets")
@click.option("--open", "as_written", is_flag=True, help="As published, without the names of this installation.")
@arguments.output
@click.pass_obj
def command(session: Session, name: str, as_written: bool, output: str) -> int:
    """Print the JSON Schema of the manifest (assets), the lock, the plan, the build's events, or the models."""
    return run(session, name, as_written, output)


def run(session: Session, name: str, as_written: bool, output: str) -> int:
    """Prints the schema, or writes it to a file."""
    text = schema_text(name, as_written)
    if not output:
        session.terminal.put(text)
        return 0
    Path(output).write_text(text, encoding="utf-8")
    session.terminal.say(f"The schema is in {output}.\n")
    return 0


def schema_text(name: str, as_written: bool = False) -> str:
    """A schema's text; that of the manifest closed over the registries unless `as_written`."""
    if name == "assets" and not as_written:
        return data(resolve(CLOSED)()) + "\n"
    try:
        return schemafiles.schema_text(name)
    except FileNotFoundError as error:
        raise UsageError(f"there is no schema of `{name}` in this version", code="unknown-schema") from error
