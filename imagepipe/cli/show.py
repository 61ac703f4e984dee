"""`imagepipe show ASSET`: the prompt as it is sent, then the request, the keys, the lock entry and the price."""

from typing import Any

import click

from imagepipe.cli import arguments
from imagepipe.cli.locked import entries_of
from imagepipe.cli.one import asset_of, decision_of
from imagepipe.cli.session import Session
from imagepipe.reports import origins, showtext
from imagepipe.reports.safetext import data


@click.command(short_help="Show one asset: prompt, request, price.")
@arguments.picked(arguments.asset, arguments.profile, arguments.provider)
@click.option("--explain", is_flag=True, help="Say where each line of the prompt comes from.")
@arguments.as_json
@click.pass_obj
def command(session: Session, asset: str, as_json: bool, **given: Any) -> int:
    """Show ASSET: its prompt first, exactly as it is sent and unwrapped, then request, keys, lock entry and price."""
    return run(session, asset, **given)


def run(session: Session, asset: str, profile: str, provider: str, explain: bool) -> int:
    """Prints the asset."""
    manifest = session.load(profile, provider)
    declared, decision = asset_of(manifest, asset), decision_of(manifest, asset, provider)
    entry = entries_of(manifest).get(asset)
    if session.json:
        found = showtext.as_data(decision, entry)
        found |= {"origins": origins.as_data(declared, decision)} if explain else {}
        session.terminal.put(data(found) + "\n")
        return 0
    ink = session.terminal.ink
    session.terminal.put(origins.render(declared, decision, ink) if explain else showtext.render(decision, entry, ink))
    return 0
