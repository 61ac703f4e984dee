"""`imagepipe sheet`: a contact sheet as one PNG: an asset's candidates with their numbers, or many assets."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from imagepipe.cli import arguments
from imagepipe.cli.session import Session
from imagepipe.cli.writing import write
from imagepipe.errors import UsageError
from imagepipe.pictures.contactsheet import Tile, draw
from imagepipe.pipeline.around import around
from imagepipe.pipeline.ground import ground
from imagepipe.pipeline.pictures import Pictures, pictures_of
from imagepipe.pipeline.planning import plan
from imagepipe.values import Asset, Entry, Manifest

_MOST = 400


@click.command(short_help="A contact sheet as one PNG.")
@arguments.picked(arguments.select, arguments.exclude)
@click.option(
    "-o", "--output", required=True, metavar="FILE", type=click.Path(dir_okay=False), help="The PNG to write."
)
@click.option("--side", default=320, metavar="PIXELS", type=click.IntRange(64, 1024), help="The size of one picture.")
@click.pass_obj
def command(session: Session, /, select: tuple[str, ...], exclude: tuple[str, ...], output: str, side: int) -> int:
    """Draw a contact sheet. One asset: all its candidates, with the numbers that `pick` takes. Several: the picture of
    each. Pictures that are not on this machine are left blank."""
    return run(session, (select, exclude), output, side)


def run(session: Session, chosen: tuple[tuple[str, ...], tuple[str, ...]], output: str, side: int) -> int:
    """Draws the sheet and says where it is."""
    manifest = session.load()
    tiles = tiles_of(manifest, *chosen)
    if len(tiles) > _MOST:
        hint = "choose fewer assets, or look at them all in `imagepipe report`"
        raise UsageError(f"{len(tiles)} pictures are too many for one sheet", hint=hint, code="sheet-size")
    write(Path(output), draw(tiles, side))
    session.terminal.say(f"{len(tiles)} picture{'' if len(tiles) == 1 else 's'} in {output}.\n")
    return 0


def tiles_of(manifest: Manifest, select: Sequence[str], exclude: Sequence[str]) -> list[Tile]:
    """The tiles of a selection, in the order of the manifest."""
    chosen = {row.asset for row in plan(manifest, select=select, exclude=exclude).decisions}
    base = ground(manifest, around(Path(manifest.root)))
    found = pictures_of(base)
    assets = [asset for asset in manifest.assets if asset.id in chosen]
    named = [asset for asset in assets if (asset.id,) == tuple(select)]
    assets = named or assets
    entries = {asset.id: entry for asset in assets if (entry := base.lock.entries.get(asset.id))}
    if not entries:
        raise UsageError("there is no picture to show yet", hint="imagepipe build makes them", code="never-built")
    if len(assets) == 1:
        return list(_candidates(entries[assets[0].id], found))
    return [_tile(asset, entries.get(asset.id), found) for asset in assets]


def _candidates(entry: Entry, found: Pictures) -> Iterator[Tile]:
    for number, item in enumerate(entry.candidates, 1):
        data = found.original(item.sha256) if item.format else b""
        detail = f"{item.status}: {item.why}" if item.why else item.status
        yield Tile(data, f"{number}   {item.width} x {item.height} {item.format}", detail, item.status)


def _tile(asset: Asset, entry: Entry | None, found: Pictures) -> Tile:
    if entry is None:
        return Tile(b"", asset.id, "not built yet")
    facts = next(iter(entry.outputs.values()), None)
    size = f"{facts.width} x {facts.height} {facts.format}" if facts else ""
    state = "placeholder" if entry.placeholder else "approved" if entry.approved else ""
    return Tile(
        found.shown(entry)[0], asset.id, ", ".join(filter(None, (size, state))), "picked" if entry.approved else ""
    )
