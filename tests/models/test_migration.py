"""Moving options from one model to another: equal work, nearest size, nothing lost without a word."""

from typing import Any

import pytest

from imagepipe.models.migration import equal_work, migrate
from imagepipe.models.registry import registry
from imagepipe.models.rules import check
from imagepipe.values import freeze
from tests.models.making import DEFAULTS, TODAY, asset, model

SUN5, FLARE6 = "gpt-image-2.5-sunburst", "gpt-image-2.6-flare"


@pytest.mark.parametrize(
    ("source", "target", "pairs"),
    [
        ("gpt-image-2", SUN5, {"high": "max", "medium": "high", "low": "low"}),
        (SUN5, "gpt-image-2", {"max": "high", "high": "medium", "low": "low"}),
        (SUN5, "gpt-image-2.5-flare", {"max": "max", "xhigh": "xhigh", "medium": "medium"}),
        ("gpt-image-1.5", "gpt-image-1-mini", {"high": "high", "medium": "medium"}),
        ("gpt-image-1", SUN5, {"low": "low", "medium": "high", "high": "xhigh"}),
        ("dall-e-3", SUN5, {"hd": "medium", "standard": "medium"}),
        ("gpt-image-2", "dall-e-3", {"high": "standard"}),
    ],
)
def test_quality_by_equal_work(source: str, target: str, pairs: dict[str, str]) -> None:
    assert {name: equal_work(model(source), model(target), name) for name in pairs} == pairs


def moved(source: str, target: str, **said: Any) -> tuple[dict[str, Any], list[tuple[str, Any, Any]], bool]:
    result = migrate(registry(), model(source), model(target), freeze({**DEFAULTS, **said}))
    return dict(result.options), [(one.option, one.before, one.after) for one in result.changes], result.needs_preview


@pytest.mark.parametrize(
    ("source", "target", "said", "changes", "preview"),
    [
        ("gpt-image-2", SUN5, {"quality": "high"}, [("quality", "high", "max")], False),
        ("gpt-image-2", SUN5, {"quality": "auto", "size": "auto"}, [], False),
        ("gpt-image-2", SUN5, {"quality": "low"}, [], False),
        (
            "gpt-image-2",
            "gpt-image-1.5",
            {"size": "2048x1152", "quality": "low"},
            [("size", "2048x1152", "1536x1024")],
            False,
        ),
        (
            "gpt-image-1.5",
            SUN5,
            {"quality": "low", "input_fidelity": "high"},
            [("input_fidelity", "high", None)],
            False,
        ),
        (SUN5, "gpt-image-2", {"quality": "low", "background": "transparent"}, [], True),
        (
            FLARE6,
            SUN5,
            {"quality": "max", "output_format": "gif", "frame_count": 5, "complexity": "high"},
            [("output_format", "gif", "png"), ("complexity", "high", None), ("frame_count", 5, None)],
            False,
        ),
        (
            "dall-e-3",
            SUN5,
            {"quality": "hd", "style": "vivid"},
            [("quality", "hd", "medium"), ("style", "vivid", None)],
            False,
        ),
        ("dall-e-3", SUN5, {"quality": "hd", "size": "1792x1024"}, [("quality", "hd", "medium")], False),
    ],
)
def test_what_changes(
    source: str, target: str, said: dict[str, Any], changes: list[tuple[str, Any, Any]], preview: bool
) -> None:
    options, told, needs_preview = moved(source, target, **said)
    assert told == changes
    assert needs_preview is preview
    assert {name for name, _, after in changes if after is None} & set(options) == set()
    assert all(options[name] == after for name, _, after in changes if after is not None)


@pytest.mark.parametrize("target", ["gpt-image-2", SUN5, FLARE6, "gpt-image-1.5"])
@pytest.mark.parametrize(
    "said",
    [
        {"size": "3840x2160", "quality": "max", "background": "transparent"},
        {"output_format": "gif", "frame_count": 3, "quality": "low"},
        {"output_format": "webp", "output_compression": 30, "moderation": "low", "complexity": "low"},
    ],
)
def test_what_comes_out_is_what_the_target_takes(target: str, said: dict[str, Any]) -> None:
    options, _, preview = moved(FLARE6, target, **said)
    none_of_these = {name: options.get(name) for name in DEFAULTS}
    found = check(asset(target, preview=preview, **{**none_of_these, **options}), registry(), today=TODAY)
    assert [problem for problem in found if problem.severity == "error"] == []


def test_every_change_says_why() -> None:
    result = migrate(registry(), model("gpt-image-2"), model(SUN5), freeze({**DEFAULTS, "quality": "high"}))
    assert result.changes[0].why == f"max of {SUN5} is the work of high on gpt-image-2 (7,024 and 7,024 tokens)"


def test_the_price_delta() -> None:
    same = migrate(registry(), model("gpt-image-2"), model(SUN5), freeze({**DEFAULTS, "quality": "high"}))
    assert same.delta == pytest.approx(0)
    cheaper = migrate(registry(), model("gpt-image-1.5"), model(SUN5), freeze({**DEFAULTS, "quality": "high", "n": 2}))
    assert cheaper.delta == pytest.approx(2 * (3122 * 30 - 4160 * 32) / 1e6)
    unknown = migrate(registry(), model("gpt-image-1"), model(SUN5), freeze(DEFAULTS))
    assert unknown.delta is None
    assert unknown.after.high is not None


def test_an_option_of_ones_own_server_stays_where_it_is_known() -> None:
    known = registry(freeze({"flux": {"options": ["style"]}}))
    result = migrate(known, model("gpt-image-2"), known.models["flux"], freeze({**DEFAULTS, "style": "x", "seed": 1}))
    assert (result.options["style"], result.options["seed"], result.changes) == ("x", 1, ())
