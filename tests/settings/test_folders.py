"""Where configuration and ledger live."""

from pathlib import Path

import pytest

from imagepipe.settings import data_folder, settings_path


def test_the_environment_says_where() -> None:
    assert settings_path({"IMAGEPIPE_CONFIG": "/etc/images.toml"}) == Path("/etc/images.toml")
    assert data_folder({"IMAGEPIPE_DATA": "/var/images"}) == Path("/var/images")


def test_a_tilde_is_the_home_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert settings_path({"IMAGEPIPE_CONFIG": "~/c.toml"}) == tmp_path / "c.toml"


def test_the_platforms_folders_otherwise() -> None:
    for env in ({}, {"IMAGEPIPE_CONFIG": "", "IMAGEPIPE_DATA": ""}):
        assert settings_path(env).name == "config.toml"
        assert "imagepipe" in settings_path(env).parts
        assert "imagepipe" in data_folder(env).parts
