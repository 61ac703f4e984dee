"""log: one asset's pictures through real git history."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from PIL import Image

from imagepipe.lock import loads
from imagepipe.pipeline.lineage import entry_in
from imagepipe.schemafiles import schema
from tests.copies import Begun
from tests.gitproject import GitProject
from tests.project import Ran


@pytest.fixture
def shop(begun: Begun) -> GitProject:
    return GitProject(begun(_first_pictures))


def _first_pictures(folder: Path) -> None:
    project = GitProject(folder).begin()
    project.write(
        "version: 1\nproject: shop\ndefaults: {provider: placeholder, options: {quality: low}}\ninclude: [shop/*.yaml]\n"
    )
    project.add("mug", "a mug")
    project.add("zoo", "a zoo")
    project.build()
    project.commit("first pictures")


def log(shop: GitProject, asset: str = "mug") -> list[tuple[str, str, list[str]]]:
    """(id, commit's subject, prompt) of each generation."""
    ran: Ran = shop.run("log", asset, "--json")
    assert ran.code == 0, ran.text
    Draft202012Validator(schema("log")).validate(ran.json)
    return [(one["asset"], (one["commit"] or {}).get("subject", ""), one["prompt"]) for one in ran.json["generations"]]


def test_each_picture_once_with_the_commit_that_brought_it(shop: GitProject) -> None:
    shop.add("mug", "a green mug")
    shop.build()
    shop.commit("a green mug")
    shop.add("zoo", "a large zoo")
    shop.build()
    shop.commit("another asset")
    shop.add("mug", "a blue mug")
    shop.build()
    assert log(shop) == [
        ("mug", "", ["a blue mug"]),
        ("mug", "a green mug", ["a green mug"]),
        ("mug", "first pictures", ["a mug"]),
    ]
    text = shop.run("log", "mug").out
    assert "not committed yet" in text
    assert "Test  a green mug" in text
    assert "a [-green-] {+blue+} mug" in text
    assert "3 generations" in text


def test_what_changes_no_picture_is_no_generation(shop: GitProject) -> None:
    shop.edit("public/mug.png", "public/cups/mug.png", "shop/mug.yaml")
    shop.build()
    shop.commit("moved")
    assert log(shop) == [("mug", "first pictures", ["a mug"])]


def test_a_rename_is_followed(shop: GitProject) -> None:
    (shop.root / "shop/mug.yaml").unlink()
    shop.add("cup", "a mug")
    shop.build()
    shop.commit("called cup")
    shop.add("cup", "a cup")
    shop.build()
    shop.commit("and made a cup")
    assert [row[0] for row in log(shop, "cup")] == ["cup", "cup", "mug"]
    assert log(shop, "cup")[-1][1] == "first pictures"
    assert log(shop, "mug") == [("mug", "first pictures", ["a mug"])], "what is gone still has its history"


def test_adopted_pictures_and_their_notes(shop: GitProject) -> None:
    Image.new("RGB", (1024, 1024), "teal").save(shop.root / "own.png")
    assert shop.run("adopt", "mug", "own.png", "--note", "painted by Ada").code == 0
    shop.commit("by hand")
    text = shop.run("log", "mug").out
    assert "adopted" in text
    assert "painted by Ada" in text
    assert "provider  placeholder → openai" in text


def test_a_broken_lock_in_the_past_is_passed_over(shop: GitProject) -> None:
    good = (shop.root / "assets.lock").read_text()
    shop.write("<<<<<<< HEAD\n", "assets.lock")
    shop.commit("oops")
    shop.write(good, "assets.lock")
    shop.commit("repaired")
    assert [row[2] for row in log(shop)] == [["a mug"]]


def test_without_git_there_is_the_present(tmp_path: Path) -> None:
    shop = GitProject(tmp_path)
    shop.write(
        "version: 1\nproject: s\ndefaults: {provider: placeholder}\nassets: {mug: {prompt: a mug, output: m.png}}\n"
    )
    shop.build()
    assert log(shop) == [("mug", "", ["a mug"])]
    ran = shop.run("log", "mugg")
    assert ran.code == 2
    assert "has never had an asset `mugg`" in ran.err


def test_a_broken_manifest_is_no_hindrance(shop: GitProject) -> None:
    shop.write("not: [a manifest", "assets.yaml")
    assert len(log(shop)) == 1


def test_one_entry_is_read_from_any_layout(shop: GitProject) -> None:
    text = (shop.root / "assets.lock").read_text()
    wanted = dict(loads(text).entries)
    for layout in (text, json.dumps(json.loads(text)), json.dumps(json.loads(text), indent=4)):
        for name, entry in wanted.items():
            assert entry_in(layout, "assets.lock", name) == entry
        assert entry_in(layout, "assets.lock", "model") is None
        assert entry_in(layout, "assets.lock", "no") is None
