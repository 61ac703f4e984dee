"""Findings as SARIF 2.1.0, for code scanning: docs.oasis-open.org/sarif/sarif/v2.1.0."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from imagepipe import __version__
from imagepipe.errors import Finding
from imagepipe.reports.ink import PLAIN, Ink
from imagepipe.reports.safetext import data

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def render(findings: Sequence[Finding], ink: Ink = PLAIN) -> str:
    """A log of one run as JSON text; `ink` changes nothing."""
    codes = list(dict.fromkeys(finding.code for finding in findings))
    driver = {"name": "imagepipe", "version": __version__, "rules": [{"id": code} for code in codes]}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, codes.index(finding.code)) for finding in findings],
    }
    return data({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}) + "\n"


def _result(finding: Finding, rule: int) -> dict[str, Any]:
    text = f"{finding.message}\n{finding.hint}" if finding.hint else finding.message
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": rule,
        "level": finding.severity,
        "message": {"text": text},
    }
    if finding.place:
        result["locations"] = [{"physicalLocation": _location(finding)}]
    return result


def _location(finding: Finding) -> dict[str, Any]:
    place = finding.place
    if place is None:
        return {}
    location: dict[str, Any] = {"artifactLocation": {"uri": quote(place.file), "uriBaseId": "%SRCROOT%"}}
    if place.line:
        location["region"] = {
            "startLine": place.line,
            "startColumn": max(1, place.column),
            "endColumn": max(1, place.column) + max(1, place.length),
        }
    return location
