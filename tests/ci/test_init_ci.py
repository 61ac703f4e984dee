"""`init --ci`: ready files at the top of the repository, fitted to it, never over what is there."""

from pathlib import Path

import pytest
import yaml

from imagepipe.cli.cisetup import KINDS, branch_of, files, fitting
from tests.gitproject import GitProject
from tests.project import SHOP


def test_files_come_to_the_top_beside_a_project_that_is_there(tmp_path: Path) -> None:
    repository = GitProject(tmp_path).begin()
    shop = GitProject(tmp_path / "web").write(SHOP)
    ran = shop.run("init", "--ci", "github", "--ci", "gitlab", "--ci", "pre-commit")
    assert ran.code == 0, ran.text
    assert (shop.root / "assets.yaml").read_text() == SHOP
    for kind in KINDS:
        for path, text in files(kind).items():
            written = (tmp_path / path).read_text(encoding="utf-8")
            assert written == fitting(text, "web", "main")
            assert yaml.safe_load(written)
            assert path in ran.out
    assert set(repository.git("status", "--porcelain", "-uall").split()) - {"??"} == {
        "web/assets.yaml",
        *(path for kind in KINDS for path in files(kind)),
    }
    before = shop.files()
    for kind in ("github", "pre-commit"):
        again = shop.run("init", "--ci", kind)
        assert (again.code, "nothing was written" in again.err) == (2, True)
    assert "id: imagepipe-check" in again.err, "what to add by hand"
    assert shop.files() == before


def test_a_pipeline_that_is_there_is_told_what_to_take_in(tmp_path: Path) -> None:
    shop = GitProject(tmp_path).begin().write(SHOP).write("test: {script: [make]}\n", ".gitlab-ci.yml")
    ran = shop.run("init", "--ci", "gitlab")
    assert (ran.code, "  - local: .gitlab/imagepipe.yml" in ran.out) == (0, True)
    assert (tmp_path / ".gitlab-ci.yml").read_text() == "test: {script: [make]}\n"
    assert (tmp_path / ".gitlab/imagepipe.yml").is_file()


@pytest.mark.parametrize("folder", [".", "web", "my shop/é", 'a"b: #c'])
@pytest.mark.parametrize("branch", ["main", "trunk", "release/1, x"])
def test_names_come_in_as_they_are(folder: str, branch: str) -> None:
    made = {path: yaml.safe_load(fitting(text, folder, branch)) for k in KINDS for path, text in files(k).items()}
    workflow = made[".github/workflows/imagepipe.yml"]
    assert workflow[True]["push"]["branches"] == [branch]
    steps = workflow["jobs"]["check"]["steps"][1:]
    assert [step["with"]["directory"] for step in steps] == [folder] * 2
    assert made[".gitlab/imagepipe.yml"][".imagepipe"]["variables"]["IMAGEPIPE_DIRECTORY"] == folder
    hooks = made[".pre-commit-config.yaml"]["repos"][0]["hooks"]
    assert [hook["args"][:2] for hook in hooks] == [["-C", folder]] * 2


def test_the_default_branch(tmp_path: Path) -> None:
    assert branch_of(tmp_path) == "main"
    shop = GitProject(tmp_path)
    shop.git("init", "-q", "-b", "trunk")
    assert branch_of(tmp_path) == "trunk"
    shop.write().commit("first")
    shop.git("branch", "main")
    assert branch_of(tmp_path) == "main"
    shop.git("update-ref", "refs/remotes/origin/dev", "HEAD")
    shop.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/dev")
    assert branch_of(tmp_path) == "dev"
