"""From a manifest that asks for transparency to files that have it, and what happens where the picture does not."""

import json
from pathlib import Path

import pytest
from PIL import Image

from tests.project import Project
from tests.server.serving import ImageServer

CUT = """\
version: 1
assets:
  mug:
    prompt: {request: a mug, subject: one red mug}
    options: {size: 1024x1024, quality: low}
    transparency: chroma-key
    outputs: [public/mug.png, public/mug.webp, {path: public/mug-64.png, width: 64}]
    expect: {alpha: true, clear_corners: 4, min_transparent: 0.05, max_fringe: 0.1}
"""
NATIVE = """\
version: 1
assets:
  mug:
    prompt: a mug
    model: gpt-image-1.5
    options: {size: 1024x1024, quality: low}
    transparency: native
    outputs: [public/mug.png, public/mug.webp]
"""


def clear(path: Path) -> tuple[int, ...]:
    """Coverage in the corners and in the middle, 0 to 255."""
    with Image.open(path) as image:
        alpha = image.convert("RGBA").getchannel("A")
    wide, high = alpha.size
    corners = [(0, 0), (wide - 1, 0), (0, high - 1), (wide - 1, high - 1), (wide // 2, high // 2)]
    return tuple(int(alpha.getpixel(at)) for at in corners)  # type: ignore[arg-type]


@pytest.mark.parametrize("subject", ["one red mug", "a green frog", "a green frog on a magenta cushion"])
@pytest.mark.parametrize("format", ["png", "webp", "jpeg"])
def test_a_flat_key_is_taken_away(subject: str, format: str, tmp_path: Path, api: ImageServer) -> None:
    project = Project(tmp_path).write(CUT.replace("one red mug", subject))
    project.edit("quality: low", f"quality: low, output_format: {format}")
    built = project.run("build", "--yes")
    assert built.code == 0, built.text
    for name in ("mug.png", "mug.webp", "mug-64.png"):
        assert clear(tmp_path / "public" / name) == (0, 0, 0, 0, 255)
    assert project.actions() == {"mug": "keep"}
    assert len(api.requests) == 1


@pytest.mark.parametrize("text", [CUT, NATIVE])
def test_a_stand_in_has_it_too(text: str, tmp_path: Path) -> None:
    project = Project(tmp_path).write(text)
    built = project.run("build", "--provider", "placeholder")
    assert built.code == 0, built.text
    assert clear(tmp_path / "public/mug.webp") == (0, 0, 0, 0, 255)


def test_a_background_that_is_not_flat_costs_a_picture_and_publishes_nothing(tmp_path: Path, api: ImageServer) -> None:
    api.ignores_background = True
    project = Project(tmp_path).write(CUT)
    built = project.run("build", "--yes")
    assert (built.code, len(api.requests)) == (1, 1)
    assert "✗ mug: " in built.text
    assert "background" in built.text
    assert not (tmp_path / "public").exists()
    assert project.actions() == {"mug": "block"}, "it is kept, and not tried again and again"
    assert "what is wrong is marked in .imagepipe/failed/mug.png" in built.text
    with Image.open(tmp_path / ".imagepipe/failed/mug.png") as shown:
        assert max(shown.size) == 1024
    (report,) = (tmp_path / ".imagepipe/runs").glob("*.json")
    assert json.loads(report.read_text())["assets"]["mug"]["picture"] == ".imagepipe/failed/mug.png"
    assert "shows what was wrong  mug.png" in project.run("gc", "--delete").text
    assert not (tmp_path / ".imagepipe/failed/mug.png").exists()
    again = project.run("build", "--yes")
    assert (again.code, len(api.requests)) == (1, 1)
    (row,) = json.loads(project.run("status", "--json").out)["assets"]
    assert row["usd"] == pytest.approx(api.requests[0].usd), "a picture that failed was paid for too"
    api.ignores_background = False
    assert project.run("build", "--yes", "--retry-failed").code == 0
    assert len(api.requests) == 2
    mug = project.lock["assets"]["mug"]
    assert [one["status"] for one in mug["candidates"]] == ["rejected", "picked"]


def test_other_steps_are_tried_on_a_picture_that_failed(tmp_path: Path, api: ImageServer) -> None:
    text = "version: 1\nassets:\n  mug:\n    prompt: a mug\n    expect: {max_bytes: 1kB}\n    output: mug.png\n"
    project = Project(tmp_path).write(text)
    assert project.run("build", "--yes").code == 1
    assert project.actions() == {"mug": "block"}
    project.edit("max_bytes: 1kB", "max_bytes: 9MB")
    assert project.actions() == {"mug": "restore"}
    assert project.run("build").code == 0
    assert len(api.requests) == 1


def test_a_picture_without_the_transparency_asked_for_is_kept_and_not_published(
    tmp_path: Path, api: ImageServer
) -> None:
    api.ignores_background = True
    project = Project(tmp_path).write(NATIVE)
    built = project.run("build", "--yes")
    assert (built.code, len(api.requests)) == (1, 1)
    assert "no transparency" in built.text
    assert not (tmp_path / "public").exists()
    assert project.actions() == {"mug": "block"}
