"""The table of models: what a reader sees of each, and its JSON form."""

import json
from datetime import date

import jsonschema
import pytest

from imagepipe.models.overview import HEAD, as_json, cells, details, overview, row_of
from imagepipe.models.registry import registry
from imagepipe.schemafiles import schema
from imagepipe.values import freeze
from tests.models.making import TODAY, model


@pytest.mark.parametrize(
    ("id", "row"),
    [
        (
            "gpt-image-2",
            ("current", "up to 3840, multiples of 16", "low medium high", "low $0.006 medium $0.053 high $0.211"),
        ),
        (
            "gpt-image-1.5",
            (
                "ends in 10 days (~2026-12-01)",
                "1024x1024 1536x1024 1024x1536",
                "low medium high",
                "low $0.009 medium $0.034 high $0.133",
            ),
        ),
        ("gpt-image-1", ("ended 2026-10-23", "~1024x1024 1536x1024 1024x1536", "~low medium high", "unknown")),
        (
            "gpt-image-2.6-flare",
            (
                "current",
                "~up to 3840, multiples of 16",
                "~low medium high xhigh max",
                "low ~$0.024 medium ~$0.053 high ~$0.053 xhigh ~$0.094 max ~$0.211",
            ),
        ),
    ],
)
def test_rows(id: str, row: tuple[str, ...]) -> None:
    shown = cells(row_of(model(id), TODAY))
    assert shown == (id, *row)
    assert len(shown) == len(HEAD)


def test_the_end_comes_nearer() -> None:
    assert cells(row_of(model("gpt-image-1.5"), date(2026, 11, 30)))[1] == "ends in 1 day (~2026-12-01)"
    assert cells(row_of(model("gpt-image-1.5"), date(2026, 12, 1)))[1] == "ended ~2026-12-01"


def test_every_model_has_a_row() -> None:
    assert [row.model.id for row in overview(registry(), TODAY)] == list(registry().models)


def test_json_fits_its_schema() -> None:
    known = registry(freeze({"mine": {"sizes": ["512x512"], "prices": {"per_image": 0.01}}}))
    data = as_json(known, overview(known, TODAY))
    jsonschema.Draft202012Validator.check_schema(schema("models-list"))
    checker = jsonschema.Draft202012Validator(schema("models-list"), format_checker=jsonschema.FormatChecker())
    assert [error.message for error in checker.iter_errors(json.loads(json.dumps(data)))] == []


def test_json_has_unrounded_prices_and_what_is_estimated() -> None:
    rows = {row["id"]: row for row in as_json(registry(), overview(registry(), TODAY))["models"]}
    assert rows["gpt-image-2"]["cost"] == {
        "size": "1024x1024",
        "usd": {"low": 196 * 30 / 1e6, "medium": 1756 * 30 / 1e6, "high": 7024 * 30 / 1e6},
    }
    assert rows["gpt-image-1.5"]["estimated"] == ["end"]
    assert rows["gpt-image-1.5"]["days"] == 10
    assert rows["gpt-image-1"]["cost"]["usd"] == {"low": None, "medium": None, "high": None}
    assert "tokens" in rows["gpt-image-2.6-flare"]["estimated"]


def test_details_of_one_model() -> None:
    told = dict(details(row_of(model("gpt-image-2"), TODAY)))
    assert told["input_fidelity"] == "never sent"
    assert told["preview"] == "background=transparent"
    assert told["sizes"] == "auto, or edges in multiples of 16 up to 3840, at most 3:1, 655,360 to 8,294,400 pixels"
    assert "image out 30" in told["prices"]
    assert "replacements" not in told
    gone = dict(details(row_of(model("dall-e-3"), TODAY)))
    assert (gone["prices"], gone["inputs"]) == ("unknown", "none")


def test_details_of_a_server_of_ones_own() -> None:
    known = registry(freeze({"mine": {"sizes": ["512x512"], "prices": {"per_image": 0.01}}}))
    told = dict(details(row_of(known.models["mine"], TODAY)))
    assert told["sizes"] == "512x512 or auto"
    assert told["prices"] == "$0.01 a picture"
    assert told["a 512x512"] == "low $0.010 medium $0.010 high $0.010 xhigh $0.010 max $0.010"
