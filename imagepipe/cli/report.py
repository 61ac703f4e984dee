"""`imagepipe report`: one HTML page with every picture, before and after. Needs no key and no network."""

from pathlib import Path
from typing import Any

import click

from imagepipe.cli import arguments
from imagepipe.cli.session import Session
from imagepipe.cli.writing import write
from imagepipe.pipeline.gallery import Wish, dress, gallery
from imagepipe.reports.galleryjson import as_data
from imagepipe.reports.html import render
from imagepipe.reports.safetext import data

DEFAULT = "report.html"
EMBED = ("full", "thumbs", "none")

embed = click.option(
    "--embed",
    type=click.Choice(EMBED),
    default=None,
    help="Whole pictures, small ones, or none. Default: full up to 100 assets, thumbs beyond.",
)
base = click.option("--base", default="", metavar="REV", help="Compare with this git revision instead of the lock.")


@click.command(short_help="One HTML page: every picture, before and after.")
@arguments.picked(
    arguments.select, arguments.exclude, arguments.profile, base, embed, arguments.output, arguments.as_json
)
@click.pass_obj
def command(session: Session, /, profile: str, output: str, as_json: bool, **wished: Any) -> int:
    """Write one self-contained HTML page: every asset with its picture, its candidates, its words and its cost; what
    changed since the lock or a git revision side by side. It opens from the disk and asks the network for nothing.

    With --json, the same as data, with a figure for how much each picture changed.
    """
    return run(session, profile, output, Wish(**wished))


def run(session: Session, profile: str, output: str, wish: Wish) -> int:
    """Writes the page, or the data."""
    found = gallery(session.load(profile), wish)
    terminal = session.terminal
    if session.json:
        terminal.put(data(as_data(found)) + "\n")
        if not output:
            return 0
    target = Path(output or DEFAULT)
    page = render(found, dress()).encode("utf-8", "backslashreplace")
    write(target, page)
    assets = len(found.cards)
    terminal.say(f"{assets} asset{'' if assets == 1 else 's'} in {target} ({len(page) / 1e6:.1f} MB).\n")
    return 0
