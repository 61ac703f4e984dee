"""What the page is made of, as data: a pull request's changes, exactly these, with their figures and their cost."""

from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from imagepipe.schemafiles import schema
from tests.gitproject import GitProject
from tests.review.pages import SHOP
from tests.server import ImageServer


@pytest.fixture
def shop(tmp_path: Path, api: ImageServer) -> GitProject:
    project = GitProject(tmp_path).begin()
    project.write(SHOP)
    project.build("--yes")
    project.commit("First pictures")
    return project


def data(project: GitProject, *arguments: str) -> dict[str, Any]:
    ran = project.run("report", "--json", *arguments)
    assert ran.code == 0, ran.text
    Draft202012Validator(schema("report")).validate(ran.json)
    return {row["asset"]: row for row in ran.json["assets"]}


def test_nothing_changed_is_said_of_every_asset(shop: GitProject, api: ImageServer) -> None:
    asked = len(api.requests)
    rows = data(shop, "--base", "HEAD")
    assert {row["states"][0] for row in rows.values()} == {"unchanged"}
    assert {row["before"] for row in rows.values()} == {None}
    assert rows["hero"]["usd"] > 0
    assert len(api.requests) == asked


def test_a_pull_request_shows_exactly_what_it_changes(shop: GitProject) -> None:
    shop.git("checkout", "-qb", "feature")
    # The server draws in twelve hues, by the words and the number of the request: these two never share one.
    shop.edit("one matte mug", "one shiny mug")
    shop.edit("output: public/icon.webp", "outputs: [{path: public/icon.webp, steps: [{resize: {width: 256}}]}]")
    shop.build("--yes")
    shop.edit("curled into a circle", "curled into a ring")
    shop.commit("Feature")
    rows = data(shop, "--base", "main")
    assert {id: row["states"] for id, row in rows.items()} == {
        "hero": ["changed"],
        "logo": ["changed", "to build"],
        "icon": ["changed"],
    }
    assert rows["hero"]["before"]["sha256"] != rows["hero"]["after"]["sha256"]
    assert 0 < rows["hero"]["change"]["difference"] <= 1
    assert (rows["icon"]["before"]["width"], rows["icon"]["after"]["width"]) == (1024, 256)
    assert rows["icon"]["change"]["resized"] is True
    assert rows["logo"]["to_build"]["high"] > 0
    assert rows["hero"]["to_build"]["high"] == 0


def test_without_a_key_and_with_pictures_gone_the_rest_still_works(
    shop: GitProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    (shop.root / "public/icon.webp").unlink()
    (shop.root / "assets.yaml").write_text(SHOP + "  more: {prompt: more, output: public/more.png}\n")
    rows = data(shop, "--base", "HEAD")
    assert rows["more"]["states"] == ["added", "to build"]
    assert rows["more"]["after"] is None
    assert rows["icon"]["states"] == ["unchanged", "to build"]


def test_an_asset_that_is_gone_is_shown_as_it_was(shop: GitProject) -> None:
    text = (shop.root / "assets.yaml").read_text()
    (shop.root / "assets.yaml").write_text(text[: text.index("  icon:")])
    rows = data(shop, "--base", "HEAD")
    assert rows["icon"]["states"][0] == "removed"
    assert rows["icon"]["before"]["width"] == 1024
    assert rows["icon"]["after"] is None


def test_a_selection_is_all_that_is_shown(shop: GitProject) -> None:
    assert list(data(shop, "tag:web", "--exclude", "icon")) == ["hero"]


@pytest.mark.parametrize(("base", "said"), [("nowhere", "git knows no revision"), ("HEAD", "")])
def test_a_base_without_a_manifest_is_told(tmp_path: Path, base: str, said: str) -> None:
    project = GitProject(tmp_path).begin()
    project.write("notes\n", "notes.txt")
    project.commit("Begin")
    project.write(SHOP)
    target = tmp_path / "report.html"
    ran = project.run("report", "--base", base, "-o", str(target))
    assert (ran.code, said in ran.err) == (2 if said else 0, True)
    assert target.exists() == (not said)
