"""Where project, lock and store are found, git worktrees included."""

import subprocess
from pathlib import Path

import pytest

from imagepipe.errors import UsageError
from imagepipe.workspace.finding import find_project, lock_name, private_folder, store_root


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "shop" / "deep").mkdir(parents=True)
    (tmp_path / "shop" / "assets.yaml").write_text("version: 1\n")
    (tmp_path / "shop" / "other.yaml").write_text("version: 1\n")
    return tmp_path / "shop"


@pytest.mark.parametrize(
    ("start", "file", "expected"),
    [
        ("", "", "assets.yaml"),
        ("deep", "", "assets.yaml"),
        ("", "other.yaml", "other.yaml"),
        ("deep", "../other.yaml", "other.yaml"),
    ],
)
def test_found(project: Path, start: str, file: str, expected: str) -> None:
    assert find_project(project / start, file) == (project.resolve(), expected)


@pytest.mark.parametrize("file", ["", "none.yaml"])
def test_no_project_says_what_to_do(tmp_path: Path, file: str) -> None:
    with pytest.raises(UsageError, match=r"no (manifest|assets\.yaml)") as error:
        find_project(tmp_path, file)
    assert "imagepipe init" in error.value.hint


def test_a_near_miss_is_named(tmp_path: Path) -> None:
    (tmp_path / "assets.yml").write_text("")
    with pytest.raises(UsageError) as error:
        find_project(tmp_path)
    assert "assets.yml" in error.value.hint


@pytest.mark.parametrize(("file", "lock"), [("assets.yaml", "assets.lock"), ("a.b.yml", "a.b.lock"), ("x", "x.lock")])
def test_the_lock_is_named_like_its_manifest(file: str, lock: str) -> None:
    assert lock_name(file) == lock


def git(where: Path, *arguments: str) -> None:
    plain = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    subprocess.run(["git", *plain, *arguments], cwd=where, check=True, capture_output=True)


def test_worktrees_share_a_store_that_git_clean_leaves_alone(project: Path) -> None:
    assert store_root(project, {}) == project / ".imagepipe" / "store"
    git(project.parent, "init", "-q")
    git(project.parent, "commit", "-q", "--allow-empty", "-m", "x")
    git(project.parent, "worktree", "add", "-q", "second", "-b", "second")
    common = (project.parent / ".git").resolve() / "imagepipe"
    assert store_root(project, {}) == common
    assert store_root(project.parent / "second", {}) == common


def test_a_submodule_has_a_store_of_its_own(project: Path) -> None:
    modules = project / "modules" / "brand"
    modules.mkdir(parents=True)
    (modules / "HEAD").write_text("ref: refs/heads/main\n")
    (project / "deep" / ".git").write_text("gitdir: ../modules/brand\n")
    assert store_root(project / "deep", {}) == modules.resolve() / "imagepipe"


@pytest.mark.parametrize("text", ["", "nonsense", "gitdir: /nowhere/at/all", "gitdir: a\0b"])
def test_a_git_file_that_leads_nowhere_is_no_repository(project: Path, text: str) -> None:
    (project / ".git").write_text(text)
    assert store_root(project, {}) == project / ".imagepipe" / "store"


def test_the_environment_wins(project: Path, tmp_path: Path) -> None:
    assert store_root(project, {"IMAGEPIPE_STORE": str(tmp_path / "s")}) == tmp_path / "s"
    assert store_root(project, {"IMAGEPIPE_STORE": "cache/s"}) == project / "cache" / "s"


def test_the_private_folder_ignores_itself(project: Path) -> None:
    folder = private_folder(project)
    assert (folder / ".gitignore").read_text().endswith("*\n")
    (folder / ".gitignore").write_text("mine\n")
    assert (private_folder(project) / ".gitignore").read_text() == "mine\n"


def test_a_link_in_its_place_is_refused(project: Path, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (project / ".imagepipe").symlink_to(tmp_path / "outside")
    with pytest.raises(UsageError, match="symbolic link"):
        private_folder(project)
    assert not list((tmp_path / "outside").iterdir())
