"""`imagepipe adopt`: a picture made or retouched by hand becomes the answer to an asset's present recipe, free."""

import re
from pathlib import Path
from typing import Any

import click

from imagepipe.cli import arguments
from imagepipe.cli.one import asset_of
from imagepipe.cli.refinishing import Finished, finish
from imagepipe.cli.session import Session
from imagepipe.pipeline.adopting import Adopted, adopt
from imagepipe.reports.safetext import data, line
from imagepipe.values import thaw


@click.command(short_help="Take a picture as the answer to the present recipe.")
@arguments.asset
@click.argument("file", default="", metavar="[FILE]", type=click.Path(dir_okay=False))
@click.option("--note", default="", metavar="TEXT", help="Why, for whoever reads the lock.")
@arguments.picked(arguments.profile, arguments.as_json)
@click.pass_obj
def command(session: Session, /, asset: str, file: str, note: str, profile: str, as_json: bool) -> int:
    """Take FILE as the picture of ASSET, and make its files of it: no call, no cost.

    Without FILE: the output that was edited by hand, or else the picture that ASSET has, for its changed prompt.
    """
    return run(session, (asset, file, note), profile)


def run(session: Session, asked: tuple[str, str, str], profile: str) -> int:
    """Adopts, makes the files, and says so; the exit code is that of making the files."""
    name, file, note = asked
    manifest = session.load(profile)
    if file and not Path(file).is_absolute():
        file = str(Path.cwd() / file)
    adopted = adopt(manifest, asset_of(manifest, name), file, note=note)
    finished = finish(manifest, name)
    if session.json:
        session.terminal.put(data(as_data(adopted, finished)) + "\n")
    else:
        session.terminal.put(session.terminal.ink.settle(told(adopted, finished)))
    return finished.code


def told(adopted: Adopted, finished: Finished) -> str:
    """What was done, in a few lines."""
    picture = adopted.picture
    size = f"{picture.width}×{picture.height} {picture.format}"
    if cut := adopted.entry.origin.get("trailing_bytes"):
        size += f", without the {cut} bytes that followed it in its file"
    lines = [f"{line(adopted.asset)}: {_origin(adopted)} ({size}) is its picture now, free."]
    asked = str(adopted.entry.options.get("size", ""))
    if re.fullmatch(r"\d+x\d+", asked) and asked != f"{picture.width}x{picture.height}":
        lines.append(f"  Its request asks for {asked.replace('x', '×')}; its files are made of what it has.")
    lines += finished.told
    return "\n".join(lines) + "\n"


def _origin(adopted: Adopted) -> str:
    return line(str(adopted.entry.origin.get("file", "the picture it had")))


def as_data(adopted: Adopted, finished: Finished) -> dict[str, Any]:
    """The same as plain data."""
    entry = adopted.entry
    return {
        "version": 1,
        "asset": adopted.asset,
        "sha256": adopted.picture.sha256,
        "made_from": entry.made_from,
        "origin": thaw(entry.origin),
        "note": entry.note,
    } | finished.data
