"""`imagepipe skill install`: the folder that teaches a coding agent to work with imagepipe."""

from collections.abc import Iterator
from pathlib import Path

import click

from imagepipe.cli.session import Session
from imagepipe.errors import UsageError
from imagepipe.reports.safetext import line
from imagepipe.store.disk import write_atomic

FOLDER = Path(__file__).resolve().parent.parent / "skill"
NAME = "imagepipe"
DEFAULT = ".agents/skills"


@click.group("skill", short_help="Teach a coding agent.")
def command() -> None:
    """The skill folder for coding agents: how to declare, plan, build and review pictures, and when to ask first."""


@command.command("install", short_help="Write the skill folder.")
@click.argument("directory", metavar="[DIR]", default=DEFAULT, type=click.Path(file_okay=False))
@click.option("--force", is_flag=True, help="Write over files of the skill that were changed.")
@click.pass_obj
def install(session: Session, directory: str, force: bool) -> int:
    """Write DIR/imagepipe, where DIR holds an agent's skills. Default: .agents/skills; others read .claude/skills."""
    return run(session, Path(directory) / NAME, force)


def run(session: Session, target: Path, force: bool) -> int:
    """Writes what is missing; files that differ stay, and nothing is written, unless `force` is given."""
    files = dict(contents())
    changed = [
        path for path, data in files.items() if (target / path).exists() and (target / path).read_bytes() != data
    ]
    if changed and not force:
        listed = "".join(f"\n{target / path}" for path in changed)
        hint = "look at them, then --force writes this version over them"
        raise UsageError(f"these files of the skill are there and differ:{listed}", hint=hint, code="file-exists")
    for path, data in files.items():
        write_atomic((target / path).absolute(), data, durable=False)
    session.terminal.put(f"{line(str(target))}: {len(files)} files. An agent finds it by SKILL.md.\n")
    return 0


def contents() -> Iterator[tuple[str, bytes]]:
    """The files of the skill by their paths in it."""
    for path in sorted(FOLDER.rglob("*")):
        if path.is_file() and path.suffix not in (".py", ".pyc"):
            yield path.relative_to(FOLDER).as_posix(), path.read_bytes()
