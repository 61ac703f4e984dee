"""The schema itself: valid, complete for an editor's hover, and closed with the names that registries know."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from imagepipe import schemafiles, yamltext
from imagepipe.manifest.closing import closed_schema
from imagepipe.manifest.shape import Shape

SCHEMA = schemafiles.schema("assets")


def fields(schema: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every property that a schema declares."""
    if isinstance(schema, dict):
        for name, value in schema.get("properties", {}).items():
            yield f"{path}.{name}", value
        for name, value in schema.items():
            yield from fields(value, f"{path}.{name}" if name not in ("properties", "$defs") else path)
    elif isinstance(schema, list):
        for item in schema:
            yield from fields(item, path)


def explained(field: dict[str, Any]) -> dict[str, Any]:
    """A field with what its reference says beneath its own words."""
    while "$ref" in field:
        target: Any = SCHEMA
        for step in field["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        field = {**target, **{name: value for name, value in field.items() if name != "$ref"}} | (
            {"$ref": target["$ref"]} if "$ref" in target else {}
        )
    return field


def closed() -> dict[str, Any]:
    return closed_schema(
        providers=["openai", "placeholder"],
        steps={
            "resize": {"type": "object", "properties": {"width": {"type": "integer"}}, "additionalProperties": False}
        },
        templates=["poster.j2"],
        models=["gpt-image-2"],
        use_cases=["product-mockup"],
    )


@pytest.mark.parametrize("schema", [SCHEMA, closed()], ids=["open", "closed"])
def test_it_is_valid_against_the_metaschema(schema: dict[str, Any]) -> None:
    Draft202012Validator.check_schema(schema)


def test_every_field_has_a_description_a_default_and_examples_that_fit() -> None:
    for path, field in fields(SCHEMA):
        whole = explained(field)
        assert whole.get("description", "").endswith("."), path
        assert "default" in whole, path
        assert whole.get("examples"), path
        part = {"$defs": SCHEMA["$defs"], "properties": SCHEMA["properties"], **field}
        validator = Draft202012Validator(
            {name: value for name, value in part.items() if name != "properties"} | _own(field)
        )
        for example in whole["examples"]:
            assert validator.is_valid(example), (path, example)


def test_every_item_of_a_list_or_a_map_has_a_description_too() -> None:
    """It is what an editor shows at the item, and the first words of the error for a wrong one."""
    silent = []

    def look(schema: Any, path: str) -> None:
        for name, value in schema.items() if isinstance(schema, dict) else enumerate(schema):
            where = f"{path}.{name}"
            if name in ("items", "additionalProperties") and isinstance(value, dict):
                whole = explained(value)
                told = [whole, explained(whole.get("else", {})), explained(whole.get("then", {}))]
                silent.extend([where] if not any("description" in each for each in told) else [])
            if isinstance(value, dict | list):
                look(value, where)

    look(SCHEMA, "")
    assert silent == []


def _own(field: dict[str, Any]) -> dict[str, Any]:
    return {"properties": field["properties"]} if "properties" in field else {}


def test_every_field_of_settings_is_one_of_an_asset() -> None:
    own = set(SCHEMA["$defs"]["asset"]["properties"])
    shared = set(SCHEMA["$defs"]["settings"]["properties"])
    assert own - shared == {"pick", "extends", "abstract", "matrix", "exclude", "revise", "revise+"}
    assert shared <= own


def test_nothing_in_it_points_outside() -> None:
    references = [part.split('"')[0] for part in json.dumps(SCHEMA).split('"$ref": "')[1:]]
    assert references
    assert all(reference.startswith("#/") for reference in references)


@pytest.mark.parametrize(
    ("asset", "fine"),
    [
        ({"provider": "openai", "model": "gpt-image-2", "template": "poster.j2"}, True),
        ({"provider": "opnai"}, False),
        ({"model": "gpt-image-9"}, True),
        ({"template": "other.j2"}, False),
        ({"prompt": {"use_case": "product-mockup"}}, True),
        ({"prompt": {"use_case": "mockup"}}, False),
        ({"steps": ["resize", {"resize": {"width": 5}}]}, True),
        ({"steps": ["shrink"]}, False),
        ({"steps": [{"resize": {"widht": 5}}]}, False),
        ({"steps": [{"resize": {"width": 5}, "encode": {}}]}, False),
    ],
)
def test_the_closed_form_knows_the_names(asset: dict[str, Any], fine: bool) -> None:
    assert Draft202012Validator(closed()).is_valid({"assets": {"a": asset}}) is fine


def test_an_editor_is_told_what_each_use_case_and_step_is_for() -> None:
    steps = {"trim": {"description": "Takes away the border.", "type": "object"}, "own": {"type": "object"}}
    schema = closed_schema([], steps, [], [], {"sticker": "Die-cut stickers", "logo": ""})
    field = schema["$defs"]["prompt"]["properties"]["use_case"]
    assert (field["enum"], field["enumDescriptions"]) == (["logo", "sticker"], ["", "Die-cut stickers"])
    step = schema["$defs"]["step"]
    assert step["then"] == {"enum": ["own", "trim"], "enumDescriptions": ["", "Takes away the border."]}
    assert step["else"]["properties"]["trim"]["description"] == "Takes away the border."


def test_kinds_without_members_stay_open() -> None:
    schema = closed_schema([], {}, [], [], [])
    asset = {"provider": "any", "template": "any.j2", "steps": ["any"], "prompt": {"use_case": "any"}, "model": "any"}
    assert Draft202012Validator(schema).is_valid({"assets": {"a": asset}})


@pytest.mark.parametrize(
    "text",
    [
        "budget: {per_build: 5.00}",
        "assets: {a: {expect: {aspect: 1.50}}}",
        "vars: {x: 1.50}",
        "assets: {a: {prompt: {text: 1.0}}}",
    ],
)
def test_numbers_that_remember_their_text_are_numbers(text: str) -> None:
    assert Shape().check(yamltext.read(text.encode(), "f")).problems == ()


def test_what_is_refused_is_left_out_and_the_rest_stays() -> None:
    value = {
        "version": 1,
        "projct": 1,
        "assets": {"a": {"prompt": "x", "take": 0, "tags": ["a", "b c", "d"]}, "b": {"pin": True}},
    }
    shaped = Shape().check(value)
    assert shaped.value == {"version": 1, "assets": {"a": {"prompt": "x", "tags": ["a", "d"]}, "b": {"pin": True}}}
    assert shaped.spoiled == {"a"}
    assert shaped.lost == (("assets", "a", "tags", 1),)
