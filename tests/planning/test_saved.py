"""A saved plan is done exactly, or refused with what moved."""

import json

import jsonschema
import pytest

from imagepipe.errors import Refused, UsageError
from imagepipe.lock import Lock
from imagepipe.planning import saved, states
from imagepipe.schemafiles import schema
from tests.planning.given import WORDS, asset, entry, files_of, intent, lock_of, plan, recipe, rules, seen

MUG, CUP, JUG = asset("mug"), asset("cup", take=2), asset("jug", take=3)
THEN = plan([MUG, CUP], lock_of(cup=entry(CUP)), seen(files_of(entry(CUP))))


def test_the_same_plan_passes_and_brings_its_options_along() -> None:
    found = saved.loads(saved.dumps(THEN, {"profile": "draft", "again": ["mug"]}), "p.json")
    saved.require_same(found, THEN)
    assert dict(found.options) == {"profile": "draft", "again": ("mug",)}


def test_its_file_is_valid_by_the_published_schema() -> None:
    jsonschema.validate(json.loads(saved.dumps(THEN)), schema("plan"))


@pytest.mark.parametrize(
    ("now", "says"),
    [
        (plan([MUG, CUP], lock_of(cup=entry(CUP)), seen()), "cup: was keep, is now block (file public/cup.png)"),
        (plan([MUG], lock_of(cup=entry(CUP)), seen(files_of(entry(CUP)))), "cup: was keep, is now drop"),
        (plan([MUG, CUP], Lock(), seen()), "cup: was keep, is now generate (asset)"),
        (plan([CUP], lock_of(cup=entry(CUP)), seen(files_of(entry(CUP)))), "mug: not in the plan any more"),
        (
            plan([MUG, CUP, JUG], lock_of(cup=entry(CUP)), seen(files_of(entry(CUP)))),
            "jug: new in the plan, generate",
        ),
        (
            plan([MUG, CUP], lock_of(cup=entry(CUP)), seen(files_of(entry(CUP))), texts={"mug": WORDS + "!"}),
            "mug: is now generate (another request than the planned one)",
        ),
        (
            plan([MUG, CUP], lock_of(cup=entry(CUP)), seen(files_of(entry(CUP))), rules(price=9)),
            "mug: is now generate (another price)",
        ),
    ],
)
def test_what_moved_is_named(now: saved.Plan, says: str) -> None:
    with pytest.raises(Refused) as error:
        saved.require_same(saved.loads(saved.dumps(THEN), "p.json"), now)
    assert says in error.value.message
    assert (error.value.exit_code, error.value.code) == (4, "stale-plan")


def test_the_same_action_for_other_words_says_which() -> None:
    before, files = lock_of(mug=entry(MUG)), seen(files_of(entry(MUG)))
    then, now = (plan([MUG], before, files, texts={"mug": WORDS.replace("one mug", it)}) for it in ("a cup", "a jug"))
    with pytest.raises(Refused, match=r"mug: is now generate \(prompt.subject line 3 → Subject: a jug\)$"):
        saved.require_same(saved.loads(saved.dumps(then), "p.json"), now)


ROWS = '{"version": 1, "basis": "x", "options": {}, "decisions": [%s]}'


@pytest.mark.parametrize(
    "text",
    [
        "", "{}", "[]", '{"version": 1, "decisions": 3}', '{"version": 2}', ROWS % "3", ROWS % '{"asset": "mug"}',
        ROWS % '{"asset": "mug", "action": "keep", "reasons": 3}', ROWS % '{"asset": [], "action": "keep", "reasons": []}',
    ],
)  # fmt: skip
def test_another_file_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        saved.loads(text, "p.json")


def test_states_are_read_off_the_plan() -> None:
    doubt = {recipe(MUG).made_from: (intent(recipe(MUG)),)}
    made = plan([MUG, CUP, JUG], lock_of(cup=entry(CUP)), seen(doubts=doubt))
    assert states(made) == {"mug": "changed missing failed", "cup": "changed missing", "jug": "changed missing"}
