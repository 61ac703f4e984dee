"""`imagepipe gc`: lists what the store could do without; removes it when told to."""

import re
from typing import Any

import click

from imagepipe.cli import arguments
from imagepipe.cli.session import Session
from imagepipe.pipeline.upkeep import clear, unneeded
from imagepipe.reports.safetext import data, line
from imagepipe.store.disk import size_text
from imagepipe.store.upkeep import Garbage, Item
from imagepipe.workspace.finding import FAILED

_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([kmgt]?)i?b?", re.IGNORECASE)
_POWERS = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4}


class Size(click.ParamType[int]):
    """A number of bytes, as 500M, 1.5G or 1048576; powers of 1024."""

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The bytes; fails for what is no size."""
        found = _SIZE.fullmatch(str(value).strip())
        if not found:
            self.fail(f"{value!r} is no size; write it as 500M or 2G", param, ctx)
        return int(float(found[1]) * 1024 ** _POWERS[found[2].lower()])


@click.command(short_help="What the store could do without.")
@click.option("--delete", is_flag=True, help="Remove it; without this, it is only listed.")
@click.option(
    "--max-size", type=Size(), metavar="SIZE", help="Also let paid pictures go that no lock names, oldest first."
)
@click.option("--lock-timeout", type=arguments.Number(min=0), default=0.0, metavar="S", help="Wait for a build.")
@arguments.as_json
@click.pass_obj
def command(session: Session, delete: bool, max_size: int | None, lock_timeout: float, as_json: bool) -> int:
    """List what the store could do without: leftovers, and pictures that no lock and no receipt names.

    What a lock in any branch, tag, stash or worktree names always stays, and so do receipts. With --max-size, paid
    pictures that no lock names may go too; a plan then says what making them again would cost.
    """
    return run(session, delete, max_size, lock_timeout)


def run(session: Session, delete: bool, limit: int | None, timeout: float) -> int:
    """Lists, and removes where that was asked."""
    store, found = unneeded(session.load(), limit)
    done = clear(store, found, timeout).removed if delete else ()
    if session.json:
        session.terminal.put(data(as_data(found, done, delete)) + "\n")
    else:
        session.terminal.put(page(found, done, delete))
    return 0


def as_data(found: Garbage, done: tuple[Item, ...], delete: bool) -> dict[str, Any]:
    """The listing as JSON: schemas/gc.schema.json."""
    rows = done if delete else found.items
    items = [{"path": str(item.path), "bytes": item.bytes, "sha256": item.digest, "paid": item.paid} for item in rows]
    total = sum(item.bytes for item in rows)
    return {"version": 1, "deleted": delete, "stored_bytes": found.stored, "bytes": total, "items": items}


def page(found: Garbage, done: tuple[Item, ...], delete: bool) -> str:
    """A line each and the sum."""
    rows = done if delete else found.items
    if not rows:
        return f"Nothing to remove; the store holds {size_text(found.stored)} of pictures.\n"
    lines = [f"  {size_text(item.bytes):>10}  {_what(item)}  {line(item.path.name[:20])}" for item in rows]
    total = size_text(sum(item.bytes for item in rows))
    end = f"{total} removed." if delete else f"{total} could go; imagepipe gc --delete removes it."
    return "\n".join([*lines, "", end]) + "\n"


def _what(item: Item) -> str:
    if item.path.parent.name == FAILED:
        return "shows what was wrong"
    if not item.digest:
        return "leftover of a write "
    return "paid, in no lock     " if item.paid else "in no lock or receipt"
