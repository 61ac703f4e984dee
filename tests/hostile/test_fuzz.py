"""What strangers write, at random: a short run guided by coverage, and again what the runs begin with and once found."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.hostile import fuzz


def run(folder: Path, *options: str) -> None:
    """Atheris in a process of its own; an input that went wrong is in the message."""
    pytest.importorskip("atheris")
    command = [sys.executable, "-m", "tests.hostile.fuzz", *options, f"-artifact_prefix={folder}/"]
    done = subprocess.run(command, cwd=fuzz.HERE.parents[1], capture_output=True, text=True, check=False)
    inputs = [path.read_bytes() for path in folder.iterdir()]
    assert done.returncode == 0, f"{inputs}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
    assert not inputs
    assert "cov: " in done.stderr, "it is guided by what the inputs reach"


@pytest.mark.parametrize("target", fuzz.TARGETS)
def test_what_the_runs_begin_with_and_once_found(target: str) -> None:
    inputs = fuzz.seeds()[target]
    assert len(inputs) >= 5
    for data in inputs:
        fuzz.TARGETS[target](data)


def test_a_short_run(tmp_path: Path) -> None:
    run(tmp_path, "-runs=1000", "-seed=1")


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize("target", fuzz.TARGETS)
def test_a_long_run(target: str, tmp_path: Path) -> None:
    run(tmp_path, target, "-max_total_time=120")
