"""From a raw picture to files: what is made, what is copied, what is left alone."""

import io
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from imagepipe.events import Failed, Published, Relocked, Warned
from imagepipe.recipe import finish_of
from imagepipe.steps.catalogue import STEPS, version_of
from imagepipe.values import Candidate, FileFact, FrozenMap, Output
from tests.execute.rig import Rig, answer, asset, png, steps

WEBP = steps("a.webp", "webp", ("resize", {"width": 16}), ("encode", {"quality": 70}))
JPEG = steps("a.jpg", "jpeg", ("resize", {"width": 16}))
RAW = Output("a.png", "png")


def facts(rig: Rig) -> dict[str, tuple[str, tuple[int, int]]]:
    found = {}
    for path, data in rig.files.items():
        with Image.open(io.BytesIO(data)) as image:
            found[path] = (str(image.format).lower(), image.size)
    return found


def test_every_output_is_made_and_recorded(tmp_path: Path) -> None:
    rig = Rig(tmp_path, asset("a", outputs=[RAW, WEBP, JPEG], originals="orig/a.png"))
    rig.build()
    assert facts(rig) == {
        "a.png": ("png", (32, 32)),
        "a.webp": ("webp", (16, 16)),
        "a.jpg": ("jpeg", (16, 16)),
        "orig/a.png": ("png", (32, 32)),
    }
    outputs = rig.lock.entries["a"].outputs
    assert {path: fact.bytes for path, fact in outputs.items()} == {p: len(data) for p, data in rig.files.items()}
    assert rig.actions() == {"a": "keep"}


def test_shared_steps_run_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runs: list[str] = []
    monkeypatch.setitem(STEPS, "resize", "tests.execute.counting")
    monkeypatch.setattr("tests.execute.counting.RUNS", runs)
    rig = Rig(tmp_path, asset("a", outputs=[WEBP, JPEG]))
    assert rig.build().exit_code == 0
    assert runs == ["a"]


def test_changed_steps_cost_nothing(tmp_path: Path) -> None:
    rig = Rig(tmp_path, asset("a", outputs=[RAW, WEBP]))
    rig.build()
    rig.change("a", outputs=(RAW, steps("a.webp", "webp", ("resize", {"width": 8}))))
    assert rig.actions() == {"a": "finish"}
    rig.build()
    assert (rig.calls, rig.writes) == (1, ["a.webp"])
    assert facts(rig)["a.webp"] == ("webp", (8, 8))


def test_a_missing_file_alone_is_made_again_with_the_same_bytes(tmp_path: Path) -> None:
    rig = Rig(tmp_path, asset("a", outputs=[RAW, WEBP, JPEG]))
    rig.build()
    gone, entry = rig.files.pop("a.webp"), rig.lock.entries["a"]
    rig.build()
    assert (rig.calls, rig.writes) == (1, ["a.webp"])
    assert rig.files["a.webp"] == gone
    assert rig.lock.entries["a"] == entry
    assert rig.told_of(Published) == ["a"]


def test_a_moved_output_is_copied_although_the_original_is_gone(tmp_path: Path) -> None:
    rig = Rig(tmp_path / "one", asset("a", outputs=[WEBP]))
    rig.build()
    rig.change("a", outputs=(steps("b.webp", "webp", ("resize", {"width": 16}), ("encode", {"quality": 70})),))
    other = Rig(tmp_path / "two", rig.assets["a"])
    other.files, other.lock = rig.files, rig.lock
    assert other.build().exit_code == 0
    assert other.files["b.webp"] == other.files["a.webp"]
    assert [event.code for event in other.told(Warned)] == ["orphans"]
    assert other.calls == 0


def test_another_pick_is_finished_at_no_cost(tmp_path: Path) -> None:
    rig = Rig(tmp_path, asset("a", options={"n": 2}))
    rig.build()
    rig.change("a", pick=2)
    rig.build()
    assert (rig.calls, rig.files["a.png"]) == (1, png(2))
    assert [one.status for one in rig.lock.entries["a"].candidates] == ["kept", "picked"]


def test_a_finished_file_that_was_adopted_comes_back_as_it_was(tmp_path: Path) -> None:
    rig = Rig(tmp_path, asset("a", outputs=[steps("a.png", "png", ("resize", {"width": 16}))]))
    rig.build()
    digest = rig.store.put_blob(done := png(9, (12, 12)))
    key, parts = finish_of(rig.assets["a"], digest, version_of)
    before = rig.lock.entries["a"]
    entry = replace(
        before,
        candidates=(Candidate(digest, 12, 12, "png", "picked"),),
        outputs=FrozenMap({"a.png": FileFact(digest, 12, 12, "png", len(done))}),
        parts=FrozenMap({**before.parts, "finished_by": parts}),
        finished_by=key,
    )
    rig.lock = replace(rig.lock, entries={"a": entry})
    del rig.files["a.png"]
    assert rig.actions() == {"a": "finish"}
    rig.build()
    assert rig.files["a.png"] == done
    assert rig.lock.entries["a"].outputs == entry.outputs


