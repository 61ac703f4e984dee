"""`imagepipe generate`: one request from the command line, on the one road; `--save-as` makes an asset of it."""

import os
from collections.abc import Callable
from typing import Any

import click

from imagepipe.cli import oneoff
from imagepipe.cli.saving import save, saving
from imagepipe.cli.session import Session
from imagepipe.oneoff import naming
from imagepipe.oneoff.wishes import Wish


@click.command(short_help="One picture from a prompt.")
@oneoff.prompt
@oneoff.wish
@oneoff.names
@saving
@oneoff.manner
@click.pass_obj
def command(session: Session, /, **given: Any) -> int:
    """Make pictures from a prompt, without a manifest. The words are taken literally; asking twice costs nothing.

    What comes back is kept in the store of the project around, else in your data folder.
    """
    return run(session, given, lambda prompt: oneoff.wish_of(given, prompt=prompt))


def run(session: Session, given: dict[str, Any], make: Callable[[str], Wish]) -> int:
    """Reads the command line, shows or does it, and saves it where that was asked for."""
    how = oneoff.manner_of(given)
    wish = make(oneoff.prompt_of(given.pop("prompt"), given.pop("prompt_file")))
    files = naming.outputs(given["out"], given["out_dir"], wish.format, wish.n, os.path.isdir)
    errand = oneoff.errand_of(given["save_as"] or naming.id_of(files[0], wish.n), wish, files, how.copies)
    oneoff.warn(session, (wish,))
    if how.dry_run:
        oneoff.require_single((errand,))
        return oneoff.show(session, oneoff.payloads((errand,))[0])
    return save(session, errand, how, given["save_as"])
