"""Reading plain lines by themselves gives what libyaml gives, or is not done."""

from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imagepipe.errors import ManifestError
from imagepipe.yamltext import building
from imagepipe.yamltext.plainlines import NotPlain, read_plain

ROOT = Path(__file__).parent.parent
FILES = sorted([*ROOT.glob("examples/**/*.yaml"), *ROOT.glob("tests/**/*.yaml"), *ROOT.glob("imagepipe/**/*.yaml")])


def outcome(data: bytes) -> Any:
    """Everything that reading tells: value (1, 1.0 and true kept apart), places, faults."""
    try:
        found = building.parse(data, "a.yaml")
    except ManifestError as error:
        return error.findings
    return repr(found.value), found.faults, found.starts


def by_libyaml(data: bytes) -> Any:
    with patch.object(building, "read_plain", side_effect=NotPlain):
        return outcome(data)


def test_every_manifest_of_this_repository_reads_alike() -> None:
    assert len(FILES) > 100
    different = [str(path) for path in FILES if outcome(path.read_bytes()) != by_libyaml(path.read_bytes())]
    assert different == []


VALUES = (
    "", " a mug", " 12", " 1.50", " -3", " .5", " -", " true", " null", " yes", ' "a: b"', " 'it'", ' "a\\n"', " [a, b]",
    " {n: 2}", " {n: 2", " [a]: b", " a: b", " a # b", " a#b", " a:b", " a:", " # c", " |", " >-", " &x y", " *x", " !t y",
    " é", " \u2028x", "\ta", "  two ", " - x", " -x", " {a: {b: [1, 2.0]}}", " http://a.b/c", " @x", " %x", " `x", " ? x",
    ' "x" y', " 'x", " {a: 1, a: 2}", " ...", " ---", " 2026-11-21", " 1_0", " {}", " []", " (x)",
)  # fmt: skip
NAMES = (
    "hero",
    "prompt",
    "assets",
    "a b",
    "yes",
    "true",
    "null",
    '"q"',
    "- x",
    "-",
    "# c",
    "? x",
    "tags+",
    "x.y",
    "n",
    "é",
    "<<",
)
LINES = st.builds(
    lambda indent, name, colon, value: " " * indent + name + colon + value,
    st.sampled_from([0, 1, 2, 2, 4, 4, 4, 6]),
    st.sampled_from(NAMES),
    st.sampled_from([":", ":", ":", ":", ""]),
    st.sampled_from(VALUES),
)
PARTS = st.one_of(
    LINES, LINES, LINES, st.sampled_from(["assets:", "  hero:", "    prompt: a mug", "", "#", "  # c", "---", "- a"])
)


@settings(max_examples=600, deadline=None)
@given(st.lists(PARTS, max_size=9), st.sampled_from(["", "assets:\n", "version: 1\nassets:\n  hero:\n"]), st.booleans())
def test_any_lines_read_alike(lines: list[str], head: str, ends: bool) -> None:
    data = (head + "\n".join(lines) + "\n" * ends).encode()
    assert outcome(data) == by_libyaml(data)


@pytest.mark.parametrize(
    "text",
    [
        "version: 1\nassets:\n  hero:\n    prompt: a mug\n    tags: [web]\n",
        "assets:\n  a:\n    tags:\n    - x\n    - y\n    n: 2\n",
        "assets:\n  a:\n    tags:\n      - x\n    n: 2\n",
        "# c\nassets:\n\n    # c\n    a: {n: 1}\n    b:\n        prompt: x\n",
        "assets:\n  a:\n    prompt: |\n      two\n      lines\n  b: {n: 2}\n",
    ],
)
def test_plain_manifests_are_not_left_to_libyaml_as_a_whole(text: str) -> None:
    assert read_plain(text, building._section).value == building.read(text.encode(), "a.yaml")


def test_one_odd_section_leaves_the_others_plain() -> None:
    asked: list[str] = []

    def section(text: str, depth: int) -> Any:
        asked.append(text)
        return building._section(text, depth)

    read_plain("assets:\n  a:\n    n: 1\n  b:\n    prompt: >-\n      folded\n  c:\n    n: 2\n", section)
    assert asked == ["  b:\n    prompt: >-\n      folded\n"]
