"""`imagepipe show ASSET`: the prompt as it is sent, then the request, the keys, the lock entry and the price."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from imagepipe.cli import arguments
from imagepipe.cli.locked import entries_of
from imagepipe.cli.one import asset_of, decision_of
from imagepipe.cli.session import Session
from imagepipe.manifest.loading import Wanted
from imagepipe.manifest.loading import origins as layers_of
from imagepipe.pipeline.around import today_utc
from imagepipe.prompts.origins import Row, explain
from imagepipe.reports import showtext
from imagepipe.reports.grid import table
from imagepipe.reports.safetext import clipped, data
from imagepipe.values import Asset, Manifest
from imagepipe.workspace.tree import DiskTree

_LONGEST = 72


@click.command(short_help="Show one asset: prompt, request, price.")
@arguments.picked(arguments.asset, arguments.profile, arguments.provider)
@click.option("--explain", "origins", is_flag=True, help="Say where each line of the prompt comes from.")
@arguments.as_json
@click.pass_obj
def command(session: Session, /, asset: str, as_json: bool, **given: Any) -> int:
    """Show ASSET: its prompt first, exactly as it is sent and unwrapped, then request, keys, lock entry and price."""
    return run(session, asset, **given)


def run(session: Session, asset: str, profile: str, provider: str, origins: bool) -> int:
    """Prints the asset, or where each line of its prompt comes from."""
    manifest = session.load(profile, provider)
    declared, decision = asset_of(manifest, asset), decision_of(manifest, asset, provider)
    entry = entries_of(manifest).get(asset)
    rows = _rows(manifest, declared) if origins else ()
    ink = session.terminal.ink
    if session.json:
        told = {"origins": [{"line": at, **asdict(row)} for at, row in enumerate(rows, 1)]} if origins else {}
        session.terminal.put(data(showtext.as_data(decision, entry) | told) + "\n")
    elif origins:
        shown = [_cells(at, row) for at, row in enumerate(rows, 1)]
        session.terminal.put(table(("line", "field", "from", "text"), shown, ink, frozenset({0})))
    else:
        session.terminal.put(showtext.render(decision, entry, ink, manifest.words[asset].text))
    return 0


def _rows(manifest: Manifest, asset: Asset) -> tuple[Row, ...]:
    """Also of an asset that waits for its inputs: its words are known."""
    if asset.local:
        return ()
    wanted = Wanted(manifest.root, manifest.file, manifest.profile, today_utc())
    return explain(asset, manifest.words[asset.id], layers_of(DiskTree(Path(manifest.root)), wanted, asset.id))


def _cells(number: int, row: Row) -> tuple[str, ...]:
    return str(number), row.field, row.origin, clipped(row.text, _LONGEST)
