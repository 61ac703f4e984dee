"""`imagepipe init`: a project that builds at once, without a key; never over a file that is there."""

from pathlib import Path
from shlex import quote

import click

from imagepipe.cli import scaffold
from imagepipe.cli.session import Session
from imagepipe.reports.safetext import line


@click.command(short_help="Start a project.")
@click.argument("directory", metavar="[DIR]", default="", type=click.Path(file_okay=False))
@click.option("--kit", default="", metavar="NAME", help="Start from website, game, wireframe, logo, character or docs.")
@click.pass_obj
def command(session: Session, directory: str, kit: str) -> int:
    """Start a project in DIR: a manifest that builds at once with stand-in pictures, and the schema for your editor."""
    return run(session, directory, kit)


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
