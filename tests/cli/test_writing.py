"""Files that `--output` names: folders are made, pipes and devices stay what they are, the disk's refusals are told."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from imagepipe.cli.writing import write
from imagepipe.errors import ImagepipeError
from tests.project import Project


@pytest.mark.skipif(os.name == "nt", reason="posix pipes")
def test_a_pipe_is_written_to_and_stays_one(tmp_path: Path) -> None:
    pipe, read = tmp_path / "pipe", list[str]()
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: read.append(pipe.read_text(encoding="utf-8")))
    reader.start()
    write(pipe, "a line\n")
    reader.join(20)
    assert read == ["a line\n"]
    assert pipe.is_fifo()


def test_what_the_disk_refuses_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ImagepipeError, match=r"cannot write .*file/x"):
        write(tmp_path / "file" / "x", "text")


@pytest.mark.parametrize(
    "words",
    [
        "diff -o new/it",
        "diff --format html -o new/it",
        "plan --out new/it",
        "report -o new/it",
        "schema lock -o new/it",
    ],
)
def test_folders_are_made(words: str, tmp_path: Path) -> None:
    project = Project(tmp_path).write(
        "version: 1\nassets: {a: {prompt: a mug, provider: placeholder, output: a.png}}\n"
    )
    ran = project.run(*words.split())
    assert (ran.code, (tmp_path / "new/it").stat().st_size > 0) == (0, True), ran.text


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device that takes nothing")
@pytest.mark.parametrize(("words", "built"), [("plan", False), ("plan --json", False), ("build --yes --json", True)])
def test_output_that_nobody_takes_is_told_and_what_is_built_is_built(words: str, built: bool, tmp_path: Path) -> None:
    Project(tmp_path).write("version: 1\nassets: {a: {prompt: a mug, provider: placeholder, output: a.png}}\n")
    with open("/dev/full", "w", encoding="utf-8") as full:
        command = [sys.executable, "-m", "imagepipe", "-C", str(tmp_path), *words.split()]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 1
    assert "output could not all be written: No space left" in done.stderr
    assert "Traceback" not in done.stderr
    assert (tmp_path / "a.png").exists() == built
