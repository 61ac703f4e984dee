"""`imagepipe models`: what each model can do, what it costs, and until when; on request, by the provider's own word."""

import os
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

import click

import imagepipe
from imagepipe.cli import arguments
from imagepipe.cli.session import Session
from imagepipe.errors import ImagepipeError, UsageError
from imagepipe.models import overview
from imagepipe.models.capabilities import Model
from imagepipe.models.registry import Registry, registry
from imagepipe.pipeline.around import settings_of, today_utc
from imagepipe.plugins import resolve
from imagepipe.reports.grid import table
from imagepipe.reports.ink import Ink
from imagepipe.reports.safetext import data
from imagepipe.reports.showtext import rows_of
from imagepipe.values import FrozenMap

ASK, TELL = "imagepipe.cli.shutdowns:ask", "imagepipe.cli.shutdowns:page"
"""Loaded only for `--check`."""
_HEAD = ("model", "status", "sizes", "a 1024x1024, by quality")


@click.command(short_help="The models.")
@click.argument("model", required=False, default="")
@click.option("--check", is_flag=True, help="Ask the provider until when it serves them. Needs a key; costs nothing.")
@arguments.as_json
@click.pass_obj
def command(session: Session, model: str, check: bool, as_json: bool) -> int:
    """List the models with status, sizes, qualities and the price of a 1024x1024; or all that is known of MODEL."""
    return run(session, model, check)


def run(session: Session, model: str, check: bool) -> int:
    """Prints the table, or one model's page."""
    settings = settings_of(os.environ)
    known, today = registry(_entries(session)), today_utc()
    rows = (overview.row_of(_named(known, model), today),) if model else overview.overview(known, today)
    answers = resolve(ASK)(rows, settings, os.environ) if check else {}
    ink = session.terminal.ink
    if session.json:
        session.terminal.put(data(_as_data(known, rows, answers)) + "\n")
    elif check:
        session.terminal.put(resolve(TELL)(rows, answers, ink))
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


def _as_data(known: Registry, rows: tuple[overview.Row, ...], answers: Mapping[str, Any]) -> dict[str, Any]:
    told = overview.as_json(known, rows)
    for row in told["models"]:
        if row["id"] in answers:
            row["server"] = answers[row["id"]].as_data()
    return told


def _named(known: Registry, name: str) -> Model:
    if found := known.index.get(name):
        return found
    problem = next(iter(known.find(name).problems))
    if problem.code == "model-without-variant":
        raise UsageError(problem.message, hint=problem.hint, code=problem.code)
    near = get_close_matches(name, known.index, 1)
    hint = f"did you mean `{near[0]}`?" if near else "imagepipe models lists them"
    raise UsageError(f"there is no model `{name}`", hint=hint, code="unknown-model")


def _entries(session: Session) -> FrozenMap:
    """The user's entries for models, and those of the project, where there is one."""
    try:
        return imagepipe.load(file=session.file).models
    except ImagepipeError:
        return settings_of(os.environ).models


def page(row: overview.Row, ink: Ink) -> str:
    """All of one model, a line each."""
    lines = [ink.paint(row.model.id, "strong"), *rows_of(list(overview.details(row)))]
    return ink.settle("\n".join(lines) + "\n")
