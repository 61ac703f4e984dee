"""Every example and every kit is a whole project: valid without a remark, built with stand-ins, checked, then silent."""

import json
import shutil
from pathlib import Path

import pytest
from PIL import Image

from imagepipe.prompts.kits import KITS
from tests.project import Project

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
NAMES = sorted(path.parent.name for path in EXAMPLES.glob("*/assets.yaml"))


def example(name: str, folder: Path) -> Project:
    """A copy of an example, beside the others, since one may import another."""
    shutil.copytree(
        EXAMPLES, folder / "examples", ignore=shutil.ignore_patterns(".imagepipe", "*.lock", "public", "*.py")
    )
    return Project(folder / "examples" / name)


def walk(project: Project) -> None:
    """The road of a new project, from the first look to the second build."""
    found = project.run("validate", "--format", "json")
    assert (found.code, found.json["findings"]) == (0, []), found.text
    built = project.run("build", "--provider", "placeholder")
    assert built.code == 0, built.text
    assert project.run("check").code == 0
    silent = project.run("plan", "--exit-code")
    assert silent.code == 0, silent.text
    assert "Nothing to do" in silent.text
    for entry in project.lock["assets"].values():
        if entry["provider"] != "local":  # an atlas of other assets' files is asked of nobody
            assert entry["placeholder"]
            assert entry["prompt"]
        for path, fact in entry["outputs"].items():
            if not fact["width"]:  # a map beside a picture, or what a page says of a set
                text = (project.root / path).read_text(encoding="utf-8")
                assert text.startswith(("<link ", "<meta ")) if path.endswith(".html") else json.loads(text)
                continue
            with Image.open(project.root / path) as picture:
                assert picture.size == (fact["width"], fact["height"])


def test_there_is_an_example_for_every_story() -> None:
    stories = {
        "web-heroes", "catalogue", "signs", "infographics", "logo", "character", "sprites", "edits", "brand-kit", "quickstart",
        "icons", "spritesheet",
    }  # fmt: skip
    assert stories <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_an_example_is_built_and_checked(name: str, tmp_path: Path) -> None:
    walk(example(name, tmp_path))


@pytest.mark.parametrize("name", KITS)
def test_a_kit_is_built_and_checked(name: str, tmp_path: Path) -> None:
    project = Project(tmp_path)
    assert project.run("init", "--kit", name).code == 0
    walk(project)


def test_the_starter_is_built_and_checked(tmp_path: Path) -> None:
    project = Project(tmp_path)
    assert project.run("init").code == 0
    walk(project)


@pytest.mark.parametrize(
    ("name", "assets"),
    [
        ("signs", ["sign@da,day", "sign@de,day", "sign@de,night", "sign@en,day", "sign@en,night"]),
        ("edits", ["evening", "lamp", "sketch"]),
        ("brand-kit", ["autumn-shelf", "cover", "spring-stool", "spring-table"]),
    ],
)
def test_what_an_example_declares(name: str, assets: list[str], tmp_path: Path) -> None:
    assert sorted(example(name, tmp_path).actions()) == assets


def test_an_edit_waits_for_the_picture_it_edits(tmp_path: Path) -> None:
    actions = example("edits", tmp_path).actions()
    assert actions == {"lamp": "generate", "evening": "wait", "sketch": "generate"}


def test_the_brand_kit_gives_every_campaign_its_style(tmp_path: Path) -> None:
    shown = json.loads(example("brand-kit", tmp_path).run("show", "autumn-shelf", "--json").out)
    assert "Lighting/mood: low autumn sun through a side window" in shown["prompt"]
    assert "Input images: Image 1: style (light and colours of the house)" in shown["prompt"]
    assert [(item["image"], item["role"]) for item in shown["request"]["inputs"]] == [("refs/style.png", "style")]
