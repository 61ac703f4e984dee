"""Assets that take other assets: decided in order, by bytes, and again when those are known."""

from dataclasses import replace
from typing import Any

import pytest

from imagepipe.digest import digest_text
from imagepipe.graph import CycleError
from imagepipe.lock import Lock
from imagepipe.planning import Rules, Seen, decider
from imagepipe.values import Action, Asset, Entry, FrozenMap, Input, InputFact, Manifest, Plan
from tests.planning.given import (
    WORDS,
    asset,
    entry,
    files_of,
    intent,
    lock_of,
    pic,
    plan,
    receipt,
    recipe,
    row,
    rules,
    seen,
    takes,
    why,
    words,
)

HERO = asset("hero")
CUT = takes(asset("cut"), Input("target", asset="hero"))
OLD = WORDS.replace("one", "two")
LOGO = digest_text("logo")
BADGE = takes(asset("badge"), Input("target", asset="hero"), Input("reference", image="refs/logo.png"))


def fact(name: str, digest: str, role: Any = "target") -> InputFact:
    return InputFact(role, name, digest)


def built(item: Asset, *inputs: InputFact, text: str = WORDS, raw: str = "") -> Entry:
    return entry(item, text, inputs=inputs, pictures=(pic(raw or item.id),))


HERO_BUILT = built(HERO)
CUT_BUILT = built(CUT, fact("hero", pic("hero").sha256))
BOTH = lock_of(hero=HERO_BUILT, cut=CUT_BUILT)
FILES = files_of(HERO_BUILT, CUT_BUILT)


def actions(of: Plan) -> dict[str, Action]:
    return {each.asset: each.action for each in of.decisions}


def test_declared_before_its_input_and_still_decided_after_it() -> None:
    assert actions(plan([CUT, HERO], BOTH, seen(FILES))) == {"cut": Action.KEEP, "hero": Action.KEEP}


def test_waits_for_an_input_that_will_change() -> None:
    made = plan([HERO, CUT], lock_of(hero=built(HERO, text=OLD), cut=CUT_BUILT), seen(FILES))
    cut = row(made, "cut")
    assert (cut.action, cut.waits_for, cut.price.low, cut.price.worst) == (Action.WAIT, ("hero",), 0.0, 0.07)
    assert why(cut) == [("input hero", "", "changes first")]


def test_finishing_the_input_anew_changes_nothing_for_those_that_take_its_original() -> None:
    files = {path: digest for path, digest in FILES.items() if "hero" not in path}
    made = plan([HERO, CUT], BOTH, seen(files, blobs={pic("hero").sha256}))
    assert actions(made) == {"hero": Action.FINISH, "cut": Action.KEEP}


def test_more_candidates_of_the_input_change_nothing_while_the_same_one_is_picked() -> None:
    more = asset("hero", options={"n": 2})
    assert actions(plan([more, CUT], BOTH, seen(FILES))) == {"hero": Action.GENERATE, "cut": Action.KEEP}


def test_a_finished_file_as_input_is_known_only_when_nothing_writes_it() -> None:
    takes_file = takes(asset("cut"), Input("target", asset="hero", output="public/hero.png"))
    cut = built(takes_file, fact("public/hero.png", pic("hero").sha256))
    lock = lock_of(hero=HERO_BUILT, cut=cut)
    assert actions(plan([HERO, takes_file], lock, seen(FILES)))["cut"] is Action.KEEP
    gone = seen({"public/cut.png": FILES["public/cut.png"]}, blobs={pic("hero").sha256})
    assert actions(plan([HERO, takes_file], lock, gone)) == {"hero": Action.FINISH, "cut": Action.WAIT}


def test_the_bytes_of_a_file_are_a_reason() -> None:
    old = built(BADGE, fact("hero", pic("hero").sha256), fact("refs/logo.png", digest_text("old"), "reference"))
    there = seen({**FILES, **files_of(old), "refs/logo.png": LOGO})
    badge = row(plan([HERO, BADGE], lock_of(hero=HERO_BUILT, badge=old), there), "badge")
    assert badge.action is Action.GENERATE
    assert why(badge) == [("inputs[1] refs/logo.png: bytes", digest_text("old"), LOGO)]


