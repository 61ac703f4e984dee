"""Tokens and prices against the published figures; bills from usage; bounds that hold."""

from typing import Any

import pytest

from imagepipe.models import prices, sizes, tokens
from imagepipe.models.capabilities import Model
from imagepipe.models.registry import registry
from imagepipe.values import freeze
from tests.models.making import DEFAULTS, data, model


def exact(id: str, size: str, quality: str) -> int:
    span = tokens.output(model(id), {"size": size, "quality": quality})
    assert span is not None
    assert span.low == span.high
    return span.low


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ("1024x1024", 7024),
        ("1536x1024", 5488),
        ("1024x1536", 5488),
        ("1024x640", 3824),
        ("3072x1024", 3952),
        ("2560x1440", 7370),
        ("3840x1280", 5311),
        ("2048x2048", 14272),
        ("3840x2160", 13342),
    ],
)
def test_published_check_values_at_high(size: str, expected: int) -> None:
    assert exact("gpt-image-2", size, "high") == expected
    assert exact("gpt-image-2.5-sunburst", size, "max") == expected, "the same work under another name"


@pytest.mark.parametrize(
    ("id", "row"),
    [
        ("gpt-image-2", {"low": 196, "medium": 1756, "high": 7024}),
        ("gpt-image-2.5-flare", {"low": 196, "medium": 439, "high": 1756, "xhigh": 3122, "max": 7024}),
        ("gpt-image-2.6-flare", {"low": 784, "medium": 1756, "high": 1756, "xhigh": 3122, "max": 7024}),
        ("gpt-image-1.5", {"low": 272, "medium": 1056, "high": 4160}),
        ("gpt-image-1-mini", {"low": 272, "medium": 1056, "high": 4160}),
    ],
)
def test_tokens_of_a_square(id: str, row: dict[str, int]) -> None:
    assert {quality: exact(id, "1024x1024", quality) for quality in row} == row


@pytest.mark.parametrize(
    ("size", "row"),
    [("1024x1536", [408, 1584, 6240]), ("1536x1024", [400, 1568, 6208])],
)
def test_table_of_the_fixed_models(size: str, row: list[int]) -> None:
    assert [exact("gpt-image-1.5", size, quality) for quality in ("low", "medium", "high")] == row


def test_the_worst_legal_size() -> None:
    span = tokens.output(model(), {"size": "auto", "quality": "high"})
    assert span is not None
    assert span.worst == 23_719
    assert span.worst * 30 / 1e6 == pytest.approx(0.712, abs=0.0005)


@pytest.mark.parametrize("family", ["2", "2.5", "2.6"])
def test_the_ranges_for_auto_are_those_of_all_legal_sizes(family: str) -> None:
    known = next(one for one in registry().models.values() if one.family == family)
    assert known.tokens is not None
    edges = range(16, 3841, 16)
    legal = [(w, h) for w in edges for h in edges if h <= w <= 3 * h and not sizes.faults(known, w, h)]
    for quality, grid in known.tokens.grid.items():
        counts = [tokens.grid_tokens(grid, *size) * known.tokens.factor.get(quality, 1) for size in legal]
        assert tuple(known.tokens.auto[quality]) == (min(counts), max(counts)), quality


def test_auto_quality_spans_all_qualities() -> None:
    assert tokens.output(model(), {"size": "1024x1024", "quality": "auto"}) == tokens.Span(196, 7024, 7024)
    assert tokens.output(model(), {"size": "auto", "quality": "auto"}) == tokens.Span(54, 23_719, 23_719)
    assert tokens.output(model("gpt-image-1.5"), {"size": "auto"}) == tokens.Span(272, 6240, 6240)


def test_estimated_figures_are_bounded_by_the_top_quality() -> None:
    span = tokens.output(model("gpt-image-2.6-flare"), {"size": "1024x1024", "quality": "low"})
    assert span == tokens.Span(784, 784, 7024)
    assert prices.estimated(model("gpt-image-2.6-flare"))
    assert not prices.estimated(model())
    assert prices.estimated(model(), [(1024, 1024)])


@pytest.mark.parametrize(
    ("options", "span"),
    [
        ({"stream": True, "partial_images": 3}, (1756, 2056, 2056)),
        ({"partial_images": 3}, (1756, 1756, 1756)),
        ({"stream": True}, (1756, 1756, 1756)),
    ],
)
def test_partial_images(options: dict[str, Any], span: tuple[int, int, int]) -> None:
    assert tokens.output(model(), {**DEFAULTS, **options}) == tokens.Span(*span)


