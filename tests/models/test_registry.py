"""The data file against its schema and the published table; finding models; what users may add."""

import json
from datetime import date

import jsonschema
import pytest

from imagepipe.models.capabilities import Model
from imagepipe.models.registry import registry
from imagepipe.schemafiles import schema
from imagepipe.values import EMPTY, freeze
from tests.models.making import data

RETIRED = {"gpt-image-1", "dall-e-2", "dall-e-3"}
CHOICES = ["low", "medium", "high"]
FIVE = [*CHOICES, "xhigh", "max"]


def validator() -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(schema("models"), format_checker=jsonschema.FormatChecker())


def test_the_data_file_fits_its_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(schema("models"))
    assert [error.message for error in validator().iter_errors(data())] == []


@pytest.mark.parametrize(
    ("road", "value"),
    [
        (("checked",), "yesterday"),
        (("families", "2", "prices", "image_out"), -1),
        (("families", "2", "confidence", "sizes"), "rumoured"),
        (("models", "gpt-image-2", "status", "date"), "soon"),
        (("models", "gpt-image-2", "base_url"), "https://elsewhere.example"),
        (("parameters", "n", "type"), "number"),
    ],
)
def test_the_schema_refuses(road: tuple[str, ...], value: object) -> None:
    broken = data()
    at = broken
    for name in road[:-1]:
        at = at[name]
    at[road[-1]] = value
    assert not validator().is_valid(broken)


def test_the_schema_describes_every_field() -> None:
    def undescribed(node: object, road: str = "") -> list[str]:
        if not isinstance(node, dict):
            return []
        lacking = [
            f"{road}.{name}"
            for name, spec in node.get("properties", {}).items()
            if isinstance(spec, dict) and "description" not in spec and "$ref" not in spec and "const" not in spec
        ]
        return lacking + [line for name, inner in node.items() for line in undescribed(inner, f"{road}.{name}")]

    assert undescribed(schema("models")) == []


@pytest.mark.parametrize(
    ("id", "sizes", "qualities", "fidelity", "batch", "out", "preview"),
    [
        ("gpt-image-2.6-sunburst", "flexible", FIVE, [], False, 30, False),
        ("gpt-image-2.6-flare", "flexible", FIVE, [], False, 30, False),
        ("gpt-image-2.5-sunburst", "flexible", FIVE, [], True, 30, False),
        ("gpt-image-2.5-flare", "flexible", FIVE, [], True, 30, False),
        ("gpt-image-2", "flexible", CHOICES, [], True, 30, True),
        ("gpt-image-1.5", "fixed", CHOICES, ["low", "high"], True, 32, False),
        ("chatgpt-image-latest", "fixed", CHOICES, ["low", "high"], True, 32, False),
        ("gpt-image-1-mini", "fixed", CHOICES, ["low"], True, 8, False),
    ],
)
def test_the_published_table(
    id: str, sizes: str, qualities: list[str], fidelity: list[str], batch: bool, out: float, preview: bool
) -> None:
    model = registry().models[id]
    assert model.sizes.kind == sizes
    assert list(model.qualities) == qualities
    assert list(model.fidelity) == fidelity
    assert ("batch" in model.features) is batch
    assert model.prices is not None
    assert model.prices.image_out == out
    assert ("background=transparent" in model.preview) is preview
    assert "transparent" in model.backgrounds


def test_what_third_parties_say_is_marked() -> None:
    known = registry().models
    assert {
        figure
        for figure in known["gpt-image-2.6-flare"].confidence
        if not known["gpt-image-2.6-flare"].documented(figure)
    } == {
        "sizes",
        "qualities",
        "backgrounds",
        "batch",
        "tokens",
    }
    assert not known["gpt-image-2.5-flare"].documented("batch")
    assert not known["gpt-image-1.5"].status.documented
    assert known["gpt-image-1"].status.documented


def test_gif_svg_and_complexity_are_of_the_newest_alone() -> None:
    able = {
        id
        for id, model in registry().models.items()
        if {"gif", "svg"} & {*model.formats} or "complexity" in model.features
    }
    assert able == {"gpt-image-2.6-sunburst", "gpt-image-2.6-flare"}


