"""`show --explain`: where each line came from."""

import pytest

from imagepipe.prompts.origins import Row, explain
from imagepipe.values import Asset, Prompt, freeze
from tests.prompts.desk import VARS, asset, words

TEMPLATE = {"templates/x.j2": '{% extends "imagepipe/base.j2" %}{% block closing %}\nRepeat: seamless\n{% endblock %}'}


def test_every_kind_of_origin() -> None:
    item = asset(
        "logo-brand",
        request="a mark for {{ brand }}",
        style="flat\nand bold",
        palette="{{ palette }}",
        text="{{ strings[locale] | upper }}!",
        keep=["the fern"],
        constraints=["no watermark"],
        extra={"Camera": "50mm"},
        more={"template": "x.j2", "inputs": [("target", "the {{ brand }} sign")]},
    )
    origins = {"style": "profile draft", "constraints": "defaults", "extra.Camera": "extends base"}
    rows = explain(item, words(item, TEMPLATE), origins)
    assert [(row.field, row.origin) for row in rows] == [
        ("use_case", "author"),
        ("request", "author, variable brand"),
        ("inputs", "author, variable brand"),
        ("style", "profile draft"),
        ("style", "profile draft"),
        ("palette", "variable palette"),
        ("text", "author, variable locale, variable strings"),
        ("extra.Camera", "extends base"),
        ("constraints", "author, defaults"),
        ("template", "template"),
    ]
    assert rows[-1] == Row("Repeat: seamless", "template", "template")
    assert "\n".join(row.text for row in rows) == words(item, TEMPLATE).text


def test_a_line_of_several_layers_names_each_once() -> None:
    item = asset(keep=["the fern"], constraints=["no watermark", "no {{ brand }} sign"])
    rows = explain(item, words(item), {"constraints": "defaults, extends base, author"})
    assert rows[-1].origin == "author, defaults, extends base, variable brand"


@pytest.mark.parametrize(
    ("prompt", "origin"),
    [
        (Prompt(text="a mug"), "author"),
        (Prompt(text="a {{ brand }} mug"), "author, variable brand"),
        (Prompt(text="{{ brand }}"), "variable brand"),
        (Prompt(text="a {{ brand }} mug", literal=True), "author"),
    ],
)
def test_a_plain_string(prompt: Prompt, origin: str) -> None:
    item = Asset("a", prompt, vars=freeze(VARS))
    assert [row.origin for row in explain(item, words(item), {})] == [origin]


def test_what_transparency_added_says_so() -> None:
    item = asset(constraints=["no text"], more={"transparency": {"chroma-key": {"key": "auto"}}})
    rows = explain(item, words(item), {"constraints": "defaults"})
    assert [row.origin for row in rows] == ["author", "transparency", "defaults, transparency"]
