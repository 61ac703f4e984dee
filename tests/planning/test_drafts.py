"""Which draft a final picture is made of, by what the lock says, and what is told where there is none."""

from dataclasses import replace
from typing import Any

import pytest

from imagepipe.planning.drafts import draft_of, why_none
from imagepipe.values import PROFILE, Action, Asset, Entry, Input, InputFact
from tests.planning.given import WORDS, asset, entry, files_of, lock_of, pic, plan, row, rules, seen, takes

HERO = replace(takes(asset("hero"), Input("reference", draft="draft")), final_uses="draft")
DRAFT = replace(entry(asset("hero"), pictures=(pic("draft"),)), profile="draft")
APPROVED = replace(DRAFT, approved=True)
FINAL = entry(HERO, inputs=(InputFact("reference", "the approved draft", pic("draft").sha256),), pictures=(pic("raw"),))

CASES: list[tuple[str, dict[str, Entry], str, str]] = [
    ("hero", {"hero": APPROVED}, "draft", ""),
    ("hero", {"hero": DRAFT}, "", "nobody has approved its draft"),
    ("hero", {"hero": replace(DRAFT, placeholder=True)}, "", "its draft is a placeholder"),
    ("hero", {}, "", "there is no draft yet"),
    ("hero", {"hero": replace(APPROVED, profile="sketch")}, "", "there is no draft yet"),
    ("hero", {"hero": FINAL}, "draft", ""),
    ("hero#0", {"hero": APPROVED}, "draft", ""),
    ("hero#0", {"hero": entry(asset("hero")), "hero#0": FINAL}, "draft", ""),
]


@pytest.mark.parametrize(("id", "entries", "draft", "told"), CASES)
def test_the_draft_and_why_there_is_none(id: str, entries: dict[str, Entry], draft: str, told: str) -> None:
    item = replace(HERO, id=id)
    assert draft_of(item, entries) == (pic(draft).sha256 if draft else "")
    if told:
        note, hint = why_none(item, entries)
        assert told in note
        assert "hero`" in hint, "the way out names the asset"


@pytest.mark.parametrize(
    ("held", "by", "action", "code"),
    [
        (APPROVED, {}, Action.GENERATE, ""),
        (DRAFT, {}, Action.BLOCK, "no-approved-draft"),
        (DRAFT, {"placeholder": True}, Action.HOLD, ""),
        (replace(DRAFT, placeholder=True), {"placeholder": True}, Action.GENERATE, ""),
    ],
    ids=["approved", "not approved", "a stand-in replaces nothing", "a stand-in of a stand-in"],
)
def test_what_is_decided_of_a_final(held: Entry, by: dict[str, Any], action: Action, code: str) -> None:
    there = seen(files_of(held), blobs={pic("draft").sha256})
    made = row(plan([HERO], lock_of(hero=held), there, rules(**by)), "hero")
    assert (made.action, made.code) == (action, code), made


@pytest.mark.parametrize(
    ("text", "left", "action", "old"),
    [
        (WORDS, {"hero": APPROVED}, Action.GENERATE, Action.DROP),
        (WORDS.replace("one mug", "one cup"), {"hero": APPROVED}, Action.BLOCK, Action.HOLD),
        (WORDS, {"hero": DRAFT}, Action.BLOCK, Action.HOLD),
        (
            WORDS,
            {"hero": APPROVED, "mug": replace(APPROVED, candidates=(pic("b", "picked"),))},
            Action.BLOCK,
            Action.HOLD,
        ),
    ],
    ids=["same words", "other words too", "nobody approved it", "two that may be it"],
)
def test_a_final_with_a_new_name(text: str, left: dict[str, Entry], action: Action, old: Action) -> None:
    banner = replace(HERO, id="banner")
    made = plan([banner], lock_of(**left), seen(files_of(DRAFT)), texts={"banner": f"{text}\nInput images: Image 1"})
    assert (row(made, "banner").action, row(made, "hero").action) == (action, old)
    if action is Action.BLOCK:
        assert "banner" in row(made, "hero").note, "what may be its new name"


PLAIN = asset("hero")
OTHER = asset("hero", options={"quality": "high"})


@pytest.mark.parametrize(
    ("item", "action", "told"),
    [
        (PLAIN, Action.FINISH, True),
        (replace(PLAIN, pin=True), Action.FINISH, True),
        (OTHER, Action.GENERATE, True),
        (replace(OTHER, pin=True), Action.HOLD, False),
        (replace(PLAIN, profile="draft"), Action.KEEP, False),
    ],
    ids=["the same request", "pinned, the same", "another request", "pinned, another", "judged as a draft"],
)
def test_a_draft_is_called_final_where_it_is_the_same_request_alone(item: Asset, action: Action, told: bool) -> None:
    made = row(plan([item], lock_of(hero=DRAFT), seen(files_of(DRAFT), blobs={pic("draft").sha256})), "hero")
    assert (made.action, PROFILE in [reason.part for reason in made.reasons]) == (action, told)
