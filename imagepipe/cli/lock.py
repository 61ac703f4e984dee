"""`imagepipe lock merge` and `imagepipe lock rebuild`: the lock after a conflict, or after it was lost; free. `lock files`
is beside it."""

from pathlib import Path

import click

import imagepipe
from imagepipe.cli import arguments, lockfiles
from imagepipe.cli.session import Session
from imagepipe.errors import ImagepipeError
from imagepipe.pipeline.merging import Merged, merge_files, merge_marked
from imagepipe.pipeline.rebuilding import Rebuilt, rebuild
from imagepipe.reports.safetext import data, line
from imagepipe.values import Manifest
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
    candidates. `imagepipe init --git` lets git do this by itself.
    """
    return drive(session, driver, path) if driver else merge_here(session)


def merge_here(session: Session) -> int:
    """Resolves the conflict in this project's lock."""
    root, file = find_project(Path(), session.file)
    merged = merge_marked(LockFile(root, lock_name(file)), _manifest(session, root, file))
    if session.json:
        session.terminal.put(data(merged_data(merged)) + "\n")
    else:
        session.terminal.put(session.terminal.ink.settle(merged_text(merged, lock_name(file))))
    return 0


def drive(session: Session, files: tuple[str, str, str], path: str) -> int:
    """What git calls: the merged lock goes into the second file."""
    base, ours, theirs = (Path(one) for one in files)
    place = Path(path) if path else ours
    found = next((name for name in _manifests(place) if (place.parent / name).is_file()), "")
    manifest = _manifest(session, place.parent.resolve(), found) if found else None
    merged = merge_files(base, ours, theirs, manifest)
    session.terminal.say(session.terminal.talk_ink.settle(merged_text(merged, path or "assets.lock", short=True)))
    return 0


def _manifests(lock: Path) -> tuple[str, ...]:
    return tuple(f"{lock.stem}{suffix}" for suffix in (".yaml", ".yml"))


def _manifest(session: Session, root: Path, file: str) -> Manifest | None:
    """The manifest; None where it cannot be read, which after a conflict is no wonder."""
    try:
        return imagepipe.load(root, file=file)
    except (ImagepipeError, OSError) as error:
        what = error.message if isinstance(error, ImagepipeError) else str(error)
        session.terminal.say(
            f"{line(file)} cannot be read ({line(what)}): where both sides changed an asset, ours stays.\n"
        )
        return None


def merged_text(merged: Merged | None, name: str, *, short: bool = False) -> str:
    """What was done."""
    if merged is None:
        return f"{line(name)} has no conflict in it.\n"
    count = len(merged.lock.entries)
    lines = [f"{line(name)} is merged: {count} asset{'' if count == 1 else 's'}, free."]
    for asset, fits in merged.both:
        side = "the answer to the manifest's recipe" if fits else "ours, since neither answers the manifest's recipe"
        lines.append(f"  {line(asset)}  changed on both sides: {side}; the other's pictures are kept")
    lines += [] if short else [f"Next: imagepipe plan, then git add {line(name)}."]
    return "\n".join(lines) + "\n"


def merged_data(merged: Merged | None) -> dict[str, object]:
    """The same as plain data."""
    both = [{"asset": asset, "fits": fits} for asset, fits in merged.both] if merged else []
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
