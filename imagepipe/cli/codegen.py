"""`imagepipe codegen`: the project's pictures as a typed map for an app: paths, sizes, srcset, alt text, placeholders."""

from pathlib import Path

import click

from imagepipe.cli import arguments
from imagepipe.cli.session import Session
from imagepipe.codegen import LANGUAGES, SUFFIXES
from imagepipe.errors import UsageError
from imagepipe.paths import suffix_of
from imagepipe.pipeline.shelving import Naming, shelf
from imagepipe.plugins import resolve
from imagepipe.reports.safetext import line
from imagepipe.store.disk import write_atomic


@click.command(short_help="The pictures as a typed map.")
@click.argument("language", required=False, type=click.Choice(list(LANGUAGES)))
@arguments.output
@click.option("--strip", default="", metavar="PREFIX", help="Take this off the front of every path, as in public/.")
@click.option("--prefix", default="", metavar="PREFIX", help="Put this before every path, as in / or a URL.")
@arguments.profile
@click.pass_obj
def command(session: Session, language: str | None, output: str, strip: str, prefix: str, profile: str) -> int:
    """Write a map from asset id to files, sizes, srcset, alt text and a placeholder, for an app to import.

    Without LANGUAGE the extension of -o decides. The same lock gives the same bytes.
    """
    found = shelf(session.load(profile), Naming(strip, prefix))
    text: str = resolve(LANGUAGES[language_of(language, output)])(found.pictures)
    if found.missing:
        session.terminal.say(f"Not built yet, left out: {', '.join(map(line, found.missing))}\n")
    if output:
        write(Path(output), text)
    else:
        session.terminal.put(text)
    return 0


def language_of(language: str | None, output: str) -> str:
    """The language asked for, or that of the file. Raises UsageError."""
    if language:
        return language
    suffix = suffix_of(output.replace("\\", "/"))
    if suffix not in SUFFIXES:
        hint = f"name one of {', '.join(LANGUAGES)}, or a file in .{', .'.join(SUFFIXES)} with -o"
        raise UsageError("which language?", hint=hint, code="usage")
    return SUFFIXES[suffix]


def write(path: Path, text: str) -> None:
    """Writes the file, unless it is so already: no build tool is woken for nothing."""
    data = text.encode()
    if not path.is_file() or path.read_bytes() != data:
        write_atomic(path.absolute(), data, durable=False)
