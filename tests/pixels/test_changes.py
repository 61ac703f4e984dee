"""Steps and outputs of a built project are changed for nothing, and no other file is touched."""

from pathlib import Path

import pytest

from tests.project import Project
from tests.server.serving import ImageServer

HERO = """\
version: 1
assets:
  hero:
    prompt: a hero
    options: {size: 1024x1024, quality: low}
    outputs:
      - public/hero.png
      - {path: "public/hero-{width}.webp", widths: [64, 128]}
      - {path: "cells/{cell}.png", steps: [{resize: {width: 64}}, {grid: {columns: 2, rows: 1, names: [a, b]}}]}
      - {path: public/sheet.png, steps: [{resize: {width: 64}}, {grid: {columns: 2, rows: 2}}, atlas]}
"""
CHANGES = [
    ("widths: [64, 128]", "widths: [64, 96]", {"public/hero-96.webp"}),
    ("{path: public/sheet.png", "{path: public/pack.png", {"public/pack.png", "public/pack.json"}),
    ("names: [a, b]", 'names: [a, ""]', set()),
    ("rows: 2}}, atlas]", "rows: 2}}, {atlas: {padding: 8}}]", {"public/sheet.png", "public/sheet.json"}),
    ("rows: 1, names", "rows: 2, names", None),
]


def test_a_change_costs_nothing_and_touches_what_it_changes(tmp_path: Path, api: ImageServer) -> None:
    project = Project(tmp_path).write(HERO)
    assert project.run("build", "--yes", "--prune").code == 0
    whole = project.files()
    for before, after, touched in CHANGES:
        project.edit(before, after)
        built = project.run("build", "--yes", "--prune")
        if touched is None:
            assert built.code == 1, built.text
            assert "4 cells, and there are 2 names" in built.text
            touched = set()
        else:
            assert built.code == 0, built.text
        now = project.files()
        changed = {path for path in now if now[path] != whole.get(path)} - {"assets.yaml", "assets.lock"}
        assert changed == touched, before
        project.edit(after, before)
        assert project.run("build", "--yes", "--prune").code == 0
        whole = project.files()
    assert len(api.requests) == 1
    assert project.run("plan", "--exit-code").code == 0
    assert "removed" not in project.run("diff").text
    assert "public/sheet.json  json, " in project.run("show", "hero").text


@pytest.mark.parametrize(
    ("size", "asked"),
    [("width: 1200, height: 630", "1200x640"), ("width: 640, height: 480, densities: [1, 2]", "1280x960")],
)
def test_an_exact_file_is_asked_for_in_the_nearest_legal_size(size: str, asked: str, tmp_path: Path) -> None:
    project = Project(tmp_path).write(f"""\
version: 1
assets:
  og:
    prompt: a card
    outputs: [{{path: "og{"-{density}" if "densities" in size else ""}.jpg", {size}}}]
""")
    assert project.run("build", "--provider", "placeholder").code == 0
    entry = project.lock["assets"]["og"]
    assert entry["options"]["size"] == asked
    wide, high = (int(part.split(":")[1].strip()) for part in size.split(",")[:2])
    assert any((fact["width"], fact["height"]) == (wide, high) for fact in entry["outputs"].values())
