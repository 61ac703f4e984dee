"""`--save-as`: a one-off request that becomes an asset of the project, after its pictures have come."""

from dataclasses import replace
from pathlib import Path

import click

import imagepipe
from imagepipe.cli.oneoff import Manner, do
from imagepipe.cli.session import Session
from imagepipe.errors import UsageError
from imagepipe.events import BuildFinished, Failed
from imagepipe.oneoff.entries import checked_id, text
from imagepipe.oneoff.errands import Errand
from imagepipe.pipeline.options import BuildOptions
from imagepipe.plugins import resolve
from imagepipe.recipe import PLACEHOLDER
from imagepipe.reports.safetext import line
from imagepipe.workspace.finding import find_project

PREPARED = "imagepipe.pipeline.saving:prepared"
saving = click.option("--save-as", default="", metavar="ID", help="Also write the asset ID into assets.yaml.")


def save(session: Session, errand: Errand, how: Manner, id: str) -> int:
    """Does the errand; with an id, writes it into the manifest around. What cannot be saved is refused beforehand."""
    if not id:
        return do(session, (errand,), how)
    if how.again:
        hint = "save it first; `imagepipe build --again ID` asks anew"
        raise UsageError("--again and --save-as do not go together", hint=hint, code="usage")
    root, file = find_project(Path(), session.file)
    named = replace(errand, id=checked_id(id))
    ready = resolve(PREPARED)(root / file, (named,), {"provider": text(how.provider)})
    code = do(session, (named,), how)
    if code:
        session.terminal.say(f"{line(file)} was left as it is, since not every picture came.\n")
        return code
    ready.write()
    session.terminal.say(f"Saved in {line(file)} as {', '.join(map(line, ready.ids))}.\n")
    return settle(session, root / file, ready.ids, how.provider)


def settle(session: Session, manifest: Path, ids: tuple[str, ...], provider: str = "") -> int:
    """Brings new assets, whose pictures and files are there, into the lock: free."""
    loaded = imagepipe.load(manifest.parent, file=manifest.name)
    own = PLACEHOLDER if provider == PLACEHOLDER else ""
    options = BuildOptions(frozen=True, force=True)
    code = 0
    for event in imagepipe.build(loaded, select=ids, provider=own, options=options):
        if isinstance(event, Failed):
            session.terminal.say(f"{line(event.asset)}: {line(event.message)}\n")
        code = event.exit_code if isinstance(event, BuildFinished) else code
    return code
