"""Every terminal session of the documentation, played as its reader would."""

import difflib
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests import forked
from tests.docs.pages import SESSIONS, name_of, text_of
from tests.server import ImageServer


def run(words: list[str], folder: Path, env: Mapping[str, str]) -> str:
    if words[0] != "imagepipe":
        done = subprocess.run(words, cwd=folder, env=dict(env), capture_output=True, text=True, timeout=60, check=True)
        return done.stdout + done.stderr
    ran = forked.run(words[1:], folder=folder, env=env)
    return ran.out + ran.err


@pytest.mark.parametrize("page", SESSIONS["pages"](), ids=name_of)
def test_a_session_prints_what_the_page_says(page: Path, tmp_path: Path, image_server: ImageServer) -> None:
    (home := tmp_path / "home").mkdir()
    (folder := tmp_path / "project").mkdir()
    text = text_of(page)
    real = SESSIONS["played"](text, folder, SESSIONS["environment"](home, image_server.base_url), run)
    wrong = "".join(difflib.unified_diff(text.splitlines(True), real.splitlines(True), "the page", "the program", n=1))
    assert real == text, f"docs/sessions.py --write puts in what is printed:\n{wrong}"


def test_a_page_that_is_not_true_is_noticed(tmp_path: Path) -> None:
    page = '```text title="a"\none\ntwo\n```\n```diff title="a"\n-two\n+2\n```\n```console\n$ cat a\n%s\n```\n'
    said = {text: SESSIONS["played"](page % text, tmp_path, os.environ, run) for text in ("one\ntwo", "one\n2", "…\n2")}
    assert said == {"one\ntwo": page % "one\n2", "one\n2": page % "one\n2", "…\n2": page % "…\n2"}
    with pytest.raises(AssertionError, match="changes what is not there"):
        SESSIONS["change"]("one\n", "-three\n+3\n")
