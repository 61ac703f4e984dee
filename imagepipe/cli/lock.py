"""`imagepipe lock merge` and `imagepipe lock rebuild`: the lock after a conflict, or after it was lost; free. `lock files`
is beside it."""

from pathlib import Path

import click

import imagepipe
from imagepipe.cli import arguments, lockfiles
from imagepipe.cli.session import Session
from imagepipe.pipeline.merging import Merged, merge_files, merge_marked
from imagepipe.pipeline.rebuilding import Rebuilt, rebuild
from imagepipe.reports.safetext import data, line
from imagepipe.workspace.finding import find_project, lock_name
from imagepipe.workspace.locking import LockFile

_PATH = click.Path(dir_okay=False)


@click.group("lock", short_help="The lock: merge, rebuild, list its files.")
def command() -> None:
    """Repair assets.lock (merge two versions of it, or make it again), or list the files it names. Nothing is asked for,
    nothing is paid."""


command.add_command(lockfiles.command)


@command.command("merge", short_help="Resolve a merge conflict by asset.")
@click.option(
    "--driver", nargs=3, type=_PATH, default=None, metavar="BASE OURS THEIRS", help="As git's merge driver: %O %A %B."
)
@click.option("--path", default="", metavar="FILE", help="With --driver: the lock's path in the repository (%P).")
@arguments.as_json
@click.pass_obj
def merge_command(session: Session, driver: tuple[str, str, str] | None, path: str, as_json: bool) -> int:
    """Resolve a merge conflict in the lock, asset by asset.

    Where both sides changed one asset, the answer that fits the manifest wins and the other's pictures are kept as
    candidates; so settle the manifest first. Until the merge is committed, running it again decides again.
    `imagepipe init --git` lets git do by itself what the manifest need not decide.
    """
    return drive(session, driver, path) if driver else merge_here(session)


def merge_here(session: Session) -> int:
    """Resolves the conflict in this project's lock."""
    root, file = find_project(Path(), session.file)
    merged = merge_marked(
        LockFile(root, lock_name(file)), lambda profile: imagepipe.load(root, file=file, profile=profile)
    )
    if session.json:
        session.terminal.put(data(merged_data(merged)) + "\n")
    else:
        session.terminal.put(session.terminal.ink.settle(merged_text(merged, lock_name(file))))
    return 0


def drive(session: Session, files: tuple[str, str, str], path: str) -> int:
    """What git calls: the merged lock goes into the second file; 1 where a conflict stays in it."""
    base, ours, theirs = (Path(one) for one in files)
    merged, name = merge_files(base, ours, theirs), path or "assets.lock"
    text = open_text(merged, name) if merged.open else merged_text(merged, name, short=True)
    session.terminal.say(session.terminal.talk_ink.settle(text))
    return 1 if merged.open else 0


def open_text(merged: Merged, name: str) -> str:
    """What is left for the manifest to decide."""
    assets = ", ".join(map(line, merged.open))
    return (
        f"{line(name)}: both sides have an answer for {assets}, each to another recipe.\n"
        "Next: settle the manifest, then imagepipe lock merge: it takes the answer that fits, free.\n"
    )


def merged_text(merged: Merged | None, name: str, *, short: bool = False) -> str:
    """What was done."""
    if merged is None:
        return f"{line(name)} has no conflict in it.\n"
    count = len(merged.lock.entries)
    lines = [f"{line(name)} is merged: {count} asset{'' if count == 1 else 's'}, free."]
    for one in merged.both:
        whose = {
            True: f"{one.side}, the answer to the manifest's recipe",
            False: "ours, since neither answers the manifest's recipe",
            None: "ours, with the same recipe",
        }[one.fits]
        lines.append(f"  {line(one.asset)}  changed on both sides: {whose}; the other's pictures are kept")
        lines += [f"    its files: git checkout --{one.side} -- {' '.join(map(line, one.away))}"] if one.away else []
    lines += [] if short else [f"Next: imagepipe plan, then git add {line(name)}."]
    return "\n".join(lines) + "\n"


def merged_data(merged: Merged | None) -> dict[str, object]:
    """The same as plain data."""
    found = merged.both if merged else ()
    both = [{"asset": one.asset, "fits": one.fits is not False, "side": one.side} for one in found]
    return {"version": 1, "merged": merged is not None, "both": both}


@command.command("rebuild", short_help="Make the lock again from the store's receipts.")
@click.option(
    "--force", is_flag=True, help="Also over a lock that can be read; notes and approvals since the last commit go."
)
@arguments.as_json
@click.pass_obj
def rebuild_command(session: Session, force: bool, as_json: bool) -> int:
    """Make the lock again from the store's receipts, the files on the disk and the last commit, which knows notes and
    approvals. What it replaces is kept."""
    manifest = session.load()
    rebuilt = rebuild(manifest, force=force)
    name = lock_name(manifest.file)
    if session.json:
        session.terminal.put(data(rebuilt_data(rebuilt)) + "\n")
    else:
        session.terminal.put(session.terminal.ink.settle(rebuilt_text(rebuilt, name)))
    return 0


def rebuilt_text(rebuilt: Rebuilt, name: str) -> str:
    """What was found, and what was not."""
    count = len(rebuilt.from_store) + len(rebuilt.from_git)
    lines = [f"{line(name)} is made again: {count} asset{'' if count == 1 else 's'}, free."]
    lines += [f"  {len(rebuilt.from_store)} from the store's receipts"] if rebuilt.from_store else []
    lines += [f"  {len(rebuilt.from_git)} from the last commit"] if rebuilt.from_git else []
    if rebuilt.from_store:
        said = "those of the last commit" if rebuilt.committed else "gone: they were in the lock alone"
        lines.append(f"  approvals, rejections and notes are {said}")
    if rebuilt.unknown:
        lines.append(f"  nothing is known of {', '.join(map(line, rebuilt.unknown))}")
    lines += [f"  the old file is {line(rebuilt.kept)}"] if rebuilt.kept else []
    return "\n".join([*lines, "Next: imagepipe plan shows what is left to do."]) + "\n"


def rebuilt_data(rebuilt: Rebuilt) -> dict[str, object]:
    """The same as plain data."""
    found = {"from_store": list(rebuilt.from_store), "from_git": list(rebuilt.from_git)}
    return {"version": 1, **found, "unknown": list(rebuilt.unknown), "kept": rebuilt.kept}
