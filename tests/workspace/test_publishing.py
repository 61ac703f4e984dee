"""Files into the project: never outside, never through a link, never over what a person made."""

import os
from pathlib import Path

import pytest

from imagepipe.digest import digest_bytes
from imagepipe.errors import ImagepipeError, UsageError
from imagepipe.workspace import publishing
from imagepipe.workspace.publishing import NotOurs, publish, remove


def ours(digest: str) -> bool:
    return digest == digest_bytes(b"ours")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "project").mkdir()
    return tmp_path / "project"


@pytest.fixture(params=["held open", "by path"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ways of reaching a folder: the second is what Windows has."""
    if request.param == "by path":
        monkeypatch.setattr(publishing, "_ANCHORED", False)


@pytest.mark.usefixtures("way")
class TestBothWays:
    def test_folders_are_made(self, root: Path) -> None:
        assert publish(root, "public/img/a.png", b"new", ours)
        assert (root / "public/img/a.png").read_bytes() == b"new"
        assert os.listdir(root / "public/img") == ["a.png"]

    def test_equal_bytes_are_left_alone(self, root: Path) -> None:
        (root / "a.png").write_bytes(b"new")
        os.utime(root / "a.png", ns=(5, 5))
        assert not publish(root, "a.png", b"new", ours)
        assert (root / "a.png").stat().st_mtime_ns == 5

    def test_our_own_is_replaced(self, root: Path) -> None:
        (root / "a.png").write_bytes(b"ours")
        assert publish(root, "a.png", b"new", ours)
        assert (root / "a.png").read_bytes() == b"new"

    def test_a_persons_file_is_not(self, root: Path) -> None:
        (root / "a.png").write_bytes(b"by hand")
        with pytest.raises(NotOurs, match=r"a\.png was not made by imagepipe"):
            publish(root, "a.png", b"new", ours)
        assert (root / "a.png").read_bytes() == b"by hand"
        assert publish(root, "a.png", b"new", ours, force=True)
        assert os.listdir(root) == ["a.png"]

    @pytest.mark.parametrize("path", ["../a.png", "/tmp/a.png", "a/../../b.png", ".git/a.png", "CON", "", "a\0b"])
    def test_outside(self, root: Path, path: str) -> None:
        with pytest.raises(UsageError):
            publish(root, path, b"new", ours, force=True)

    def test_a_link_that_leads_out(self, root: Path, tmp_path: Path) -> None:
        (tmp_path / "elsewhere").mkdir()
        (root / "public").symlink_to(tmp_path / "elsewhere")
        with pytest.raises(UsageError, match="link"):
            publish(root, "public/a.png", b"new", ours, force=True)
        assert not os.listdir(tmp_path / "elsewhere")

    def test_a_link_into_git(self, root: Path) -> None:
        (root / ".git").mkdir()
        (root / "public").symlink_to(root / ".git")
        with pytest.raises(UsageError, match="link"):
            publish(root, "public/hooks", b"new", ours, force=True)

    def test_a_link_that_stays_inside(self, root: Path) -> None:
        (root / "web").mkdir()
        (root / "public").symlink_to(root / "web")
        assert publish(root, "public/a.png", b"new", ours)
        assert (root / "web/a.png").read_bytes() == b"new"

    @pytest.mark.parametrize("target", ["elsewhere.png", "gone.png"])
    def test_a_link_in_place_of_the_file(self, root: Path, tmp_path: Path, target: str) -> None:
        (tmp_path / "elsewhere.png").write_bytes(b"ours")
        (root / "a.png").symlink_to(tmp_path / target)
        with pytest.raises(UsageError, match="link"):
            publish(root, "a.png", b"new", ours, force=True)
        assert (tmp_path / "elsewhere.png").read_bytes() == b"ours"

    def test_a_folder_or_a_file_in_the_way(self, root: Path) -> None:
        (root / "a.png").mkdir()
        (root / "b").write_bytes(b"ours")
        for path in ("a.png", "b/c.png"):
            with pytest.raises(ImagepipeError):
                publish(root, path, b"new", ours, force=True)

    def test_a_git_lfs_pointer_to_the_same_bytes_is_left_alone(self, root: Path) -> None:
        data = b"x" * 5000
        text = f"version https://git-lfs.github.com/spec/v1\noid {digest_bytes(data)}\nsize 5000\n"
        (root / "a.png").write_text(text)
        assert not publish(root, "a.png", data, ours)
        assert (root / "a.png").read_text() == text

    @pytest.mark.parametrize(("there", "gone"), [(b"ours", True), (b"by hand", False), (None, False)])
    def test_removed_only_while_unchanged(self, root: Path, there: bytes | None, gone: bool) -> None:
        (root / "public").mkdir()
        if there:
            (root / "public/a.png").write_bytes(there)
        assert remove(root, "public/a.png", digest_bytes(b"ours")) is gone
        assert (root / "public/a.png").exists() is bool(there and not gone)
        assert not remove(root, "no/folder.png", digest_bytes(b"ours"))

    def test_a_disk_that_refuses_leaves_nothing_behind(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def full(*arguments: object, **more: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "rename", full)
        monkeypatch.setattr(os, "replace", full)
        with pytest.raises(ImagepipeError, match="disk is full"):
            publish(root, "a.png", b"new", ours)
        assert not os.listdir(root)


def test_a_folder_swapped_for_a_link_after_the_check(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "elsewhere").mkdir()
    (root / "public").mkdir()
    real = os.path.realpath

    def then_swapped(path: str) -> str:
        found = real(path)
        if str(path).endswith("public"):
            (root / "public").rmdir()
            (root / "public").symlink_to(tmp_path / "elsewhere")
        return found

    monkeypatch.setattr(os.path, "realpath", then_swapped)
    with pytest.raises(UsageError, match="link"):
        publish(root, "public/a.png", b"new", ours)
    assert not os.listdir(tmp_path / "elsewhere")
