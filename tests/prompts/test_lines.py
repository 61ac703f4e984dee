"""The labelled lines: what a spec becomes, line by line."""

from typing import Any

import pytest

from imagepipe.values import Asset, Prompt, freeze
from tests.prompts.desk import VARS, asset, lines, refused, words

ORDER = [
    ("use_case", "Use case: product-mockup"),
    ("asset_type", "Asset type: hero"),
    ("request", "Primary request: a Fernhill mug"),
    ("inputs", "Input images: Image 1: target (the mug); Image 2: reference; Mask"),
    ("scene", "Scene/backdrop: a stone surface"),
    ("subject", "Subject: one mug"),
    ("style", "Style/medium: clean"),
    ("composition", "Composition/framing: wide"),
    ("lighting", "Lighting/mood: soft"),
    ("palette", "Color palette: warm ochre, slate blue"),
    ("materials", "Materials/textures: glaze; raw stone"),
    ("text", 'Text (verbatim): "Fresh", "Täglich geöffnet"'),
    ("extra.Camera", "Camera: 50mm lens"),
    ("extra.Film", "Film: grain; halation"),
    ("constraints", "Constraints: change only the mug; keep the light unchanged; no logos; no text"),
    ("avoid", "Avoid: people; steam"),
]


def test_every_line_in_order_with_its_field() -> None:
    done = words(
        asset(
            "product-mockup",
            extra={"Camera": "50mm lens", "Film": ["grain", "halation"]},
            more={"inputs": [("target", "the mug"), ("reference", ""), ("mask", "")]},
            avoid=["people", "steam"],
            constraints=["no logos", "no text"],
            keep=["the light"],
            change="the mug",
            text=["Fresh", "{{ strings[locale] }}"],
            materials=["glaze", "raw stone"],
            palette="{{ palette }}",
            lighting="soft",
            composition="wide",
            style="clean",
            subject="one mug",
            scene="a stone surface",
            request="a {{ brand }} mug",
            asset_type="hero",
        )
    )
    assert list(zip(done.fields, done.text.split("\n"), strict=True)) == ORDER


LINES: list[tuple[str, dict[str, Any], list[str]]] = [
    ("nothing but a request", {}, ["Primary request: a mug"]),
    (
        "a blank field gives no line",
        {"scene": "", "style": "  \n", "avoid": [], "palette": ["", " "]},
        ["Primary request: a mug"],
    ),
    ("a field blank once filled gives no line", {"scene": "{% if night %}dark{% endif %}"}, ["Primary request: a mug"]),
    (
        "space around a field is not kept",
        {"scene": "\n  stone \n"},
        ["Primary request: a mug", "Scene/backdrop: stone"],
    ),
    ("one text is quoted", {"text": "Open"}, ["Primary request: a mug", 'Text (verbatim): "Open"']),
    ("a list is quoted one by one", {"text": ["A", "B"]}, ["Primary request: a mug", 'Text (verbatim): "A", "B"']),
    ("quotes inside stay as they are", {"text": 'say "hi"'}, ["Primary request: a mug", 'Text (verbatim): “say "hi"”']),
    ("apostrophes are no quotes", {"text": "it's"}, ["Primary request: a mug", 'Text (verbatim): "it\'s"']),
    ("both kinds inside", {"text": 'a "b" “c”'}, ["Primary request: a mug", 'Text (verbatim): «a "b" “c”»']),
    (
        "space inside verbatim text is kept",
        {"text": " A  B \n"},
        ["Primary request: a mug", 'Text (verbatim): " A  B "'],
    ),
    (
        "letters one by one",
        {"text": ["Açaí 24", "née"], "spell": "true"},
        ["Primary request: a mug", 'Text (verbatim): "Açaí 24" (spelled A-ç-a-í 2-4), "née" (spelled n-é-e)'],
    ),
    (
        "spell: false spells nothing",
        {"text": "A", "spell": "false"},
        ["Primary request: a mug", 'Text (verbatim): "A"'],
    ),
    ("keep alone", {"keep": ["a", "b"]}, ["Primary request: a mug", "Constraints: keep a unchanged; keep b unchanged"]),
    ("a number fills in as written", {"scene": "{{ year }}"}, ["Primary request: a mug", "Scene/backdrop: 2026"]),
    ("a switch fills in as written", {"scene": "{{ night }}"}, ["Primary request: a mug", "Scene/backdrop: false"]),
    ("a brace is a brace", {"scene": "{ a } } {"}, ["Primary request: a mug", "Scene/backdrop: { a } } {"]),
]


@pytest.mark.parametrize(("fields", "expected"), [row[1:] for row in LINES], ids=[row[0] for row in LINES])
def test_lines(fields: dict[str, Any], expected: list[str]) -> None:
    assert lines(asset(**fields)) == expected


