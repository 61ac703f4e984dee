"""Digests remembered by stat, as git's index does: fast, and never wrong about a file that changed."""

import json
import os
from pathlib import Path

import pytest

from imagepipe.digest import digest_bytes
from imagepipe.errors import UsageError
from imagepipe.workspace import digests
from imagepipe.workspace.digests import Digests, content_of

LONG_AGO = 1_700_000_000_000_000_000


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files whose content was read."""
    found: list[str] = []

    def counted(path: str, inside: str) -> str | None:
        found.append(Path(path).name)
        return content_of(path, inside)

    monkeypatch.setattr(digests, "content_of", counted)
    return found


def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if every file had been changed long before it is looked at."""
    monkeypatch.setattr(digests, "is_racy", lambda seen, since: False)


def test_read_once_and_remembered(tmp_path: Path, reads: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    settled(monkeypatch)
    (tmp_path / "a.png").write_bytes(b"one")
    for _ in range(3):
        files = Digests(tmp_path)
        assert files["a.png"] == files["a.png"] == digest_bytes(b"one")
        files.save()
    assert reads == ["a.png"]


@pytest.mark.parametrize("data", [b"two", b"longer"])
def test_a_change_is_seen(tmp_path: Path, data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    settled(monkeypatch)
    file = tmp_path / "a.png"
    file.write_bytes(b"one")
    files = Digests(tmp_path)
    assert files["a.png"] == digest_bytes(b"one")
    files.save()
    file.write_bytes(data)
    os.utime(file, ns=(LONG_AGO, LONG_AGO))
    assert Digests(tmp_path)["a.png"] == digest_bytes(data)


def test_a_file_changed_just_now_is_read_again(tmp_path: Path, reads: list[str]) -> None:
    (tmp_path / "a.png").write_bytes(b"one")
    for _ in range(2):
        files = Digests(tmp_path)
        assert files["a.png"]
        files.save()
    assert reads == ["a.png", "a.png"]


def test_a_changed_inode_time_is_enough_to_look_again(
    tmp_path: Path, reads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Same size, same mtime, other bytes: what `touch -r` and some copy programs leave behind."""
    settled(monkeypatch)
    file = tmp_path / "a.png"
    file.write_bytes(b"one")
    os.utime(file, ns=(LONG_AGO, LONG_AGO))
    files = Digests(tmp_path)
    assert files["a.png"]
    files.save()
    data = json.loads((tmp_path / ".imagepipe/cache/files.json").read_text())
    data["files"]["a.png"][2] -= 10**9
    (tmp_path / ".imagepipe/cache/files.json").write_text(json.dumps(data))
    assert Digests(tmp_path)["a.png"]
    assert len(reads) == 2


@pytest.mark.parametrize(
    "junk",
    [
        b"", b"{", b"[]", b'{"version": 1, "files": {"a.png": [1]}}', b'{"version": 9}',
        b'{"version": 1, "files": {"a.png": [1, 2, 3, 4, 1e999, "x"]}}',
    ],
)  # fmt: skip
def test_a_cache_that_is_no_cache_is_none(tmp_path: Path, junk: bytes) -> None:
    (tmp_path / "a.png").write_bytes(b"one")
    (tmp_path / ".imagepipe/cache").mkdir(parents=True)
    (tmp_path / ".imagepipe/cache/files.json").write_bytes(junk)
    files = Digests(tmp_path)
    assert files["a.png"] == digest_bytes(b"one")
    files.save()


def test_what_is_not_there_and_what_comes_later(tmp_path: Path) -> None:
    files = Digests(tmp_path)
    assert files.get("a.png") is None
    (tmp_path / "a.png").write_bytes(b"one")
    assert files.get("a.png") is None, "one look a run"
    files.forget("a.png")
    assert files["a.png"] == digest_bytes(b"one")
    assert (list(files), len(files)) == (["a.png"], 1)


def test_a_git_lfs_pointer_counts_as_what_it_points_to(tmp_path: Path) -> None:
    name = "ab" * 32
    text = f"version https://git-lfs.github.com/spec/v1\noid sha256:{name}\nsize 12345\n"
    (tmp_path / "a.png").write_text(text)
    (tmp_path / "b.png").write_text(text.replace("abab", "xxxx"))
    assert Digests(tmp_path)["a.png"] == f"sha256:{name}"
    assert Digests(tmp_path)["b.png"] == digest_bytes((tmp_path / "b.png").read_bytes())


def test_links(tmp_path: Path) -> None:
    root = tmp_path / "project"
    root.mkdir()
    (tmp_path / "out.png").write_bytes(b"one")
    (root / "in.png").write_bytes(b"one")
    (root / "inside").symlink_to(root / "in.png")
    (root / "outside").symlink_to(tmp_path / "out.png")
    (root / "broken").symlink_to(root / "gone")
    (root / "folder").mkdir()
    files = Digests(root)
    assert files["inside"] == digest_bytes(b"one")
    assert files["outside"] not in (None, digest_bytes(b"one"))
    assert files["folder"]
    assert files.get("broken") is None
    files.save()


@pytest.mark.parametrize("path", ["round.png", "folder/a.png"])
def test_what_cannot_be_read_is_named(tmp_path: Path, path: str) -> None:
    (tmp_path / "round.png").symlink_to("round.png")
    (tmp_path / "folder").symlink_to("folder")
    with pytest.raises(UsageError, match=f"`{path}` cannot be read: ") as caught:
        Digests(tmp_path).get(path)
    assert (caught.value.code, caught.value.hint) == ("unreadable-file", "make it readable, or remove it")


def test_a_folder_that_cannot_be_written_to_means_no_cache(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"one")
    (tmp_path / ".imagepipe").write_text("in the way")
    files = Digests(tmp_path)
    assert files["a.png"]
    files.save()