def test_a_missing_input_file_blocks() -> None:
    badge = row(plan([HERO, BADGE], lock_of(hero=HERO_BUILT), seen(FILES)), "badge")
    assert (badge.action, badge.code, "refs/logo.png" in badge.note) == (Action.BLOCK, "input-missing", True)


def test_a_blocked_input_blocks_what_takes_it_and_says_where_to_look() -> None:
    doubt = {recipe(HERO).made_from: (intent(recipe(HERO)),)}
    cut = row(plan([HERO, CUT], Lock(), seen(doubts=doubt)), "cut")
    assert (cut.action, cut.code, cut.hint) == (Action.BLOCK, "input-blocked", "see `imagepipe why hero`")


def test_an_input_edited_by_hand_still_has_its_original() -> None:
    files = {**FILES, "public/hero.png": digest_text("by hand")}
    assert actions(plan([HERO, CUT], BOTH, seen(files))) == {"hero": Action.BLOCK, "cut": Action.KEEP}


def test_an_import_is_known_by_its_bytes() -> None:
    stamped = takes(asset("stamped"), Input("reference", asset="brand:logo"))
    made = plan([stamped], Lock(), Seen({}, imports={"brand:logo": LOGO}))
    found = row(made, "stamped").recipe
    assert found is not None
    assert found.parts["inputs[0].sha256"] == LOGO
    assert row(plan([stamped], Lock(), seen()), "stamped").code == "input-missing"


CHANGED_HERO = lock_of(hero=built(HERO, raw="newer"), cut=CUT_BUILT)
CHANGED_FILES = {**FILES, "public/hero.png": pic("newer").sha256}


@pytest.mark.parametrize(
    ("how", "by", "action", "code"),
    [
        ("follow", rules(), Action.GENERATE, ""),
        ("pin", rules(), Action.HOLD, ""),
        ("pin", rules(again=frozenset({"cut"})), Action.GENERATE, ""),
        ("ask", rules(), Action.BLOCK, "input-changed"),
        ("ask", rules(again=frozenset({"cut"})), Action.GENERATE, ""),
    ],
)
def test_what_a_new_input_does_is_the_assets_choice(how: Any, by: Rules, action: Action, code: str) -> None:
    cut = row(plan([HERO, replace(CUT, on_input_change=how)], CHANGED_HERO, seen(CHANGED_FILES), by), "cut")
    assert (cut.action, cut.code) == (action, code)


def test_pinned_against_inputs_does_not_wait() -> None:
    lock = lock_of(hero=built(HERO, text=OLD), cut=CUT_BUILT)
    assert actions(plan([HERO, replace(CUT, on_input_change="pin")], lock, seen(FILES)))["cut"] is Action.HOLD


@pytest.mark.parametrize(("how", "n", "free"), [("ask", 1, True), ("ask", 2, False), ("follow", 1, False)])
def test_what_will_be_asked_about_is_in_no_price(how: Any, n: int, free: bool) -> None:
    cut = replace(CUT, on_input_change=how, options=FrozenMap({**CUT.options, "n": n}))
    lock = lock_of(hero=built(HERO, text=OLD), cut=CUT_BUILT)
    waits = row(plan([HERO, cut], lock, seen(FILES)), "cut")
    assert (waits.action, waits.price.worst == 0) == (Action.WAIT, free)
    stops = row(plan([HERO, cut], CHANGED_HERO, seen(CHANGED_FILES)), "cut")
    assert ("imagepipe adopt cut" in stops.hint) is (how == "ask")