def test_a_gif_counts_every_frame_at_worst() -> None:
    flare = model("gpt-image-2.6-flare")
    still = tokens.output(flare, {"size": "1024x1024", "quality": "high"})
    moving = tokens.output(flare, {"size": "1024x1024", "quality": "high", "output_format": "gif", "frame_count": 4})
    assert still is not None
    assert moving == tokens.Span(still.low, still.high * 4, still.worst * 4)


@pytest.mark.parametrize(
    ("id", "options"),
    [
        ("gpt-image-2.6-flare", {"output_format": "svg"}),
        ("gpt-image-2", {"quality": "ultra"}),
        ("gpt-image-1", {}),
        ("dall-e-3", {}),
    ],
)
def test_an_unknown_price_is_said_to_be_unknown(id: str, options: dict[str, Any]) -> None:
    assert prices.price(model(id), {**DEFAULTS, **options}, ask=1, prompt_chars=10) == prices.UNKNOWN


def test_an_unlisted_model_has_no_price() -> None:
    found = registry().find("gpt-image-9").model
    assert found is not None
    assert prices.price(found, DEFAULTS, ask=1, prompt_chars=10) == prices.UNKNOWN


@pytest.mark.parametrize(
    ("id", "text", "out"), [("gpt-image-2", 5, 30), ("gpt-image-1.5", 5, 32), ("gpt-image-1-mini", 2, 8)]
)
def test_price_of_a_request(id: str, text: float, out: float) -> None:
    span = tokens.output(model(id), DEFAULTS)
    assert span is not None
    price = prices.price(model(id), DEFAULTS, ask=3, prompt_chars=400)
    assert price.low == price.high == pytest.approx((100 * text + 3 * span.low * out) / 1e6)
    assert price.worst == pytest.approx((464 * text + 3 * span.low * out) / 1e6)


def test_inputs_are_priced_by_their_pixels() -> None:
    without = prices.price(model(), DEFAULTS, ask=1, prompt_chars=100)
    one = prices.price(model(), DEFAULTS, ask=1, prompt_chars=100, inputs=[(1024, 1024)])
    small = prices.price(model(), DEFAULTS, ask=1, prompt_chars=100, inputs=[(64, 64)])
    large = prices.price(model(), DEFAULTS, ask=1, prompt_chars=100, inputs=[(2048, 2048)])
    assert one.high is not None
    assert without.high is not None
    assert one.high - without.high == pytest.approx(1033 * 8 / 1e6)
    assert small == one
    assert large.high is not None
    assert large.high - without.high == pytest.approx(4 * 1033 * 8 / 1e6, rel=0.001)


@pytest.mark.parametrize("fidelity", ["", "low", "high"])
def test_high_fidelity_raises_the_worst_case_alone(fidelity: str) -> None:
    options = {**DEFAULTS, "input_fidelity": fidelity} if fidelity else DEFAULTS
    price = prices.price(model("gpt-image-1.5"), options, ask=1, prompt_chars=0, inputs=[(1024, 1024)])
    assert price.worst is not None
    assert price.high is not None
    doubled = price.high + (1033 * 8 + 64 * 5) / 1e6
    assert price.worst == pytest.approx(doubled + (6240 * 8 / 1e6 if fidelity == "high" else 0))


def test_a_price_per_image_needs_no_tokens() -> None:
    own = registry(freeze({"mine": {"prices": {"per_image": 0.02}}})).models["mine"]
    price = prices.price(own, DEFAULTS, ask=3, prompt_chars=9999)
    assert (price.low, price.high, price.worst) == pytest.approx((0.06, 0.06, 0.06))
    assert prices.charge(own, DEFAULTS, {}, 3).usd == pytest.approx(0.06)


def test_a_free_server_costs_nothing() -> None:
    own = registry(freeze({"mine": {"prices": {"per_image": 0}}})).models["mine"]
    assert prices.price(own, DEFAULTS, ask=10, prompt_chars=10).worst == 0


@pytest.mark.parametrize(
    ("id", "inputs", "guessed"),
    [
        ("gpt-image-2", (), False),
        ("gpt-image-2", ((1024, 1024),), True),
        ("gpt-image-2.5-flare", (), False),
        ("gpt-image-2.6-flare", (), True),
    ],
)
def test_a_price_says_whether_it_rests_on_estimates(
    id: str, inputs: tuple[tuple[int, int], ...], guessed: bool
) -> None:
    found = prices.price(model(id), DEFAULTS, ask=1, prompt_chars=40, inputs=inputs)
    assert found.estimated is guessed
    assert prices.batched(found).estimated is guessed


