"""lock rebuild: the lock again from receipts, files and git, at no cost and over nothing that is whole."""

from pathlib import Path

import pytest
from PIL import Image

from tests.gitproject import GitProject
from tests.project import SHOP, Project
from tests.server import ImageServer


@pytest.fixture
def shop(tmp_path: Path, api: ImageServer) -> Project:
    """A built project, paid for."""
    project = Project(tmp_path).write(SHOP)
    assert project.run("build", "--yes").code == 0
    return project


@pytest.mark.parametrize("damage", [None, "", "{", "<<<<<<< HEAD\n{}\n=======\n[]\n>>>>>>> x\n"])
def test_a_lost_or_damaged_lock_comes_back_as_it_was(shop: Project, api: ImageServer, damage: str | None) -> None:
    before = shop.lock
    if damage is None:
        (shop.root / "assets.lock").unlink()
    else:
        (shop.root / "assets.lock").write_text(damage)
    ran = shop.run("lock", "rebuild")
    assert ran.code == 0, ran.text
    assert "3 from the store's receipts" in ran.out
    assert "approvals, rejections and notes are gone" in ran.out
    assert shop.lock == before
    assert set(shop.actions().values()) == {"keep"}
    assert api.charged == 3


def test_a_readable_lock_is_replaced_only_by_force(shop: Project) -> None:
    before = shop.files()
    ran = shop.run("lock", "rebuild")
    assert ran.code == 4
    assert "--force" in ran.err
    assert shop.files() == before
    text = (shop.root / "assets.lock").read_text()
    assert shop.run("lock", "rebuild", "--force").code == 0
    assert (shop.root / ".imagepipe/assets.lock.old").read_text() == text


def test_the_answer_to_an_earlier_recipe_is_known_as_that(shop: Project, api: ImageServer) -> None:
    shop.edit("one matte mug", "one glossy mug")
    (shop.root / "assets.lock").unlink()
    assert shop.run("lock", "rebuild").code == 0
    assert shop.lock["assets"]["hero"]["prompt"][-1] == "Subject: one matte mug"
    assert shop.actions() == {"hero": "generate", "logo": "keep", "pattern": "keep"}
    assert api.charged == 3


def test_a_file_made_by_hand_stays_a_persons(shop: Project) -> None:
    (shop.root / "assets.lock").unlink()
    Image.new("RGB", (1024, 1024), "teal").save(shop.root / "public/hero.png")
    assert shop.run("lock", "rebuild").code == 0
    assert shop.actions()["hero"] == "block"
    picture = (shop.root / "public/hero.png").read_bytes()
    assert shop.run("build").code == 2
    assert (shop.root / "public/hero.png").read_bytes() == picture


def test_a_newer_lock_is_left_alone_also_by_force_and_in_a_conflict(tmp_path: Path) -> None:
    project = Project(tmp_path).write(SHOP)
    newer = '{"version": 2, "assets": {}}\n'
    for text in (newer, f'<<<<<<< HEAD\n{newer}=======\n{{"version": 1, "assets": {{}}}}\n>>>>>>> x\n'):
        (tmp_path / "assets.lock").write_text(text)
        for force in ((), ("--force",)):
            ran = project.run("lock", "rebuild", *force)
            assert ran.code == 6, ran.text
            assert "of version 2" in ran.err
            assert (tmp_path / "assets.lock").read_text() == text


SPOKEN = """\
version: 1
project: shop
defaults: {options: {quality: low}}
profiles: {draft: {options: {quality: medium}}}
assets:
  bad: {prompt: a bad mug, options: {n: 2}, output: o/bad.png}
  cut: {prompt: a cut mug, options: {n: 2}, outputs: [{path: o/cut.webp, steps: [{resize: {width: 64}}]}]}
  good: {prompt: a good mug, output: o/good.png}
  own: {prompt: a mug of mine, output: o/own.png}
  small: {prompt: a small mug, options: {size: 1024x1024}, output: o/small.png}
  sketch: {prompt: a sketched mug, output: o/sketch.png}
"""


def test_what_people_said_of_pictures_comes_back_from_the_last_commit(tmp_path: Path, api: ImageServer) -> None:
    api.fault("wrong_size", prompt="a small mug", size=(512, 512))
    project = GitProject(tmp_path).begin()
    project.write(SPOKEN)
    project.run("build", "--exclude", "sketch", "--yes")
    project.build("sketch", "--profile", "draft", "--yes")
    Image.new("RGB", (64, 64), "teal").save(tmp_path / "mine.png")
    for said in (
        ("reject", "bad", "--candidate", "1", "--why", "crooked"),
        ("pick", "cut", "2"),
        ("approve", "good"),
        ("adopt", "own", str(tmp_path / "mine.png"), "--note", "painted by Ada"),
        ("adopt", "small"),
    ):
        ran = project.run(*said)
        assert ran.code == 0, ran.text
    project.commit("looked at")
    before, sent = project.lock, api.charged
    (tmp_path / "assets.lock").write_text("x\n")
    ran = project.run("lock", "rebuild")
    assert ran.code == 0, ran.text
    assert "6 from the store's receipts" in ran.out
    assert "are those of the last commit" in ran.out
    assert project.lock == before
    assert api.charged == sent


def test_an_answer_known_to_the_last_commit_alone_is_not_paid_again(tmp_path: Path, api: ImageServer) -> None:
    """A colleague answered the present words; the store here knows only those before."""
    project = GitProject(tmp_path).begin()
    project.write("version: 1\nproject: shop\nassets: {mug: {prompt: a mug, output: mug.png}}\n")
    project.build("--yes")
    project.edit("a mug", "a tall mug")
    assert project.run("build", "--yes", IMAGEPIPE_STORE=str(tmp_path / ".git/theirs")).code == 0
    project.commit("a tall mug")
    before = project.lock
    (tmp_path / "assets.lock").unlink()
    ran = project.run("lock", "rebuild", "--json")
    assert (ran.code, ran.json["from_git"]) == (0, ["mug"])
    assert project.lock == before
    assert project.actions() == {"mug": "keep"}


def test_without_a_store_the_last_commit_helps(tmp_path: Path) -> None:
    project = GitProject(tmp_path).begin()
    project.write(SHOP.replace("project: shop", "project: shop\ndefaults: {provider: placeholder}"))
    project.build()
    project.commit("stand-ins")
    before = project.lock
    (tmp_path / "assets.lock").write_text("broken")
    ran = project.run("lock", "rebuild", "--json")
    assert ran.code == 0, ran.text
    assert ran.json["from_git"] == ["hero", "logo", "pattern"]
    assert project.lock == before


def test_what_nobody_knows_is_named(tmp_path: Path) -> None:
    project = Project(tmp_path).write(SHOP)
    ran = project.run("lock", "rebuild", "--json")
    assert ran.code == 0, ran.text
    assert ran.json["unknown"] == ["hero", "logo", "pattern"]
    assert project.lock["assets"] == {}
