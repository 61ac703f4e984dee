"""Steps that make several pictures, put them together, or write a file beside them: which files come of it."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from imagepipe.events import Failed
from imagepipe.manifest.cells import beside
from imagepipe.values import Output
from tests.execute.rig import Rig, asset, steps

GRID = ("grid", {"columns": 2, "rows": 2, "names": ("a", "b", "c", "d")})
SMALL = ("resize", {"width": 8})


def several(path: str, *calls: tuple[str, dict[str, object]]) -> Output:
    """An output as the manifest makes it: what lies beside it is known."""
    made = steps(path, "png", *calls)
    return replace(made, beside=beside(made.steps))


CELLS = several("cells/{cell}.png", GRID)
SHEET = several("sheet.png", GRID, SMALL, ("atlas", {}))
MADE = [
    ([CELLS], ["cells/a.png", "cells/b.png", "cells/c.png", "cells/d.png"]),
    ([several("{cell}.png", ("grid", {"columns": 2, "rows": 1}), SMALL)], ["1.png", "2.png"]),
    ([several("{cell}.png", ("grid", {"columns": 2, "rows": 1, "names": ("x", "")}))], ["x.png"]),
    ([SHEET], ["sheet.json", "sheet.png"]),
    ([several("box.png", ("nine-slice", {"by": 8}), SMALL)], ["box.json", "box.png"]),
    (
        [several("b-{cell}.png", ("grid", {"columns": 2, "rows": 1}), ("nine-slice", {"by": 4}))],
        ["b-1.json", "b-1.png", "b-2.json", "b-2.png"],
    ),
]


@pytest.mark.parametrize(("outputs", "files"), MADE)
def test_files(outputs: list[Output], files: list[str], tmp_path: Path) -> None:
    rig = Rig(tmp_path, asset("a", outputs=outputs))
    assert rig.build().exit_code == 0
    assert sorted(rig.files) == sorted(rig.lock.entries["a"].outputs) == files
    assert rig.actions() == {"a": "keep"}


def test_a_map_names_its_sheet_and_is_recorded_without_a_size(tmp_path: Path) -> None:
    rig = Rig(tmp_path, asset("a", outputs=[SHEET]))
    rig.build()
    told = json.loads(rig.files["sheet.json"])
    assert (told["meta"]["image"], sorted(told["frames"])) == ("sheet.png", ["a", "b", "c", "d"])
    fact = rig.lock.entries["a"].outputs["sheet.json"]
    assert (fact.format, fact.width, fact.height, fact.bytes) == ("json", 0, 0, len(rig.files["sheet.json"]))


@pytest.mark.parametrize("lost", ["cells/b.png", "sheet.json", "sheet.png"])
def test_what_is_missing_is_made_again(lost: str, tmp_path: Path) -> None:
    rig = Rig(tmp_path, asset("a", outputs=[CELLS, SHEET]))
    rig.build()
    before = rig.files.pop(lost)
    assert rig.actions() == {"a": "finish"}
    rig.build()
    assert (rig.calls, rig.writes, rig.files[lost]) == (1, [lost], before)


def test_a_renamed_sheet_has_a_map_that_names_it(tmp_path: Path) -> None:
    rig = Rig(tmp_path, asset("a", outputs=[CELLS, SHEET]))
    rig.build()
    rig.change("a", outputs=(replace(CELLS, path="c/{cell}.png"), replace(SHEET, path="pack.png")))
    rig.build()
    assert rig.writes == ["c/a.png", "c/b.png", "c/c.png", "c/d.png", "pack.png", "pack.json"]
    assert json.loads(rig.files["pack.json"])["meta"]["image"] == "pack.png"
    assert (rig.calls, rig.actions()) == (1, {"a": "keep"})


UNDECLARED = [
    (steps("a.png", "png", GRID), "many-pictures", "its steps make 4 pictures"),
    (steps("{cell}.png", "png", GRID, ("atlas", {})), "many-pictures", "one picture, which has no name"),
    (steps("a.png", "png", GRID, ("atlas", {})), "step-failed", "its steps write .json beside it"),
    (steps("{cell}.png", "png", GRID, GRID), "many-pictures", "step grid makes several pictures of one cell"),
    (steps("{cell}.png", "png", ("grid", {"columns": 3, "rows": 1})), "grid-divides", "32 pixels do not divide"),
]


@pytest.mark.parametrize(("output", "code", "says"), UNDECLARED)
def test_what_does_not_fit_is_one_failure_and_no_file(output: Output, code: str, says: str, tmp_path: Path) -> None:
    rig = Rig(tmp_path, asset("a", outputs=[output]))
    rig.build()
    (failed,) = rig.told(Failed)
    assert (failed.code, rig.files, rig.calls) == (code, {}, 1)
    assert says in failed.message
