"""What a good art director remarks on, as a table: the asset, and the codes it draws."""

from typing import Any

import pytest

from imagepipe.errors import Problem
from imagepipe.prompts.lint import is_edit, lint
from imagepipe.prompts.usecases import USE_CASES
from imagepipe.values import Asset, Output, Prompt, Words, freeze
from tests.prompts.desk import asset, words

FULL = {name: "said" for case in USE_CASES.values() for name in case.wanted if name not in ("text", "change", "keep")}
"""Every wanted field, so that a case shows its own remark alone."""


def remarks(item: Asset, own: Any = None) -> list[Problem]:
    return list(lint(item, words(item), freeze(own or {})))


def full(use_case: str, *, more: dict[str, Any] | None = None, **fields: Any) -> Asset:
    return asset(use_case, more=more, **(FULL | fields))


TARGET = {"inputs": [("target", "")]}
KEYED: dict[str, Any] = {"transparency": {"chroma-key": {"key": "auto"}}}
NESTED = {"brand": "F", "line": "a {{ brand }} mug", "of": {"it": "a {{brand | upper}} cup"}}
OLD = {"scene": "Lisbon harbour, spring 1755"}

CASES: list[tuple[str, Asset, list[str]]] = [
    ("no use case, no remark", asset(), []),
    ("all wanted fields are there", full("product-mockup"), []),
    ("a variable whose text has one", asset(scene="{{ line }}", more={"vars": NESTED}), ["unfilled-variable"]),
    (
        "an entry of a variable whose text has one",
        asset(scene="{{ of.it }}", more={"vars": NESTED}),
        ["unfilled-variable"],
    ),
    ("braces that are meant", asset(scene="{% raw %}{{ brand }}{% endraw %}", more={"vars": {"brand": "F"}}), []),
    ("a wanted field is missing", full("product-mockup", lighting=""), ["wanted-field"]),
    ("a diagram without words", full("infographic-diagram"), ["visual-without-text"]),
    ("a diagram with words", full("infographic-diagram", text=["Inlet"]), []),
    ("a diagram whose words stand in the request", full("infographic-diagram", request='a box named "Inlet"'), []),
    ("a diagram that wants none", full("infographic-diagram", constraints="no text"), []),
    ("an advertisement without words", full("ads-marketing"), ["wanted-field"]),
    ("history with place and date", full("historical-scene", **OLD), []),
    ("history with place and era", full("historical-scene", scene="a street in Edo, Tokugawa period"), []),
    ("history without a date", full("historical-scene", scene="Lisbon harbour"), ["scene-without-place-or-date"]),
    ("history without a place", full("historical-scene", scene="a harbour, 1755"), ["scene-without-place-or-date"]),
    ("history in Japanese", full("historical-scene", scene="江戸の町、十八世紀"), []),
    ("low quality, one large word", asset(text="OPEN", more={"options": {"quality": "low"}}), []),
    (
        "low quality, much text",
        asset(text="Open every day from nine", more={"options": {"quality": "low"}}),
        ["small-text"],
    ),
    (
        "low quality, small print",
        asset(text="AB", style="a tiny caption", more={"options": {"quality": "low"}}),
        ["small-text"],
    ),
    ("a key far from the subject", asset(subject="a green frog", more=KEYED), []),
    (
        "no key far from the subject",
        asset(subject="a parrot", palette="green, blue, pink and turquoise", more=KEYED),
        ["key-near-subject"],
    ),
    (
        "a key that somebody chose",
        asset(subject="a green frog", more={"transparency": {"chroma-key": {"key": "#00ff00"}}}),
        [],
    ),
    ("high quality, much text", asset(text="Open every day from nine", more={"options": {"quality": "high"}}), []),
    ("an edit in bounds", full("lighting-weather", more=TARGET, keep=["the houses"]), []),
    ("one change in a list", full("lighting-weather", more=TARGET, change=["the light"]), []),
    ("two changes", full("lighting-weather", more=TARGET, change=["the light", "the hour"]), ["several-changes"]),
    ("two changes of the same, no use case", asset(change=["a", "b"]), ["several-changes"]),
    ("an edit without bounds", full("lighting-weather", more=TARGET), ["unbounded-edit"]),
    ("an edit without use case", asset(more=TARGET), ["unbounded-edit"]),
    ("an edit as a plain string", Asset("a", Prompt(text="bluer"), inputs=asset(more=TARGET).inputs), []),
    ("a reference is no edit", asset(more={"inputs": [("reference", "")]}), []),
    ("an edit without a picture", full("style-transfer", keep="the line"), ["edit-without-input"]),
    ("an unknown use case", asset("product-mokcup"), ["unknown-use-case"]),
    ("cutting out a mug", asset(subject="a mug", more=KEYED), []),
    ("cutting out hair", asset(subject="a girl with loose hair", more=KEYED), ["airy-cutout"]),
    ("hair that is not wanted", asset(subject="a mug", avoid="cat hair", more=KEYED), []),
    ("glass without a key", asset(subject="a glass"), []),
    (
        "glass, read as translucent",
        asset(subject="a glass", more={"transparency": {"chroma-key": {"subject": "translucent"}}}),
        [],
    ),
    ("a scene behind the key", asset(scene="a kitchen", more=KEYED), ["scene-behind-key"]),
]


