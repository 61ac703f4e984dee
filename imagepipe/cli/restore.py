"""`imagepipe restore ASSET DIGEST`: an earlier picture becomes the answer to the present recipe, free."""

import click

from imagepipe.cli import adopt, arguments
from imagepipe.cli.one import asset_of
from imagepipe.cli.refinishing import finish
from imagepipe.cli.session import Session
from imagepipe.pipeline.restoring import restore
from imagepipe.reports.safetext import data


@click.command(short_help="Bring an earlier picture back, free.")
@arguments.asset
@click.argument("digest", metavar="DIGEST")
@click.option("--note", default="", metavar="TEXT", help="Why, for whoever reads the lock.")
@arguments.picked(arguments.profile, arguments.as_json)
@click.pass_obj
def command(session: Session, /, asset: str, digest: str, note: str, profile: str, as_json: bool) -> int:
    """Bring back a picture that ASSET had before, by the first digits of its digest, and make its files of it: no call,
    no cost. The prompt stays as it is; the lock says where the picture came from."""
    return run(session, (asset, digest, note), profile)


def run(session: Session, asked: tuple[str, str, str], profile: str) -> int:
    """Restores, makes the files, and says so."""
    name, digest, note = asked
    manifest = session.load(profile)
    restored = restore(manifest, asset_of(manifest, name), digest, note=note)
    finished = finish(manifest, name)
    terminal = session.terminal
    if session.json:
        terminal.put(data(adopt.as_data(restored, finished)) + "\n")
    else:
        terminal.put(terminal.ink.settle(adopt.told(restored, finished)))
    return finished.code
