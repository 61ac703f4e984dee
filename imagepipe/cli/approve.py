"""`imagepipe approve ASSET`: marks a picture as good; `plan` says so before anything replaces it."""

import click

from imagepipe.cli import arguments
from imagepipe.cli.choices import decided
from imagepipe.cli.session import Session
from imagepipe.pipeline.choosing import approve


@click.command(short_help="Mark a picture as approved.")
@arguments.picked(arguments.asset, arguments.profile, arguments.as_json)
@click.pass_obj
def command(session: Session, /, asset: str, profile: str, as_json: bool) -> int:
    """Mark the picture of ASSET as approved in the lock. It stays so until another picture takes its place.

    `imagepipe check --release` wants every picture approved.
    """
    return decided(session, profile, asset, approve)
