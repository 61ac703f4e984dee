"""A checkout with Git LFS pointers in the place of its pictures: judged by what they point to."""

import shutil
from pathlib import Path

import pytest

from tests.gitproject import PARTS, GitProject


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
