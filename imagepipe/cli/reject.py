"""`imagepipe reject ASSET`: a candidate no longer counts, so that the next plan asks for another."""

import click

from imagepipe.cli import arguments
from imagepipe.cli.choices import decided
from imagepipe.cli.session import Session
from imagepipe.pipeline.choosing import reject


@click.command(short_help="Turn a candidate down; the next plan asks for another.")
@arguments.asset
@click.option(
    "--candidate", metavar="N", type=click.IntRange(min=1), default=None, help="Which one. Default: the picked."
)
@click.option("--why", metavar="TEXT", default="", help="Why, for whoever reads the lock.")
@arguments.picked(arguments.profile, arguments.as_json)
@click.pass_obj
def command(session: Session, /, asset: str, candidate: int | None, why: str, profile: str, as_json: bool) -> int:
    """Turn down a candidate of ASSET. It stays in the store, but no longer counts toward n: the next build asks for
    another. Where it was the picture, the next good candidate takes its place, free."""
    return decided(session, profile, asset, lambda manifest, one: reject(manifest, one, candidate or 0, why))
