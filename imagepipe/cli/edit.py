"""`imagepipe edit`: images changed or combined by a prompt, without a manifest."""

from typing import Any

import click

from imagepipe.cli import oneoff
from imagepipe.cli.generate import run
from imagepipe.cli.saving import saving
from imagepipe.cli.session import Session


@click.command(short_help="Images changed by a prompt.")
@oneoff.prompt
@click.option("--image", multiple=True, required=True, metavar="FILE", help="An image; repeatable, the order is kept.")
@click.option(
    "--mask", default="", metavar="FILE", help="A PNG as large as the first image: clear where it may change."
)
@click.option("--input-fidelity", metavar="NAME", help="low or high; few models take it.")
@oneoff.wish
@oneoff.names
@saving
@oneoff.manner
@click.pass_obj
def command(session: Session, /, **given: Any) -> int:
    """Change or combine images by a prompt, without a manifest. The words are taken literally.

    The first --image is the one that is edited, others are references.
    """
    images, mask = given.pop("image"), given.pop("mask")
    return run(session, given, lambda prompt: oneoff.wish_of(given, prompt=prompt, images=images, mask=mask))
