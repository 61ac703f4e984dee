"""A typist in an empty folder."""

from pathlib import Path

import pytest

from tests.oneoff.typist import Typist


@pytest.fixture
def typist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Typist:
    monkeypatch.chdir(tmp_path)
    return Typist(tmp_path, capsys)
