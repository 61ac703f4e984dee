"""`imagepipe doctor`: looks at this machine and says, line by line, what is well and what to do about the rest."""

import os
from dataclasses import asdict
from pathlib import Path

import click

from imagepipe.cli import arguments
from imagepipe.cli.checks import CHECKS, Check, Site
from imagepipe.cli.session import Session
from imagepipe.errors import ImagepipeError
from imagepipe.plugins import resolve
from imagepipe.reports.ink import Ink
from imagepipe.reports.safetext import block, data

_LOOKS = {"ok": ("✓", "add"), "warn": ("!", "warning"), "fail": ("✗", "stop")}
FAILED = 1


@click.command(short_help="Check this machine.")
@click.option("--offline", is_flag=True, help="Open no connection.")
@arguments.as_json
@click.pass_obj
def command(session: Session, offline: bool, as_json: bool) -> int:
    """Check Python, packages, codecs, git, key, network, disk, store and editor schema; each with what to do."""
    return run(session, offline)


def run(session: Session, offline: bool) -> int:
    """Prints a line for each check; 1 where one failed."""
    site = Site(Path(), session.file, dict(os.environ), offline)
    checks = [check for dotted in CHECKS for check in _looked(dotted, site)]
    if session.json:
        session.terminal.put(data({"version": 1, "checks": [asdict(check) for check in checks]}) + "\n")
    else:
        session.terminal.put(page(checks, session.terminal.ink))
    return FAILED if any(check.state == "fail" for check in checks) else 0


def _looked(dotted: str, site: Site) -> list[Check]:
    try:
        found: list[Check] = resolve(dotted)(site)
    except (ImagepipeError, OSError, ImportError) as error:
        return [Check(dotted.rpartition(":")[2].capitalize(), "fail", str(error), getattr(error, "hint", ""))]
    return found


def page(checks: list[Check], ink: Ink) -> str:
    """The checks in a column, what to do below each that is not well, and a closing line."""
    width = max(len(check.name) for check in checks)
    lines = []
    for check in checks:
        sign, style = _LOOKS[check.state]
        lines.append(f"  {ink.paint(sign, style)} {check.name.ljust(width)}  {block(check.message)}")
        if check.hint and check.state != "ok":
            lines.append(f"    {' ' * width}  {ink.paint(f'→ {block(check.hint)}', 'free')}")
    bad = {state: sum(check.state == state for check in checks) for state in ("fail", "warn")}
    told = [f"{count} {'failed' if state == 'fail' else 'to look at'}" for state, count in bad.items() if count]
    return ink.settle("\n".join([*lines, "", ", ".join(told) if told else "All is well."]) + "\n")
