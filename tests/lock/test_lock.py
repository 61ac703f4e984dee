"""The lock as text: the same bytes for the same content, and a clear word for anything that is no lock."""

import json
from dataclasses import replace
from typing import Any

import jsonschema
import pytest

from imagepipe.errors import Damaged
from imagepipe.events import Dropped, Event, Failed, Published, Relocked, Skipped
from imagepipe.lock import Lock, by_key, changes, dumps, entries, loads, with_changes
from imagepipe.lock.advancing import advance
from imagepipe.schemafiles import schema
from imagepipe.values import Charge, Entry, FrozenMap, InputFact, freeze
from tests.planning.given import asset, entry, lock_of, pic, stepped

MUG = entry(asset())
FULL = replace(
    entry(asset("cut", outputs=stepped()), "Täglich\n  geöffnet \\ \"quoted\"", inputs=(InputFact("target", "mug", pic("m").sha256),)),
    answer="migrated",
    origin=freeze({"made_from": "sha256:" + "1" * 64, "model": "gpt-image-1", "options": {"quality": "high"}}),
    profile="draft",
    approved=True,
    note="as agreed",
    resolved_model="gpt-image-2-2026-04-21",
    cost=Charge(0.0512, freeze({"input_tokens": 12, "output_tokens_details": {"image_tokens": 1756}}), True),
    made_at="2026-11-21T10:00:00Z",
)  # fmt: skip
DRAWN = entry(asset("drawn", provider="placeholder"), placeholder=True)
LOCK = lock_of(mug=MUG, cut=FULL, drawn=DRAWN)
TEXT = dumps(LOCK)


def test_there_and_back() -> None:
    back = loads(TEXT)
    assert dict(back.entries) == dict(LOCK.entries)
    assert dumps(back) == TEXT


def test_it_is_valid_by_the_published_schema() -> None:
    jsonschema.validate(json.loads(TEXT), schema("lock"))


def test_the_layout_is_for_reviewers() -> None:
    lines = TEXT.splitlines()
    assert lines[:4] == ["{", '  "version": 1,', '  "assets": {', '    "cut": {']
    assert lines[-3:] == ['    "~": {}', "  }", "}"]
    assert TEXT.endswith("}\n")
    assert '        "Täglich",' in lines
    assert '          "options.quality": "medium",' in lines
    assert '        "quality": "medium",' in lines
    assert sum(line.startswith('    "') for line in lines) == 4


def test_order_in_memory_is_not_order_in_the_file() -> None:
    assert dumps(Lock(entries=entries(dict(reversed(list(LOCK.entries.items())))))) == TEXT
    shuffled = replace(MUG, options=FrozenMap(dict(reversed(list(MUG.options.items())))))
    assert dumps(lock_of(mug=shuffled)) == dumps(lock_of(mug=MUG))


def test_a_project_without_a_lock_starts_empty() -> None:
    assert dict(Lock().entries) == {}
    assert json.loads(dumps(Lock())) == {"version": 1, "assets": {"~": {}}}


def test_reformatted_by_an_editor_it_still_reads_and_comes_back_in_our_form() -> None:
    assert dumps(loads(json.dumps(json.loads(TEXT)))) == TEXT


CONFLICT = TEXT.replace('    "cut": {\n', '<<<<<<< HEAD\n    "cut": {\n=======\n    "cup": {\n>>>>>>> other\n', 1)


@pytest.mark.parametrize(
    ("text", "code", "says", "line"),
    [
        ("", "lock-empty", "is empty", 0),
        (" \n\n", "lock-empty", "is empty", 0),
        ("nonsense", "lock-form", "not readable", 1),
        ("[]", "lock-form", "not a lock", 1),
        ("{}", "lock-form", "names no version", 1),
        ('{"version": true, "assets": {}}', "lock-form", "names no version", 1),
        ('{"version": 1}', "lock-form", "no map of assets", 1),
        ('{"version": 2, "assets": {}}', "lock-newer", "version 2", 1),
        ('{"version": 1, "assets": {"a": 3}}', "lock-form", "a is not a map", 1),
        (TEXT[:-40], "lock-form", "not readable", None),
        (CONFLICT, "lock-conflict", "on line 4, 6, 8", 4),
        ("[" * 100_000, "lock-form", "not readable", None),
        (TEXT.replace("0.0512", "NaN"), "lock-form", "not readable: a number", None),
        (TEXT.replace("as agreed", "\\ud800"), "lock-form", "a character that no lock holds", None),
        (TEXT.replace('    "drawn": {', '    "cut": {'), "lock-form", "cut is there twice", 4),
    ],
)
def test_what_is_no_lock(text: str, code: str, says: str, line: int | None) -> None:
    with pytest.raises(Damaged) as error:
        loads(text, "assets.lock")
    found = error.value
    assert (found.exit_code, found.code, says in found.message, bool(found.hint)) == (6, code, True, True)
    assert found.place is not None
    assert line is None or found.place.line == line


