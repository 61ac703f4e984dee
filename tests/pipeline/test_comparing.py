"""diff and --affected by the real program: against the lock, and against revisions of a real repository."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from PIL import Image

from imagepipe.schemafiles import schema
from tests.copies import Begun
from tests.gitproject import GitProject
from tests.server.fixture import CANARY

MAIN = """\
version: 1
project: shop
vars: {brand: Fernhill}
defaults: {provider: placeholder, options: {quality: low}}
include: [shop/*.yaml]
use_cases: {sticker: {template: sticker.j2}}
assets:
  hero:
    prompt: {file: prompts/hero.md}
    output: public/hero.png
    alt: a mug
  cutout:
    prompt: {request: the mug alone, change: the background}
    inputs: [{asset: hero, role: target}, {image: refs/label.png, role: reference}]
    output: public/cutout.png
  badge:
    prompt: {use_case: sticker, request: a badge}
    output: public/badge.png
"""
BAG = "version: 1\nassets:\n  bag:\n    prompt: a {{ brand }} bag\n    output: public/bag.png\n"


@pytest.fixture
def shop(begun: Begun) -> GitProject:
    """A built and committed project with a prompt file, a template, an include and an input image."""
    return GitProject(begun(_everything))


def _everything(folder: Path) -> None:
    project = GitProject(folder).begin()
    project.write(MAIN).write(BAG, "shop/bag.yaml")
    project.write("a mug on\na stone table\n", "prompts/hero.md")
    project.write("Sticker of {{ request }}\n", "templates/sticker.j2")
    (folder / "refs").mkdir()
    Image.new("RGB", (64, 64), "teal").save(folder / "refs/label.png")
    project.build()
    project.commit("everything")


def changed(shop: GitProject, *arguments: str) -> dict[str, str]:
    """Asset → kind of change."""
    ran = shop.run("diff", "--json", *arguments)
    assert ran.code == 0, ran.text
    Draft202012Validator(schema("diff")).validate(ran.json)
    return {one["asset"]: one["kind"] for one in ran.json["changes"]}


def affected(shop: GitProject, rev: str = "HEAD", *arguments: str) -> set[str]:
    return set(shop.actions("--affected", rev, *arguments))


def repaint(shop: GitProject, name: str, colour: str) -> None:
    Image.new("RGB", (64, 64), colour).save(shop.root / name)


EDITS = {
    "a prompt file": (lambda shop: shop.edit("stone", "wooden", "prompts/hero.md"), {"hero", "cutout"}),
    "a template": (lambda shop: shop.edit("Sticker", "Round sticker", "templates/sticker.j2"), {"badge"}),
    "an included file": (lambda shop: shop.edit("bag\n    output", "tote\n    output", "shop/bag.yaml"), {"bag"}),
    "a variable": (lambda shop: shop.edit("Fernhill", "Fern Hill"), {"bag"}),
    "an option": (lambda shop: shop.edit("    alt: a mug", "    options: {quality: high}\n    alt: a mug"), {"hero", "cutout"}),
    "an input image": (lambda shop: repaint(shop, "refs/label.png", "navy"), {"cutout"}),
    "the form of the YAML alone": (lambda shop: shop.edit("project: shop", "project: shop   # the shop"), set()),
}  # fmt: skip


@pytest.mark.parametrize("name", EDITS)
def test_the_lock_and_the_last_commit_tell_the_same(shop: GitProject, name: str) -> None:
    assert changed(shop) == {}
    assert changed(shop, "--base", "HEAD") == {}
    assert affected(shop) == set()
    edit, wanted = EDITS[name]
    edit(shop)
    assert set(changed(shop)) == wanted
    assert set(changed(shop, "--base", "HEAD")) == wanted
    assert affected(shop) == wanted


def test_the_words_that_changed_are_shown_in_every_form(shop: GitProject) -> None:
    shop.edit("stone table", "wooden table", "prompts/hero.md")
    assert "~ a [-stone-] {+wooden+} table" in shop.run("diff", "--base", "main").out
    assert "a <del>stone</del> <ins>wooden</ins> table" in shop.run("diff", "--format", "markdown").out
    ran = shop.run("diff", "hero", "--json")
    (one,) = ran.json["changes"]
    assert one["before"]["prompt"] == ["a mug on", "a stone table"]
    assert one["after"]["prompt"] == ["a mug on", "a wooden table"]
    assert "\x1b[" in shop.run("diff", FORCE_COLOR="1").out


def test_the_base_is_read_from_git_and_not_from_the_disk(shop: GitProject) -> None:
    """What is gone from the disk is still there in the revision, prompt file, template and input included."""
    shop.write("version: 1\nproject: shop\nassets:\n  cup: {prompt: a cup, output: public/cup.png}\n")
    for path in ("shop/bag.yaml", "prompts/hero.md", "templates/sticker.j2", "refs/label.png"):
        (shop.root / path).unlink()
    assert changed(shop, "--base", "HEAD") == {
        "cup": "added", "hero": "removed", "cutout": "removed", "badge": "removed", "bag": "removed",
    }  # fmt: skip
    assert affected(shop) == {"cup"}


def test_a_project_in_a_folder_of_the_repository(tmp_path: Path) -> None:
    outer = GitProject(tmp_path).begin()
    shop = GitProject(tmp_path / "site")
    shop.write("version: 1\nproject: s\nassets:\n  cup: {prompt: a cup, output: public/cup.png}\n")
    outer.commit("first")
    shop.edit("a cup", "a tall cup")
    assert changed(shop, "--base", "HEAD") == {"cup": "changed"}
    assert affected(shop) == {"cup"}


def test_what_is_brought_from_another_folder_is_read_from_git_too(tmp_path: Path) -> None:
    outer = GitProject(tmp_path).begin()
    GitProject(tmp_path / "brand").write("version: 1\nassets:\n  logo: {prompt: a fern, output: logo.png}\n")
    repaint(outer, "brand/logo.png", "teal")
    shop = GitProject(tmp_path / "site").write(
        "version: 1\nproject: s\nimports: {brand: ../brand/assets.yaml}\nassets:\n  cup:\n"
        "    prompt: {request: a cup, change: the label}\n    output: cup.png\n"
        "    inputs: [{image: cup-photo.png, role: target}, {asset: 'brand:logo', role: reference}]\n"
    )
    repaint(shop, "cup-photo.png", "teal")
    outer.commit("first")
    assert changed(shop, "--base", "HEAD") == {}
    repaint(outer, "brand/logo.png", "navy")
    assert changed(shop, "--base", "HEAD") == {"cup": "changed"}
    assert "inputs[1] brand:logo: bytes" in shop.run("diff", "--base", "HEAD").out
    assert affected(shop) == {"cup"}


def test_an_output_that_differs_and_a_field_in_no_key_are_affected_too(shop: GitProject) -> None:
    repaint(shop, "public/badge.png", "navy")
    shop.edit("alt: a mug", "alt: one mug")
    assert affected(shop) == {"badge", "hero", "cutout"}
    assert affected(shop, "HEAD", "hero", "bag") == {"hero"}
    assert shop.run("check", "--affected", "HEAD", "bag").code == 0
    ran = shop.run("check", "--affected", "HEAD")
    assert ran.code == 1
    assert "badge" in ran.out
    assert set(changed(shop, "--affected", "HEAD")) == set()


def test_build_does_what_is_affected_and_no_more(shop: GitProject) -> None:
    (shop.root / "public/bag.png").unlink()
    shop.commit("without a file")
    shop.edit("Sticker", "Round sticker", "templates/sticker.j2")
    assert shop.run("build", "--affected", "HEAD").code == 0
    assert shop.actions() == {"hero": "keep", "cutout": "keep", "badge": "keep", "bag": "finish"}


def test_a_base_without_a_manifest_or_with_a_broken_one_is_told(shop: GitProject) -> None:
    shop.git("rm", "-q", "--cached", "assets.yaml", "assets.lock")
    shop.git("commit", "-qm", "no manifest")
    ran = shop.run("diff", "--base", "HEAD")
    assert ran.code == 0
    assert "there is no assets.yaml in HEAD" in ran.err
    assert ran.out.count("+ ") >= 4
    assert affected(shop) == {"hero", "cutout", "badge", "bag"}
    text = (shop.root / "assets.yaml").read_text()
    shop.write(text + "  oops:\n    promt: x\n")
    shop.commit("broken")
    shop.write(text)
    ran = shop.run("diff", "--base", "HEAD")
    assert ran.code == 0
    assert "is broken (assets.yaml:" in ran.err
    assert "Nothing differs from HEAD" in ran.out


def test_a_base_whose_lock_is_broken_is_told(shop: GitProject) -> None:
    lock = (shop.root / "assets.lock").read_text()
    shop.write("<<<<<<< HEAD\n", "assets.lock")
    shop.commit("a conflict committed")
    shop.write(lock, "assets.lock")
    ran = shop.run("diff", "--base", "HEAD", "badge")
    assert ran.code == 0
    assert "assets.lock of HEAD cannot be read" in ran.err


@pytest.mark.parametrize("command", ["diff --base", "plan --affected", "check --affected", "diff --affected"])
def test_an_unknown_revision_and_a_shallow_clone_are_told(shop: GitProject, tmp_path: Path, command: str) -> None:
    ran = shop.run(*command.split(), "nowhere")
    assert ran.code == 2
    assert "git knows no revision `nowhere`" in ran.err
    shop.edit("a mug", "one mug")
    shop.commit("second")
    shop.git("clone", "-q", "--depth", "1", f"file://{shop.root}", str(tmp_path / "shallow"))
    shallow = GitProject(tmp_path / "shallow")
    ran = shallow.run(*command.split(), "HEAD~1")
    assert ran.code == 2
    assert "shallow" in ran.err
    if command == "diff --base":
        log = shallow.run("log", "bag")
        assert (log.code, "1 generation" in log.out, "since this clone is shallow: fetch" in log.err) == (0, True, True)


def test_diff_needs_no_key_no_network_and_no_git_for_the_lock(tmp_path: Path) -> None:
    shop = GitProject(tmp_path).write(
        MAIN.replace("placeholder", "openai").replace("{use_case: sticker, request: a badge}", "a badge")
    )
    shop.write("a mug\n", "prompts/hero.md").write("x", "templates/sticker.j2").write(BAG, "shop/bag.yaml")
    (tmp_path / "refs").mkdir()
    repaint(shop, "refs/label.png", "teal")
    ran = shop.run("diff", "-o", "diff.md", "--format", "markdown", OPENAI_API_KEY=CANARY, PATH="/nowhere")
    assert ran.code == 0, ran.text
    text = (tmp_path / "diff.md").read_text()
    assert "4 added" in text
    assert "to build" in text
    assert CANARY not in text
    assert shop.run("diff", "--base", "HEAD").code == 2


def test_profiles_that_the_base_lacks(shop: GitProject) -> None:
    shop.edit("include:", "profiles: {draft: {options: {quality: high}}}\ninclude:")
    ran = shop.run("diff", "--profile", "draft", "--base", "HEAD", "bag")
    assert ran.code == 0
    assert "HEAD has no profile draft" in ran.err
    assert "options.quality  low → high" in ran.out


def test_what_was_paid_is_not_to_be_paid_again(shop: GitProject) -> None:
    shop.edit("provider: placeholder", "provider: openai")
    ran = shop.run("diff", "--json")
    assert {one["asset"] for one in ran.json["changes"]} == {"hero", "cutout", "badge", "bag"}
    assert ran.json["cost"]["to_build"]["low"] > 0
    repaint(shop, "refs/own.png", "teal")
    assert shop.run("adopt", "bag", "refs/own.png").code == 0
    (bag,) = (one for one in shop.run("diff", "--base", "HEAD", "--json").json["changes"] if one["asset"] == "bag")
    assert bag["cost"]["to_build"]["worst"] == 0
    assert json.dumps(bag)
