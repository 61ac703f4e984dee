"""`imagepipe import`: jobs of a batch, or pictures that are there already, as assets of a manifest. Pays nothing."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from imagepipe.cli import arguments, oneoff
from imagepipe.cli.generate_batch import errands_of
from imagepipe.cli.saving import PREPARED, settle
from imagepipe.cli.session import Session
from imagepipe.errors import UsageError
from imagepipe.oneoff import naming
from imagepipe.oneoff.errands import Errand
from imagepipe.plugins import resolve
from imagepipe.reports.safetext import data, line
from imagepipe.workspace.finding import MANIFEST, find_project

PICTURES = "imagepipe.pipeline.importing"
TAKEN = "imagepipe.pipeline.saving:taken"
_JOBS = (".jsonl", ".ndjson")


@click.command("import", short_help="Jobs or pictures as assets.")
@click.argument("sources", nargs=-1, required=True, metavar="FILE...")
@oneoff.wish
@click.option("--out-dir", default="", metavar="DIR", help="Where the pictures of jobs go. Default: output/imagegen.")
@click.option("--downscale-max-dim", type=click.IntRange(min=1), metavar="PX", help="Jobs: a smaller copy beside each.")
@click.option("--downscale-suffix", default="-web", metavar="TEXT", help="The copy's suffix. Default: -web.")
@click.option("--dry-run", is_flag=True, help="Print the manifest instead of writing it.")
@arguments.output
@arguments.as_json
@click.pass_obj
def command(session: Session, /, **given: Any) -> int:
    """Turn jobs.jsonl into assets whose plan sends the same payloads, or write assets for pictures that exist.

    Without -o they go into the manifest around, or into a new assets.yaml. Pictures are adopted: they stay as they are
    and cost nothing; their entries are pinned, so that you can describe them before they are ever asked for.
    """
    sources = given.pop("sources")
    jobs = [source for source in sources if source.endswith(_JOBS) or source == "-"]
    if jobs and len(sources) > 1:
        raise UsageError("one file of jobs, or pictures", hint="import them one after the other", code="usage")
    target = target_of(session.file, given.pop("output"))
    if jobs:
        copies = naming.Copies(given["downscale_max_dim"] or 0, given["downscale_suffix"])
        errands = errands_of(jobs[0], given["out_dir"] or naming.DEFAULT_FOLDER, oneoff.wish_of(given), copies)
        oneoff.require_single(errands)
        return write(session, target, errands, given["dry_run"])
    return adopted(session, target, sources, given["dry_run"])


def target_of(file: str, output: str) -> Path:
    """The manifest to write: -o, -f, the one around, or a new one here."""
    if output or file:
        return Path(output or file)
    try:
        root, name = find_project(Path())
    except UsageError:
        return Path(MANIFEST)
    return root / name


def write(session: Session, target: Path, errands: Sequence[Errand], dry_run: bool) -> int:
    """Jobs as assets; each is proved to send what the job sends."""
    ready = resolve(PREPARED)(target, errands)
    if dry_run:
        session.terminal.put(ready.text)
        return 0
    ready.write()
    return told(session, target, ready.ids)


def adopted(session: Session, target: Path, files: Sequence[str], dry_run: bool) -> int:
    """Pictures as assets that have them already."""
    room = resolve(PICTURES)
    pictures = room.found(files, oneoff.known_models(), resolve(TAKEN)(target))
    ready = resolve(PREPARED)(target, [picture.errand for picture in pictures], {"pin": "true"})
    if dry_run:
        session.terminal.put(ready.text)
        return 0
    ready.write()
    room.adopt_all(target, pictures)
    return settle(session, target, ready.ids) or told(session, target, ready.ids)


def told(session: Session, target: Path, ids: Sequence[str]) -> int:
    """Says what was written."""
    if session.json:
        session.terminal.put(data({"version": 1, "manifest": str(target), "assets": list(ids)}) + "\n")
    else:
        what = f"{len(ids)} asset{'' if len(ids) == 1 else 's'}"
        session.terminal.put(f"{line(str(target))}: {what} written. Next: imagepipe plan\n")
    return 0
