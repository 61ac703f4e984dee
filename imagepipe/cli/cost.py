"""`imagepipe cost`: what the pictures have cost, by asset, tag, model or day, against what the registry estimates."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

import click

from imagepipe.cli import arguments
from imagepipe.cli.session import Session
from imagepipe.pipeline.costs import BY, Costs, Sum, costs
from imagepipe.reports import money
from imagepipe.reports.grid import table
from imagepipe.reports.ink import Ink
from imagepipe.reports.safetext import data, line


@click.command(short_help="What the pictures have cost.")
@click.option("--by", type=click.Choice(BY), default="asset", help="What to add up by.")
@arguments.as_json
@click.pass_obj
def command(session: Session, by: str, as_json: bool) -> int:
    """Show what was paid for the project's pictures, and what the registry says they would cost now.

    From the receipts in the store; what was paid on another machine, from the lock.
    """
    return run(session, by)


def run(session: Session, by: str) -> int:
    """Prints the sums."""
    found = costs(session.load(), by)
    if session.json:
        session.terminal.put(data(as_data(found)) + "\n")
    else:
        session.terminal.put(page(found, session.terminal.ink))
    return 0


def page(found: Costs, ink: Ink) -> str:
    """A row each, the total, and what is not in it; a sentence where nothing is."""
    if not found.rows:
        return ink.settle("Nothing was paid yet.\n" + "".join(f"{text}\n" for text in _notes(found)))
    head = (found.by, "requests", "pictures", "estimate", "paid")
    rows = [_cells(row) for row in (*found.rows, found.total)]
    return ink.settle(table(head, rows, ink, frozenset({1, 2, 3, 4})) + "".join(f"{text}\n" for text in _notes(found)))


def _cells(row: Sum) -> tuple[str, ...]:
    estimate = "unknown" if row.estimate is None else money.usd(row.estimate)
    paid = money.usd(row.usd) if row.usd or not row.unknown else "unknown"
    return row.name, str(row.requests), str(row.pictures), estimate, f"{'~' if row.guessed else ''}{paid}"


def _notes(found: Costs) -> Iterator[str]:
    total = found.total
    if total.unknown:
        yield f"\n{total.unknown} of {total.requests} requests have no known price; they are not in the sum."
    if total.guessed:
        yield f"\n~ marks sums with {total.guessed} answer(s) that named no usage: estimated."
    if found.doubts:
        names = ", ".join(sorted({line(intent.asset) for intent in found.doubts}))
        worst = money.usd(_worst(found))
        yield f"\nIn doubt, and not in the sum: {names}, {worst} at worst. imagepipe status tells more."
    if found.let_go:
        names = ", ".join(sorted({line(spending.asset) for spending in found.let_go}))
        worst = money.usd(_given_up(found))
        yield f"\nGiven up, and not in the sum: {names}, {worst} at worst. The day's cap counts it as spent."


def _worst(found: Costs) -> float | None:
    return _added(intent.worst for intent in found.doubts)


def _given_up(found: Costs) -> float | None:
    return _added(spending.usd for spending in found.let_go)


def _added(sums: Iterable[float | None]) -> float | None:
    """The sum; None where a part of it is not known."""
    known = list(sums)
    return None if None in known else float(sum(usd for usd in known if usd is not None))


def as_data(found: Costs) -> dict[str, Any]:
    """The sums in the form of `schemas/cost.schema.json`; USD unrounded."""
    return {
        "version": 1,
        "by": found.by,
        "rows": [asdict(row) for row in found.rows],
        "total": {name: value for name, value in asdict(found.total).items() if name != "name"},
        "in_doubt": {"assets": sorted({intent.asset for intent in found.doubts}), "worst": _worst(found)},
        "given_up": {"assets": sorted({spending.asset for spending in found.let_go}), "worst": _given_up(found)},
    }
