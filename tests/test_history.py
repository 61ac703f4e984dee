"""history against a real git repository."""

import subprocess
from pathlib import Path

import pytest

from imagepipe.errors import UsageError
from imagepipe.history import GitTree, changed_since, commits_of, contents, is_repository, resolve, versions_in_refs


def run(folder: Path, *command: str) -> None:
    subprocess.run(
        ["git", "-c", "user.name=Ada", "-c", "user.email=ada@example.org", *command],
        cwd=folder,
        check=True,
        capture_output=True,
    )


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository whose project is the folder `site`, with two commits and a branch."""
    run(tmp_path, "init", "-q", "-b", "main")
    site = tmp_path / "site"
    (site / "shop").mkdir(parents=True)
    (site / "assets.yaml").write_text("version: 1\n")
    (site / "shop" / "mügs.yaml").write_text("a: 1\n")
    (tmp_path / "brand.yaml").write_text("b: 1\n")
    run(tmp_path, "add", "-A")
    run(tmp_path, "commit", "-qm", "first")
    (site / "assets.yaml").write_text("version: 1\n# more\n")
    run(tmp_path, "commit", "-qam", "second: more")
    return site


def test_reads_the_files_of_a_revision_not_of_the_disk(project: Path) -> None:
    (project / "assets.yaml").write_text("changed on disk")
    tree = GitTree(str(project), resolve(project, "HEAD~1"))
    assert tree.read("assets.yaml") == b"version: 1\n"
    assert tree.glob("shop/*.yaml") == ("shop/mügs.yaml",)
    assert tree.glob("**/*.yaml") == ("assets.yaml", "shop/mügs.yaml")
    assert tree.read("../brand.yaml") == b"b: 1\n"


def test_what_is_not_there_is_said(project: Path) -> None:
    tree = GitTree(str(project), resolve(project, "HEAD"))
    with pytest.raises(FileNotFoundError):
        tree.read("nothing.yaml")
    with pytest.raises(UsageError, match="outside the repository"):
        tree.read("../../etc/passwd")
    with pytest.raises(UsageError, match="no revision `nowhere`"):
        resolve(project, "nowhere")


@pytest.mark.parametrize("rev", ["--output=/tmp/x", "-n1", "--all", ""])
def test_a_revision_is_never_an_option(project: Path, rev: str) -> None:
    with pytest.raises(UsageError):
        resolve(project, rev)


def test_commits_and_changes(project: Path) -> None:
    commits = commits_of(project, "assets.yaml")
    assert [commit.subject for commit in commits] == ["second: more", "first"]
    assert commits[0].author == "Test", "as the environment of every test says"
    (project / "new.txt").write_text("new")
    (project / "assets.yaml").write_text("other")
    assert changed_since(project, "HEAD") == {"assets.yaml", "new.txt"}


def test_versions_in_every_ref(project: Path) -> None:
    run(project, "checkout", "-qb", "branch")
    (project / "assets.yaml").write_text("of the branch\n")
    run(project, "commit", "-qam", "branch")
    assert set(versions_in_refs(project, "assets.yaml")) == {b"of the branch\n", b"version: 1\n# more\n"}


def test_a_shallow_clone_is_named(project: Path, tmp_path: Path) -> None:
    run(tmp_path, "clone", "-q", "--depth", "1", f"file://{tmp_path}", "shallow")
    with pytest.raises(UsageError) as caught:
        resolve(tmp_path / "shallow" / "site", "HEAD~1")
    assert "shallow" in caught.value.hint


def test_outside_git(tmp_path: Path) -> None:
    assert not is_repository(tmp_path)
    with pytest.raises(UsageError, match="not in a git repository"):
        resolve(tmp_path, "HEAD")


def test_many_texts_of_a_folder_are_read_at_once(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "prompts").mkdir()
    for number in range(40):
        (project / "prompts" / f"{number} ä.md").write_text(f"picture {number}")
    (project / "prompts" / "empty.md").write_text("")
    run(project, "add", "-A")
    run(project, "commit", "-qm", "prompts")
    tree = GitTree(str(project), resolve(project, "HEAD"))
    assert tree.read("prompts/0 ä.md") == b"picture 0"
    monkeypatch.setenv("PATH", "/nowhere")
    assert tree.read("prompts/39 ä.md") == b"picture 39"
    assert tree.read("prompts/empty.md") == b""
    assert tree.glob("prompts/7 ä.md") == ("prompts/7 ä.md",)
    assert tree.glob("prompts/41.md") == ()


def test_contents_in_order_with_none_for_what_is_not_there(project: Path) -> None:
    names = ("HEAD:./assets.yaml", "HEAD:./nothing", "HEAD~1:./assets.yaml", "HEAD:brand.yaml")
    assert contents(project, names) == (b"version: 1\n# more\n", None, b"version: 1\n", b"b: 1\n")
    assert contents(project, ()) == ()
