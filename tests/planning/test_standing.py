"""The short road to KEEP says nothing that the long one does not: a law over histories, and what it must leave alone."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imagepipe.lock import dumps, loads
from imagepipe.planning import standing
from imagepipe.planning.holdings import Holdings
from imagepipe.planning.inputs import gather
from imagepipe.planning.world import World
from imagepipe.values import Action, Asset, Plan
from tests.planning.given import asset, entry, files_of, intent, lock_of, pic, plan, recipe, rules, seen, words
from tests.planning.test_law import Workshop, projects

Project = tuple[dict[str, Asset], dict[str, str]]


def bare(found: Plan) -> list[Any]:
    """A plan whose rows that stay have only the digest of their picture: the long road takes its other facts, and those
    of the candidates beside it, from the receipts."""
    return [
        replace(row, candidates=(), picked=pic(row.picked.sha256)) if row.action is Action.KEEP and row.picked else row
        for row in found.decisions
    ]


@settings(max_examples=150, deadline=None)
@given(st.lists(projects(), min_size=1, max_size=4), st.sampled_from(["", "lose a file", "lose receipts"]))
def test_both_roads_lead_to_the_same_plan(history: list[Project], accident: str) -> None:
    shop = Workshop()
    for assets, texts in history[:-1] or history:
        shop.build(assets, texts)
    if accident == "lose a file" and shop.files:
        shop.files.pop(sorted(shop.files)[0])
    if accident == "lose receipts":
        shop.receipts = []
    assets, texts = history[-1]
    text = dumps(shop.lock)
    shop.lock = loads(text)
    assert all(shop.lock.entries[name] for name in shop.lock.entries), "the short road is for entries not yet built"
    long_road = shop.plan(assets, texts)
    shop.lock = loads(text)
    assert bare(shop.plan(assets, texts)) == bare(long_road)


MUG = asset("mug")
BUILT = entry(MUG)


def stands(item: Asset = MUG, built: Any = BUILT, files: Any = None, look: Any = None, **wishes: Any) -> bool:
    there = seen(files_of(BUILT) if files is None else files, **(look or {}))
    world = World(Holdings(loads(dumps(lock_of(mug=built))), there), rules(**wishes))
    return standing.standing(item, words(), gather(item, {}, there), world) is not None


def test_what_is_as_the_lock_says_stands() -> None:
    assert stands()


@pytest.mark.parametrize(
    "case",
    [
        {"item": asset("mug", take=2)},
        {"item": asset("mug", options={"n": 2})},
        {"item": asset("mug", pick=1)},
        {"item": asset("mug", pin=True)},
        {"item": asset("mug", outputs=())},
        {"item": asset("mug", originals="raw/mug.png")},
        {"item": asset("mug", provider="placeholder")},
        {"built": replace(BUILT, placeholder=True)},
        {"built": replace(BUILT, candidates=(pic("raw", "kept"),))},
        {"built": replace(BUILT, candidates=())},
        {"item": asset("mug", options={"n": 2}), "built": entry(MUG, pictures=(pic("raw"), pic("bad", "rejected")))},
        {"files": {}},
        {"files": {"public/mug.png": "sha256:other"}},
        {"look": {"doubts": {recipe(MUG).made_from: (intent(recipe(MUG)),)}}},
        {"again": frozenset({"mug"})},
        {"retry_failed": frozenset({"mug"})},
        {"placeholder": True},
        {"retirement_of": lambda model: "was retired"},
    ],
)
def test_what_must_be_weighed_is_left_to_the_long_road(case: dict[str, Any]) -> None:
    assert not stands(**case)


def test_a_changed_asset_beside_it_changes_nothing() -> None:
    cup = asset("cup", take=2)
    lock = loads(dumps(lock_of(mug=BUILT, cup=entry(asset("cup")))))
    found = plan([MUG, cup], lock, seen(files_of(BUILT)))
    assert [row.action for row in found.decisions] == [Action.KEEP, Action.GENERATE]
