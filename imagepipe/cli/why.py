"""`imagepipe why ASSET`: one decision in full, with what changed in the words."""

import click

from imagepipe.cli import arguments
from imagepipe.cli.locked import entries_of
from imagepipe.cli.one import decision_of
from imagepipe.cli.session import Session
from imagepipe.reports import planjson, whytext
from imagepipe.reports.safetext import data


@click.command(short_help="One asset's decision in full.")
@arguments.picked(arguments.asset, arguments.profile, arguments.provider, arguments.as_json)
@click.pass_obj
def command(session: Session, asset: str, profile: str, provider: str, as_json: bool) -> int:
    """Say what a build would do about ASSET, and everything that led to it."""
    return run(session, asset, profile, provider)


def run(session: Session, asset: str, profile: str, provider: str) -> int:
    """Prints the decision."""
    manifest = session.load(profile, provider)
    decision = decision_of(manifest, asset, provider)
    if session.json:
        session.terminal.put(data({"version": 1, **planjson.decision_data(decision)}) + "\n")
    else:
        entry = entries_of(manifest).get(asset)
        session.terminal.put(whytext.render(decision, entry, session.terminal.ink))
    return 0
