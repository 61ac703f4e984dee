"""The two streams a command writes to: data on standard output, talk on standard error. Secrets pass neither."""

import os
import sys
from collections.abc import Callable, Mapping
from typing import TextIO

from imagepipe.cli.secrets import redacted, secrets_of
from imagepipe.frozen import frozen
from imagepipe.plugins import resolve
from imagepipe.reports.ink import Ink

LOST: list[str] = []
"""Why some of what was to be written is lost."""
SIZE = "shutil:get_terminal_size"
"""Loaded only where there is a screen: it brings the archive formats along."""


@frozen
class Terminal:
    """Where a command writes and what is there to read it.

    `ink` fits standard output, `talk_ink` standard error; `interactive` means that a person can be asked.
    """

    out: TextIO
    err: TextIO
    ink: Ink
    talk_ink: Ink
    interactive: bool
    secrets: Mapping[str, str]

    def put(self, text: str) -> None:
        """Writes what was asked for, to standard output."""
        _write(self.out, redacted(text, self.secrets))

    def say(self, text: str) -> None:
        """Writes talk, to standard error."""
        _write(self.err, redacted(text, self.secrets))

    def ask(self, question: str) -> bool:
        """Asks a yes-or-no question; no is the answer where nobody can be asked."""
        if not self.interactive:
            return False
        self.say(f"{question} [y/N] ")
        answer = sys.stdin.readline().strip().lower()
        self.say("\n")
        return answer in ("y", "yes")


def open_terminal(environ: Mapping[str, str], out: TextIO, err: TextIO) -> Terminal:
    """The terminal of this process, by what its streams say of themselves and NO_COLOR, FORCE_COLOR and TERM."""
    for stream in (out, err):
        reconfigure: Callable[..., None] | None = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(errors="backslashreplace")
    interactive = sys.stdin is not None and sys.stdin.isatty() and err.isatty() and not environ.get("CI")
    return Terminal(out, err, _ink(environ, out), _ink(environ, err), interactive, secrets_of(environ))


def _ink(environ: Mapping[str, str], stream: TextIO) -> Ink:
    screen = stream.isatty()
    colour = (screen and environ.get("TERM") != "dumb") or bool(environ.get("FORCE_COLOR"))
    encoding = (getattr(stream, "encoding", None) or "ascii").lower().replace("-", "")
    width = int(resolve(SIZE)().columns) if screen else 0
    return Ink(colour and not environ.get("NO_COLOR"), encoding.startswith("utf"), width)


def _write(stream: TextIO, text: str) -> None:
    """Writes; when the reader has gone (`| head`), the rest goes nowhere, quietly, and where a disk takes no more it is
    told at the end: a build must not die of it."""
    try:
        stream.write(text)
        stream.flush()
    except OSError as error:
        if not isinstance(error, BrokenPipeError):
            LOST.append(error.strerror or str(error))
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
