"""Every code that a person can meet is explained, once looked up by its name."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from imagepipe.cli.explain import explanations
from tests.cli.running import ROOT, run

SAYERS = {
    "Problem", "Finding", "Fault", "Warned", "block", "fault", "stop", "_stop", "_note", "_warn", "_refusal", "_too_large",
}  # fmt: skip
"""Functions and values whose first argument is a code."""
CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)+\Z")


def codes_in(path: Path) -> Iterator[str]:
    """The codes that a module writes out: as `code=`, or first in what makes a finding."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        given = [keyword.value for keyword in node.keywords if keyword.arg == "code"]
        given += node.args[:1] if name in SAYERS else []
        for item in given:
            if isinstance(item, ast.Constant) and isinstance(item.value, str) and CODE.match(item.value):
                yield item.value


MODULES = sorted((ROOT / "imagepipe").rglob("*.py"))
ROOMS = sorted({path.relative_to(ROOT / "imagepipe").parts[0] for path in MODULES})


@pytest.mark.parametrize("room", ROOMS)
def test_every_code_that_a_room_writes_is_explained(room: str) -> None:
    within = [path for path in MODULES if path.relative_to(ROOT / "imagepipe").parts[0] == room]
    assert {code for path in within for code in codes_in(path)} <= set(explanations())


def test_the_walk_finds_codes_of_every_kind() -> None:
    found = {code for path in MODULES for code in codes_in(path)}
    assert {"unknown-field", "no-manifest", "yaml-alias", "wanted-field", "in-doubt"} <= found


def test_every_explanation_says_all_three() -> None:
    for code, told in explanations().items():
        assert told.means.strip(), code
        assert told.example.strip(), code
        assert told.fix.strip(), code


def test_a_code_of_several_rooms_is_explained_as_each_means_it(tmp_path: Path) -> None:
    told = run("explain", "unknown-asset", cwd=tmp_path).out
    for words in ("A command names an asset", "Or: An input names no asset", "Or: A SELECT pattern matches no asset"):
        assert words in told
    assert told.partition("\nFix\n")[2].count("\n    Or: ") == 2


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
