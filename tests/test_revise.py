"""A chain of edits end to end: each paid for once on the bytes before it, shown with its price, kept, told, restored."""

from pathlib import Path

import pytest

from tests.gitproject import GitProject
from tests.server import ImageServer

MUG = """\
version: 1
assets:
  mug:
    prompt: a mug on a stone
    options: {n: 2, quality: low}
    output: mug.png
"""
EDITS = """\
    revise:
      - Turn the handle to the left
      - {request: warmer light, change: the light, keep: [the mug]}
      - add steam
"""


@pytest.fixture
def project(tmp_path: Path, api: ImageServer) -> GitProject:
    made = GitProject(tmp_path).begin().write(MUG)
    made.build("--yes")
    made.commit("A mug")
    api.forget()
    made.write(MUG + EDITS)
    return made


def sent(api: ImageServer) -> list[str]:
    """The words of each request since the last look."""
    found = [str(request.fields["prompt"]).split("\n")[0] for request in api.requests]
    api.forget()
    return found


def test_every_edit_is_paid_once_on_the_picture_before_it(project: GitProject, api: ImageServer) -> None:
    assert project.actions() == {"mug#0": "finish", "mug#1": "generate", "mug#2": "wait", "mug": "wait"}
    shown = project.run("plan").out
    assert shown.count("$") >= 3, "each row has its price"
    project.build("mug", "--yes")
    first, second, third = api.requests
    pictures = {name: entry["candidates"] for name, entry in project.lock["assets"].items()}
    assert [len(pictures[name]) for name in ("mug#0", "mug#1", "mug#2", "mug")] == [2, 1, 1, 1]
    assert [one.path.rpartition("/")[2] for one in api.requests] == ["edits"] * 3
    inputs = {name: entry["inputs"][0]["sha256"] for name, entry in project.lock["assets"].items() if name != "mug#0"}
    assert inputs == {
        "mug#1": pictures["mug#0"][0]["sha256"],
        "mug#2": pictures["mug#1"][0]["sha256"],
        "mug": pictures["mug#2"][0]["sha256"],
    }
    assert third.files[0].data != first.files[0].data != second.files[0].data
    assert sent(api) == ["Turn the handle to the left", "Primary request: warmer light", "add steam"]

    project.edit("add steam", "add a spoon")
    assert project.actions() == {"mug#0": "keep", "mug#1": "keep", "mug#2": "keep", "mug": "generate"}
    project.build("--yes")
    assert sent(api) == ["add a spoon"]
    project.edit("add a spoon", "add steam")
    (project.root / "assets.lock").unlink()
    project.build("--frozen")
    project.edit("      - add steam", "      - add steam\n      - a wider view")
    assert project.actions()["mug#3"] == "finish", "the last edit became the third: its picture is known"
    project.build("--yes")
    assert sent(api) == ["a wider view"]

    project.edit("Turn the handle to the left", "Turn the handle to the right")
    project.build("--yes")
    said = "Turn the handle to the right", "Primary request: warmer light"
    assert tuple(sent(api)) == said, "the server draws by the words: the second edit brings the bytes it brought before"
    assert project.run("check").code == 0


def test_its_lineage_is_told_and_what_is_nowhere_is_not_sent(
    project: GitProject, api: ImageServer, tmp_path_factory: pytest.TempPathFactory
) -> None:
    project.edit("    output", "    pick: 1\n    output")
    project.build("--yes")
    assert project.run("pick", "mug", "1", "--json").json["where"] == "assets.lock", (
        "the pick is that of the first picture"
    )
    assert project.run("pick", "mug#0", "2", "--json").json["where"] == "assets.yaml"
    assert project.actions() == {"mug#0": "keep", "mug#1": "generate", "mug#2": "wait", "mug": "wait"}
    project.run("pick", "mug#0", "1")
    project.commit("Edited")
    log = project.run("log", "mug", "--json").json["generations"]
    assert [one["image"] for one in log[0]["inputs"]] == ["mug#2"]
    page = project.root / "report.html"
    assert project.run("report", "-o", str(page)).code == 0
    told = [part.split("<")[0] for part in page.read_text("utf-8").split("<li>")]
    lines = [line for line in told if line.startswith(("before all edits: ", "edit "))]
    assert [line.partition(", ")[2] for line in lines[-4:]] == [
        "a mug on a stone",
        "Turn the handle to the left",
        "Primary request: warmer light Input images: Image 1: target Constraints: change only the light; keep the mug unchanged",
        "add steam",
    ]
    first = project.lock["assets"]["mug#0"]["candidates"][0]["sha256"].removeprefix("sha256:")
    assert project.run("restore", "mug", first[:12]).code == 0, "what it was before its edits is a picture of its own"
    project.git("checkout", "-q", ".")
    clone = GitProject(tmp_path_factory.mktemp("clone") / "p")
    project.git("clone", "-q", str(project.root), str(clone.root))
    assert clone.run("check").code == 0, "the pictures between are in nobody's files, and need not be"
    clone.edit("add steam", "add a spoon")
    (row,) = (one for one in clone.run("plan", "--json").json["decisions"] if one["action"] != "keep")
    assert (row["asset"], row["action"], row["code"]) == ("mug", "block", "input-elsewhere")
