"""Two states of a project: what counts as a difference, what follows from it, and what is still to be paid."""

from dataclasses import replace

import pytest

from imagepipe.lock import Lock
from imagepipe.planning import reasons
from imagepipe.planning.comparing import Prices, compare
from imagepipe.values import Asset, Candidate, Entry, FrozenMap, Input, Output, Price, StepCall, Words
from tests.reports.diffsamples import PRICES, asset, price_of, state

RESIZE = StepCall("resize", FrozenMap({"width": 800}))
OPTIONS = FrozenMap({"n": 1, "size": "1024x1024", "quality": "low", "output_format": "png"})


def options(**changed: object) -> FrozenMap:
    return FrozenMap({**OPTIONS, **changed})


DIFFERENCES = {
    "nothing": (asset("a"), asset("a"), []),
    "what is in no key": (asset("a"), asset("a", alt="a mug", tags=("web",), owner="web"), []),
    "quality": (asset("a"), asset("a", options=options(quality="high")), ["options.quality: low → high"]),
    "an option comes": (asset("a"), asset("a", options=options(background="opaque")), ["options.background:  → opaque"]),
    "n": (asset("a"), asset("a", options=options(n=3)), ["options.n: 1 → 3"]),
    "model": (asset("a"), asset("a", model="gpt-image-1.5"), ["model: gpt-image-2 → gpt-image-1.5"]),
    "take": (asset("a"), asset("a", take=2), ["take: 1 → 2"]),
    "a real provider": (asset("a", provider="placeholder"), asset("a"), ["provider: placeholder → openai"]),
    "an input comes": (
        asset("a"),
        asset("a", inputs=(Input("reference", image="r.png"),)),
        ["inputs[0] r.png: role:  → reference", "inputs[0] r.png: bytes:  → sha256:r"],
    ),
    "an output moves": (asset("a"), asset("a", outputs=(Output("new/a.png", "png"),)), ["output: public/a.png → new/a.png"]),
    "an output comes": (
        asset("a"),
        asset("a", outputs=(Output("public/a.png", "png"), Output("a.webp", "webp"))),
        ["output a.webp:  → added"],
    ),
    "a step comes": (
        asset("a"),
        asset("a", outputs=(Output("public/a.png", "png", (RESIZE,)),)),
        ["output public/a.png: step resize:  → added", "output public/a.png: resize.width:  → 800", "metadata:  → embed"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", DIFFERENCES)
def test_differences(name: str) -> None:
    before, after, wanted = DIFFERENCES[name]
    words, files = {"a": ("a mug",)}, {"r.png": "sha256:r"}
    found = compare(state(words, before, files=files), state(words, after, files=files), PRICES)
    assert [f"{why.part}: {why.before} → {why.after}" for one in found.changes for why in one.reasons] == wanted
    assert found.unchanged == (0 if wanted else 1)


def test_a_pattern_stands_for_the_files_made_of_it() -> None:
    cells = asset("a", outputs=(Output("cells/{index}.png", "png"),))
    now = state({"a": ("cells",)}, cells)
    fact = next(iter(now["a"].outputs.values()))
    built = replace(now["a"], outputs=FrozenMap({f"cells/{number}.png": fact for number in (1, 2, 3)}))
    assert compare({"a": built}, now, PRICES).changes == ()


def chain() -> tuple[dict[str, tuple[str, ...]], tuple[Asset, ...]]:
    words = {id: (f"picture {id}",) for id in "abcd"}
    assets = (asset("a"), *(asset(id, inputs=(Input("target", asset=of),)) for id, of in ("ba", "cb")), asset("d"))
    return words, assets


def test_what_takes_a_changed_picture_changes_with_it() -> None:
    words, assets = chain()
    found = compare(state(words, *assets), state(words | {"a": ("another",)}, *assets), PRICES)
    assert [one.asset for one in found.changes] == ["a", "b", "c"]
    assert [one.to_build.low for one in found.changes] == [0.01, 0.0, 0.0]
    assert [one.to_build.worst for one in found.changes] == pytest.approx([0.015] * 3)
    assert found.unchanged == 1


def test_nothing_follows_from_other_steps() -> None:
    words, assets = chain()
    stepped = (replace(assets[0], outputs=(Output("public/a.png", "png", (RESIZE,)),)), *assets[1:])
    assert [one.asset for one in compare(state(words, *assets), state(words, *stepped), PRICES).changes] == ["a"]


def test_another_name_costs_nothing_and_moves_nothing_that_takes_it() -> None:
    words, (first, second, *_) = chain()
    had = state(words, first)["a"]
    paid = replace(had, candidates=(Candidate("sha256:a", 1, 1, "png", "picked"),))
    lock = Lock(entries={"a": paid})
    before = state(words, first, second, lock=lock)
    second = replace(second, inputs=(Input("target", asset="main"),))
    after = state({**words, "main": words["a"]}, second, replace(first, id="main"), lock=lock)
    found = compare(before, after, Prices(price_of, lambda key, asset: 1))
    (change,) = found.changes
    assert (change.asset, change.kind, change.to_build) == ("main", "changed", Price())
    assert [(why.part, why.before, why.after) for why in change.reasons] == [("renamed", "a", "main")]
    assert (found.unchanged, found.cost_before) == (1, found.cost_after)
    assert compare(before, after, PRICES, {"a"}).changes[0].asset == "main"


@pytest.mark.parametrize(
    ("had", "n", "low"), [(0, 1, 0.01), (1, 1, 0.0), (1, 3, 0.02), (3, 3, 0.0), (5, 3, 0.0), (1_000_000, 3, 0.0)]
)
def test_only_what_is_not_paid_yet_is_to_be_paid(had: int, n: int, low: float) -> None:
    before = state({"a": ("a mug",)}, asset("a"))
    after = state({"a": ("a cup",)}, asset("a", options=options(n=n)))
    found = compare(before, after, Prices(price_of, lambda key, asset: had))
    assert found.to_build.low == pytest.approx(low)
    assert found.cost_after.low == pytest.approx(0.01 * n)


def test_a_stand_in_costs_nothing_and_an_unknown_price_stays_unknown() -> None:
    words = {"a": ("a mug",)}
    free = compare({}, state(words, asset("a", provider="placeholder")), PRICES)
    assert free.to_build == free.cost_after == Price()
    unknown = Prices(lambda recipe, ask: Price(None, None, None), lambda key, asset: 0)
    assert compare({}, state(words, asset("a")), unknown).to_build == Price(None, None, None)


def test_another_picture_of_the_same_recipe_is_told() -> None:
    now = state({"a": ("a mug",)}, asset("a"))["a"]

    def picked(digest: str) -> dict[str, Entry]:
        return {"a": replace(now, candidates=(Candidate(digest, 1, 1, "png", "picked"),))}

    found = compare(picked("sha256:one"), picked("sha256:two"), PRICES)
    assert [(why.part, why.after) for why in found.changes[0].reasons] == [("picture", "sha256:two")]


def test_only_the_chosen_are_compared() -> None:
    words, assets = chain()
    found = compare({}, state(words, *assets), PRICES, {"b", "d"})
    assert [one.asset for one in found.changes] == ["b", "d"]
    assert found.cost_after.low == pytest.approx(0.02)


def test_pictures_that_a_person_rejected_are_to_be_paid_for_again() -> None:
    words, (first, second, *_) = chain()
    lost = Candidate("sha256:a", 1, 1, "png", "rejected", "too dark")
    lock = Lock(entries={"a": replace(state(words, first)["a"], candidates=(lost,))})
    now = state(words, first, second, lock=lock)
    found = compare(now, now, Prices(price_of, lambda key, asset: 0 if asset == "a" else 1))
    assert [one.asset for one in found.changes] == ["a", "b"], "what takes it changes with it"
    (why,) = found.changes[0].reasons
    assert (why.part, why.before, why.after) == ("candidates", "1 rejected", "1 more")
    assert [one.to_build.low for one in found.changes] == [0.01, 0.0]
    assert compare(now, now, Prices(price_of, lambda key, asset: 1)).changes == ()


def test_a_changed_line_is_named_by_its_field_and_one_of_a_plain_prompt_by_its_number_alone() -> None:
    def parts(*lines: str, fields: tuple[str, ...]) -> list[str]:
        return [reason.part for reason in reasons.of_prompt(("a mug", "red"), Words("\n".join(lines), fields))]

    assert parts("a mug", "blue", fields=("request", "palette")) == ["prompt.palette line 2"]
    assert parts("a mug", "blue", fields=("prompt", "prompt")) == ["prompt line 2"]
    assert parts("a mug", fields=("prompt",)) == ["prompt line 2"]
