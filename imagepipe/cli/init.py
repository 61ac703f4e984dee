"""`imagepipe init`: a project that builds at once, without a key; never over a file that is there."""

from pathlib import Path
from shlex import quote

import click

from imagepipe.cli import cisetup, gitsetup, scaffold
from imagepipe.cli.session import Session
from imagepipe.errors import UsageError
from imagepipe.reports.safetext import block, line


@click.command(short_help="Start a project.")
@click.argument("directory", metavar="[DIR]", default="", type=click.Path(file_okay=False))
@click.option(
    "--kit", multiple=True, metavar="NAME", help="Start from website, game, wireframe, logo, character or docs."
)
@click.option(
    "--git",
    is_flag=False,
    flag_value="merge",
    default=None,
    type=click.Choice(gitsetup.KINDS),
    help="Let git merge the lock by asset; `--git lfs` also keeps outputs in Git LFS. Works on a project that is there.",
)
@click.option(
    "--ci",
    multiple=True,
    type=click.Choice(cisetup.KINDS),
    help="Write ready workflows or hooks, to the top of the repository. Works on a project that is there.",
)
@click.pass_obj
def command(session: Session, directory: str, kit: tuple[str, ...], git: str | None, ci: tuple[str, ...]) -> int:
    """Start a project in DIR: a manifest that builds at once with stand-in pictures, and the schema for your editor."""
    named = tuple(dict.fromkeys(kit))
    if len(named) > 1:
        message = f"a project starts from one kit, and --kit names {len(named)}: {', '.join(named)}"
        raise UsageError(message, hint="name one, and take what you need of the others by hand", code="several-kits")
    one = "".join(named)
    return run_around(session, directory, one, git, ci) if git or ci else run(session, directory, one)


def run_around(session: Session, directory: str, kit: str, git: str | None, ci: tuple[str, ...]) -> int:
    """A project, unless one is there already, and git and CI set up for it."""
    root = Path(directory)
    if not session.file and not (root / scaffold.MANIFEST).is_file():
        run(session, directory, kit)
    told = gitsetup.set_up(root, session.file, git) if git else []
    for kind in dict.fromkeys(ci):
        told += cisetup.set_up(root, session.file, kind)
    session.terminal.put(session.terminal.ink.settle("".join(f"{block(text)}\n" for text in told)))
    return 0


def run(session: Session, directory: str, kit: str) -> int:
    """Writes the files and says what to do next; exit 2 where one of them is there already."""
    root = Path(directory)
    files = scaffold.kit(kit) if kit else scaffold.starter(scaffold.project_name(root))
    scaffold.write(root, files)
    place = f" in {line(directory)}" if directory else ""
    ink = session.terminal.ink
    lines = [ink.paint(f"A project{place}:", "strong")]
    lines += [f"  {line(path)}" for path in scaffold.listing(files)]
    lines += [
        "  templates/  for prompt templates of your own",
        "  .imagepipe/  the schema for your editor; git ignores it",
    ]
    option = f" -C {line(quote(directory))}" if directory else ""
    lines += ["", f"Next: imagepipe{option} plan, then imagepipe{option} build."]
    lines += ["The pictures are stand-ins until assets.yaml says `provider: openai`."]
    session.terminal.put(ink.settle("\n".join(lines)) + "\n")
    return 0
