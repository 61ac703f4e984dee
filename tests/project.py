"""A project in a folder and the program run in it as its user would: a process of its own, with exit code and output."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests import forked
from tests.server.fixture import CANARY

SHOP = """\
version: 1
project: shop
assets:
  hero:
    prompt:
      use_case: product-mockup
      request: a minimal hero image of a mug
      subject: one matte mug
    options: {size: 1024x1024, quality: high}
    output: public/hero.png
  logo:
    prompt: a fern leaf curled into a circle
    options: {quality: low}
    output: public/logo.png
  pattern:
    prompt: {request: a pattern of leaves, text: [Fern, Hill]}
    options: {size: 1024x1536, quality: low, output_format: jpeg}
    output: public/pattern.jpg
"""


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def text(self) -> str:
        """Both streams."""
        return self.out + self.err

    @property
    def json(self) -> Any:
        """Standard output as JSON."""
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        """Standard output as JSON lines."""
        return [json.loads(line) for line in self.out.splitlines()]


def interrupted(process: "subprocess.Popen[str]") -> str:
    """Presses Ctrl-C once; gives what the build says until it has told what it waits for."""
    process.send_signal(signal.SIGINT)
    assert process.stdout
    said = ""
    while "Ctrl-C again" not in said:
        line = process.stdout.readline()
        assert line, said
        said += line
    return said


@dataclass(frozen=True, slots=True)
class Project:
    """A folder with a manifest."""

    root: Path

    def write(self, text: str = SHOP, name: str = "assets.yaml") -> "Project":
        """Writes a text file of the project."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return self

    def edit(self, before: str, after: str, name: str = "assets.yaml") -> None:
        """Replaces a piece of text that must be there."""
        text = (self.root / name).read_text(encoding="utf-8")
        assert before in text, before
        (self.root / name).write_text(text.replace(before, after), encoding="utf-8")

    def command(self, *arguments: str) -> list[str]:
        """The command line of a subprocess."""
        return [sys.executable, "-m", "imagepipe", "-C", str(self.root), *arguments]

    def start(self, *arguments: str, **env: str) -> "subprocess.Popen[str]":
        """Starts a command and leaves it running."""
        pipe = subprocess.PIPE
        environment = {**os.environ, **env}
        return subprocess.Popen(self.command(*arguments), stdout=pipe, stderr=pipe, text=True, env=environment)

    def run(self, *arguments: str, **env: str) -> Ran:
        """Runs a command to its end."""
        if any(name.startswith("PYTHON") for name in env):  # read by an interpreter that starts
            with self.start(*arguments, **env) as process:
                out, err = process.communicate(timeout=100)
            ran = Ran(process.returncode, out, err)
        else:
            command = ["-C", str(self.root), *arguments]
            done = forked.run(command, folder=Path.cwd(), env={**os.environ, **env})
            ran = Ran(done.code, done.out, done.err)
        assert "Traceback" not in ran.err, ran.err
        assert CANARY not in ran.text, "the key that the tests use"
        return ran

    def actions(self, *arguments: str) -> dict[str, str]:
        """Asset → action, by `plan --json`."""
        ran = self.run("plan", "--json", *arguments)
        assert ran.code in (0, 3), ran.text
        return {row["asset"]: row["action"] for row in ran.json["decisions"]}

    def files(self) -> dict[str, int]:
        """Every file outside the store and the cache → mtime in ns."""
        return {
            str(path.relative_to(self.root)): path.stat().st_mtime_ns
            for path in sorted(self.root.rglob("*"))
            if path.is_file() and ".imagepipe" not in path.parts
        }

    @property
    def lock(self) -> Any:
        """The lock as data, without its closing member."""
        data = json.loads((self.root / "assets.lock").read_text(encoding="utf-8"))
        data["assets"].pop("~")
        return data
