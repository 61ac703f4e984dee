"""README's example of a mistake and its example of the library, taken at their word."""

import shutil
from pathlib import Path

import pytest

from tests.docs.pages import ROOT, blocks, text_of
from tests.project import Project

README = text_of(ROOT / "README.md")


def fence(kind: str) -> str:
    return next(block.body for block in blocks(README) if block.kind == kind)


def test_a_mistake_is_told_as_readme_shows_it(tmp_path: Path) -> None:
    project = Project(tmp_path).write(fence("yaml"))
    project.edit("{size: wide, quality: high}", "{size: 1920x1080, quality: high}")
    assert fence("text") in project.run("validate").text


def test_the_library_does_what_readme_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shop = tmp_path / "examples/quickstart"
    shutil.copytree(ROOT / "examples/quickstart", shop, ignore=shutil.ignore_patterns(".imagepipe", "*.lock", "public"))
    monkeypatch.chdir(tmp_path)
    exec(compile(fence("python"), "README.md", "exec"), {})
    told = capsys.readouterr().out.splitlines()
    assert told[0].split()[::2] == ["hero", "0.0"]
    assert any(line.startswith("Published(asset='logo'") for line in told)
    assert (shop / "public/logo.png").is_file()
