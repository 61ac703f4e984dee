"""`imagepipe use-cases`: the kinds of picture a prompt can say it is, and the fields each wants."""

from collections.abc import Iterable, Mapping

import click

from imagepipe.cli import arguments
from imagepipe.cli.session import Session
from imagepipe.prompts.usecases import USE_CASES, UseCase
from imagepipe.reports.ink import Ink
from imagepipe.reports.safetext import data

_TITLES: Mapping[str, str] = {"generate": "Generate", "edit": "Edit (an input image is needed)"}


@click.command(short_help="The use cases a prompt can have.")
@arguments.as_json
@click.pass_obj
def command(session: Session, as_json: bool) -> int:
    """List the use cases: what each is for, and the fields a good prompt of its kind has."""
    return run(session)


def run(session: Session) -> int:
    """Prints them in two groups."""
    cases = tuple(USE_CASES.values())
    if session.json:
        rows = [
            {"slug": c.slug, "group": c.group, "description": c.description, "wanted": list(c.wanted)} for c in cases
        ]
        session.terminal.put(data({"version": 1, "use_cases": rows}) + "\n")
    else:
        session.terminal.put(page(cases, session.terminal.ink))
    return 0


def page(cases: Iterable[UseCase], ink: Ink) -> str:
    """Each with its description, and below it the fields it wants."""
    lines: list[str] = []
    rows = tuple(cases)
    width = max(len(case.slug) for case in rows)
    for group, title in _TITLES.items():
        lines += ["", ink.paint(title, "strong")] if lines else [ink.paint(title, "strong")]
        for case in (case for case in rows if case.group == group):
            lines.append(f"  {case.slug.ljust(width)}  {case.description}")
            wanted = f"  {' ' * width}  wants {', '.join(case.wanted)}"
            lines += [ink.paint(wanted, "quiet")] if case.wanted else []
    return ink.settle("\n".join(lines) + "\n")
