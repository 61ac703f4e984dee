"""`imagepipe migrate-model FROM TO`: the manifests rewritten in place, the finished pictures kept."""

from collections.abc import Iterator, Mapping
from difflib import unified_diff
from typing import Any

import click

from imagepipe.cli import arguments
from imagepipe.cli.session import Session
from imagepipe.models.migration import Change
from imagepipe.pipeline.migrating import Move, Rewritten, rewritten
from imagepipe.pipeline.relocking import Relocked, apply, relocked
from imagepipe.reports import money
from imagepipe.reports.grid import table
from imagepipe.reports.ink import Ink
from imagepipe.reports.safetext import block, data, line
from imagepipe.values import Price, thaw

_HEAD = ("asset", "changes", "a picture before", "after")


@click.command(short_help="Move assets from one model to another.")
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
@click.option("--dry-run", is_flag=True, help="Print the diff of the manifests; write nothing.")
@click.option(
    "--keep/--regenerate",
    default=True,
    help="Keep the finished pictures (the default), or leave them to be made anew by the next build.",
)
@arguments.as_json
@click.pass_obj
def command(session: Session, source: str, target: str, dry_run: bool, keep: bool, as_json: bool) -> int:
    """Rewrite the manifests so that assets made by FROM are made by TO: comments and layout stay, quality goes by equal
    work, sizes and options where TO takes others. Pays nothing."""
    return run(session, (source, target), dry_run, keep)


def run(session: Session, pair: tuple[str, str], dry_run: bool, keep: bool) -> int:
    """Prepares everything, then writes all of it or nothing."""
    done = rewritten(".", *pair, file=session.file)
    made = relocked(done, keep=keep)
    if not dry_run:
        apply(done, made)
    terminal = session.terminal
    if session.json:
        terminal.put(data(as_data(done, made, dry_run)) + "\n")
    elif dry_run:
        terminal.put(block("".join(diffs(done).values())))
        terminal.say("\n" + page(done, made, terminal.talk_ink) + "Nothing was written: --dry-run.\n")
    else:
        terminal.put(page(done, made, terminal.ink))
    return 0


def diffs(done: Rewritten) -> dict[str, str]:
    """File → its unified diff."""
    return {path: "".join(_diff(path, *pair)) for path, pair in done.files.items()}


def _diff(path: str, before: bytes, after: bytes) -> Iterator[str]:
    old, new = (text.decode("utf-8").splitlines(keepends=True) for text in (before, after))
    for text in unified_diff(old, new, f"a/{path}", f"b/{path}"):
        yield text if text.endswith("\n") else f"{text}\n\\ No newline at end of file\n"


def page(done: Rewritten, made: Relocked, ink: Ink) -> str:
    """Every asset with what changes for it and the price of a picture, then what became of the files and the lock."""
    rows = [_row(move) for move in done.moves]
    lines = [table(_HEAD, rows, ink, frozenset({2, 3})), *(f"{text}\n" for text in _closing(done, made))]
    return ink.settle("".join(lines))


def _row(move: Move) -> tuple[str, ...]:
    name = f"{move.asset} ({move.profile})" if move.profile else move.asset
    before, after = move.migration.before, move.migration.after
    changes = ", ".join(map(_change, move.changes)) or "the model alone"
    return name, changes, money.span(before), money.span(after)


def _change(change: Change) -> str:
    if change.after is None:
        return f"{change.option} left out ({change.why})"
    return f"{change.option} {change.before} → {change.after}"


def _closing(done: Rewritten, made: Relocked) -> Iterator[str]:
    plain = [move.migration for move in done.moves if not move.profile]
    before, after = (money.total(prices) for prices in ([m.before for m in plain], [m.after for m in plain]))
    yield f"\n{would_cost(before, after)}"
    yield f"Manifests: {', '.join(map(line, done.files))}."
    if made.entries:
        yield f"Kept as they are: {len(made.entries)} finished picture{'' if len(made.entries) == 1 else 's'}."
    if made.changed:
        yield f"To be made by the next build: {', '.join(map(line, made.changed))}."


def would_cost(before: Price, after: Price) -> str:
    """What all pictures would cost, made anew by the one model and by the other."""
    old, new = (None if price.high is None or price.low is None else money.span(price) for price in (before, after))
    if new is None:
        known = f"; before, it was {old}" if old else ", nor was it before"
        return f"What all of them would cost, made anew, is not known{known}."
    return f"Made anew, all of them would cost {new}; before, {old or 'that was not known'}{_delta(before, after)}."


def _delta(before: Price, after: Price) -> str:
    if before.high is None or after.high is None or abs(after.high - before.high) < 0.0001:
        return ""
    return f" ({'+' if after.high > before.high else '-'}{money.usd(abs(after.high - before.high))})"


def as_data(done: Rewritten, made: Relocked, dry_run: bool) -> dict[str, Any]:
    """The migration in the form of `schemas/migration.schema.json`; USD unrounded."""
    return {
        "version": 1,
        "from": done.source,
        "to": done.target,
        "dry_run": dry_run,
        "files": [{"path": path, "diff": text} for path, text in diffs(done).items()],
        "assets": [_move(move) for move in done.moves],
        "kept": list(made.entries),
        "to_make": list(made.changed),
    }


def _move(move: Move) -> dict[str, Any]:
    found: Mapping[str, Any] = {
        "asset": move.asset,
        "profile": move.profile,
        "changes": [
            {"option": c.option, "from": thaw(c.before), "to": thaw(c.after), "why": c.why} for c in move.changes
        ],
        "cost": {"before": move.migration.before.high, "after": move.migration.after.high},
    }
    return dict(found)
