"""`revise:` as the manifest reads it: which assets a chain of edits becomes, and where its mistakes are shown."""

from datetime import date

import pytest

from imagepipe.manifest.loading import Wanted, load_with_words
from imagepipe.selection import select
from tests.manifest.loaded import assets as chain
from tests.manifest.loaded import findings
from tests.manifest.memory import Memory

HEAD = """\
version: 1
assets:
  hero:
    prompt: {request: a mug}
    options: {n: 3, size: wide}
    pick: 2
    tags: [web]
    output: public/hero.png
    steps: [trim]
    revise:
"""
EDITS = """\
      - Turn the {{ part }} to the left
      - {request: warmer light, change: the light, keep: [the mug]}
    vars: {part: handle}
"""


def test_each_edit_takes_the_picture_before_it_and_the_last_one_has_the_files() -> None:
    found = chain(HEAD + EDITS)
    assert list(found) == ["hero#0", "hero#1", "hero"]
    assert [[item.asset for item in one.inputs] for one in found.values()] == [[], ["hero#0"], ["hero#1"]]
    assert {item.role for one in found.values() for item in one.inputs} == {"target"}
    assert [bool(one.outputs) for one in found.values()] == [False, False, True]
    assert [one.options["n"] for one in found.values()] == [3, 1, 1], "only the first picture is chosen among several"
    assert [one.pick for one in found.values()] == [2, None, None]
    assert {one.options["size"] for one in found.values()} == {"2048x1152"}


def test_the_words_are_those_of_each_edit_alone() -> None:
    tree = Memory(**{"assets.yaml": HEAD + EDITS})
    words = load_with_words(tree, Wanted("p", "assets.yaml", "", date(2026, 11, 21))).words
    assert words["hero#0"].text == "Primary request: a mug"
    assert words["hero#1"].text == "Turn the handle to the left", "a plain edit is sent as it is written"
    assert words["hero"].text.split("\n") == [
        "Primary request: warmer light",
        "Input images: Image 1: target",
        "Constraints: change only the light; keep the mug unchanged",
    ]


def test_a_matrix_has_a_chain_for_each_combination() -> None:
    text = HEAD.replace("hero.png", "hero-{tone}.png").replace("    pick", "    matrix: {tone: [red, blue]}\n    pick")
    found = chain(text + "      - more of {{ tone }}\n")
    assert list(found) == ["hero@red#0", "hero@red", "hero@blue#0", "hero@blue"]
    assert select(["hero"], tuple(found.values())) == set(found)


@pytest.mark.parametrize(
    ("patterns", "exclude", "chosen"),
    [
        (["hero"], [], {"hero", "hero#0", "hero#1"}),
        (["hero#1"], [], {"hero#1"}),
        (["+hero#1"], [], {"hero#0", "hero#1"}),
        (["path:public/*"], [], {"hero", "hero#0", "hero#1"}),
        (["tag:web"], ["hero"], set()),
    ],
)
def test_an_asset_is_selected_with_the_pictures_before_its_edits(
    patterns: list[str], exclude: list[str], chosen: set[str]
) -> None:
    assert select(patterns, tuple(chain(HEAD + EDITS).values()), exclude=exclude) == chosen


MISTAKES: list[tuple[str, str, int]] = [
    ("      - Turn the {{ prat }} to the left\n      - warmer\n", "undefined-variable", 11),
    ("      - warmer\n      - {change: the light}\n", "blank-request", 12),
    ("      - warmer\n      - {request: cooler, chnage: the light}\n", "unknown-field", 12),
    ("      - {request: cooler, use_case: lighting-wether, keep: [the mug]}\n", "unknown-use-case", 11),
    ("      - {file: edits/none.md}\n", "prompt-file", 11),
]


@pytest.mark.parametrize(("edits", "code", "line"), MISTAKES)
def test_a_mistake_is_shown_in_the_edit_that_has_it(edits: str, code: str, line: int) -> None:
    errors = [one for one in findings(HEAD + edits) if one.severity == "error"]
    assert [(one.code, one.place and one.place.line) for one in errors] == [(code, line)]
