"""`imagepipe log ASSET`: its pictures through the lock's git history. Reads no manifest, so that may be broken."""

from pathlib import Path

import click

from imagepipe.cli import arguments
from imagepipe.cli.session import Session
from imagepipe.history import SHALLOW, is_shallow
from imagepipe.pipeline.lineage import lineage, spares
from imagepipe.reports import logtext
from imagepipe.reports.safetext import data
from imagepipe.workspace.finding import find_project, lock_name


@click.command(short_help="One asset's pictures through git's history.")
@arguments.picked(arguments.asset, arguments.as_json)
@click.pass_obj
def command(session: Session, asset: str, as_json: bool) -> int:
    """Show the pictures of ASSET, newest first: what changed in the words, the model, the cost, who and when;
    then the others that the store has. `imagepipe restore ASSET DIGEST` brings one back."""
    return run(session, asset)


def run(session: Session, asset: str) -> int:
    """Prints the generations."""
    root, file = find_project(Path(), session.file)
    found = lineage(root, lock_name(file), asset)
    terminal = session.terminal
    if is_shallow(root):
        terminal.say(f"Earlier pictures may be missing, since {SHALLOW}\n")
    others = spares(root, asset, found)
    shown = data(logtext.as_data(found, others)) + "\n" if session.json else logtext.render(found, terminal.ink, others)
    terminal.put(shown)
    return 0
