"""Findings as data, for editors and agents."""

from collections.abc import Sequence
from typing import Any

from imagepipe.errors import Finding
from imagepipe.reports.ink import PLAIN, Ink
from imagepipe.reports.safetext import data


def render(findings: Sequence[Finding], ink: Ink = PLAIN) -> str:
    """{"version": 1, "findings": […]} as JSON text; `ink` changes nothing."""
    return data({"version": 1, "findings": [as_data(finding) for finding in findings]}) + "\n"


def as_data(finding: Finding) -> dict[str, Any]:
    """One finding as plain data; a finding without a place has neither file nor line."""
    found: dict[str, Any] = {"code": finding.code, "severity": finding.severity, "message": finding.message}
    if finding.hint:
        found["hint"] = finding.hint
    if place := finding.place:
        found["file"] = place.file
        if place.line:
            found |= {"line": place.line, "column": place.column, "length": place.length}
        if place.path:
            found["path"] = place.path
    return found
