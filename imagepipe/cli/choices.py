"""What `pick`, `approve` and `reject` have in common: a decision taken, the files made, both told."""

from collections.abc import Callable
from typing import Any

import imagepipe
from imagepipe.cli.one import asset_of
from imagepipe.cli.refinishing import Finished, finish
from imagepipe.cli.session import Session
from imagepipe.pipeline.choosing import Chosen
from imagepipe.reports.safetext import data, line
from imagepipe.values import Asset, Manifest

Decide = Callable[[Manifest, Asset], Chosen]
SAID = {"pick": "is its picture now", "approve": "is approved", "reject": "is rejected"}


def decided(session: Session, profile: str, asset: str, decide: Decide) -> int:
    """Takes the decision and makes the asset's files, where another picture can be had for nothing."""
    manifest = session.load(profile)
    chosen = decide(manifest, asset_of(manifest, asset))
    finished = finished_after(session, profile, chosen)
    terminal = session.terminal
    if session.json:
        terminal.put(data(as_data(chosen, finished)) + "\n")
    else:
        terminal.put(terminal.ink.settle(told(chosen, finished)))
    return finished.code


def finished_after(session: Session, profile: str, chosen: Chosen) -> Finished:
    """The files of a decision: an approval changes none, and where nothing good is left there is nothing to make."""
    good = any(item.status != "rejected" for item in chosen.entry.candidates)
    if chosen.verb == "approve" or not good:
        return Finished()
    return finish(imagepipe.load(file=session.file, profile=profile), chosen.asset)


def told(chosen: Chosen, finished: Finished) -> str:
    """What was done, in a few lines."""
    picture = chosen.picture
    size = f"{picture.width}×{picture.height} {line(picture.format)}"
    lines = [
        f"{line(chosen.asset)}: candidate {chosen.number} ({size}) {SAID[chosen.verb]}; {line(chosen.where)} says so."
    ]
    lines += finished.told
    if chosen.verb == "reject":
        lines.append(f"  imagepipe plan {line(chosen.asset)} says what another one costs.")
    return "\n".join(lines) + "\n"


def as_data(chosen: Chosen, finished: Finished) -> dict[str, Any]:
    """The same as plain data."""
    return {
        "version": 1,
        "asset": chosen.asset,
        "decision": chosen.verb,
        "candidate": chosen.number,
        "sha256": chosen.picture.sha256,
        "where": chosen.where,
    } | finished.data