@pytest.mark.parametrize(
    ("snapshot", "id"),
    [
        ("gpt-image-2-2026-04-21", "gpt-image-2"),
        ("gpt-image-2.5-flare-2026-09-08", "gpt-image-2.5-flare"),
        ("gpt-image-1.5-2025-12-16", "gpt-image-1.5"),
    ],
)
def test_a_snapshot_has_its_models_rules_under_its_own_name(snapshot: str, id: str) -> None:
    found, model = registry().find(snapshot), registry().models[id]
    assert found.problems == ()
    assert found.model is not None
    assert (found.model.id, found.model.sizes, found.model.prices) == (snapshot, model.sizes, model.prices)
    assert found.model.snapshot == model.snapshot == snapshot


@pytest.mark.parametrize(
    ("id", "code", "severity", "hint"),
    [
        ("gpt-image-2.5", "model-without-variant", "error", "gpt-image-2.5-sunburst` or `gpt-image-2.5-flare"),
        ("gpt-image-2.6", "model-without-variant", "error", "gpt-image-2.6-sunburst` or `gpt-image-2.6-flare"),
        ("gpt-image-2.5-2026-09-08", "model-without-variant", "error", "gpt-image-2.5-sunburst"),
        ("gpt-imgae-2", "unknown-model", "error", "did you mean `gpt-image-2`?"),
        ("GPT-Image-2", "unknown-model", "error", "did you mean `gpt-image-2`?"),
        ("gpt-image2", "unknown-model", "error", "did you mean `gpt-image-2`?"),
        ("dall-e-33", "unknown-model", "error", "did you mean `dall-e-3`?"),
        ("flux-schnell", "unknown-model", "error", "flux-schnell: {like: gpt-image-2}"),
        ("", "unknown-model", "error", "models:"),
        ("\x1b[31m", "unknown-model", "error", "ID: {like:"),
        ("gpt-image-3", "unlisted-model", "warning", "models:"),
        ("gpt-image-2.7-nova-2027-01-01", "unlisted-model", "warning", "models:"),
        ("gpt-image-2.5-sunbrust", "unlisted-model", "warning", "did you mean `gpt-image-2.5-sunburst`?"),
    ],
)
def test_an_id_that_is_not_there(id: str, code: str, severity: str, hint: str) -> None:
    found = registry().find(id)
    assert [(problem.code, problem.severity, problem.path) for problem in found.problems] == [
        (code, severity, ("model",))
    ]
    assert hint in found.problems[0].hint
    assert (found.model is not None) is (severity == "warning")


def test_an_unlisted_model_has_the_newest_rules_and_no_price() -> None:
    found = registry().find("gpt-image-3-nova")
    newest = registry().models["gpt-image-2.6-sunburst"]
    assert found.model is not None
    assert (found.model.qualities, found.model.sizes, found.model.prices) == (newest.qualities, newest.sizes, None)
    assert not found.model.listed
    assert not any(found.model.documented(figure) for figure in found.model.confidence)


def test_the_registry_is_read_once() -> None:
    assert registry() is registry(EMPTY)
    assert registry(freeze({"a": {"like": "gpt-image-2"}})) is registry(freeze({"a": {"like": "gpt-image-2"}}))


def test_the_checked_date_is_a_date() -> None:
    assert registry().checked == date(2026, 11, 21)


def with_models(**entries: object) -> dict[str, Model]:
    known = registry(freeze(entries))
    assert known.problems == ()
    return dict(known.models)


def test_a_user_adds_a_model_like_another() -> None:
    added = with_models(mine={"like": "gpt-image-2", "formats": ["png", "jpeg"], "prices": {"per_image": 0.02}})["mine"]
    assert added.qualities == ("low", "medium", "high")
    assert added.formats == ("png", "jpeg")
    assert added.prices is not None
    assert added.prices.per_image == 0.02


