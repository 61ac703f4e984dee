"""Findings as GitHub workflow commands, which annotate the lines of a pull request."""

from collections.abc import Sequence

from imagepipe.errors import Finding
from imagepipe.reports.ink import PLAIN, Ink
from imagepipe.reports.safetext import block

_COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}


def render(findings: Sequence[Finding], ink: Ink = PLAIN) -> str:
    """One command a line; `ink` changes nothing. Escapes as actions/toolkit's `command.ts` does."""
    return "".join(_command(finding) + "\n" for finding in findings)


def _command(finding: Finding) -> str:
    properties = {"title": finding.code}
    if place := finding.place:
        properties |= {"file": place.file}
        if place.line:
            properties |= {
                "line": str(place.line),
                "col": str(place.column),
                "endColumn": str(place.column + max(1, place.length)),
            }
    listed = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    message = f"{finding.message}\n{finding.hint}" if finding.hint else finding.message
    return f"::{_COMMANDS[finding.severity]} {listed}::{_message(message)}"


def _message(text: str) -> str:
    return block(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")
