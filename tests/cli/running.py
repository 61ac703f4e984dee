"""Runs the real program, as a user does, in a process of its own."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests import forked

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True, slots=True)
class Ran:
    """What a run came to."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        """Standard output as JSON: fails where anything but data is there."""
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        """Standard output as lines of JSON."""
        return [json.loads(line) for line in self.out.splitlines()]


def environment(**more: str) -> dict[str, str]:
    """The environment of a run: that of the test, the package importable, UTF-8."""
    return os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"} | more


def run(*args: str, cwd: Path, **more: str) -> Ran:
    """One command line in `cwd`; `more` goes into the environment."""
    done = forked.run(args, folder=cwd, env=environment(**more))
    assert "Traceback" not in done.err, done.err
    return Ran(done.code, done.out, done.err)


def modules_after(code: str, cwd: Path) -> set[str]:
    """The modules that are imported once `code` has run in a fresh interpreter."""
    probe = f"import sys\n{code}\nsys.stderr.write('MODULES ' + ' '.join(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", probe], cwd=cwd, env=environment(), capture_output=True, text=True, timeout=60
    )
    return set(done.stderr.rpartition("MODULES ")[2].split())
