"""Findings for what reads a whole repository: a pull request's annotations and code scanning name files from its top."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from posixpath import normpath

from imagepipe.errors import Finding, Place, UsageError
from imagepipe.plugins import resolve
from imagepipe.reports import FINDINGS
from imagepipe.reports.ink import Ink
from imagepipe.workspace.finding import find_project, repository_top

_FROM_TOP = ("github", "sarif")


def written(findings: Sequence[Finding], form: str, file: str, ink: Ink) -> str:
    """Findings in one of FINDINGS; `file` is the manifest that `-f` names."""
    shown = from_top(findings, file) if form in _FROM_TOP else tuple(findings)
    shown = _somewhere(shown, file) if form == "sarif" else shown
    text: str = resolve(FINDINGS[form])(shown, ink)
    return text


def from_top(findings: Sequence[Finding], file: str) -> tuple[Finding, ...]:
    """The findings of the project here, their files named from the top of the repository around it."""
    try:
        root, _ = find_project(Path(), file)
    except UsageError:
        return tuple(findings)
    folder = root.relative_to(repository_top(root)).as_posix()
    return tuple(_moved(finding, folder) for finding in findings)


def _somewhere(findings: Sequence[Finding], file: str) -> tuple[Finding, ...]:
    """Findings about the project as a whole stand at the top of its manifest: code scanning takes none without a place."""
    try:
        root, name = find_project(Path(), file)
    except UsageError:
        return tuple(findings)
    place = Place((root / name).relative_to(repository_top(root)).as_posix(), 1, 1)
    return tuple(finding if finding.place else replace(finding, place=place) for finding in findings)


def _moved(finding: Finding, folder: str) -> Finding:
    if finding.place is None or finding.place.file.startswith("/"):
        return finding
    return replace(finding, place=replace(finding.place, file=normpath(f"{folder}/{finding.place.file}")))