def test_batch_is_half() -> None:
    price = prices.price(model(), DEFAULTS, ask=1, prompt_chars=400)
    half = prices.batched(price)
    assert price.worst is not None
    assert half.worst == pytest.approx(price.worst / 2)
    assert prices.batched(prices.UNKNOWN) == prices.UNKNOWN


def usage(text: int, image: int, out: int, **details: Any) -> dict[str, Any]:
    return {
        "input_tokens": text + image,
        "input_tokens_details": {"text_tokens": text, "image_tokens": image, **details},
        "output_tokens": out,
        "total_tokens": text + image + out,
    }


@pytest.mark.parametrize(
    ("said", "usd"),
    [
        (usage(100, 0, 1756), (100 * 5 + 1756 * 30) / 1e6),
        (usage(100, 1033, 1756), (100 * 5 + 1033 * 8 + 1756 * 30) / 1e6),
        (usage(100, 1033, 0, cached_tokens=50), (50 * 5 + 50 * 1.25 + 1033 * 8) / 1e6),
        (
            usage(100, 1000, 0, cached_tokens_details={"text_tokens": 100, "image_tokens": 400}),
            (100 * 1.25 + 600 * 8 + 400 * 2) / 1e6,
        ),
        ({"input_tokens": 100, "output_tokens": 1756}, (100 * 8 + 1756 * 30) / 1e6),
        ({"input_tokens": 100, "output_tokens": 10, "input_tokens_details": "?"}, (100 * 8 + 10 * 30) / 1e6),
    ],
)
def test_a_charge_by_usage(said: dict[str, Any], usd: float) -> None:
    charge = prices.charge(model(), DEFAULTS, said, 1)
    assert charge.usd == pytest.approx(usd)
    assert not charge.estimated
    assert charge.usage == freeze(said)


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"total_tokens": 5},
        {"output_tokens": 100},
        {"output_tokens": -5, "input_tokens": 5},
        {"output_tokens": True, "input_tokens": 5},
        {"output_tokens": "many", "input_tokens": 5},
        {"output_tokens": 10**12, "input_tokens": 5},
    ],
)
def test_without_usable_usage_a_charge_is_an_estimate(said: dict[str, Any]) -> None:
    charge = prices.charge(model(), DEFAULTS, said, 2, prompt_chars=400)
    assert charge.estimated
    assert charge.usd == prices.price(model(), DEFAULTS, ask=2, prompt_chars=400).high


def test_an_auto_charge_without_usage_counts_the_top() -> None:
    charge = prices.charge(model(), {**DEFAULTS, "quality": "auto"}, {}, 1)
    assert charge.usd == pytest.approx(7024 * 30 / 1e6)


@pytest.mark.parametrize(
    ("id", "options", "said"),
    [
        ("gpt-image-1", {}, usage(1, 0, 100)),
        ("gpt-image-2.6-flare", {"output_format": "svg"}, usage(1, 0, 100)),
        ("gpt-image-2.6-flare", {}, {**usage(1, 0, 100), "svg_usage": {"output_tokens": 5}}),
    ],
)
def test_a_charge_of_unknown_price(id: str, options: dict[str, Any], said: dict[str, Any]) -> None:
    charge = prices.charge(model(id), {**DEFAULTS, **options}, said, 1)
    assert (charge.usd, charge.estimated) == (None, False)


def priced() -> list[Model]:
    return [one for one in registry().models.values() if one.prices]


@pytest.mark.parametrize("known", priced(), ids=lambda one: one.id)
@pytest.mark.parametrize("size", ["1024x1024", "1536x1024", "auto"])
def test_no_bill_passes_the_worst_case(known: Model, size: str) -> None:
    """The dearest usage the published rules allow: one token a character, one reference each, every partial picture."""
    for quality in (*known.qualities, "auto"):
        options = {**DEFAULTS, "size": size, "quality": quality, "stream": True, "partial_images": 3, "n": 2}
        span = tokens.output(known, options)
        price = prices.price(known, options, ask=2, prompt_chars=400, inputs=[(1024, 1024), (300, 200)])
        assert span is not None
        assert price.worst is not None
        bill = prices.charge(known, options, usage(400, 2066, 2 * span.high), 2).usd
        assert bill is not None
        assert bill <= price.worst
        assert price.low is not None
        assert price.high is not None
        assert price.low <= price.high <= price.worst


def test_every_model_for_sale_has_its_figures() -> None:
    for id, entry in data()["models"].items():
        if entry["status"]["state"] in ("current", "ends"):
            assert prices.price(model(id), DEFAULTS, ask=1, prompt_chars=1).worst is not None, id
