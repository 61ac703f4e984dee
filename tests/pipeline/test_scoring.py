"""How much each file changed, by `diff` and `report`, for every output of an asset."""

from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from imagepipe.schemafiles import schema
from tests.gitproject import GitProject
from tests.server import ImageServer

SHOP = """\
version: 1
defaults: {options: {quality: low}}
assets:
  hero:
    prompt: a mug on a stone
    outputs:
      - public/hero.png
      - {path: "public/hero-{width}.webp", widths: [64, 128]}
      - {path: public/og.jpg, width: 120, height: 63, fit: cover}
  logo:
    prompt: a leaf
    output: public/logo.png
"""
FILES = ["public/hero.png", "public/hero-64.webp", "public/hero-128.webp", "public/og.jpg"]


@pytest.fixture
def shop(tmp_path: Path, api: ImageServer) -> GitProject:
    project = GitProject(tmp_path).begin().write(SHOP)
    project.build("--yes")
    project.commit("First pictures")
    # The server draws in twelve hues, by words and number of the request: these words never share one with the first.
    project.edit("a mug on a stone", "a vase on a stone")
    project.build("--yes")
    return project


def test_every_file_of_a_new_picture_has_its_figures_everywhere(shop: GitProject) -> None:
    made = shop.run("diff", "--base", "HEAD", "--json").json
    Draft202012Validator(schema("diff")).validate(made)
    (change,) = made["changes"]
    assert [one["path"] for one in change["pictures"]] == FILES
    assert all(0 < one["difference"] <= 1 and one["ssim"] < 1 and not one["resized"] for one in change["pictures"])
    for form in ("text", "markdown"):
        told = shop.run("diff", "--base", "HEAD", "--format", form).out.replace("&#95;", "_")
        assert told.count("% different, structural similarity 0.") == len(FILES), told
    target = shop.root / "diff.html"
    assert shop.run("diff", "--base", "HEAD", "--format", "html", "-o", str(target)).code == 0
    page = target.read_text("utf-8")
    assert ('data-id="hero"' in page, 'data-id="logo"' in page) == (True, False), "a page of the changes alone"
    assert "How much each file changed" in page
    refused = shop.run("diff", "--format", "html", "--from", "diff.json")
    assert (refused.code, "a page shows pictures" in refused.err) == (2, True)
    (shop.root / "public/og.jpg").unlink()
    rows = {row["asset"]: row for row in shop.run("report", "--base", "HEAD", "--json").json["assets"]}
    assert [one["path"] for one in rows["hero"]["pictures"]] == FILES[:3], "what is gone is left out, the rest is told"
    assert rows["hero"]["change"]["difference"] == change["pictures"][0]["difference"]
    assert rows["logo"]["pictures"] == []


def test_a_new_size_of_one_file_is_told_of_that_file_alone(shop: GitProject) -> None:
    shop.commit("Second pictures")
    shop.edit("widths: [64, 128]", "widths: [64, 96]")
    shop.build("--yes")
    (change,) = shop.run("diff", "--base", "HEAD", "--json").json["changes"]
    assert [(one["path"], one["resized"]) for one in change["pictures"]] == [("public/hero-96.webp", True)]
