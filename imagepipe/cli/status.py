"""`imagepipe status`: where each asset stands and what it has cost so far."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

import click

from imagepipe.cli import arguments
from imagepipe.cli.session import PLAN_JSON, Session
from imagepipe.pipeline import planning
from imagepipe.reports import money
from imagepipe.reports.grid import table
from imagepipe.reports.safetext import data

_HEAD = ("asset", "state", "action", "cost", "made", "")


@click.command(short_help="Where each asset stands.")
@arguments.picked(arguments.select, arguments.exclude, arguments.profile, arguments.as_json)
@click.pass_obj
def command(session: Session, /, as_json: bool, **given: Any) -> int:
    """Show where each asset stands, what a build would do about it, and what it has cost so far."""
    return run(session, **given)


def run(session: Session, select: tuple[str, ...], exclude: tuple[str, ...], profile: str) -> int:
    """Prints a row an asset and the sum."""
    state = planning.state(session.load(profile), select=select, exclude=exclude)
    rows = state.rows
    session.tell(state.notes, PLAN_JSON)
    if session.json:
        session.terminal.put(data({"version": 1, "assets": [asdict(row) for row in rows]}) + "\n")
        return 0
    shown = [(r.asset, r.state, r.action, _cost(r.usd), r.made_at[:10], r.note) for r in rows]
    session.terminal.put(table(_HEAD, shown, session.terminal.ink, frozenset({3})))
    session.terminal.put(f"\n{_closing(rows)}\n")
    return 0


def _cost(usd: float | None) -> str:
    return "" if usd == 0 else money.usd(usd)


def _closing(rows: Iterable[Any]) -> str:
    costs = [row.usd for row in rows]
    spent = money.usd(sum(cost for cost in costs if cost is not None))
    unknown = sum(cost is None for cost in costs)
    also = f" and {unknown} of unknown price" if unknown else ""
    return f"{len(costs)} asset{'' if len(costs) == 1 else 's'}, {spent} spent on them{also}"
