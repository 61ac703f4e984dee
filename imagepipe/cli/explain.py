"""`imagepipe explain CODE`: what a diagnostic code means, an example that has the fault, and the fix."""

from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from textwrap import indent

import click

from imagepipe.cli import arguments
from imagepipe.cli.session import Session
from imagepipe.errors import Explanation, UsageError
from imagepipe.plugins import resolve
from imagepipe.reports.grid import table
from imagepipe.reports.ink import Ink
from imagepipe.reports.safetext import data

_ROOMS = Path(__file__).resolve().parent.parent
BOOKS = (
    "imagepipe.cli.roadcodes:CODES",
    *(f"imagepipe.{path.parent.name}.codes:CODES" for path in sorted(_ROOMS.glob("*/codes.py"))),
)
"""Where codes are explained: what the road refuses, and the `codes.py` of every room that has one."""


@click.command(short_help="What a diagnostic code means.")
@click.argument("code", required=False, default="")
@arguments.as_json
@click.pass_obj
def command(session: Session, code: str, as_json: bool) -> int:
    """Say what CODE means and how to fix it; without one, list them all."""
    return run(session, code)


def run(session: Session, code: str) -> int:
    """Prints one explanation, or all codes."""
    codes = explanations()
    if code:
        codes = {code: _one(codes, code)}
    if session.json:
        rows = {name: {"means": e.means, "example": e.example, "fix": e.fix} for name, e in codes.items()}
        session.terminal.put(data({"version": 1, "codes": rows}) + "\n")
    elif code:
        session.terminal.put(page(code, codes[code], session.terminal.ink))
    else:
        rows_shown = [(name, codes[name].means.split("\n")[0]) for name in sorted(codes)]
        session.terminal.put(table(("code", "means"), rows_shown, session.terminal.ink))
    return 0


def explanations() -> dict[str, Explanation]:
    """Every code that a room explains; one that several rooms give, with what it means in each."""
    found: dict[str, Explanation] = {}
    for book in BOOKS:
        codes: Mapping[str, Explanation] = resolve(book)
        found |= {code: _joined(found[code], told) if code in found else told for code, told in codes.items()}
    return found


def _joined(one: Explanation, other: Explanation) -> Explanation:
    means = f"{one.means.strip()}\nOr: {other.means.strip()}"
    return Explanation(
        means, f"{one.example.strip()}\n{other.example.strip()}", f"{one.fix.strip()}\nOr: {other.fix.strip()}"
    )


def _one(codes: Mapping[str, Explanation], code: str) -> Explanation:
    if code in codes:
        return codes[code]
    near = get_close_matches(code, codes, 1)
    hint = f"did you mean `{near[0]}`?" if near else "imagepipe explain lists the codes"
    raise UsageError(f"there is no code `{code}`", hint=hint, code="unknown-code")


def page(code: str, told: Explanation, ink: Ink) -> str:
    """The explanation as a page."""
    example, fix = (indent(text.strip("\n"), "    ") for text in (told.example, told.fix))
    lines = [ink.paint(code, "strong"), "", told.means.strip(), "", ink.paint("Example", "strong"), example, ""]
    return ink.settle("\n".join([*lines, ink.paint("Fix", "strong"), fix]) + "\n")
