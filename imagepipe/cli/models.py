"""`imagepipe models`: what each model can do, what it costs, and until when."""

import os
from difflib import get_close_matches

import click

from imagepipe.cli import arguments
from imagepipe.cli.session import Session
from imagepipe.errors import UsageError
from imagepipe.models import overview
from imagepipe.models.registry import Registry, registry
from imagepipe.pipeline.around import settings_of, today_utc
from imagepipe.reports.grid import table
from imagepipe.reports.ink import Ink
from imagepipe.reports.safetext import data
from imagepipe.reports.showtext import rows_of

_HEAD = ("model", "status", "sizes", "a 1024x1024, by quality")


@click.command(short_help="The models.")
@click.argument("model", required=False, default="")
@arguments.as_json
@click.pass_obj
def command(session: Session, model: str, as_json: bool) -> int:
    """List the models with status, sizes, qualities and the price of a 1024x1024; or all that is known of MODEL."""
    return run(session, model)


def run(session: Session, model: str) -> int:
    """Prints the table, or one model's page."""
    known = registry(settings_of(os.environ).models)
    rows = overview.overview(known, today_utc())
    if model:
        rows = tuple(row for row in rows if row.model.id == _named(known, model))
    ink = session.terminal.ink
    if session.json:
        session.terminal.put(data(overview.as_json(known, rows)) + "\n")
    elif model:
        session.terminal.put(page(rows[0], ink))
    else:
        session.terminal.put(table(_HEAD, [_cells(row) for row in rows], ink))
        session.terminal.put(ink.paint(f"\nchecked {known.checked}; ~ marks an estimate\n", "quiet"))
    return 0


def _cells(row: overview.Row) -> tuple[str, ...]:
    """A row; the qualities are named by their prices, or alone where no price is known."""
    name, status, sizes, qualities, costs = overview.cells(row)
    return name, status, sizes, f"{qualities} (price unknown)" if costs == "unknown" else costs


def _named(known: Registry, name: str) -> str:
    if found := known.index.get(name):
        return found.id
    near = get_close_matches(name, known.index, 1)
    hint = f"did you mean `{near[0]}`?" if near else "imagepipe models lists them"
    raise UsageError(f"there is no model `{name}`", hint=hint, code="unknown-model")


def page(row: overview.Row, ink: Ink) -> str:
    """All of one model, a line each."""
    lines = [ink.paint(row.model.id, "strong"), *rows_of(list(overview.details(row)))]
    return ink.settle("\n".join(lines) + "\n")
