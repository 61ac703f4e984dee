"""init --git: what is written into the repository, once, and for a project that is there already too."""

from pathlib import Path

import pytest

from tests.gitproject import GitProject

FOLDERS = """\
version: 1
project: shop
defaults: {provider: placeholder, options: {quality: low}}
assets:
  hero: {prompt: a mug, output: public/img/hero.png, originals: "art/{id}.png"}
  sign:
    matrix: {locale: [en, de]}
    prompt: a sign
    output: public/sign/{locale}/shop sign.jpg
  icon: {prompt: a leaf, output: icon.png}
"""


@pytest.fixture
def shop(tmp_path: Path) -> GitProject:
    return GitProject(tmp_path).begin()


def test_a_new_project_with_its_merge_driver(shop: GitProject) -> None:
    ran = shop.run("init", "--git")
    assert ran.code == 0, ran.text
    assert (shop.root / "assets.yaml").is_file()
    assert (shop.root / ".gitattributes").read_text() == "assets.lock merge=imagepipe\n"
    assert (
        shop.git("config", "--local", "merge.imagepipe.driver")
        .rstrip()
        .endswith("lock merge --driver %O %A %B --path %P")
    )


def test_again_changes_nothing(shop: GitProject) -> None:
    (shop.root / ".gitattributes").write_text("*.txt text")
    shop.write(FOLDERS)
    assert shop.run("init", "--git", "lfs").code == 0
    before = (shop.root / ".gitattributes").read_text()
    assert before.startswith("*.txt text\nassets.lock merge=imagepipe\n")
    assert (shop.root / "assets.yaml").read_text() == FOLDERS
    ran = shop.run("init", "--git", "lfs")
    assert ran.code == 0
    assert "0 lines added" in ran.out
    assert (shop.root / ".gitattributes").read_text() == before


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("public/img/hero.png", True),
        ("art/hero.png", True),
        ("public/sign/de/shop sign.jpg", True),
        ("icon.png", True),
        ("refs/label.png", False),
        ("public/img/notes.txt", False),
        ("assets.lock", False),
    ],
)
def test_lfs_keeps_the_outputs_and_nothing_else(shop: GitProject, path: str, kept: bool) -> None:
    shop.write(FOLDERS)
    assert shop.run("init", "--git", "lfs").code == 0
    assert shop.git("check-attr", "filter", "--", path).endswith(f"filter: {'lfs' if kept else 'unspecified'}\n")


def test_outside_a_repository_it_is_said(tmp_path: Path) -> None:
    shop = GitProject(tmp_path).write(FOLDERS)
    ran = shop.run("init", "--git")
    assert ran.code == 2
    assert "git init" in ran.err
    assert not (tmp_path / ".gitattributes").exists()
