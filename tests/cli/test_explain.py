"""Every code that a person can meet is explained, once looked up by its name."""

import re
from pathlib import Path

import pytest

from imagepipe.cli.explain import explanations
from tests.cli.running import ROOT, run

CODE = re.compile(r'code="([a-z][a-z-]+)"')


def codes_in(*rooms: str) -> set[str]:
    """The codes that are written out in the errors of some rooms."""
    files = [path for room in rooms for path in (ROOT / "imagepipe" / room).rglob("*.py")]
    return {code for path in files for code in CODE.findall(path.read_text(encoding="utf-8"))}


@pytest.mark.parametrize("room", ["cli", "pipeline", "planning", "workspace", "store", "prompts", "models", "settings"])
def test_every_code_of_a_room_is_explained(room: str) -> None:
    assert codes_in(room) <= set(explanations())


def test_every_explanation_says_all_three() -> None:
    for code, told in explanations().items():
        assert told.means.strip(), code
        assert told.example.strip(), code
        assert told.fix.strip(), code


def test_one_code(tmp_path: Path) -> None:
    ran = run("explain", "needs-yes", cwd=tmp_path)
    assert ran.out.startswith("needs-yes\n\nThe build may cost more")
    assert "\nExample\n    " in ran.out
    assert "\nFix\n    " in ran.out


def test_all_codes(tmp_path: Path) -> None:
    lines = run("explain", cwd=tmp_path).out.splitlines()
    assert len(lines) == len(explanations()) + 1
    assert set(run("explain", "--json", cwd=tmp_path).data["codes"]) == set(explanations())


def test_an_unknown_code_names_the_nearest(tmp_path: Path) -> None:
    ran = run("explain", "unknwon-field", cwd=tmp_path)
    assert ran.code == 2
    assert "did you mean `unknown-field`?" in ran.err
