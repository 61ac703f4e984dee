"""After an edit only what it touched is looked at; the plan is the one that everything looked at afresh would give."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import imagepipe
from imagepipe.pipeline import quiet
from imagepipe.pipeline.blocks import edit_of, names_in
from imagepipe.pipeline.edited import plan_of_edit
from imagepipe.reports import plantext
from tests.project import Project

SHOP = """\
# the shop
version: 1
vars: {brand: Fernhill}
defaults: {provider: placeholder, options: {quality: low}}
assets:
  base:
    abstract: true
    prompt: {style: flat colours}
  hero:
    prompt: {use_case: product-mockup, request: "a mug of {{ brand }}"}
    output: a/hero.png
  # between
  logo:
    extends: base
    prompt: {request: a fern}
    output: a/logo.png

  card:
    prompt: |
      a card
        with two lines
    output: a/card.png
  crop:
    prompt: {request: the same on slate, keep: [the mug]}
    inputs: [{asset: hero, role: target}]
    output: a/crop.png
  sign:
    matrix: {word: [open, shut]}
    prompt: "a sign, {{ word }}"
    output: "a/sign-{word}.png"
  last:
    prompt: a last one
    outputs:
      - a/last.png
      - path: a/last-64.png
        width: 64
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with nothing to do, and the plan of it remembered."""
    folder = tmp_path_factory.mktemp("edited")
    project = Project(folder).write(SHOP)
    assert project.run("build").code == 0
    return folder


@pytest.fixture
def shop(built: Path, tmp_path: Path) -> Project:
    """A copy of it."""
    shutil.copytree(built, tmp_path / "shop")
    project = Project(tmp_path / "shop")
    assert "Nothing to do" in project.run("plan").out
    return project


def full(project: Project) -> tuple[str, object]:
    manifest = imagepipe.load(project.root)
    return plantext.render(imagepipe.plan(manifest)), manifest.findings


def quick(project: Project) -> tuple[str, object] | None:
    last = quiet.last(str(project.root), "")
    found = plan_of_edit(last, str(project.root), "") if last else None
    return (plantext.render(found.plan), found.findings) if found else None


SMALL = {
    "a word": ("a fern", "a rose"),
    "a word of the last": ("a last one", "the very last one"),
    "a warning that comes": ("{request: a fern}", "{use_case: infographic-diagram, request: a fern}"),
    "a warning that goes": ("{use_case: product-mockup, request", "{request"),
    "a line more": ("    output: a/card.png", "    options: {quality: high}\n    output: a/card.png"),
    "a line less": ("      a card\n", ""),
    "a step": ("width: 64", "width: 32"),
    "two at once": ("fern}\n    output: a/logo.png\n\n  card:\n    prompt: |\n      a card",) * 2,
}
SMALL["two at once"] = (SMALL["two at once"][0], SMALL["two at once"][0].replace("fern", "oak").replace("a card", "b"))


@pytest.mark.parametrize("name", sorted({*SMALL} - {"a warning that goes"}))
def test_a_small_edit_is_planned_by_itself(name: str, shop: Project) -> None:
    shop.edit(*SMALL[name])
    found = quick(shop)
    assert found is not None
    assert found == full(shop)


LARGE = {
    "what is above the assets": ("quality: low", "quality: high"),
    "an input of another": ("a mug of", "a jug of"),
    "a base of another": ("flat colours", "oils"),
    "a name": ("  logo:", "  brand:"),
    "a path": ("a/logo.png", "a/brand.png"),
    "an asset more": ("  # between", "  new:\n    prompt: new\n    output: a/new.png\n"),
    "an asset less": ("  last:\n    prompt: a last one\n", "  last:\n    abstract: true\n"),
    "a matrix": ("[open, shut]", "[open, closed]"),
    "an open quote": ("{request: a fern}", '"a fern'),
    "a fault": ("a last one", "{reqest: a last one}"),
    "a margin": ("    prompt: {request: a fern}", "   prompt: {request: a fern}"),
    "a document": ("\n  card:", "---\n  card:"),
    "a comment swallows": ("{request: a fern}", "{request: a fern, # }"),
    "behind the assets": ("        width: 64\n", "        width: 64\nproject: shop\n"),
}


@pytest.mark.parametrize("name", sorted(LARGE))
def test_a_large_edit_is_left_to_the_whole_plan(name: str, shop: Project) -> None:
    shop.edit(*LARGE[name])
    assert quick(shop) is None


def test_something_else_changed_too(shop: Project) -> None:
    shop.edit(*SMALL["a word"])
    (shop.root / "a/card.png").unlink()
    assert quick(shop) is None


def test_the_command_says_the_same_with_and_without_what_is_remembered(shop: Project) -> None:
    shop.edit(*SMALL["a word"])
    said = shop.run("plan", "--exit-code")
    assert said.code == 3
    shutil.rmtree(shop.root / ".imagepipe" / "cache")
    assert shop.run("plan", "--exit-code") == said
    assert "1 to generate" in said.out


LINES = SHOP.splitlines()
EDITS = st.tuples(
    st.integers(6, len(LINES) - 1),
    st.integers(0, 3),
    st.lists(
        st.sampled_from(
            [*LINES[7:], "", "#", '    alt: "', "  x: {", "      more words", "    prompt: |", "    prompt: >-", "  - a", "    tags: [a]"]
        ),
        max_size=3,
    ),
)  # fmt: skip


@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much],
)
@given(EDITS)
def test_any_edit_gives_the_whole_plan_or_none(shop: Project, edit: tuple[int, int, list[str]]) -> None:
    at, gone, new = edit
    text = "\n".join([*LINES[:at], *new, *LINES[at + gone :]]) + "\n"
    (shop.root / "assets.yaml").write_text(text, encoding="utf-8")
    found = quick(shop)
    if found is not None:
        whole, findings = full(shop)
        assert found == (whole, findings)


def test_names_count_only_as_words() -> None:
    assert names_in([b"extends: base\n"], ["base"])
    assert names_in([b"inputs: [{asset: hero}]"], ["x", "hero"])
    assert not names_in([b"a/base.png base-2 database the.base"], ["base"])


def test_an_edit_is_found_by_its_lines() -> None:
    before = b"assets:\n  a: 1\n  b: 2\n  c: 3\n"
    edit = edit_of(before, before.replace(b"2", b"2\n    3"), (1, 2, 3))
    assert edit
    assert (list(edit.blocks), edit.moved) == ([1], 1)
    assert edit.after.only([1]) == b"assets:\n\n  b: 2\n    3\n\n"
    assert edit_of(before, before, (1, 2, 3)) is None
    assert edit_of(before, before.replace(b"  c: 3\n", b""), (1, 2, 3)) is None
    assert edit_of(before, before.replace(b"2", b"2\r"), (1, 2, 3)) is None
    assert replace(edit, last=3).moved == 1
