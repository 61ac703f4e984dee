"""The comment of the ready GitLab job: its own script, run against a loopback GitLab, in a real repository."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.ci.runner import ROOT
from tests.ci.test_action import STAND_INS
from tests.gitproject import GitProject

JOBS = yaml.safe_load((ROOT / "examples/ci/gitlab/.gitlab/imagepipe.yml").read_text(encoding="utf-8"))
TOKEN, ME = "glpat-canary5f2e9a71", 7
NOTES = "/api/v4/projects/3/merge_requests/5/notes"


@dataclass(slots=True)
class Lab:
    """`notes` in the order in which they were written; `moved`: every question is answered by a redirect."""

    notes: list[dict[str, Any]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    moved: bool = False
    server: ThreadingHTTPServer | None = None

    def act(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        where, _, query = path.partition("?")
        self.asked.append(f"{method} {where}")
        if self.moved:
            return 302, {}
        if (method, where) == ("GET", "/api/v4/user"):
            return 200, {"id": ME}
        if (method, where) == ("GET", NOTES):
            page = int(query.rpartition("page=")[2])
            return 200, self.notes[100 * (page - 1) : 100 * page]
        if (method, where) == ("POST", NOTES):
            self.notes.append({"id": 1000, "author": {"id": ME}, "body": body["body"]})
            return 201, {}
        if (method, where) == ("PUT", f"{NOTES}/1000"):
            self.notes[-1]["body"] = body["body"]
            return 200, {}
        return 404, {}


@pytest.fixture
def lab() -> Iterator[Lab]:
    """It listens for the test."""
    found = Lab()

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            known = self.headers.get("private-token") == TOKEN
            status, value = found.act(self.command, self.path, json.loads(body or "null")) if known else (401, {})
            data = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("content-length", str(len(data)))
            if status == 302:
                self.send_header("location", "/elsewhere")
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PUT = answer  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    found.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=found.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield found
    found.server.shutdown()
    found.server.server_close()


def commented(
    project: GitProject, programs: Path, lab: Lab, base: str, folder: str
) -> "subprocess.CompletedProcess[str]":
    assert lab.server
    programs.mkdir(exist_ok=True)
    for name, words in {"python": "", "imagepipe": " -m imagepipe"}.items():
        (programs / name).write_text(f'#!/bin/sh\nexec "{sys.executable}"{words} "$@"\n')
        (programs / name).chmod(0o755)
    env = {
        "PATH": f"{programs}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "IMAGEPIPE_DIRECTORY": folder,
        "IMAGEPIPE_COMMENT_TOKEN": TOKEN,
        "CI_API_V4_URL": f"http://127.0.0.1:{lab.server.server_port}/api/v4",
        "CI_MERGE_REQUEST_PROJECT_ID": "3",
        "CI_MERGE_REQUEST_IID": "5",
        "CI_MERGE_REQUEST_DIFF_BASE_SHA": base,
        "CI_MERGE_REQUEST_SOURCE_PROJECT_URL": "https://gitlab.test/o/r",
        "CI_COMMIT_SHA": project.git("rev-parse", "HEAD").strip(),
    }
    (script,) = JOBS["imagepipe:comment"]["script"]
    command, both = ["sh", "-ec", script], {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    return subprocess.run(
        command, cwd=project.root, env={**os.environ, **env}, encoding="utf-8", check=False, timeout=100, **both
    )


def test_a_merge_request_gets_one_note_that_is_kept_up_to_date(tmp_path: Path, lab: Lab) -> None:
    shop = GitProject(tmp_path / "work/my shop").write(STAND_INS)
    project = GitProject(tmp_path / "work").begin()
    shop.build()
    base = project.commit("first")
    arguments = (project, tmp_path / "bin", lab, base, "my shop")
    marker = "<!-- imagepipe in my shop -->"
    lab.notes += [{"id": at, "author": {"id": 1}, "body": marker} for at in range(100)]
    did = commented(*arguments)
    assert (did.returncode, did.stdout, len(lab.notes)) == (0, "", 100), "nothing differs, nothing is said"

    shop.edit("a matte mug", '"/close @everyone <script>"')
    shop.build()
    head = project.commit("second")
    for _ in range(2):
        did = commented(*arguments)
        assert (did.returncode, TOKEN in did.stdout) == (0, False)
    assert lab.asked[-1] == f"PUT {NOTES}/1000"
    assert len(lab.notes) == 101
    body = lab.notes[-1]["body"]
    assert body.startswith(f"{marker}\n### imagepipe: 1 changed")
    assert f"https://gitlab.test/o/r/-/raw/{head}/my%20shop/public/hero.png" in body
    assert "<script>" not in body
    assert not any(line.startswith("/") for line in body.splitlines()), "GitLab would take it for a quick action"

    lab.moved = True
    did = commented(*arguments)
    assert did.returncode == 1
    assert "The comment was not written" in did.stdout
    assert TOKEN not in did.stdout
    assert not any("elsewhere" in one for one in lab.asked), "the token goes where the job says, nowhere else"


def test_the_note_needs_its_token_and_holds_no_other_job_up() -> None:
    job = JOBS["imagepipe:comment"]
    (rule,) = job["rules"]
    assert rule["if"].endswith("&& $IMAGEPIPE_COMMENT_TOKEN")
    assert job["allow_failure"] is True
