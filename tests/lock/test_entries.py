"""How an entry comes about, and what of the one before it stays."""

from dataclasses import replace

from imagepipe.lock import Made, entry_of
from imagepipe.lock.entries import statuses, total
from imagepipe.values import EMPTY, Charge, FileFact, freeze
from tests.planning.given import asset, entry, pic, receipt, recipe

MUG = asset()
RECIPE = recipe(MUG)
RAW, OTHER = pic("raw"), pic("other")
FILES = {"public/mug.png": FileFact(RAW.sha256, 1, 1, "png", 3)}


def made(*receipts: object, picked: str = RAW.sha256) -> Made:
    return Made((RAW, OTHER), picked, FILES, "sha256:f", EMPTY, receipts)  # type: ignore[arg-type]


def test_it_says_what_was_sent_and_what_it_cost() -> None:
    first = receipt(RECIPE, RAW, charge=Charge(0.05, freeze({"total_tokens": 10})), resolved_model="m-1", made_at="t1")
    second = receipt(RECIPE, OTHER, charge=Charge(0.07, freeze({"total_tokens": 5}), True), made_at="t2")
    found = entry_of(RECIPE, made(first, second))
    assert (found.made_from, found.prompt[0], found.resolved_model, found.made_at) == (
        RECIPE.made_from, "Use case: product-mockup", "m-1", "t1",
    )  # fmt: skip
    assert found.cost == Charge(0.12, freeze({"total_tokens": 15}), True)
    assert found.picked is not None
    assert found.picked.sha256 == RAW.sha256


def test_an_approval_is_of_one_picture() -> None:
    before = replace(entry(MUG), approved=True, note="by Ann", cost=Charge(0.05), made_at="t0")
    same = entry_of(RECIPE, made(), before)
    assert (same.approved, same.note, same.cost, same.made_at) == (True, "by Ann", Charge(0.05), "t0")
    assert not entry_of(RECIPE, made(picked=OTHER.sha256), before).approved
    assert entry_of(recipe(MUG, "other words"), made(), before).note == ""


def test_a_placeholder_leaves_nothing_of_itself_to_the_real_one() -> None:
    before = replace(entry(MUG, placeholder=True), note="drawn")
    assert entry_of(RECIPE, made(), before).note == ""


def test_each_picture_once_in_the_order_it_came() -> None:
    bad = pic("bad", "rejected")
    found = statuses((RAW, OTHER, RAW, bad), OTHER.sha256)
    assert [(item.sha256, item.status) for item in found] == [
        (RAW.sha256, "kept"),
        (OTHER.sha256, "picked"),
        (bad.sha256, "rejected"),
    ]


def test_one_unknown_sum_makes_the_total_unknown() -> None:
    assert total([Charge(0.05), Charge(None)]).usd is None
    assert total([]) == Charge(0, EMPTY, False)