@pytest.mark.parametrize(
    ("outputs", "expect", "code"),
    [
        ([steps("a.webp", "webp", ("fit", {"width": 0, "height": 1}))], {}, "step-failed"),
        ([Output("a.tiff", "tiff")], {}, "unknown-format"),
        ([RAW], {"width": 64}, "picture-unexpected"),
        ([Output("a.png", "png", expect=FrozenMap({"max_bytes": 10}))], {}, "picture-unexpected"),
        ([RAW], {"alpha": True}, "picture-unexpected"),
    ],
)
def test_what_cannot_be_finished_writes_nothing_and_is_not_paid_twice(
    tmp_path: Path, outputs: list[Output], expect: dict[str, object], code: str
) -> None:
    rig = Rig(tmp_path, asset("a", outputs=[Output("first.png", "png"), *outputs], expect=FrozenMap(expect)))
    assert rig.build().exit_code == 1
    assert [event.code for event in rig.told(Failed)] == [code]
    assert rig.files == {}
    assert rig.build().exit_code == 1
    assert rig.calls == 1


def test_an_expectation_nobody_can_check_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    rig = Rig(tmp_path, asset("a", expect=FrozenMap({"text": "Open daily"})))
    assert rig.build().exit_code == 0
    assert "expectation-unchecked" in [event.code for event in rig.told(Warned)]


def test_a_lost_original_is_said_and_not_paid_for(tmp_path: Path) -> None:
    rig = Rig(tmp_path, asset("a", outputs=[WEBP]))
    rig.build()
    rig.change("a", outputs=(JPEG,))
    plan = rig.plan()
    [digest] = [one.sha256 for one in rig.lock.entries["a"].candidates]
    rig.store.layout.blob(digest).unlink()
    rig.plan = lambda **rules: plan  # type: ignore[method-assign]
    assert rig.build().exit_code == 1
    assert [event.code for event in rig.told(Failed)] == ["raw-missing"]
    assert rig.calls == 1


def test_nothing_written_is_a_change_of_the_lock_alone(tmp_path: Path) -> None:
    rig = Rig(tmp_path, asset("a"))
    rig.build()
    rig.assets = {"b": asset("b", "picture of a", outputs=[RAW])}
    rig.build()
    assert rig.told_of(Relocked) == ["b"]
    assert rig.writes == []


def test_a_wrong_format_is_written_in_the_outputs_own(tmp_path: Path) -> None:
    rig = Rig(tmp_path, asset("a", outputs=[Output("a.jpg", "jpeg")]))
    rig.provider.script("picture of a", answer(png(3)))
    rig.build()
    assert facts(rig) == {"a.jpg": ("jpeg", (32, 32))}


def test_every_expectation_that_is_not_met_is_told(tmp_path: Path) -> None:
    small = Output("a.png", "png", expect=FrozenMap({"max_bytes": 10, "min_width": 33}))
    rig = Rig(tmp_path, asset("a", outputs=[small], expect=FrozenMap({"width": 64, "alpha": True})))
    rig.build()
    (failed,) = rig.told(Failed)
    told = ["width is 32, expected 64", "no transparency", "a.png: the file has", "expected at most 10", "33 or more"]
    assert [said for said in told if said not in failed.message] == []


CUT = ("crop", {"width": 900})
FAILING = [
    ([steps("b.png", "png", CUT)], "b.png: the part"),
    ([steps("b.png", "png", CUT), steps("c.webp", "webp", CUT)], "b.png and 1 more: the part"),
    ([steps("b.jpg", "jpeg", ("encode", {"max_bytes": 10}))], "b.jpg: the jpeg file has"),
]


@pytest.mark.parametrize(("outputs", "says"), FAILING)
def test_a_step_that_fails_says_for_which_output(outputs: list[Output], says: str, tmp_path: Path) -> None:
    rig = Rig(tmp_path, asset("a", outputs=[RAW, *outputs]))
    rig.build()
    (failed,) = rig.told(Failed)
    assert failed.message.startswith(says)


def test_what_a_merge_kept_of_another_recipe_has_cost_nobody_knows_how_much(tmp_path: Path) -> None:
    rig = Rig(tmp_path / "one", asset("a", "first"))
    rig.build()
    first = rig.lock.entries["a"]
    raw = rig.files["a.png"]
    rig.assets = {"a": asset("a", "second")}
    rig.build()
    aside = replace(first.candidates[0], status="kept", made_from=first.made_from)
    second = rig.lock.entries["a"]
    other = Rig(tmp_path / "two", asset("a", "first"))
    other.lock = replace(rig.lock, entries={"a": replace(second, candidates=(*second.candidates, aside))})
    other.files = dict(rig.files)
    other.store.put_blob(raw)
    assert other.build().exit_code == 0
    assert (other.calls, other.files["a.png"]) == (0, raw)
    assert other.lock.entries["a"].cost.usd is None
    assert other.actions() == {"a": "keep"}
