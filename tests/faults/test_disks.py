"""Disks that are full, read-only or lie, and files that somebody touched: the real program on real mounts."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.real import project, reckon, store_of
from tests.project import Project
from tests.server import ImageServer


@pytest.fixture
def three(tmp_path: Path, api: ImageServer) -> Project:
    return project(tmp_path, ["mug", "hat", "cup"])


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "mug": lambda data: b"",
    "hat": lambda data: data[:-100],
    "cup": lambda data: data[:50] + b"\xff" + data[51:],
}


def test_a_damaged_picture_is_never_served_and_not_paid_for_by_itself(three: Project, api: ImageServer) -> None:
    three.run("build", "--yes")
    whole = set()
    for name, damaged in DAMAGE.items():
        path = store_of(three).layout.blob(three.lock["assets"][name]["candidates"][0]["sha256"])
        data = path.read_bytes()
        whole.add(data)
        path.write_bytes(damaged(data))
        (three.root / f"out/{name}.png").unlink()
    api.forget()
    ran = three.run("build", "--yes")
    assert ran.code == 1, ran.text
    assert not any((three.root / f"out/{name}.png").exists() for name in DAMAGE)
    aside = [path.read_bytes() for path in (three.root / ".imagepipe/store/quarantine").iterdir()]
    assert len(aside) == 3
    assert not whole & set(aside)
    shown = three.run("plan")
    assert all(name in shown.out for name in DAMAGE)
    assert "$" in shown.out
    assert "--again" in shown.out
    assert three.run("build", "--yes").code == 1
    assert three.run("build", "--yes", "--frozen").code == 1
    assert not api.requests
    assert three.run("build", "--yes", "--again", "*").code == 0
    assert len(api.requests) == 3


def test_an_output_edited_by_hand_is_left_until_a_person_decides(three: Project, api: ImageServer) -> None:
    three.run("build", "--yes")
    path = three.root / "out/mug.png"
    made = path.read_bytes()
    path.write_bytes(made + b"retouched")
    assert three.actions()["mug"] == "block"
    assert "adopt" in three.run("plan").out
    assert three.run("build", "--yes").code == 1
    assert path.read_bytes() == made + b"retouched"
    assert three.run("build", "--yes", "--force").code == 0
    assert path.read_bytes() == made
    assert len(api.requests) == 3


def inside(mount: str, of: Project, *args: str) -> "subprocess.CompletedProcess[str]":
    """The program in a mount namespace of its own; skips where that may not be had."""
    if subprocess.run(["unshare", "-Urm", "true"], capture_output=True, check=False).returncode:
        pytest.skip("this machine does not let a test mount anything")
    line = f'{mount} && exec "$0" "$@"'
    command = ["unshare", "-Urm", "sh", "-c", line, *of.command(*args)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


DISKS = {
    "full": ("mount -t tmpfs -o size=2m none {store}", "needed"),
    "read-only": ("mount -t tmpfs -o ro none {store}", "read-only"),
}


@pytest.mark.skipif(sys.platform != "linux", reason="mounts")
@pytest.mark.parametrize("disk", DISKS)
def test_a_store_that_takes_nothing_is_found_before_sending(
    three: Project, api: ImageServer, disk: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    mount, said = DISKS[disk]
    store = tmp_path / "disk"
    store.mkdir()
    monkeypatch.setenv("IMAGEPIPE_STORE", str(store))
    done = inside(mount.format(store=store), three, "build", "--yes")
    assert done.returncode == 1, done.stdout + done.stderr
    assert said in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert not api.requests


@pytest.mark.skipif(sys.platform != "linux", reason="mounts")
def test_a_project_that_takes_no_more_files_loses_nothing(three: Project, api: ImageServer) -> None:
    (three.root / "out").mkdir()
    done = inside(f"mount -t tmpfs -o ro none {three.root / 'out'}", three, "build", "--yes")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    asked = len(api.requests)
    assert not reckon(three, api, Path(os.environ["IMAGEPIPE_DATA"]))
    ran = three.run("build", "--yes")
    assert ran.code == 0, ran.text
    assert len(api.requests) == 3
    assert asked <= 3
