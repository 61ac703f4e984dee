"""What of a project may be read, and what never is."""

import os
from pathlib import Path

import pytest

from imagepipe.errors import UsageError
from imagepipe.workspace.tree import DiskTree


@pytest.fixture
def tree(tmp_path: Path) -> DiskTree:
    root = tmp_path / "project"
    for path in ("a.yaml", "shop/b.yaml", "shop/c.yaml", "shop/deep/d.yaml", "shop/e.txt", ".env", "keys/x.pem"):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(path)
    (tmp_path / "secret.txt").write_text("outside")
    (root / "inside").symlink_to(root / "a.yaml")
    (root / "outside").symlink_to(tmp_path / "secret.txt")
    (root / "up").symlink_to(tmp_path)
    (root / "looks-harmless.txt").symlink_to(root / ".env")
    os.mkfifo(root / "pipe")
    return DiskTree(root)


@pytest.mark.parametrize("path", ["a.yaml", "shop/deep/d.yaml"])
def test_read(tree: DiskTree, path: str) -> None:
    assert tree.read(path) == path.encode()


def test_a_link_that_stays_inside_is_followed(tree: DiskTree) -> None:
    assert tree.read("inside") == b"a.yaml"


@pytest.mark.parametrize(
    "path",
    [
        "outside", "up/secret.txt", "../secret.txt", "/etc/passwd", "~/x", ".env", ".env.local", "keys/x.pem",
        "looks-harmless.txt", "id_rsa", ".git/config", ".imagepipe/x", "pipe", "a\0b", "",
    ],
)  # fmt: skip
def test_never_read(tree: DiskTree, path: str) -> None:
    with pytest.raises(UsageError):
        tree.read(path)


@pytest.mark.parametrize("path", ["none.yaml", "a.yaml/x"])
def test_what_is_not_there(tree: DiskTree, path: str) -> None:
    with pytest.raises((FileNotFoundError, NotADirectoryError)):
        tree.read(path)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("shop/*.yaml", ("shop/b.yaml", "shop/c.yaml")),
        ("*.yaml", ("a.yaml",)),
        ("**/*.yaml", ("a.yaml", "shop/b.yaml", "shop/c.yaml", "shop/deep/d.yaml")),
        ("shop/**", ("shop/b.yaml", "shop/c.yaml", "shop/deep/d.yaml", "shop/e.txt")),
        ("shop/?.txt", ("shop/e.txt",)),
        ("*/deep/*.yaml", ("shop/deep/d.yaml",)),
        ("shop/b.yaml", ("shop/b.yaml",)),
        ("none/*.yaml", ()),
        ("none.yaml", ()),
        (".env*", ()),
        (".env", ()),
        ("keys/*", ()),
        ("up/*", ()),
    ],
)
def test_glob(tree: DiskTree, pattern: str, expected: tuple[str, ...]) -> None:
    assert tree.glob(pattern) == expected


@pytest.fixture
def climbing(tree: DiskTree, tmp_path: Path) -> DiskTree:
    (tmp_path / "brand/marks").mkdir(parents=True)
    (tmp_path / "brand/marks/a.yaml").write_text("brand")
    (tmp_path / "brand/.env").write_text("secret")
    (tmp_path / "brand/out").symlink_to("/etc")
    return DiskTree(tree.root, tmp_path)


def test_with_a_top_paths_climb_as_far_as_that(climbing: DiskTree) -> None:
    assert climbing.read("../brand/marks/a.yaml") == b"brand"
    assert climbing.glob("../brand/*/*.yaml") == ("../brand/marks/a.yaml",)


@pytest.mark.parametrize("path", ["../../x", "../brand/.env", "../brand/out/passwd", "shop/../../secret.txt"])
def test_above_the_top_and_secrets_stay_out_of_reach(climbing: DiskTree, path: str) -> None:
    with pytest.raises(UsageError):
        climbing.read(path)
    assert climbing.glob("../../*") == ()