def test_a_user_adds_a_model_of_a_compatible_server() -> None:
    added = with_models(flux={"sizes": ["512x512", "1024x1024"], "options": ["seed"]})["flux"]
    assert added.sizes.values == ("512x512", "1024x1024")
    assert added.documented("sizes")
    assert not added.documented("qualities")
    assert added.prices is None


def test_a_user_corrects_a_model() -> None:
    models = with_models(**{"gpt-image-2": {"ends": "2027-01-01", "sizes": {"longest": 4096}, "inputs": {"most": 32}}})
    corrected = models["gpt-image-2"]
    assert (corrected.status.state, corrected.status.date) == ("ends", "2027-01-01")
    assert (corrected.sizes.longest, corrected.sizes.multiple) == (4096, 16)
    assert (corrected.inputs.most, corrected.inputs.bytes_below) == (32, 50_000_000)
    assert registry().models["gpt-image-2"].sizes.longest == 3840


@pytest.mark.parametrize(
    ("entry", "code", "path", "said"),
    [
        ({"base_url": "https://evil.example"}, "model-routing", ("models", "m", "base_url"), "config.toml"),
        ({"API_KEY": "x"}, "model-routing", ("models", "m", "API_KEY"), "config.toml"),
        ({"qualites": ["low"]}, "unknown-model-field", ("models", "m", "qualites"), "did you mean `qualities`?"),
        ({"xyzzy": 1}, "unknown-model-field", ("models", "m", "xyzzy"), "known: like"),
        ({"like": "gpt-image-22"}, "invalid-model-entry", ("models", "m", "like"), "did you mean `gpt-image-2`?"),
        ({"like": "zzz"}, "invalid-model-entry", ("models", "m", "like"), "known: "),
        ({"qualities": "low"}, "invalid-model-entry", ("models", "m", "qualities"), "a list of names"),
        ({"sizes": ["big"]}, "invalid-model-entry", ("models", "m", "sizes"), "a list such as"),
        ({"sizes": {"multiple": 0}}, "invalid-model-entry", ("models", "m", "sizes"), "bounds"),
        ({"sizes": {"kind": "fixed"}}, "invalid-model-entry", ("models", "m", "sizes"), "bounds"),
        ({"prices": {"image_out": "30"}}, "invalid-model-entry", ("models", "m", "prices"), "USD per million"),
        ({"prices": {"image_out": -1}}, "invalid-model-entry", ("models", "m", "prices"), "USD per million"),
        ({"tokens": {"grid": {"low": 0}}}, "invalid-model-entry", ("models", "m", "tokens"), "grid"),
        ({"tokens": {"table": {"low": [1, 2]}}}, "invalid-model-entry", ("models", "m", "tokens"), "table"),
        ({"n": [4, 1]}, "invalid-model-entry", ("models", "m", "n"), "least and most"),
        ({"inputs": {"formats": "png"}}, "invalid-model-entry", ("models", "m", "inputs"), "limits"),
        ({"ends": "soon"}, "invalid-model-entry", ("models", "m", "ends"), "a date such as"),
        ("gpt-image-2", "invalid-model-entry", ("models", "m"), "not a map"),
    ],
)
def test_a_users_entry_with_a_fault(entry: object, code: str, path: tuple[str, ...], said: str) -> None:
    known = registry(freeze({"m": entry}))
    assert [(problem.code, problem.path) for problem in known.problems] == [(code, path)]
    assert said in f"{known.problems[0].message} {known.problems[0].hint}"
    assert known.find("m").model is None, "an entry with a fault is left out"


def test_all_faults_of_an_entry_are_told() -> None:
    known = registry(freeze({"m": {"base_url": "x", "n": 3, "qualites": []}}))
    assert {problem.code for problem in known.problems} == {
        "model-routing",
        "invalid-model-entry",
        "unknown-model-field",
    }


def test_the_data_file_is_laid_out_for_review() -> None:
    text = json.dumps(data())
    assert "TODO" not in text
    assert all(len(ids["snapshots"]) <= 1 for ids in data()["models"].values())
