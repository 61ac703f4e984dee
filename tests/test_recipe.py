"""Keys hold for ever: a table of recipes whose keys are golden, and what must and must not change one."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from imagepipe.recipe import finish_of, recipe_of
from imagepipe.values import Asset, FrozenMap, InputFact, Output, Prompt, StepCall, Words, freeze

GOLDEN = sorted((Path(__file__).parent / "golden" / "keys").glob("*.json"))
"""Never edit one: a key that changes makes every user pay again. A new case is a new file."""
OPTIONS = {"n": 1, "size": "1024x1024", "quality": "medium", "output_format": "png"}
RAW = "sha256:" + "ab" * 32


def asset_of(data: dict[str, Any]) -> Asset:
    outputs = tuple(
        Output(out["path"], out["format"], tuple(StepCall(name, freeze(options)) for name, options in out["steps"]))
        for out in data.get("outputs", [])
    )
    plain = {name: data[name] for name in ("provider", "model", "take", "metadata", "owner", "license") if name in data}
    return Asset(data["id"], Prompt(), options=freeze(data["options"]), outputs=outputs, **plain)


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_golden_keys(path: Path) -> None:
    data = json.loads(path.read_text(encoding="utf-8"))
    asset = asset_of(data["asset"])
    inputs = tuple(InputFact(role, name, digest) for role, name, digest in data["inputs"])
    recipe = recipe_of(asset, Words(data["prompt"]), inputs)
    key, parts = finish_of(asset, data["raw"], lambda step: data["versions"][step])
    assert recipe.made_from == data["made_from"]
    assert key == data["finished_by"]
    assert {"made_from": dict(recipe.parts), "finished_by": dict(parts)} == data["parts"]


def test_there_are_golden_keys() -> None:
    assert len(GOLDEN) >= 6


BASE = Asset("mug", Prompt(), options=FrozenMap(OPTIONS), outputs=(Output("a.webp", "webp", (StepCall("trim"),)),))


def keys(asset: Asset, text: str = "a mug", inputs: tuple[InputFact, ...] = ()) -> tuple[str, str]:
    return recipe_of(asset, Words(text), inputs).made_from, finish_of(asset, RAW, lambda step: 1)[0]


def options(**changes: Any) -> FrozenMap:
    return FrozenMap(OPTIONS | changes)


@pytest.mark.parametrize(
    "other",
    [
        replace(BASE, id="cup"),
        replace(BASE, options=FrozenMap(dict(reversed(OPTIONS.items())))),
        replace(BASE, options=options(n=7)),
        replace(BASE, provider="placeholder"),
        replace(BASE, expect=FrozenMap({"width": 9}), tags=("x",), alt="x", description="x", pick=2, pin=True),
        replace(BASE, outputs=(replace(BASE.outputs[0], path="elsewhere/b.webp", expect=FrozenMap({"width": 9})),)),
        replace(BASE, vars=FrozenMap({"x": 1}), template="t.j2", prompt=Prompt(text="not yet rendered")),
    ],
)
def test_must_stay_equal(other: Asset) -> None:
    assert keys(other) == keys(BASE)


@pytest.mark.parametrize(
    "other",
    [
        replace(BASE, model="gpt-image-2.5-flare"),
        replace(BASE, provider="local"),
        replace(BASE, take=2),
        replace(BASE, options=options(quality="high")),
        replace(BASE, options=options(background="auto")),
        replace(BASE, options=freeze({**OPTIONS, "svg": {"model": "x"}})),
    ],
)
def test_must_cost_money(other: Asset) -> None:
    assert keys(other)[0] != keys(BASE)[0]
    assert keys(other)[1] == keys(BASE)[1]


@pytest.mark.parametrize(
    "other",
    [
        replace(BASE, outputs=(Output("a.webp", "png", BASE.outputs[0].steps),)),
        replace(BASE, outputs=(Output("a.webp", "webp", (StepCall("trim", FrozenMap({"margin": 2})),)),)),
        replace(BASE, outputs=(*BASE.outputs, Output("b.png", "png"))),
        replace(BASE, license="MIT"),
        replace(BASE, owner="web-team"),
        replace(BASE, metadata="strip"),
    ],
)
def test_must_be_finished_anew_and_be_free(other: Asset) -> None:
    assert keys(other)[0] == keys(BASE)[0]
    assert keys(other)[1] != keys(BASE)[1]


def test_inputs_are_keyed_by_bytes_role_and_order_not_by_name() -> None:
    a, b = InputFact("target", "a.png", "sha256:1"), InputFact("style", "b.png", "sha256:2")
    assert keys(BASE, inputs=(a, b)) == keys(BASE, inputs=(replace(a, name="c.png"), b))
    different = [keys(BASE, inputs=these)[0] for these in ((), (a,), (a, b), (b, a), (replace(a, role="mask"), b))]
    assert len(set(different)) == 5


def test_untouched_bytes_carry_no_licence_so_changing_it_changes_nothing() -> None:
    plain = replace(BASE, outputs=(Output("a.png", "png"),))
    assert keys(replace(plain, license="MIT", owner="me")) == keys(plain)


@pytest.mark.parametrize(("one", "other"), [(82, 82.0), ({}, {}), ([], ())])
def test_values_that_yaml_writers_do_not_tell_apart(one: Any, other: Any) -> None:
    assert keys(replace(BASE, options=options(x=freeze(one)))) == keys(replace(BASE, options=options(x=freeze(other))))


def test_the_label_is_for_the_placeholder_and_in_no_key() -> None:
    assert recipe_of(BASE, Words("a mug")).request.label == "mug"
