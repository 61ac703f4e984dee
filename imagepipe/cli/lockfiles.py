"""`imagepipe lock files`: what imagepipe writes into a project, for `git add`, a backup, a deployment."""

from pathlib import Path

import click

from imagepipe.cli.session import Session
from imagepipe.pipeline.ourfiles import our_changes, our_files
from imagepipe.reports.safetext import data, line
from imagepipe.workspace.finding import find_project


@click.command("files", short_help="The lock and the pictures, a path a line.")
@click.option("--changed", is_flag=True, help="Only what differs from git's last commit, also what is gone since.")
@click.option("-z", "zero", is_flag=True, help="Paths as they are, each ended by a zero byte, for other programs.")
@click.option("--json", "as_json", is_flag=True, help="Data on standard output.")
@click.pass_obj
def command(session: Session, changed: bool, zero: bool, as_json: bool) -> int:
    """List the lock and every file that it names, relative to the project's folder.

    `imagepipe lock files --changed -z | git --literal-pathspecs add --pathspec-from-file=- --pathspec-file-nul`
    stages what a build wrote, and nothing else.
    """
    root, file = find_project(Path(), session.file)
    paths = our_changes(root, file) if changed else our_files(root, file)
    if as_json:
        session.terminal.put(data({"version": 1, "files": list(paths)}) + "\n")
    elif zero:
        session.terminal.put("".join(f"{path}\0" for path in paths))
    else:
        session.terminal.put("".join(f"{line(path)}\n" for path in paths))
    return 0
