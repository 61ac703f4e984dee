"""`imagepipe pick ASSET N`: another candidate becomes the asset, free."""

import click

from imagepipe.cli import arguments
from imagepipe.cli.choices import decided
from imagepipe.cli.session import Session
from imagepipe.pipeline.choosing import pick


@click.command(short_help="Choose another candidate, free.")
@arguments.asset
@click.argument("number", metavar="N", type=click.IntRange(min=1))
@arguments.picked(arguments.profile, arguments.as_json)
@click.pass_obj
def command(session: Session, /, asset: str, number: int, profile: str, as_json: bool) -> int:
    """Make candidate N (from 1) the picture of ASSET, and its files of it: no call, no cost.

    The choice is written into the manifest where that says `pick`, else into the lock. `imagepipe sheet ASSET -o FILE`
    shows the candidates with their numbers.
    """
    return decided(session, profile, asset, lambda manifest, one: pick(manifest, one, number))
