"""Every folder tests/hostile/KIND/CASE is a test: files of a project, and in expected.json what is said of it.

`expected.json` is "ok", or a list of [code, line]: each must be among the findings (a code or line of null fits any), and
there must be an error. A `make.py` with `files()` adds files that are too big or too odd to be kept.
"""

import json
import runpy
from datetime import date
from pathlib import Path

import pytest

from imagepipe.errors import Finding, ManifestError, UsageError
from imagepipe.manifest.loading import load_manifest
from tests.manifest.memory import Memory

HERE = Path(__file__).resolve().parent
KINDS = ("yaml", "schema", "paths", "templates")
CASES = sorted(path.parent for kind in KINDS for path in (HERE / kind).glob("*/expected.json"))
MOST_SAID = 300


def project(case: Path) -> Memory:
    kept = ("expected.json", "make.py")
    files: dict[str, str | bytes] = {
        path.relative_to(case).as_posix(): path.read_bytes()
        for path in case.rglob("*")
        if path.is_file() and path.name not in kept and "__pycache__" not in path.parts
    }
    if (case / "make.py").exists():
        files |= runpy.run_path(str(case / "make.py"))["files"]()
    return Memory(**files)


def said_of(case: Path) -> tuple[Finding, ...]:
    try:
        return load_manifest(project(case), "project", "assets.yaml", today=date(2026, 11, 21)).findings
    except (ManifestError, UsageError) as error:
        return error.findings


@pytest.mark.timeout(20)
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}/{case.name}")
def test_case(case: Path) -> None:
    expected = json.loads((case / "expected.json").read_text("utf-8"))
    findings = said_of(case)
    errors = [finding for finding in findings if finding.severity == "error"]
    for finding in findings:
        assert len(finding.message) <= MOST_SAID, finding
        assert finding.message.isprintable(), finding
        assert finding.hint.isprintable(), finding
    if expected == "ok":
        assert not errors
        return
    assert errors
    for code, line in expected:
        places = [(f.code, f.place.line if f.place else 0) for f in findings]
        assert any(code in (None, found) and line in (None, at) for found, at in places), (code, line, places)


def test_there_are_enough_of_both_kinds() -> None:
    fine = [case for case in CASES if (case / "expected.json").read_text("utf-8").strip() == '"ok"']
    assert len(fine) >= 60
    assert len(CASES) - len(fine) >= 150
