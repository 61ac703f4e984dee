"""Pictures and steps that do not go together: one clear line, nothing published, what was paid kept."""

from pathlib import Path

import pytest

from tests.project import Project
from tests.server.serving import ImageServer

PROJECT = """\
version: 1
assets:
  a:
    prompt: a picture
    options: {size: 1024x1024, quality: low}
    outputs: [public/a.png, OUTPUT]
"""
STEPS = [
    (
        '{path: "c/{cell}.png", steps: [trim, {pad: {by: 1}}, {grid: {columns: 47, rows: 1}}]}',
        "pixels do not divide into 47 columns",
    ),
    ("{path: x.png, steps: [trim, {crop: {width: 4000}}]}", "crop less, or `resize`"),
    (
        "{path: s.png, steps: [{grid: {columns: 2, rows: 2}}, {atlas: {max_size: 64}}]}",
        "do not fit on a sheet of 64x64",
    ),
    ("{path: t.png, steps: [{tile: {seam: 0}}]}", "the horizontal seam differs by"),
    ("{path: k.png, steps: [{encode: {max_bytes: 10}}]}", "at most 10 may"),
]
ANSWERS = ["not_image", "truncated_image", "flipped_byte", "apng", "bomb", "wrong_format", "trailing"]
OPTIONS = [
    ("{path: b.png, steps: [{cutout: {tolerance: 300}}]}", "300"),
    ("{path: b.png, steps: [{resize: {width: 0}}]}", "0"),
    ("{path: '{cell}.png', steps: [{grid: {columns: 0, rows: 1}}]}", "0"),
    ("{path: b.webp, steps: [{encode: {quality: 101}}]}", "101"),
]


@pytest.mark.parametrize(("output", "says"), STEPS)
def test_a_step_that_cannot_do_its_work(output: str, says: str, tmp_path: Path, api: ImageServer) -> None:
    project = Project(tmp_path).write(PROJECT.replace("OUTPUT", output))
    built = project.run("build", "--yes")
    assert built.code == 1, built.text
    assert says in built.text
    assert list(project.files()) in (["assets.yaml"], ["assets.lock", "assets.yaml"])
    project.edit(output, "public/b.png")
    assert project.run("build", "--yes").code == 0
    assert len(api.requests) == 1, "what was paid is kept"


@pytest.mark.parametrize("fault", ANSWERS)
def test_an_answer_that_is_no_good_picture(fault: str, tmp_path: Path, api: ImageServer) -> None:
    api.fault(fault)
    project = Project(tmp_path).write(PROJECT.replace(", OUTPUT", ""))
    built = project.run("build", "--yes")
    assert built.code == 1, built.text
    assert not (tmp_path / "public").exists()
    assert project.actions() == {"a": "block"}
    assert len(api.requests) == 1


@pytest.mark.parametrize(("output", "underlined"), OPTIONS)
def test_an_option_out_of_range_is_told_at_its_place(output: str, underlined: str, tmp_path: Path) -> None:
    project = Project(tmp_path).write(PROJECT.replace("OUTPUT", output))
    ran = project.run("validate", "--format", "json")
    (found,) = ran.json["findings"]
    assert (ran.code, found["code"], found["line"]) == (2, "out-of-range", 6)
    text = (tmp_path / "assets.yaml").read_text(encoding="utf-8").splitlines()[5]
    assert text[found["column"] - 1 :][: found["length"]] == underlined
