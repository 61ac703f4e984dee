"""The plan as a table: (entry, recipe, seen) → (action, reasons). Every action and sub-case is a row."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from imagepipe.digest import digest_text
from imagepipe.lock import Lock
from imagepipe.planning import Rules, Seen
from imagepipe.planning.codes import CODES
from imagepipe.values import Action, Asset, Candidate, Decision, FileFact, FrozenMap, Output, StepCall
from tests.planning.given import (
    WORDS,
    asset,
    entry,
    files_of,
    intent,
    lock_of,
    made_file,
    pic,
    plan,
    receipt,
    recipe,
    refusal,
    row,
    rules,
    seen,
    stepped,
    why,
)

K, F, R, G, W, H, D, B = (
    Action.KEEP, Action.FINISH, Action.RESTORE, Action.GENERATE, Action.WAIT, Action.HOLD, Action.DROP, Action.BLOCK,
)  # fmt: skip
OLD = WORDS.replace("one mug", "two mugs")
CHANGED = ("prompt.subject line 3", "Subject: two mugs", "Subject: one mug")
NEW = ("asset", "", "new")
MUG = asset()
BUILT = entry(MUG)
FILES = files_of(BUILT)
OLDER = entry(MUG, OLD, pictures=(pic("old"),))
MERGED, BESIDE = (
    replace(one, candidates=(*one.candidates, replace(other.candidates[0], status="kept", made_from=other.made_from)))
    for one, other in ((BUILT, OLDER), (OLDER, BUILT))
)
WEBP = asset(outputs=stepped())
WEBP_BUILT = entry(WEBP)
RAW = pic("raw").sha256
HAND = {"public/mug.png": digest_text("by hand")}
STAND_IN = asset(provider="placeholder")
DRAWN = entry(STAND_IN, placeholder=True, pictures=(pic("drawn"),))
THREE = asset(options={"n": 3})
PICS = (pic("raw"), pic("b"), pic("c"))
RETIRED = {"retirement_of": lambda model: "was shut down on 2026-10-23; gpt-image-2 replaces it"}
RECEIPT = receipt(recipe(MUG), pic("raw"))
FAILED = receipt(recipe(MUG), pic("raw"), failure="width is 512, not 1024")
BLOBS = {"blobs": frozenset({RAW, pic("old").sha256, pic("b").sha256, pic("drawn").sha256})}


@dataclass(frozen=True)
class Row:
    name: str
    asset: Asset
    lock: Lock
    seen: Seen
    action: Action
    reasons: list[tuple[str, str, str]] = field(default_factory=list)
    rules: Rules = field(default_factory=rules)
    also: Mapping[str, Any] = field(default_factory=dict)


def by(**changes: Any) -> Rules:
    names = ("again", "resend", "forget", "retry_failed")
    return rules(**{name: frozenset({value}) if name in names else value for name, value in changes.items()})


def file(state: str, path: str = "public/mug.png") -> tuple[str, str, str]:
    return (f"file {path}", "", state)


def kind_of(id: str, *steps: StepCall) -> Asset:
    return asset(outputs=stepped("public/mug.webp", *steps))


KEPT = [
    Row("as it should be", MUG, lock_of(mug=BUILT), seen(FILES), K),
    Row("steps as before, original elsewhere", WEBP, lock_of(mug=WEBP_BUILT), seen(files_of(WEBP_BUILT)), K),
    Row("n lowered", MUG, lock_of(mug=entry(THREE, pictures=PICS)), seen(FILES), K),
    Row("duplicates count as paid", THREE, lock_of(mug=entry(THREE, pictures=(pic("raw"),))),
        seen(FILES, receipts=[receipt(recipe(THREE), pic("raw"), paid=3)]), K),
    Row("adopted: asked for no more", THREE, lock_of(mug=entry(THREE, changes={"answer": "adopted"})), seen(FILES), K),
    Row("a placeholder where one is asked for", STAND_IN, lock_of(mug=DRAWN), seen(files_of(DRAWN)), K),
    Row("pinned and unchanged", replace(MUG, pin=True), lock_of(mug=BUILT), seen(FILES), K),
    Row("the same bytes as a Git LFS pointer names", MUG, lock_of(mug=BUILT), seen(dict(FILES)), K),
]  # fmt: skip

FINISHED = [
    Row("file missing", MUG, lock_of(mug=BUILT), seen(receipts=[RECEIPT]), F, [file("missing")],
        also={"writes": ("public/mug.png",), "ask": 0}),
    Row("file replaced by another of ours", MUG, lock_of(mug=BUILT), seen({"public/mug.png": pic("b").sha256}, **BLOBS), F,
        [file("replaced")]),
    Row("edited, with --force", MUG, lock_of(mug=BUILT), seen(HAND, receipts=[RECEIPT]), F, [file("edited")], by(force=True)),
    Row("step option changed", kind_of("mug", StepCall("resize", FrozenMap({"width": 1200}))), lock_of(mug=WEBP_BUILT),
        seen(files_of(WEBP_BUILT), **BLOBS), F, [("step resize.width", "1600", "1200")]),
    Row("step added", kind_of("mug", StepCall("resize", FrozenMap({"width": 1600})), StepCall("trim")),
        lock_of(mug=WEBP_BUILT), seen(files_of(WEBP_BUILT), **BLOBS), F, [("step trim", "", "version 1")]),
    Row("step's version changed, original here", WEBP, lock_of(mug=WEBP_BUILT), seen(files_of(WEBP_BUILT), **BLOBS), F,
        [("step resize", "version 1", "version 2")], by(version_of=lambda step: 2)),
    Row("another candidate picked", replace(THREE, pick=2), lock_of(mug=entry(THREE, pictures=PICS)),
        seen(FILES, **BLOBS), F, [("pick", "1", "2")], also={"picked": replace(pic("b"), status="kept")}),
    Row("output moved, original elsewhere", asset(outputs=stepped("img/mug.webp")), lock_of(mug=WEBP_BUILT),
        seen(files_of(WEBP_BUILT)), F, [("output img/mug.webp: moved", "public/mug.webp", "img/mug.webp")],
        also={"copies": {"img/mug.webp": "public/mug.webp"}, "orphans": ("public/mug.webp",)}),
    Row("asset renamed, output the same", replace(MUG, id="cup"), lock_of(mug=BUILT), seen(FILES), F,
        [("renamed", "mug", "cup")], also={"writes": (), "asset": "cup"}),
    Row("licence changed, embedded", replace(WEBP, license="MIT"), lock_of(mug=WEBP_BUILT),
        seen(files_of(WEBP_BUILT), **BLOBS), F, [("license", "", "MIT")]),
    Row("output format changed", asset(outputs=(Output("public/mug.png", "webp"),)), lock_of(mug=BUILT),
        seen(FILES, **BLOBS), F, [("output public/mug.png: format", "png", "webp")]),
    Row("placeholder missing, drawing here", STAND_IN, lock_of(mug=DRAWN), seen(**BLOBS), F, [file("missing")]),
    Row("original kept in the repository", replace(WEBP, originals="art/mug.png"), lock_of(mug=WEBP_BUILT),
        seen({**files_of(WEBP_BUILT), "art/mug.png": RAW}, at_hand={RAW: "art/mug.png"}), K),
]  # fmt: skip

RESTORED = [
    Row("lock lost, files there", MUG, Lock(), seen(FILES, receipts=[RECEIPT]), R, [NEW], also={"writes": ()}),
    Row("lock and files lost", MUG, Lock(), seen(receipts=[RECEIPT]), R, [NEW, file("missing")],
        also={"note": "made before, 2026-11-20"}),
    Row("back to an earlier prompt", MUG, lock_of(mug=OLDER), seen(files_of(OLDER), receipts=[RECEIPT], **BLOBS), R,
        [CHANGED, file("replaced")]),
    Row("paid before, placeholder in the lock", MUG, lock_of(mug=DRAWN), seen(files_of(DRAWN), receipts=[RECEIPT]), R,
        [("provider", "placeholder", "openai"), file("replaced")]),
    Row("paid before, placeholder asked for", STAND_IN, Lock(), seen(receipts=[RECEIPT]), R, [NEW, file("missing")]),
    Row("lock lost, steps, files of unknown make", WEBP, Lock(),
        seen({"public/mug.webp": digest_text("?")}, receipts=[RECEIPT]), R, [NEW], also={"writes": ("public/mug.webp",)}),
]  # fmt: skip

GENERATED = [
    Row("new", MUG, Lock(), seen(), G, [NEW], also={"ask": 1}),
    Row("lock lost, words changed, the file one that the store let go", MUG, Lock(),
        seen({"public/mug.png": pic("b").sha256}, received=frozenset({pic("b").sha256})), G, [NEW]),
    Row("a word changed", MUG, lock_of(mug=OLDER), seen(files_of(OLDER)), G, [CHANGED]),
    Row("an option changed", asset(options={"quality": "high"}), lock_of(mug=BUILT), seen(FILES), G,
        [("options.quality", "medium", "high")]),
    Row("an option written that was not", asset(options={"background": "opaque"}), lock_of(mug=BUILT), seen(FILES), G,
        [("options.background", "", "opaque")]),
    Row("take raised", replace(MUG, take=2), lock_of(mug=BUILT), seen(FILES), G, [("take", "1", "2")]),
    Row("another model", replace(MUG, model="gpt-image-2.5-flare"), lock_of(mug=BUILT), seen(FILES), G,
        [("model", "gpt-image-2", "gpt-image-2.5-flare")]),
    Row("n raised: what a merge put beside it was paid for something else", THREE, lock_of(mug=MERGED),
        seen(FILES), G, [("options.n", "1", "3")], also={"ask": 2}),
    Row("a merge kept the picture, and its bytes are here", MUG, lock_of(mug=BESIDE),
        seen(files_of(OLDER), **BLOBS), F, [CHANGED, file("replaced")], also={"ask": 0}),
    Row("n raised: the rest", THREE, lock_of(mug=BUILT), seen(FILES, receipts=[RECEIPT]), G, [("options.n", "1", "3")],
        also={"ask": 2, "picked": pic("raw")}),
    Row("n raised, no receipts here", THREE, lock_of(mug=entry(MUG, pictures=PICS[:2])), seen(FILES), G,
        [("options.n", "2", "3")], also={"ask": 1}),
    Row("fewer came than asked for", THREE, lock_of(mug=entry(THREE, pictures=PICS[:2])),
        seen(FILES, receipts=[receipt(recipe(THREE), *PICS[:2])]), G, [("options.n", "2", "3")], also={"ask": 1}),
    Row("asked anew", THREE, lock_of(mug=entry(THREE, pictures=PICS)), seen(FILES), G, [("again", "", "asked for")],
        by(again="mug"), also={"ask": 3}),
    Row("placeholder, now for real", MUG, lock_of(mug=DRAWN), seen(files_of(DRAWN)), G,
        [("provider", "placeholder", "openai")]),
    Row("placeholder, new", STAND_IN, Lock(), seen(), G, [NEW], by(per_asset=0.01, frozen=True)),
    Row("placeholder asked for on the command line", MUG, Lock(), seen(), G, [NEW], by(placeholder=True, price=None)),
    Row("placeholder, drawing gone", STAND_IN, lock_of(mug=DRAWN), seen(), G, [file("missing")]),
    Row("in doubt, re-sent", MUG, Lock(), seen(doubts={recipe(MUG).made_from: (intent(recipe(MUG)),)}), G, [NEW],
        by(resend="mug")),
    Row("refused, tried again", MUG, Lock(), seen(refusals={recipe(MUG).made_from: refusal(recipe(MUG))}), G, [NEW],
        by(retry_failed="mug")),
    Row("failed its checks, tried again", MUG, Lock(), seen(receipts=[FAILED]), G, [NEW], by(retry_failed="mug")),
    Row("original gone, asked for again", WEBP, lock_of(mug=WEBP_BUILT), seen(), G, [("again", "", "asked for")],
        by(again="mug")),
    Row("unknown price, allowed", MUG, Lock(), seen(), G, [NEW],
        by(price=None, per_asset=1.0, allow_unknown_price=True)),
    Row("retired model, third-party date only", MUG, Lock(), seen(), G, [NEW]),
]  # fmt: skip

HELD = [
    Row("pinned, prompt changed", replace(MUG, pin=True), lock_of(mug=OLDER), seen(files_of(OLDER)), H, [CHANGED],
        also={"note": "pinned"}),
    Row("pinned, n raised", replace(THREE, pin=True), lock_of(mug=BUILT), seen(FILES), K),
    Row("pinned, asked anew", replace(MUG, pin=True), lock_of(mug=BUILT), seen(FILES), H, [], by(again="mug")),
    Row("retired model, unchanged", MUG, lock_of(mug=BUILT), seen(FILES), H, [], by(**RETIRED)),
    Row("paid picture, placeholder asked for", STAND_IN, lock_of(mug=BUILT), seen(FILES), H),
    Row("paid picture, placeholder asked for, prompt changed", STAND_IN, lock_of(mug=OLDER), seen(files_of(OLDER)), H,
        [CHANGED]),
    Row("step's version changed, original elsewhere", WEBP, lock_of(mug=WEBP_BUILT), seen(files_of(WEBP_BUILT)), H,
        [("step resize", "version 1", "version 2")], by(version_of=lambda step: 2)),
    Row("in doubt, forgotten", MUG, Lock(), seen(doubts={recipe(MUG).made_from: (intent(recipe(MUG)),)}), H, [NEW],
        by(forget="mug")),
    Row("a request for more is in doubt", MUG, lock_of(mug=BUILT),
        seen(FILES, doubts={recipe(MUG).made_from: (intent(recipe(MUG)),)}), H),
    Row("n raised, frozen", THREE, lock_of(mug=BUILT), seen(FILES), H, [], by(frozen=True)),
]  # fmt: skip

BLOCKED = [
    ("in-doubt", Row("end unknown", MUG, Lock(), seen(doubts={recipe(MUG).made_from: (intent(recipe(MUG)),)}), B, [NEW])),
    ("in-doubt", Row("again does not re-send", MUG, lock_of(mug=BUILT),
        seen(FILES, doubts={recipe(MUG).made_from: (intent(recipe(MUG)),)}), B, [("again", "", "asked for")],
        by(again="mug"))),
    ("refused", Row("refused", MUG, Lock(), seen(refusals={recipe(MUG).made_from: refusal(recipe(MUG))}), B, [NEW])),
    ("checks-failed", Row("failed its checks", MUG, Lock(), seen(receipts=[FAILED]), B, [NEW])),
    ("checks-failed", Row("all rejected, receipts elsewhere", MUG, lock_of(mug=entry(MUG, pictures=(pic("x", "rejected"),))),
        seen(), B, [("picture", "", "none yet")])),
    ("retired-model", Row("retired and changed", MUG, lock_of(mug=OLDER), seen(files_of(OLDER)), B, [CHANGED], by(**RETIRED))),
    ("retired-model", Row("retired, placeholder asked for", STAND_IN, Lock(), seen(), B, [NEW], by(**RETIRED))),
    ("edited-by-hand", Row("edited", MUG, lock_of(mug=BUILT), seen(HAND, **BLOBS), B, [file("edited")])),
    ("edited-by-hand", Row("edited, prompt changed", MUG, lock_of(mug=OLDER), seen(HAND), B, [CHANGED])),
    ("not-ours", Row("somebody's file", MUG, Lock(), seen(HAND), B, [NEW])),
    ("not-ours", Row("somebody's file, paid before", MUG, Lock(), seen(HAND, receipts=[RECEIPT]), B,
        [NEW, file("not ours")])),
    ("not-ours", Row("somebody's file, placeholder", STAND_IN, Lock(), seen(HAND), B, [NEW])),
    ("raw-missing", Row("steps changed, original gone", kind_of("mug", StepCall("trim")), lock_of(mug=WEBP_BUILT),
        seen(files_of(WEBP_BUILT)), B, [("step trim", "", "version 1"), ("step resize", "version 1", ""),
                                        ("step resize.width", "1600", "")])),
    ("raw-missing", Row("file missing, original gone", MUG, lock_of(mug=BUILT), seen(), B, [file("missing")])),
    ("raw-missing", Row("receipt here, blob lost", MUG, Lock(), seen(receipts=[RECEIPT], blobs=frozenset()), B,
        [NEW, file("missing")])),
    ("pick-missing", Row("pick too high", replace(MUG, pick=4), lock_of(mug=BUILT), seen(FILES), B)),
    ("pick-rejected", Row("pick rejected", replace(THREE, pick=2),
        lock_of(mug=entry(THREE, pictures=(pic("raw"), pic("b", "rejected"), pic("c")))), seen(FILES), B)),
    ("over-asset-cap", Row("over the cap", THREE, Lock(), seen(), B, [NEW], by(per_asset=0.10))),
    ("unknown-price", Row("unknown price", MUG, Lock(), seen(), B, [NEW], by(price=None, per_asset=1.0))),
    ("frozen", Row("frozen", MUG, Lock(), seen(), B, [NEW], by(frozen=True))),
]  # fmt: skip

ROWS = [*KEPT, *FINISHED, *RESTORED, *GENERATED, *HELD, *(each for _, each in BLOCKED)]


def decided(case: Row) -> Decision:
    return row(plan([case.asset], case.lock, case.seen, case.rules), case.asset.id)


@pytest.mark.parametrize("case", ROWS, ids=lambda case: f"{case.action}: {case.name}")
def test_row(case: Row) -> None:
    found = decided(case)
    assert (found.action, why(found)) == (case.action, case.reasons), (found.note, found.code)
    for name, value in case.also.items():
        got = getattr(found, name)
        assert (got.sha256 if name == "picked" else got) == (value.sha256 if name == "picked" else value)


@pytest.mark.parametrize("case", ROWS, ids=lambda case: f"{case.action}: {case.name}")
def test_money_only_where_a_provider_is_asked(case: Row) -> None:
    found = decided(case)
    assert bool(found.ask) == (found.action is G)
    if found.action is not G or case.asset.provider == "placeholder":
        assert found.price.worst == 0


@pytest.mark.parametrize(("code", "case"), BLOCKED, ids=lambda item: item if isinstance(item, str) else item.name)
def test_a_block_says_what_a_person_can_do(code: str, case: Row) -> None:
    found = decided(case)
    assert (found.code, bool(found.note), bool(found.hint)) == (code, True, True)
    assert code in CODES


@pytest.mark.parametrize(
    ("came", "way"), [(pic("raw"), "`imagepipe adopt mug`"), (Candidate("", 0, 0, ""), "`imagepipe adopt mug FILE`")]
)
def test_a_failed_answer_can_be_adopted_alone_where_it_is_a_picture(came: Candidate, way: str) -> None:
    broken = receipt(recipe(MUG), came, failure="the answer is no picture")
    assert way in row(plan([MUG], Lock(), seen(receipts=[broken])), "mug").hint


def test_a_file_edited_and_left_behind_is_named() -> None:
    moved = replace(MUG, outputs=(Output("img/mug.png", "png"),))
    lock, told = lock_of(mug=BUILT), "public/mug.png was changed by hand: it stays"
    found = row(plan([moved], lock, seen(HAND, **BLOBS)), "mug")
    assert (found.action, told in found.note, found.orphans) == (F, True, ())
    gone = row(plan([], lock, seen(HAND)))
    assert (gone.action, told in gone.note, gone.code) == (D, True, "left-edited")
    assert told not in row(plan([moved], lock, seen(FILES, **BLOBS)), "mug").note


def test_the_free_way_to_a_lost_lock_is_named_first() -> None:
    other = asset("cup")
    for lock, named in ((Lock(), True), (lock_of(cup=entry(other)), False)):
        stops = row(plan([MUG], lock, seen(HAND)), "mug")
        assert (stops.code, "imagepipe lock rebuild" in stops.hint) == ("not-ours", named)


@pytest.mark.parametrize("case", [each for each in ROWS if each.action is H], ids=lambda case: case.name)
def test_a_hold_says_why(case: Row) -> None:
    assert decided(case).note


def test_what_is_no_longer_declared_is_dropped_and_its_files_listed() -> None:
    found = row(plan([], lock_of(mug=BUILT), seen(FILES)))
    assert (found.action, found.orphans) == (D, ("public/mug.png",))
    edited = row(plan([], lock_of(mug=BUILT), seen(HAND)))
    assert (edited.action, edited.orphans) == (D, ())


def test_a_rename_leaves_no_orphans() -> None:
    made = plan([replace(MUG, id="cup")], lock_of(mug=BUILT), seen(FILES))
    assert [(each.asset, each.action, each.orphans) for each in made.decisions] == [("cup", F, ()), ("mug", D, ())]
    assert row(made, "mug").note == "goes on as cup"


def test_a_twin_takes_a_copy_of_what_stays_where_it_is() -> None:
    made = plan([MUG, asset("cup")], lock_of(mug=BUILT), seen(FILES))
    assert why(row(made, "cup"))[1:] == [
        ("picture", "", "that of mug"),
        ("output public/cup.png: copied", "public/mug.png", "public/cup.png"),
    ]


def test_prices_come_with_the_reason() -> None:
    found = decided(Row("", THREE, Lock(), seen(), G))
    assert (found.price.low, found.price.worst) == pytest.approx((0.15, 0.21))
    lost = decided(Row("", MUG, lock_of(mug=BUILT), seen(), B))
    assert "$0.05" in lost.hint
    assert "--again mug" in lost.hint


@pytest.mark.parametrize(
    "change",
    [
        lambda item: replace(item, expect=FrozenMap({"width": 99})),
        lambda item: replace(item, tags=("x",), alt="y", description="z", owner="w"),
        lambda item: replace(item, options=FrozenMap(dict(reversed(list(item.options.items()))))),
    ],
)
def test_what_is_in_no_key_changes_nothing(change: Callable[[Asset], Asset]) -> None:
    assert decided(Row("", change(MUG), lock_of(mug=BUILT), seen(FILES), K)).action is K


def test_swapped_recipes_copy_files_and_cost_nothing() -> None:
    a, b = asset("a"), asset("b")
    lock = lock_of(a=entry(a, WORDS, pictures=(pic("one"),)), b=entry(b, OLD, pictures=(pic("two"),)))
    files = files_of(*lock.entries.values())
    made = plan([a, b], lock, seen(files), texts={"a": OLD, "b": WORDS})
    assert [each.action for each in made.decisions] == [F, F]
    assert [dict(each.copies) for each in made.decisions] == [
        {"public/a.png": "public/b.png"},
        {"public/b.png": "public/a.png"},
    ]


def test_a_set_of_files_without_steps_needs_its_pattern_only() -> None:
    many = asset(outputs=(Output("pack/{index}.png", "png"),))
    made = replace(entry(many), outputs=FrozenMap({"pack/1.png": FileFact(RAW, 1, 1, "png", 1)}))
    assert decided(Row("", many, lock_of(mug=made), seen({"pack/1.png": RAW}), K)).action is K
    assert decided(Row("", many, lock_of(mug=made), seen(**BLOBS), F)).action is F
    assert decided(Row("", many, lock_of(mug=made), seen({"pack/1.png": pic("b").sha256}, **BLOBS), F)).orphans == ()
    assert made_file(many, many.outputs[0], RAW) == RAW
