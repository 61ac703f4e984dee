"""Runs a driver under strace: to see what it asked of the disk and in which order, to kill it there, or to fail it."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CHANGING = (
    *("write", "pwrite64", "ftruncate", "fallocate", "fsync", "fdatasync"),
    *("rename", "renameat", "renameat2", "mkdir", "mkdirat", "unlink", "unlinkat"),
)
_CALL = re.compile(r"^(?:\d+ +)?(?P<name>\w+)\((?P<args>.*)\) += (?P<result>-?\d+)(?P<rest>.*)$")
_DESCRIPTOR = re.compile(r"\d+<(?P<path>[^>]*)>")
_QUOTED = re.compile(r'"(?P<path>(?:[^"\\]|\\.)*)"')


@dataclass(frozen=True, slots=True)
class Call:
    """One system call that succeeded, with the paths it named, absolute and in order."""

    name: str
    paths: tuple[str, ...]
    args: str


def need_strace() -> str:
    """The path of strace; skips the test where it is missing or may not trace."""
    found = shutil.which("strace")
    if not found:
        pytest.skip("strace is not installed (Linux only)")
    if subprocess.run([found, "-qq", "-o", os.devnull, "true"], capture_output=True, check=False).returncode:
        pytest.skip("strace may not trace here (ptrace is forbidden)")
    return found


def driver(module: str, *args: object) -> list[str]:
    """The command that runs a driver with this very interpreter."""
    return [sys.executable, "-B", "-m", module, *map(str, args)]


def run(command: list[str], *options: str) -> "subprocess.CompletedProcess[str]":
    """Runs a command under strace with `options`, in the project's folder."""
    line = [need_strace(), "-f", "-qq", *options, *command]
    return subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=False)


def traced(log: Path) -> list[str]:
    """The options that log what `calls` reads."""
    names = ",".join([*CHANGING, "open", "openat", "symlink", "symlinkat"])
    return ["-y", "-s", "4096", "-o", str(log), "-e", "signal=none", "-e", f"trace={names}"]


def trace(command: list[str], log: Path) -> list[Call]:
    """The successful file calls of a command, in order."""
    done = run(command, *traced(log))
    assert done.returncode == 0, done.stdout + done.stderr
    return list(calls(log.read_text("utf-8", "replace")))


def calls(text: str) -> Iterator[Call]:
    for line in text.splitlines():
        found = _CALL.match(line)
        if not found or int(found["result"]) < 0:
            continue
        args = found["args"]
        if found["name"] in ("write", "pwrite64", "fsync", "fdatasync", "ftruncate", "fallocate"):
            first = _DESCRIPTOR.match(args)
            yield Call(found["name"], (first["path"],) if first else (), args)
        else:
            yield Call(found["name"], tuple(match["path"] for match in _QUOTED.finditer(args)), args)


def counted(command: list[str], log: Path, under: Path) -> dict[str, list[int]]:
    """How often each changing call is made on files under a folder: for each name, the counts at which it is.

    strace counts every call of a name, also those before the first that matters.
    """
    names = ",".join(CHANGING)
    done = run(command, "-y", "-s", "4096", "-o", str(log), "-e", "signal=none", "-e", f"trace={names}")
    assert done.returncode == 0, done.stdout + done.stderr
    counts: dict[str, int] = {}
    points: dict[str, list[int]] = {}
    for line in log.read_text("utf-8", "replace").splitlines():
        name = re.sub(r"^\d+ +", "", line).partition("(")[0]
        counts[name] = counts.get(name, 0) + 1
        if str(under) in line:
            points.setdefault(name, []).append(counts[name])
    return points
