"""`imagepipe approve SELECT`: marks pictures as good; `plan` says so before anything replaces one."""

import click

import imagepipe
from imagepipe.cli import arguments
from imagepipe.cli.choices import as_data, decided
from imagepipe.cli.refinishing import Finished
from imagepipe.cli.session import Session
from imagepipe.pipeline.choosing import approve, approve_all
from imagepipe.reports.safetext import block, data, line
from imagepipe.values import Manifest


@click.command(short_help="Mark pictures as approved.")
@click.argument("select", nargs=-1, required=True, metavar="SELECT...", type=arguments.Select())
@arguments.picked(arguments.exclude, arguments.profile, arguments.as_json)
@click.pass_obj
def command(session: Session, select: tuple[str, ...], exclude: tuple[str, ...], profile: str, as_json: bool) -> int:
    """Mark the pictures of the chosen assets as approved in the lock. One stays so until another picture takes its place.

    `imagepipe check --release` wants every picture approved.
    """
    manifest = imagepipe.load(file=session.file, profile=profile)
    if len(select) == 1 and not exclude and any(asset.id == select[0] for asset in manifest.assets):
        return decided(session, profile, select[0], approve)
    return run(session, manifest, select, exclude)


def run(session: Session, manifest: Manifest, select: tuple[str, ...], exclude: tuple[str, ...]) -> int:
    """Approves what can be, and says of the rest why it cannot; 1 where there is such a one."""
    chosen = {row.asset for row in imagepipe.plan(manifest, select=select, exclude=exclude).decisions}
    assets = [asset for asset in manifest.assets if asset.id in chosen and ("#" not in asset.id or asset.id in select)]
    done, faults = approve_all(manifest, assets)
    terminal = session.terminal
    if session.json:
        refused = [{"code": fault.code, "message": fault.message, "hint": fault.hint} for fault in faults]
        rows = [as_data(one, Finished()) for one in done]
        terminal.put(data({"version": 1, "approved": rows, "refused": refused}) + "\n")
    else:
        text = "".join(f"{line(one.asset)}: approved\n" for one in done)
        text += "".join(f"{block(fault.message)}\n  → {block(fault.hint)}\n" for fault in faults)
        terminal.put(terminal.ink.settle(text))
    return 1 if faults else 0