@pytest.mark.parametrize("number", ["1e999", "-1e999", "1" + "0" * 400, "1" * 400 + ".5"])
@pytest.mark.parametrize(
    "before", ['"usd": 0.0512', '"input_tokens": 12', '"image_tokens": 1756', '"model": "gpt-image-2"', '"take": 1']
)
def test_a_number_beyond_all_bounds_is_refused_with_its_line(before: str, number: str) -> None:
    assert before in TEXT
    text = TEXT.replace(before, before[: before.index(":") + 2] + number, 1)
    with pytest.raises(Damaged) as error:
        dict(loads(text, "assets.lock").entries.items())
    found = error.value
    assert (found.exit_code, found.code) == (6, "lock-form")
    assert found.place is not None
    assert found.place.line > 3


def test_markers_name_the_command() -> None:
    with pytest.raises(Damaged) as error:
        loads(CONFLICT)
    assert "imagepipe lock merge" in error.value.hint


SHA = "sha256:" + "0" * 64


def broken(**fields: Any) -> str:
    data = json.loads(dumps(lock_of(mug=MUG)))
    data["assets"]["mug"].update(fields)
    return json.dumps(data, indent=2)


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"made_from": 3}, "mug.made_from"),
        ({"parts": []}, "mug.parts"),
        ({"parts": {"made_from": 3}}, "mug.parts.made_from"),
        ({"prompt": "one line"}, "mug.prompt"),
        ({"prompt": [1]}, "mug.prompt"),
        ({"options": None}, "mug.options"),
        ({"placeholder": "yes"}, "mug.placeholder"),
        ({"answer": "guessed"}, "mug.answer"),
        ({"made_from": "../../x"}, "mug.made_from is not a sha256 digest"),
        ({"candidates": [{"sha256": "sha256:../../x"}]}, "mug.candidates.sha256 is not a sha256 digest"),
        ({"candidates": [{"sha256": SHA}]}, "mug.candidates.width"),
        ({"candidates": [{"sha256": SHA, "width": 1, "height": 1, "format": "\x1b[2J", "status": "kept"}]}, "mug.candidates.format"),
        ({"candidates": [{"sha256": SHA, "width": -1, "height": 1, "format": "png", "status": "picked"}]}, "mug.candidates.width"),
        ({"candidates": [{"sha256": SHA, "width": 1, "height": 1, "format": "png", "status": "best"}]}, "mug.candidates.status"),
        ({"inputs": {}}, "mug.inputs"),
        ({"outputs": {"a.png": 3}}, "mug.outputs.a.png"),
        ({"outputs": {"../a.png": {}}}, "mug.outputs.../a.png climbs out"),
        ({"left_over": {".git/config": {}}}, "is inside `.git`"),
        ({"options": {"x": json.loads("[" * 500 + "]" * 500)}}, "mug.options is nested too deep"),
        ({"x" * 900: 1}, "x" * 150),
        ({"cost": {"usd": "much"}}, "mug.cost.usd"),
        ({"cost": {"usd": True}}, "mug.cost.usd"),
        ({"colour": "red"}, "mug.colour"),
    ],
)  # fmt: skip
def test_a_field_of_the_wrong_type_is_named_with_its_line(fields: dict[str, Any], path: str) -> None:
    text = broken(**fields)
    lock = loads(text)
    with pytest.raises(Damaged) as error:
        lock.entries["mug"]
    assert path in error.value.message
    assert error.value.place is not None
    name = next(iter(fields))
    assert f'"{name}"' in text.splitlines()[error.value.place.line - 1]


def test_a_field_that_is_missing_is_named() -> None:
    data = json.loads(dumps(lock_of(mug=MUG)))
    del data["assets"]["mug"]["prompt"]
    with pytest.raises(Damaged, match=r"mug\.prompt is missing"):
        loads(json.dumps(data)).entries["mug"]


def test_a_broken_entry_disturbs_nobody_else() -> None:
    data = json.loads(TEXT)
    data["assets"]["cut"]["made_from"] = 3
    assert loads(json.dumps(data)).entries["mug"] == MUG


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (Published("cup", "generate", MUG), {"mug": MUG, "cup": MUG}),
        (Relocked("mug", FULL), {"mug": FULL}),
        (Failed("mug", "x", "y", entry=DRAWN), {"mug": DRAWN}),
        (Failed("mug", "x", "y"), {"mug": MUG}),
        (Dropped("mug"), {}),
        (Dropped("cup"), {"mug": MUG}),
        (Skipped("mug", "x"), {"mug": MUG}),
    ],
)
def test_it_moves_on_with_what_happens(event: Event, expected: dict[str, Entry]) -> None:
    assert dict(advance(lock_of(mug=MUG), event).entries) == expected


def test_what_changes_nothing_gives_the_same_lock() -> None:
    lock = loads(TEXT)
    for event in (Published("mug", "keep", MUG), Dropped("nobody"), Skipped("mug", "x")):
        assert advance(lock, event) is lock


def test_changes_between_two_locks() -> None:
    base = loads(TEXT)
    now = advance(advance(base, Dropped("drawn")), Published("cup", "generate", MUG))
    assert changes(base, now) == {"cup": MUG, "drawn": None}
    assert changes(base, loads(TEXT)) == {}
    assert dumps(with_changes(base, changes(base, now))) == dumps(now)


def test_looking_up_keys_leaves_placeholders_out() -> None:
    assert by_key(loads(TEXT)) == {MUG.made_from: "mug", FULL.made_from: "cut"}