@pytest.mark.parametrize(("item", "codes"), [row[1:] for row in CASES], ids=[row[0] for row in CASES])
def test_remarks(item: Asset, codes: list[str]) -> None:
    assert [problem.code for problem in remarks(item)] == codes


ERRORS = {"unknown-use-case", "edit-without-input"}


@pytest.mark.parametrize("item", [row[1] for row in CASES], ids=[row[0] for row in CASES])
def test_only_what_cannot_work_is_an_error(item: Asset) -> None:
    for problem in remarks(item):
        assert problem.severity == ("error" if problem.code in ERRORS else "warning")
        assert problem.hint


@pytest.mark.parametrize(("output_format", "codes"), [("png", ["vector-from-pixels"]), ("svg", [])])
def test_a_vector_file_from_pixels(output_format: str, codes: list[str]) -> None:
    item = Asset(
        "a",
        Prompt(text="a mark"),
        options=freeze({"output_format": output_format}),
        outputs=(Output("a.png", "png"), Output("public/a.svg", "svg")),
    )
    found = remarks(item)
    assert [problem.code for problem in found] == codes
    assert [problem.path for problem in found] == [("outputs", 1, "path")] * len(codes)


def test_the_projects_own_use_cases() -> None:
    own = {"sticker": {"template": "s.j2"}, "retouch": {"edit": True}}
    assert [p.code for p in remarks(asset("sticker"), own)] == []
    assert [p.code for p in remarks(asset("retouch", keep="x"), own)] == ["edit-without-input"]
    assert remarks(asset("stiker"), own)[0].hint == "did you mean `sticker`?"
    assert remarks(asset("produkt-mockup"), own)[0].hint == "did you mean `product-mockup`?"
    assert remarks(asset("zzz"), own)[0].path == ("prompt", "use_case")


def test_lint_does_without_words() -> None:
    assert [p.code for p in lint(asset("style-transfer"), Words(""))][-2:] == ["edit-without-input", "unbounded-edit"]


def test_the_nineteen() -> None:
    assert len(USE_CASES) == 19
    assert [slug for slug in USE_CASES if is_edit(slug)] == [
        "text-localization",
        "identity-preserve",
        "precise-object-edit",
        "lighting-weather",
        "background-extraction",
        "style-transfer",
        "compositing",
        "sketch-to-render",
    ]
    for case in USE_CASES.values():
        assert case.wanted
        assert "\n" not in case.description
        assert 20 < len(case.description) < 100
