"""A session whose streams are kept in memory."""

import io
from collections.abc import Mapping
from dataclasses import dataclass, field

from imagepipe.cli.secrets import secrets_of
from imagepipe.cli.session import Session
from imagepipe.cli.terminal import Terminal
from imagepipe.reports.ink import PLAIN, Ink


@dataclass(frozen=True, slots=True)
class Kept:
    """What a session wrote."""

    out: io.StringIO = field(default_factory=io.StringIO)
    err: io.StringIO = field(default_factory=io.StringIO)


def session(kept: Kept, *, ink: Ink = PLAIN, json: bool = False, environ: Mapping[str, str] | None = None) -> Session:
    """A session that writes into `kept`; nobody can be asked."""
    terminal = Terminal(kept.out, kept.err, ink, ink, False, secrets_of(environ or {}))
    return Session(terminal, json=json)