def test_every_mark_inside_is_escaped_and_can_be_read_back() -> None:
    assert lines(asset(text='"“«「⟦\\'))[1] == 'Text (verbatim): "\\"“«「⟦\\\\"'


def test_a_field_of_several_lines_keeps_its_name_on_each() -> None:
    done = words(asset(scene="stone\nand moss", style="clean"))
    assert done.text.split("\n")[1:3] == ["Scene/backdrop: stone", "and moss"]
    assert done.fields == ("request", "scene", "scene", "style")


def test_one_text_whatever_the_editor_saved() -> None:
    composed, decomposed = "caf\u00e9", "cafe\u0301"
    plain = words(asset(request=f"a {composed}\nin rain"))
    assert words(asset(request=f"\ufeffa {decomposed}\r\nin rain\r\n")) == plain
    assert words(asset(request="a {{ c }}\nin rain", more={"vars": {"c": decomposed}})) == plain


def test_literal_text_is_never_read_as_a_template() -> None:
    spec = Prompt("", freeze({"request": "{{ brand }} {% if %}"}), literal=True)
    assert words(Asset("a", spec)).text == "Primary request: {{ brand }} {% if %}"
    assert words(Asset("a", Prompt(text="{{ {#\n", literal=True))).text == "{{ {#"


def test_a_plain_string_is_rendered_without_labels() -> None:
    done = words(Asset("a", Prompt(text="a {{ brand }} mug\r\non stone\n\n"), vars=freeze(VARS)))
    assert done.text == "a Fernhill mug\non stone"
    assert done.fields == ("prompt", "prompt")


def test_a_prompt_file_names_its_line() -> None:
    item = Asset("a", Prompt(text="a mug\nby {{ brnad }}", source="prompts/x.md"), vars=freeze(VARS))
    problem = refused(item)
    assert problem.message == "prompts/x.md:2: `brnad` is not defined"
    assert problem.place is not None
    assert (problem.place.file, problem.place.line, problem.place.source) == ("prompts/x.md", 2, "by {{ brnad }}")


def test_the_key_colour_is_named_in_scene_and_constraints() -> None:
    done = words(
        asset(subject="a red mug", constraints="no text", more={"transparency": {"chroma-key": {"key": "auto"}}})
    )
    named = dict(zip(done.fields, done.text.split("\n"), strict=True))
    assert "#00ff00" in named["scene"]
    assert named["constraints"].startswith("Constraints: no text; ")
    assert "#00ff00" in named["constraints"]


def test_a_plain_string_gets_the_key_colour_as_well() -> None:
    done = words(Asset("a", Prompt(text="a mug"), transparency=freeze({"chroma-key": {"key": "#FF00FF"}})))
    assert done.fields == ("prompt", "transparency", "transparency")
    assert done.text.count("#ff00ff") == 3


@pytest.mark.parametrize("text", ["", "  ", "\n", "{{ '' }}", "\ufeff"])
def test_a_blank_request_is_an_error(text: str) -> None:
    assert refused(asset(request=text)).code == "blank-request"
    assert refused(Asset("a", Prompt(text=text))).problems[0].path == ("prompt",)


def test_all_faults_of_an_asset_come_at_once_with_their_paths() -> None:
    item = asset(
        request="{{ brnad }}",
        materials=["stone", "{{ strings.fr }}"],
        extra={"Lens": "{{ colours }}", "Subject": "x"},
        more={"inputs": [("target", "{{ nothing }}")]},
    )
    found = {problem.path: problem.code for problem in refused(item).problems}
    assert found == {
        ("prompt", "extra", "Subject"): "extra-label",
        ("prompt", "request"): "undefined-variable",
        ("prompt", "materials", 1): "undefined-variable",
        ("prompt", "extra", "Lens"): "unprintable-value",
        ("inputs", 0, "note"): "unprintable-value",
    }


@pytest.mark.parametrize("label", ["", "two\nlines", "a: b", "x" * 61, "Subject", "color palette"])
def test_a_label_that_would_confuse_is_refused(label: str) -> None:
    assert refused(asset(extra={label: "x"})).code == "extra-label"


def test_thirty_two_thousand_characters_and_not_one_more() -> None:
    room = 32_000 - len("Primary request: ")
    assert len(words(asset(request="x" * room)).text) == 32_000
    problem = refused(asset(request="x" * (room + 1)))
    assert problem.code == "prompt-too-long"
    assert "32,001" in problem.message


def test_half_a_surrogate_pair_is_refused() -> None:
    assert refused(asset(request="a \ud800 mug")).code == "prompt-not-text"
