"""Assets without a prompt: what they are made of, what may stand in them, and that nothing is asked for them."""

import pytest

from imagepipe.values import EMPTY, Input
from tests.manifest.loaded import assets, codes, manifest

COINS = """\
defaults: {provider: placeholder, model: gpt-image-2.5-flare, options: {quality: low}, expect: {alpha: true},
  prompt: {style: flat}, transparency: native}
assets:
  coin: {matrix: {side: [head, tail]}, prompt: {request: "a coin, {{ side }}"}, output: "coin/{side}.png"}
  gem: {prompt: {request: a gem}, outputs: [gem.png, gem.webp]}
  sheet: {prompt: {request: poses}, outputs: [{path: "s/{cell}.png", steps: [{grid: {columns: 2, rows: 1}}]}]}
"""
MEANT = [
    ("{asset: gem}", [("gem", "gem.png")]),
    ("{asset: gem, output: gem.webp}", [("gem", "gem.webp")]),
    ("{asset: gem, note: jewel}", [("jewel", "gem.png")]),
    ("{asset: coin}", [("coin@head", "coin/head.png"), ("coin@tail", "coin/tail.png")]),
    ('{asset: "*t*l"}', [("coin@tail", "coin/tail.png")]),
    ("{asset: sheet, output: s/2.png}", [("2", "s/2.png")]),
    ("{image: art/ring.png}", [("ring", "art/ring.png")]),
]


def pack(inputs: str, rest: str = "steps: [atlas], output: atlas.png") -> str:
    return f"{COINS}  pack: {{inputs: [{inputs}], {rest}}}\n"


@pytest.mark.parametrize(("inputs", "found"), MEANT)
def test_what_inputs_mean(inputs: str, found: list[tuple[str, str]]) -> None:
    files = {"art/ring.png": ""}
    made = assets(pack(f"{inputs}, {{asset: gem, note: last}}"), **files)["pack"]
    assert [(item.note, item.output or item.image) for item in made.inputs] == [*found, ("last", "gem.png")]


def test_nothing_of_a_request_is_left() -> None:
    """What the defaults say of requests is for others; one that takes the sheet takes its file."""
    text = pack("{asset: coin}") + "  shop: {prompt: {request: a shop}, inputs: [{asset: pack}], output: shop.png}\n"
    made = manifest(text)
    pack_, shop = made.assets[-2:]
    assert (pack_.local, pack_.provider, pack_.model, pack_.options) == (True, "local", "", EMPTY)
    assert (pack_.expect, pack_.transparency, pack_.prompt.fields) == (EMPTY, EMPTY, EMPTY)
    assert pack_.outputs[0].beside == (".json",)
    assert shop.inputs == (Input("reference", asset="pack", output="atlas.png"),)
    assert not shop.local
    assert made.findings == ()


FAULTS = [
    ("{asset: coin}", "steps: [atlas], output: a.png, options: {quality: high}", ["asks-nothing"]),
    ("{asset: coin}", "steps: [atlas], output: a.png, model: gpt-image-2", ["asks-nothing"]),
    ("{asset: coin}", "steps: [atlas], output: a.png, pick: 2", ["asks-nothing"]),
    ("{asset: coin}, {asset: gem, note: coin@tail}", "steps: [atlas], output: a.png", ["duplicate-frame"]),
    ("{asset: gem, note: a/b}, {asset: coin}", "steps: [atlas], output: a.png", ["invalid-frame"]),
    ("{asset: gem, note: ..}, {asset: coin}", "output: '{cell}.png'", ["invalid-frame"]),
    ("{asset: sheet}, {asset: coin}", "steps: [atlas], output: a.png", ["several-files"]),
    ("{asset: sheet, output: s/2.gif}, {asset: gem}", "steps: [atlas], output: a.png", ["unknown-output"]),
    ("{image: ring.svg}, {asset: gem}", "steps: [atlas], output: a.png", ["unreadable-input"]),
    ("{asset: gem}", "steps: [atlas], output: a.png", ["nothing-to-pack"]),
    ("{asset: coin}", "output: a.png", ["missing-placeholder"]),
    ("{asset: coin}", "output: a.svg, steps: [atlas]", ["vector-of-inputs"]),
    ("{asset: pack}, {asset: gem}", "steps: [atlas], output: a.png", ["input-cycle"]),
    ("{asset: gme}, {asset: coin}", "steps: [atlas], output: a.png", ["unknown-asset"]),
    ("{asset: gem, role: target}", "output: a.png", ["blank-request"]),
    ("{asset: coin}", "steps: [{atlas: {paddng: 3}}], output: a.png", ["unknown-field"]),
    ("{asset: coin}", "output: '{cell}.webp'", []),
    ("{asset: gem}", "output: a.webp", []),
]


@pytest.mark.parametrize(("inputs", "rest", "found"), FAULTS)
def test_faults(inputs: str, rest: str, found: list[str]) -> None:
    warnings = {"unbounded-edit"}
    told = dict.fromkeys(codes(pack(inputs, rest), **{"ring.svg": ""}))
    assert [code for code in told if code not in warnings] == found


def test_where_the_defaults_ask_it_is_a_request() -> None:
    """An asset without a prompt of its own was a request before, where the defaults say all of it."""
    text = "defaults: {prompt: {request: a mug}}\nassets: {a: {inputs: [{image: a.png}], output: b.png}}"
    assert not assets(text, **{"a.png": ""})["a"].local
