"""`imagepipe verify`: reads all of the store and every output, and says what is not as it should be."""

from typing import Any

import click

from imagepipe.cli import arguments
from imagepipe.cli.session import Session
from imagepipe.pipeline.upkeep import Verified, verify
from imagepipe.reports import findingstext
from imagepipe.reports.findingsjson import as_data as finding_data
from imagepipe.reports.ink import Ink
from imagepipe.reports.safetext import data, line

DRIFT, DAMAGED = 1, 6


@click.command(short_help="Read store and outputs, byte by byte.")
@arguments.as_json
@click.pass_obj
def command(session: Session, as_json: bool) -> int:
    """Read every stored picture, receipt and output, and compare it with its name or the lock.

    Damaged files are set aside in the store's quarantine, never deleted. Exit 6 where the store is damaged, 1 where only
    outputs differ.
    """
    return run(session)


def run(session: Session) -> int:
    """Prints what was found."""
    found = verify(session.load())
    if session.json:
        session.terminal.put(data(as_data(found)) + "\n")
    else:
        session.terminal.put(page(found, session.terminal.ink))
    return DAMAGED if not found.store.sound else DRIFT if found.unlike else 0


def as_data(found: Verified) -> dict[str, Any]:
    """What was found as JSON: schemas/verify.schema.json."""
    store = found.store
    return {
        "version": 1,
        "ok": store.sound and not found.unlike,
        "store": {
            "pictures": store.blobs,
            "receipts": store.receipts,
            "missing": list(store.missing),
            "evicted": list(store.evicted),
            "restored": list(store.restored),
            "unknown_spools": [str(path) for path in store.orphans],
            "findings": [finding_data(finding) for finding in store.findings],
        },
        "outputs": found.outputs,
        "unlike": [{"asset": item.asset, "path": item.path, "missing": item.missing} for item in found.unlike],
    }


def page(found: Verified, ink: Ink) -> str:
    """Findings first, then what was read."""
    store = found.store
    lines = [findingstext.one(finding, ink).rstrip("\n") for finding in store.findings]
    lines += [f"  ✗ {digest[:19]}…: a receipt names it, and it is not here" for digest in store.missing]
    lines += [
        f"  ↺ {digest[:19]}…: the store had lost it; an output holds it, and it is back" for digest in store.restored
    ]
    lines += [f"  ? {line(path.name)}: an answer that no note explains" for path in store.orphans]
    lines += [
        f"  ✗ {line(item.path)} ({line(item.asset)}): {'is missing' if item.missing else 'is not what the lock says'}"
        for item in found.unlike
    ]
    if store.missing:
        lines.append(
            "    → `imagepipe plan` says what making them again would cost; another clone's store may have them"
        )
    if found.unlike:
        lines.append("    → `imagepipe build` makes missing files again, free; --force writes over changed ones")
    if store.evicted:
        count = f"{len(store.evicted)} picture{'s' if len(store.evicted) > 1 else ''}"
        lines.append(f"{count} that no lock names went to make room (`imagepipe gc --max-size`), which is no damage.")
    read = f"{store.blobs} pictures, {store.receipts} receipts and {found.outputs} outputs were read"
    lines.append(f"{read}: " + ("all is well." if store.sound and not found.unlike else "see above."))
    return ink.settle("\n".join(lines) + "\n")
