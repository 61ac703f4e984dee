"""Ctrl-C once keeps what is under way; SIGTERM ends at once; both say so by their exit codes."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.running import environment
from tests.project import interrupted
from tests.server.serving import ImageServer

MANIFEST = """\
version: 1
assets:
  mug:
    prompt: a mug
    options: {quality: low}
    output: mug.png
"""
FULL = """\
  full:
    prompt: a full mug
    inputs: [{asset: mug, role: target}]
    options: {quality: low}
    output: full.png
"""

pytestmark = pytest.mark.skipif(os.name == "nt", reason="posix signals")


@pytest.fixture
def building(tmp_path: Path, api: ImageServer, request: pytest.FixtureRequest) -> Iterator[subprocess.Popen[str]]:
    """A build whose one request the server holds; what a test adds to the manifest is made of its picture."""
    (tmp_path / "assets.yaml").write_text(MANIFEST + getattr(request, "param", ""), encoding="utf-8")
    api.hold()
    command = [sys.executable, "-m", "imagepipe", "build"]
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        api.wait_for_held(1)
        yield process
        process.kill()


@pytest.mark.parametrize("building", [FULL], indirect=True, ids=["two"])
def test_ctrl_c_once_keeps_what_is_under_way(building: subprocess.Popen[str], api: ImageServer, tmp_path: Path) -> None:
    said = interrupted(building)
    assert "mug" in said
    api.release()
    out, err = building.communicate(timeout=60)
    assert building.returncode == 130
    assert (tmp_path / "mug.png").exists()
    assert api.prompts == ["a mug"], "nothing new is sent"
    assert "Traceback" not in out + err


def test_sigterm_ends_at_once_and_leaves_the_request_in_doubt(
    building: subprocess.Popen[str], api: ImageServer, tmp_path: Path
) -> None:
    building.send_signal(signal.SIGTERM)
    out, err = building.communicate(timeout=60)
    assert building.returncode == 143
    assert "Traceback" not in out + err
    assert "  ? mug: up to $0.0" in out, "asset and worst cost are the last that is told"
    assert "imagepipe build --resend mug" in out
    assert out.endswith("imagepipe build --forget mug  gives the answer up\n")
    assert not (tmp_path / "mug.png").exists()
    shown = subprocess.run(
        [sys.executable, "-m", "imagepipe", "plan"],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert "1 blocked" in shown.stdout
    assert "--resend" in shown.stdout