def test_decided_again_when_the_input_is_built() -> None:
    manifest = Manifest("/p", "assets.yaml", (HERO, CUT))
    lock = lock_of(cut=CUT_BUILT)
    stored = seen(FILES, blobs={pic("newer").sha256})
    again = decider(manifest, {"hero": words(), "cut": words()}, lock, stored, rules())
    assert again("cut", {"hero": HERO_BUILT}).action is Action.KEEP
    other = again("cut", {"hero": built(HERO, raw="newer")})
    assert (other.action, [reason.part for reason in other.reasons]) == (Action.GENERATE, ["inputs[0] hero: bytes"])


def test_a_picture_that_must_be_sent_and_is_nowhere_is_told_before_anything_is() -> None:
    raw = replace(HERO, outputs=())
    lock = lock_of(hero=built(raw), cut=CUT_BUILT)
    made = plan(
        [raw, takes(replace(CUT, inputs=()), Input("target", asset="hero"))],
        lock,
        seen(files_of(CUT_BUILT)),
        texts={"cut": OLD},
    )
    cut = row(made, "cut")
    assert (cut.action, cut.code, "--again hero" in cut.hint) == (Action.BLOCK, "input-elsewhere", True)


def test_assets_that_need_each_other_are_named() -> None:
    with pytest.raises(CycleError) as error:
        plan([takes(HERO, Input("style", asset="cut")), CUT], Lock(), seen())
    assert set(error.value.members) == {"hero", "cut"}


class TestSelection:
    def test_only_the_chosen_are_in_the_plan_and_the_price(self) -> None:
        made = plan([HERO, asset("other")], Lock(), seen(), rules(chosen=frozenset({"other"})))
        assert (actions(made), made.totals.price.worst) == ({"other": Action.GENERATE}, 0.07)

    def test_one_whose_input_is_not_built_names_the_way_out(self) -> None:
        cut = row(plan([HERO, CUT], Lock(), seen(), rules(chosen=frozenset({"cut"}))), "cut")
        assert (cut.action, cut.code, "build +cut" in cut.hint) == (Action.BLOCK, "input-not-built", True)

    def test_one_whose_input_is_built_needs_no_selection_of_it(self) -> None:
        there = seen(files_of(HERO_BUILT))
        made = plan([HERO, CUT], lock_of(hero=HERO_BUILT), there, rules(chosen=frozenset({"cut"})))
        assert actions(made) == {"cut": Action.GENERATE}


class TestOneRequestForTwo:
    A, B = asset("a"), asset("b", options={"n": 3})

    def test_one_call_as_large_as_the_largest(self) -> None:
        made = plan([self.A, self.B], Lock(), seen())
        assert [(each.ask, each.note) for each in made.decisions] == [(3, ""), (0, "same request as a")]
        assert made.totals.price.worst == pytest.approx(0.21)

    def test_the_one_not_selected_does_not_take_the_call_with_it(self) -> None:
        made = plan([self.A, self.B], Lock(), seen(), rules(chosen=frozenset({"b"})))
        assert [(each.asset, each.ask) for each in made.decisions] == [("b", 3)]

    def test_a_placeholder_takes_the_picture_that_is_paid_for_anyway(self) -> None:
        stand_in = asset("a", provider="placeholder")
        made = plan([stand_in, self.B], Lock(), seen())
        assert [(each.ask, each.note) for each in made.decisions] == [(0, "same request as b"), (3, "")]

    def test_two_placeholders_are_drawn_each(self) -> None:
        made = plan([asset("a", provider="placeholder"), asset("b", provider="placeholder")], Lock(), seen())
        assert [(each.ask, each.price.worst) for each in made.decisions] == [(1, 0.0), (1, 0.0)]

    def test_once_paid_the_other_copies_it(self) -> None:
        done = entry(self.A, pictures=(pic("raw"), pic("y"), pic("z")))
        lock = lock_of(a=done)
        paid = receipt(recipe(self.A), pic("raw"), pic("y"), pic("z"))
        made = row(plan([self.A, self.B], lock, seen(files_of(done), receipts=[paid])), "b")
        assert (made.action, dict(made.copies)) == (Action.FINISH, {"public/b.png": "public/a.png"})
