"""The action's own scripts, run for real in a git repository: check, compare, comment, build, commit."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from tests.ci.hub import TOKEN, Hub
from tests.ci.runner import Runner
from tests.gitproject import GitProject
from tests.reports.test_diff import Seen
from tests.server import ImageServer
from tests.server.fixture import leaks

SHOP = """\
version: 1
project: shop
defaults: {provider: PROVIDER, options: {quality: low, size: 1024x1024}}
assets:
  hero: {prompt: a matte mug, output: public/hero.png}
  logo: {prompt: a fern, output: public/logo.png}
"""
STAND_INS = SHOP.replace("PROVIDER", "placeholder")
EVIL = "</pre><script>x</script> @everyone ![x](javascript:1) `&#10;` ::error::mine"


@pytest.fixture
def hub() -> Iterator[Hub]:
    found = Hub().start()
    yield found
    found.stop()


def shop(folder: Path, text: str = STAND_INS) -> GitProject:
    (folder / "work").mkdir()
    (folder / "temp").mkdir()
    return GitProject(folder / "work").begin().write(text)


def test_check_fails_for_what_is_not_built_and_tells_it_everywhere(tmp_path: Path) -> None:
    project = shop(tmp_path)
    project.build()
    runner = Runner(project.root, tmp_path / "temp")
    did = runner.run("check")
    assert (did.code, did.outputs, did.used) == (0, {"pending": "false", "cost": "0"}, ("actions/setup-python",))
    assert did.summary.startswith("### imagepipe check\n\n    Nothing to do")

    project.edit("a matte mug", f'"# {EVIL}"')
    project.edit("defaults: {provider: placeholder", "defaults: {provider: openai")
    did = runner.run("check", {"sarif": str(tmp_path / "out.sarif")})
    assert (did.code, did.outputs["pending"]) == (1, "true")
    assert 0 < float(did.outputs["cost"]) < 1
    assert "::error title=drift-generate,file=assets.yaml,line=5" in did.said
    assert not any(line.startswith("::error::mine") for line in did.said.splitlines())
    results = json.loads((tmp_path / "out.sarif").read_text())["runs"][0]["results"]
    assert {result["ruleId"] for result in results} == {"drift-generate"}
    page = Seen(MarkdownIt("gfm-like", {"html": True, "linkify": False}).render(did.summary))
    assert page.tags == {"h3", "pre", "code"}

    assert runner.run("check", {"pending": "allow"}).code == 0
    picture = project.root / "public/logo.png"
    picture.write_bytes(picture.read_bytes() + b"retouched")
    did = runner.run("check", {"pending": "allow"})
    assert (did.code, "drift-block" in did.said) == (1, True), "what needs a person is not merely pending"
    project.edit("quality: low", "quality: lowest")
    did = runner.run("check", {"pending": "allow", "sarif": str(tmp_path / "out.sarif")})
    assert (did.code, did.outputs) == (2, {})
    assert "::error title=" in did.said
    assert json.loads((tmp_path / "out.sarif").read_text())["runs"][0]["results"][0]["level"] == "error"
    assert "lowest" in did.summary


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"version": "1.0; touch pwned"}, "the version is a plain number"),
        ({"version": "--index-url=http://127.0.0.1:9"}, "the version is a plain number"),
        ({"mode": "$(touch pwned)"}, "the mode is"),
    ],
)
def test_inputs_are_never_part_of_a_script(inputs: dict[str, str], said: str, tmp_path: Path) -> None:
    project = shop(tmp_path)
    did = Runner(project.root, tmp_path / "temp").run("check", inputs)
    assert did.code == 2
    assert said in did.said
    assert not list(tmp_path.rglob("pwned"))


def merged(project: GitProject) -> str:
    """A pull request's head, with its merge commit checked out as GitHub does it; the head's hash."""
    project.build()
    project.commit("first")
    project.git("checkout", "-qb", "feature")
    project.edit("a matte mug", f"'a glossy mug {EVIL}'")
    project.build()
    head = project.commit("glossy")
    project.git("checkout", "-q", "main")
    project.git("commit", "-qm", "meanwhile", "--allow-empty")
    project.git("checkout", "-q", "--detach", "main")
    project.git("merge", "-q", "--no-ff", "--no-edit", "feature")
    return head


def commenting(tmp_path: Path, hub: Hub, head: str) -> Runner:
    """The run that follows; the number is that of pull request 7, whose head is `head`."""
    run = {"id": 1, "head_sha": head, "head_repository": {"full_name": "fork/r"}}
    hub.pulls[7] = {"state": "open", "head": {"sha": head, "repo": {"full_name": "fork/r"}}}
    (tmp_path / "default").mkdir(exist_ok=True)
    return Runner(tmp_path / "default", tmp_path / "temp", {"workflow_run": run}, "workflow_run", hub.url)


def test_a_pull_request_gets_one_comment_that_is_kept_up_to_date(tmp_path: Path, hub: Hub) -> None:
    (tmp_path / "temp").mkdir()
    work, there = tmp_path / "work", {"directory": "my shop/é", "token": TOKEN}
    project = GitProject(work / "my shop/é").write(STAND_INS)
    GitProject(work).begin()
    head = merged(project)
    gathered = Runner(work, tmp_path / "temp", {"pull_request": {"number": 7}}, "pull_request").run(
        "plan-comment", there
    )
    assert (gathered.code, gathered.used[-1]) == (0, "actions/upload-artifact")
    assert "glossy" in gathered.summary
    assert sorted(os.listdir(tmp_path / "temp/imagepipe-comment")) == ["diff.json", "number"]

    runner = commenting(tmp_path, hub, head)
    hub.comments += [{"id": 1, "user": {"type": "User"}, "body": "<!-- imagepipe in my shop/é -->"}] * 100
    for _ in range(2):
        did = runner.run("plan-comment", there)
        assert (did.code, did.used[-1]) == (0, "actions/download-artifact")
    assert TOKEN not in did.said
    assert len(hub.comments) == 101
    assert hub.asked[-1] == "PATCH /repos/o/r/issues/comments/101"
    body = hub.comments[-1]["body"]
    assert "<del>a matte mug</del>" in body
    assert f"https://github.test/o/r/blob/{head}/my%20shop/%C3%A9/public/hero.png?raw=true" in body
    page = Seen(MarkdownIt("gfm-like", {"html": True, "linkify": False}).render(body))
    assert not page.tags & {"script"}
    assert f"a glossy mug {EVIL.partition('::')[0]}" in page.text
    assert all(
        value.startswith("https://github.test/o/r/") for name, value in page.attributes if name in ("src", "href")
    )  # type: ignore[misc]


GOOD = {
    "version": 1,
    "base": {"name": "main", "rev": "ab" * 20},
    "changes": [],
    "unchanged": 1,
    "cost": {name: {"low": 0, "high": 0, "worst": 0} for name in ("before", "after", "to_build")},
    "notes": [],
}
HOSTILE = {
    "a command": ("7; touch pwned", GOOD),
    "a substitution": ("$(touch pwned)", GOOD),
    "another one": ("`touch pwned`", GOOD),
    "a path": ("7/../8", GOOD),
    "an expression": ("a[$(touch pwned)]", GOOD),
    "digits without end": ("7" * 40, GOOD),
    "nothing": ("", GOOD),
    "zero": ("0", GOOD),
    "two lines": ("7\n8", GOOD),
    "a pull request of somebody else": ("8", GOOD),
    "one that is closed": ("9", GOOD),
    "one that is not there": ("10", GOOD),
    "no comparison": ("7", {"changes": "$(touch pwned)"}),
    "a comparison and more": ("7", GOOD | {"body": "@everyone"}),
    "far too large": ("7", GOOD | {"notes": [{"message": "x" * 9_000_000}]}),
    "nothing changes": ("7", GOOD),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_data_write_nothing_and_run_nothing(name: str, tmp_path: Path, hub: Hub) -> None:
    number, comparison = HOSTILE[name]
    data = tmp_path / "temp/imagepipe-comment"
    data.mkdir(parents=True)
    (data / "number").write_text(number)
    (data / "diff.json").write_text(json.dumps(comparison))
    runner = commenting(tmp_path, hub, "cd" * 20)
    hub.pulls[8] = {"state": "open", "head": {"sha": "ee" * 20, "repo": {"full_name": "fork/r"}}}
    hub.pulls[9] = {**hub.pulls[7], "state": "closed"}
    did = runner.run("plan-comment", {"token": TOKEN})
    assert "::error::imagepipe" in did.said or "::notice::imagepipe" in did.said, did.said
    assert hub.comments == []
    assert all(asked.startswith("GET") for asked in hub.asked)
    assert not list(tmp_path.rglob("pwned"))
    assert TOKEN not in did.said


@pytest.mark.parametrize("name", ["number", "diff.json"])
def test_a_link_in_the_data_is_not_followed(name: str, tmp_path: Path, hub: Hub) -> None:
    data = tmp_path / "temp/imagepipe-comment"
    data.mkdir(parents=True)
    (tmp_path / "secret").write_text("7" if name == "number" else json.dumps(GOOD | {"unchanged": 5}))
    (data / "number").write_text("7")
    (data / name).unlink(missing_ok=True)
    (data / name).symlink_to(tmp_path / "secret")
    did = commenting(tmp_path, hub, "cd" * 20).run("plan-comment", {"token": TOKEN})
    assert (did.code, hub.comments) == (1, [])


def test_a_broken_manifest_is_said_in_the_comment(tmp_path: Path, hub: Hub) -> None:
    project = shop(tmp_path)
    head = merged(project)
    project.write("version: 1\nassets: [\n")
    event = {"pull_request": {"number": 7}}
    gathered = Runner(project.root, tmp_path / "temp", event, "pull_request").run("plan-comment")
    assert (gathered.code, os.listdir(tmp_path / "temp/imagepipe-comment")) == (0, ["number"])
    assert commenting(tmp_path, hub, head).run("plan-comment", {"token": TOKEN}).code == 0
    assert "could not be compared" in hub.comments[0]["body"]


def test_build_and_commit(tmp_path: Path, hub: Hub, api: ImageServer) -> None:
    project = shop(tmp_path, SHOP.replace("PROVIDER", "openai"))
    project.git("init", "-q", "--bare", "-b", "main", str(tmp_path / "remote.git"))
    project.git("remote", "add", "origin", str(tmp_path / "remote.git"))
    project.commit("declared")
    project.git("push", "-q", "origin", "main")
    project.write("mine", "notes.txt")
    runner = Runner(project.root, tmp_path / "temp", api=hub.url)

    did = runner.run("build", {"max-cost": "0.001"})
    assert (did.code, len(api.requests), did.outputs) == (4, 0, {"pending": "true"})
    assert "--max-cost" in did.summary
    did = runner.run("build")
    assert (did.code, len(api.requests), did.outputs["pending"]) == (0, 2, "false")
    assert 0 < float(did.outputs["spent"]) < 1
    assert "2 built" in did.summary

    did = runner.run("commit", {"token": TOKEN, "message": "Pictures\n\nwith $(touch pwned)"})
    branch = "imagepipe/4711-1"
    assert did.code == 0, did.said
    wanted = {"changed": "true", "branch": branch, "pull-request": "https://github.test/o/r/pull/9"}
    assert did.outputs == wanted
    assert [(each["title"], each["head"], each["base"]) for each in hub.opened] == [("Pictures", branch, "main")]
    made = project.git("show", "--name-only", "--format=%an", f"origin/{branch}").split()
    assert made == ["Test", "assets.lock", "public/hero.png", "public/logo.png"]
    assert runner.run("commit", {"token": TOKEN}).outputs == {"changed": "false"}
    assert not list(tmp_path.rglob("pwned"))
    assert not leaks(tmp_path)
    assert not leaks(tmp_path, TOKEN)


def test_a_branch_that_moved_on_gets_a_pull_request_and_nothing_is_lost(tmp_path: Path, hub: Hub) -> None:
    project = shop(tmp_path)
    project.git("init", "-q", "--bare", "-b", "main", str(tmp_path / "remote.git"))
    project.git("remote", "add", "origin", str(tmp_path / "remote.git"))
    project.commit("declared")
    project.build()
    runner = Runner(project.root, tmp_path / "temp", api=hub.url)
    given = {"token": TOKEN, "push": "branch"}
    assert runner.run("commit", given).outputs == {"changed": "true", "branch": "main"}
    project.edit("a fern", "a leaf")
    project.build()
    project.git("clone", "-q", str(tmp_path / "remote.git"), str(tmp_path / "other"))
    other = GitProject(tmp_path / "other")
    other.git("commit", "-qm", "meanwhile", "--allow-empty")
    other.git("push", "-q", "origin", "main")
    hub.refused = True
    did = runner.run("commit", given)
    assert (did.code, did.outputs) == (0, {"changed": "true", "branch": "imagepipe/4711-1"})
    assert "no pull request could be opened" in did.said
    assert "public/logo.png" in project.git("show", "--name-only", "origin/imagepipe/4711-1")


def test_a_shallow_clone_with_no_key_and_no_store_is_judged(
    tmp_path: Path, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = shop(tmp_path)
    merged(project)
    project.git("switch", "-qc", "merge")
    project.git("clone", "-q", "--depth=2", "-b", "merge", f"file://{project.root}", str(tmp_path / "clone"))
    clone = GitProject(tmp_path / "clone")
    commands = ("validate", "plan --exit-code", "check", "diff --base HEAD^1", "report --base HEAD^1")
    said = {command: clone.run(*command.split()) for command in commands}
    assert {command: ran.code for command, ran in said.items()} == dict.fromkeys(commands, 0)
    assert "glossy" in said["diff --base HEAD^1"].out
    assert (clone.root / "report.html").stat().st_size > 10_000
