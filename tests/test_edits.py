"""Edits end to end: what reaches the server of files, roles, masks and chains, and what a chain costs."""

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from tests.project import Project
from tests.server import ImageServer

ROOM = """\
version: 1
assets:
  lamp:
    prompt: {use_case: precise-object-edit, request: add a lamp, change: the table, keep: [the wall]}
    inputs:
      - {image: refs/room.png, role: target}
      - {image: refs/scan.tif.png, role: reference, note: the lamp}
    mask: refs/mask.png
    options: {quality: low}
    output: lamp.png
  evening:
    prompt: {use_case: lighting-weather, request: the same at night, change: the light, keep: [everything else]}
    inputs: [{asset: lamp, role: target}]
    options: {quality: low}
    output: evening.png
"""


@pytest.fixture
def room(tmp_path: Path, api: ImageServer) -> Project:
    project = Project(tmp_path).write(ROOM)
    (tmp_path / "refs").mkdir()
    Image.new("RGB", (640, 480), "tan").save(tmp_path / "refs/room.png")
    Image.new("I;16", (64, 48), 40000).save(tmp_path / "refs/scan.tif.png")
    mask = Image.new("RGBA", (640, 480), "white")
    mask.paste((0, 0, 0, 0), (100, 100, 200, 200))
    mask.save(tmp_path / "refs/mask.png")
    return project


def test_an_edit_sends_its_files_in_order_with_name_and_type(room: Project, api: ImageServer) -> None:
    ran = room.run("build", "--yes")
    assert ran.code == 0, ran.text
    lamp, evening = api.requests
    assert lamp.path.endswith("/images/edits")
    images = [part for part in lamp.files if part.name.startswith("image")]
    assert [part.mime for part in images] == ["image/png", "image/png"]
    assert images[0].data == (room.root / "refs/room.png").read_bytes()
    assert Image.open(BytesIO(images[1].data)).mode in ("RGB", "RGBA"), "16-bit inputs are converted"
    (mask,) = [part for part in lamp.files if part.name == "mask"]
    assert mask.data == (room.root / "refs/mask.png").read_bytes()
    assert "input_fidelity" not in lamp.fields
    assert evening.files[0].data == (room.root / "lamp.png").read_bytes(), "the upstream picture, byte for byte"


def test_a_chain_waits_and_a_rebuild_with_the_same_bytes_costs_nothing(room: Project, api: ImageServer) -> None:
    assert room.actions() == {"lamp": "generate", "evening": "wait"}
    room.run("build", "--yes")
    assert set(room.actions().values()) == {"keep"}
    api.forget()
    room.edit("add a lamp", "add a brass lamp")
    assert room.actions() == {"lamp": "generate", "evening": "wait"}
    assert room.run("build", "--yes").code == 0
    assert len(api.requests) == 2
    room.edit("add a brass lamp", "add a lamp")
    assert room.run("build", "--yes").code == 0
    assert len(api.requests) == 2, "going back restores the whole chain"


def test_a_failed_input_skips_what_needs_it_and_says_so(room: Project, api: ImageServer) -> None:
    api.fault("moderation", prompt="lamp")
    ran = room.run("build", "--yes")
    assert ran.code == 1
    assert "its input lamp failed" in ran.text
    assert len(api.requests) == 1


def test_an_input_is_keyed_by_its_bytes_not_by_its_name(room: Project, api: ImageServer) -> None:
    room.run("build", "--yes")
    (room.root / "refs/room.png").rename(room.root / "refs/hall.png")
    room.edit("refs/room.png", "refs/hall.png")
    assert set(room.actions().values()) == {"keep"}
    Image.new("RGB", (640, 480), "grey").save(room.root / "refs/hall.png")
    (row, _) = room.run("plan", "--json").json["decisions"]
    assert row["action"] == "generate"
    assert [reason["part"] for reason in row["reasons"]] == ["inputs[0] refs/hall.png: bytes"]


def test_a_chain_of_placeholders_needs_no_key(room: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    ran = room.run("build", "--provider", "placeholder")
    assert ran.code == 0, ran.text
    assert set(room.actions("--provider", "placeholder").values()) == {"keep"}


WAITING = """\
version: 1
assets:
  base: {provider: placeholder, prompt: a base, output: base.png}
  dear:
    prompt: {use_case: style-transfer, request: as ink, style: ink, change: the medium, keep: [the shape]}
    inputs: [{asset: base, role: target}]
    options: {quality: high, n: 6}
    output: dear.png
"""


@pytest.mark.parametrize(
    ("arguments", "env", "said"),
    [
        ((), {}, "needs a yes"),
        (("--yes",), {"GITHUB_EVENT_NAME": "pull_request"}, "pull request"),
        (("--yes", "--max-cost", "0.5"), {}, "--max-cost"),
        (("--yes", "--max-requests", "0"), {}, "--max-requests"),
    ],
)
def test_what_waits_for_an_input_counts_before_anything_begins(
    tmp_path: Path, api: ImageServer, arguments: tuple[str, ...], env: dict[str, str], said: str
) -> None:
    project = Project(tmp_path).write(WAITING)
    ran = project.run("build", *arguments, **env)
    assert ran.code == 4, ran.text
    assert said in ran.err
    assert not api.requests
    assert not (tmp_path / "base.png").exists()


def test_giving_one_up_asks_for_nothing_else(room: Project, api: ImageServer) -> None:
    api.fault("reset_in_body", prompt="lamp")
    room.run("build", "--yes", "lamp")
    room.edit("version: 1", "version: 1\nproject: x")
    room.write(
        (room.root / "assets.yaml").read_text() + "  other: {prompt: another, options: {quality: low}, output: o.png}\n"
    )
    api.forget()
    ran = room.run("build", "--yes", "--forget", "lamp")
    assert ran.code == 0, ran.text
    assert not api.requests
    assert room.run("build", "--yes", "--forget", "other").code == 0
    assert not api.requests
