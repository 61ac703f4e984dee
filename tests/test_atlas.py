"""Several assets' files in one sheet, end to end: free, asked of nobody, made anew when an input's bytes change."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from PIL import Image

from tests.project import Project
from tests.server import ImageServer

GAME = """\
version: 1
budget: {per_asset: 0.10}
defaults: {options: {quality: low}, prompt: {style: pixel art}}
assets:
  coin:
    prompt: {request: a coin}
    outputs: [{path: art/coin.png, width: 40, height: 40}, art/coin-big.png]
  gem:
    prompt: {request: a gem}
    output: art/gem.webp
  items:
    inputs: [{asset: coin}, {asset: gem, note: jewel}, {image: art/ring.png}]
    steps: [{resize: {width: 24}}, {atlas: {padding: 2, extrude: 1}}]
    output: public/items.png
"""
SIDES = {"type": "integer", "minimum": 0}


def box(*names: str) -> dict[str, Any]:
    return {"type": "object", "required": [*names], "properties": dict.fromkeys(names, SIDES)}


READER = {
    "type": "object",
    "required": ["frames", "meta"],
    "properties": {
        "frames": {
            "type": "object",
            "minProperties": 1,
            "additionalProperties": {
                "type": "object",
                "required": ["frame", "rotated", "trimmed", "spriteSourceSize", "sourceSize"],
                "properties": {
                    "frame": box("x", "y", "w", "h"),
                    "spriteSourceSize": box("x", "y", "w", "h"),
                    "sourceSize": box("w", "h"),
                    "rotated": {"const": False},
                    "trimmed": {"type": "boolean"},
                },
            },
        },
        "meta": {
            "type": "object",
            "required": ["image", "format", "size", "scale"],
            "properties": {
                "image": {"type": "string", "pattern": "^[^/]+$"},
                "format": {"const": "RGBA8888"},
                "size": box("w", "h"),
                "scale": {"type": "string", "pattern": "^[0-9.]+$"},
            },
        },
    },
}
"""What Phaser 3 (textures/parsers/JSONHash.js) and PixiJS (Spritesheet) read of TexturePacker's JSON (Hash)."""


@pytest.fixture
def project(tmp_path: Path, api: ImageServer) -> Project:
    made = Project(tmp_path).write(GAME)
    (tmp_path / "art").mkdir()
    Image.new("RGBA", (8, 8), "red").save(tmp_path / "art/ring.png")
    return made


def frames(project: Project) -> dict[str, Image.Image]:
    """The pictures of the sheet, cut out as a game does it."""
    known = json.loads((project.root / "public/items.json").read_bytes())
    jsonschema.validate(known, READER)
    with Image.open(project.root / "public" / known["meta"]["image"]) as sheet:
        assert known["meta"]["size"] == {"w": sheet.width, "h": sheet.height}
        places = {name: entry["frame"] for name, entry in known["frames"].items()}
        pixels = sheet.convert("RGBA")
        return {name: pixels.crop((x, y, x + w, y + h)) for name, (x, y, w, h) in _tuples(places)}


def _tuples(places: dict[str, dict[str, int]]) -> list[tuple[str, tuple[int, int, int, int]]]:
    return [(name, (at["x"], at["y"], at["w"], at["h"])) for name, at in places.items()]


def test_a_sheet_of_several_assets_follows_its_inputs_for_nothing(project: Project, api: ImageServer) -> None:
    (row,) = [row for row in project.run("plan", "--json").json["decisions"] if row["asset"] == "items"]
    assert (row["action"], row["cost"]) == ("wait", {"low": 0, "high": 0, "worst": 0})
    assert project.run("build", "items", "--yes").code == 1, "its inputs are not selected"
    assert project.run("build", "--yes").code == 0
    assert len(api.requests) == 2
    assert "items" not in str([request.fields for request in api.requests])
    before = frames(project)
    assert {name: picture.size for name, picture in before.items()} == {
        "coin": (24, 24), "jewel": (24, 24), "ring": (24, 24),
    }  # fmt: skip
    assert before["ring"].getpixel((12, 12)) == (255, 0, 0, 255)
    entry = project.lock["assets"]["items"]
    assert (entry["provider"], entry["model"], entry["prompt"], entry["cost"]["usd"]) == ("local", "", [], 0)
    assert [item["image"] for item in entry["inputs"]] == ["art/coin.png", "art/gem.webp", "art/ring.png"]
    assert project.run("check").code == 0
    changed = {"gem": ("a gem", "a ruby"), "items": ("padding: 2", "padding: 6")}
    for id, (old, new) in changed.items():
        project.edit(old, new)
        api.forget()
        actions = project.actions()
        assert (actions[id], actions["coin"]) == ({"gem": "generate", "items": "finish"}[id], "keep")
        assert project.run("build", "--yes").code == 0
        assert len(api.requests) == (id == "gem")
        now = frames(project)
        same = {name for name in now if now[name].tobytes() == before[name].tobytes()}
        assert same == ({"coin", "ring"} if id == "gem" else {"coin", "ring", "jewel"})
        before = now
    Image.new("RGBA", (8, 8), "blue").save(project.root / "art/ring.png")
    told = project.run("why", "items").out
    assert "inputs[2] art/ring.png: bytes" in told
    assert project.actions("--provider", "placeholder") == {"coin": "hold", "gem": "hold", "items": "finish"}
    assert project.run("build", "--max-requests", "0", OPENAI_API_KEY="").code == 0
    assert frames(project)["ring"].getpixel((12, 12)) == (0, 0, 255, 255)
    (project.root / "public/items.json").unlink()
    assert project.actions()["items"] == "finish"
    for arguments in (["pick", "items", "1"], ["reject", "items"], ["adopt", "items", "art/ring.png"]):
        assert "made-here" in project.run(*arguments).err
    assert "nothing is asked" in project.run("show", "items").out


@pytest.mark.parametrize(
    ("data", "before", "after", "said"),
    [
        (b"no picture", "", "", "input ring: the file is no PNG, JPEG, WebP or GIF picture"),
        (None, "padding: 2", "max_size: 60", "3 pictures of 2352 pixels in all do not fit on a sheet of 60x60"),
    ],
)
def test_what_cannot_be_packed_is_one_failure(
    project: Project, data: bytes | None, before: str, after: str, said: str
) -> None:
    if data:
        (project.root / "art/ring.png").write_bytes(data)
    project.edit(before, after)
    ran = project.run("build", "--provider", "placeholder")
    assert ran.code == 1
    assert said in ran.err + ran.out
    assert "3 built" not in ran.out
    assert not (project.root / "public").exists()
    assert {"coin", "gem"} == set(project.lock["assets"])
