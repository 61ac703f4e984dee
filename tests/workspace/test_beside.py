"""Work in a second process is done once, takes nothing from the first one, and is never counted on."""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from imagepipe.workspace import beside
from tests.project import Project

pytestmark = pytest.mark.skipif(
    not hasattr(os, "fork") or beside._cores() < 2, reason="a second process needs fork and a second core"
)

BEGIN = "import sys, threading; from imagepipe.workspace import beside; said = open(sys.argv[1], 'a')\n"
MANY = 40


def ran(code: str, file: Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-c", BEGIN + code, str(file)]
    return subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True, timeout=60)


def test_it_is_done_once_and_over_when_waited_for(tmp_path: Path) -> None:
    code = "for _ in range(2): beside.begin('a', lambda: print('done', file=said, flush=True))\n"
    done = ran(code + "beside.wait('a'); beside.wait('a'); print(open(sys.argv[1]).read())", tmp_path / "said")
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "done", "")


def test_what_goes_wrong_in_it_is_not_heard(tmp_path: Path) -> None:
    done = ran("beside.begin('a', lambda: print(1 / 0)); beside.wait('a'); print('on')", tmp_path / "said")
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "on", "")


def test_a_process_with_threads_is_not_copied(tmp_path: Path) -> None:
    code = "stay = threading.Event(); threading.Thread(target=stay.wait).start()\n"
    code += "beside.begin('a', lambda: print('done', file=said, flush=True)); beside.wait('a'); stay.set()"
    assert ran(code, tmp_path / "said").returncode == 0
    assert not (tmp_path / "said").read_text()


def test_who_reads_our_output_does_not_wait_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "gate")
    gate = repr(str(tmp_path / "gate"))
    done = ran(f"beside.begin('a', lambda: open({gate}).read()); print('gone')", tmp_path / "said")
    assert (done.returncode, done.stdout.strip()) == (0, "gone")
    opened = threading.Thread(target=lambda: (tmp_path / "gate").write_text("go"))
    opened.start()  # lets the copy, which still stands before the gate, go on to its end
    opened.join(30)
    assert not opened.is_alive()


@pytest.fixture(scope="module")
def big(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project whose lock is so big that its outputs are hashed beside the reading of its manifest."""
    words = " ".join(["a fern in morning light"] * 1200)
    rows = [f"  a{at:02}:\n    prompt: {at} {words}\n    output: a{at:02}.png\n" for at in range(MANY)]
    head = "version: 1\ndefaults: {provider: placeholder, options: {size: 1024x1024}}\nassets:\n"
    project = Project(tmp_path_factory.mktemp("big")).write(head + "".join(rows))
    assert project.run("build").code == 0
    assert (project.root / "assets.lock").stat().st_size > 1 << 20
    return project


def cold(project: Project) -> None:
    for file in (project.root / ".imagepipe/cache").iterdir():
        file.unlink()


def test_a_fresh_checkout_says_the_same_with_it(big: Project) -> None:
    cold(big)
    assert f"{MANY} unchanged" in big.run("plan").out
    file = big.root / "a07.png"
    own = file.read_bytes()
    try:
        file.write_bytes(own[:-1] + bytes([own[-1] ^ 1]))
        cold(big)
        edited = big.run("plan").out
        assert "a07" in edited
        assert f"{MANY - 1} unchanged" in edited
        file.unlink()
        cold(big)
        assert f"{MANY - 1} unchanged" in big.run("plan").out
    finally:
        file.write_bytes(own)


def test_it_learns_what_the_lock_names(big: Project) -> None:
    cold(big)
    code = "from imagepipe.pipeline.ahead import hash_ahead; folder = sys.argv[1].rpartition('/')[0]\n"
    code += "hash_ahead(folder, ''); beside.wait(folder)"
    assert ran(code, big.root / "said").returncode == 0
    learnt = json.loads((big.root / ".imagepipe/cache/files.json").read_bytes())["files"]
    assert set(learnt) == {"assets.lock", *(f"a{at:02}.png" for at in range(MANY))}


def test_a_lock_that_cannot_be_read_is_told_of_by_the_plan_itself(big: Project) -> None:
    lock = big.root / "assets.lock"
    text = lock.read_text()
    try:
        lock.write_text("<<<<<<< ours\n" + text)
        cold(big)
        done = big.run("plan")
        assert done.code == 6
        assert "merge markers" in done.err
    finally:
        lock.write_text(text)
