"""Runs the steps of action.yml as a GitHub runner does: the same scripts, in bash, with inputs in the environment alone."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from imagepipe import __version__

ROOT = Path(__file__).resolve().parent.parent.parent
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
_TERM = re.compile(r"'([^']*)'|([\w.-]+)|(==|!=|&&|\|\|)|\s+")
_WORDS = {"==": "==", "!=": "!=", "&&": "and", "||": "or"}


def valued(expression: str, context: Mapping[str, Any]) -> Any:
    """The value of one expression of a workflow: paths, texts, comparisons, and, or."""
    python, values, at = [], [], 0
    while at < len(expression):
        match = _TERM.match(expression, at)
        assert match, expression
        at = match.end()
        text, path, sign = match.groups()
        if sign:
            python.append(_WORDS[sign])
        elif match.group().strip():
            values.append(text if text is not None else _looked_up(str(path), context))
            python.append(f"v[{len(values) - 1}]")
    return eval(" ".join(python), {"v": values})


def _looked_up(path: str, context: Mapping[str, Any]) -> Any:
    found: Any = context
    for name in path.split("."):
        found = found.get(name, "") if isinstance(found, Mapping) else ""
    return found


def filled(text: str, context: Mapping[str, Any]) -> str:
    """A text of a workflow with its expressions filled in."""
    return re.sub(r"\$\{\{ (.+?) \}\}", lambda match: str(valued(match[1], context)), text)


@dataclass(frozen=True, slots=True)
class Did:
    """What a run of the action did: exit code of the step that failed or 0, what it said, its outputs and summary, and
    the actions of others that it would have called."""

    code: int
    said: str
    outputs: dict[str, str]
    summary: str
    used: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Runner:
    """A runner: `work` is the checkout, `temp` its own folder, `event` what GitHub says happened, `api` where it is."""

    work: Path
    temp: Path
    event: dict[str, Any] = field(default_factory=dict)
    event_name: str = "push"
    api: str = "http://127.0.0.1:9"

    def run(self, mode: str, inputs: Mapping[str, str] | None = None, **env: str) -> Did:
        """Runs the action in a mode."""
        given = {name: filled(str(spec.get("default", "")), self._github()) for name, spec in ACTION["inputs"].items()}
        given |= {"mode": mode, "token": "", **(inputs or {})}
        context = {**self._github(), "inputs": given, "runner": {"temp": str(self.temp)}}
        for name in ("output", "summary"):
            (self.temp / name).write_text("", encoding="utf-8")
        said, used, code = "", [], 0
        for step in STEPS:
            if code or ("if" in step and not valued(step["if"], context)):
                continue
            if "uses" in step:
                used.append(step["uses"].partition("@")[0])
                continue
            done = self._step(step, context, env)
            said, code = said + done.stdout, done.returncode
        outputs = dict(line.split("=", 1) for line in (self.temp / "output").read_text(encoding="utf-8").splitlines())
        return Did(code, said, outputs, (self.temp / "summary").read_text(encoding="utf-8"), tuple(used))

    def _github(self) -> dict[str, Any]:
        return {"github": {"event": self.event, "event_name": self.event_name, "token": ""}}

    def _step(
        self, step: Mapping[str, Any], context: Mapping[str, Any], env: Mapping[str, str]
    ) -> "subprocess.CompletedProcess[str]":
        script = self.temp / "step.sh"
        script.write_text(step["run"], encoding="utf-8")
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],
            cwd=self.work,
            env={**os.environ, **self._world(), **env, **{n: filled(t, context) for n, t in step["env"].items()}},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            timeout=100,
            check=False,
        )

    def _world(self) -> dict[str, str]:
        programs = self.temp / "bin"
        if not programs.exists():
            programs.mkdir(parents=True)
            version = (
                f'if [ "$*" = --version ]; then echo "imagepipe {__version__}"; exit; fi'  # saves a start each time
            )
            (programs / "imagepipe").write_text(f'#!/bin/sh\n{version}\nexec "{sys.executable}" -m imagepipe "$@"\n')
            (programs / "imagepipe").chmod(0o755)
        return {
            "PATH": f"{programs}:{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_EVENT_NAME": self.event_name,
            "GITHUB_REPOSITORY": "o/r",
            "GITHUB_SERVER_URL": "https://github.test",
            "GITHUB_API_URL": self.api,
            "GITHUB_RUN_ID": "4711",
            "GITHUB_RUN_ATTEMPT": "1",
            "GITHUB_OUTPUT": str(self.temp / "output"),
            "GITHUB_STEP_SUMMARY": str(self.temp / "summary"),
            "RUNNER_TEMP": str(self.temp),
        }
