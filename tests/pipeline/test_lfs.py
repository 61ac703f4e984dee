"""A checkout with Git LFS pointers in the place of its pictures: judged by what they point to."""

import shutil
from pathlib import Path

import pytest
from PIL import Image

from tests.gitproject import PARTS, GitProject
from tests.project import Project

SHOP = """\
version: 1
assets:
  mug:
    prompt: a mug
    options: {size: 1024x1024}
    output: mug.png
"""


def pointer(digest: str, size: int) -> str:
    return f"version https://git-lfs.github.com/spec/v1\noid {digest}\nsize {size}\n"


@pytest.fixture
def checkout(tmp_path: Path) -> GitProject:
    """A clone without a store whose outputs are pointers, as CI has it without `lfs: true`."""
    project = GitProject(tmp_path / "origin")
    project.add("mug")
    project.add("cut", "{request: the mug alone, change: the background}\n    inputs: [{asset: mug, role: target}]")
    project.write(PARTS).begin().build()
    for entry in project.lock["assets"].values():
        for path, fact in entry["outputs"].items():
            (project.root / path).write_text(pointer(fact["sha256"], fact["bytes"]))
    project.commit("pictures in LFS")
    project.git("clone", "-q", str(project.root), str(tmp_path / "clone"))
    shutil.rmtree(project.root)
    return GitProject(tmp_path / "clone")


def test_check_reads_pointers_by_what_they_point_to(checkout: GitProject) -> None:
    ran = checkout.run("check")
    assert (ran.code, ran.out) == (0, "Nothing to do: 2 unchanged.\n")
    assert checkout.run("diff").out == "Nothing differs from assets.lock: 2 assets.\n"


def test_a_pointer_to_another_picture_is_drift(checkout: GitProject) -> None:
    (checkout.root / "public/mug.png").write_text(pointer("sha256:" + "ab" * 32, 12))
    ran = checkout.run("check")
    assert ran.code == 1
    assert "public/mug.png" in ran.out
    assert checkout.run("check", "--no-outputs").code == 0


def test_a_pointer_to_what_is_needed_says_how_to_get_it(tmp_path: Path) -> None:
    """The picture counts as being here: the files that are to be made of it want its bytes."""
    project = Project(tmp_path / "shop").write(SHOP)
    Image.new("RGB", (1024, 1024), "teal").save(tmp_path / "own.png")
    assert project.run("adopt", "mug", str(tmp_path / "own.png")).code == 0
    (fact,) = project.lock["assets"]["mug"]["outputs"].values()
    (project.root / "mug.png").write_text(pointer(fact["sha256"], fact["bytes"]))
    shutil.rmtree(project.root / ".imagepipe")
    project.write(SHOP.replace("output: mug.png", "outputs: [mug.png, mug.webp]"))
    ran = project.run("build")
    assert ran.code == 1, ran.text
    assert "mug.png is a Git LFS pointer" in ran.text
    assert "git lfs pull" in ran.text
