"""A model that is gone, end to end: what is finished stays green, what is new or changed is told the way out."""

import json
from pathlib import Path

import pytest

from imagepipe.digest import key_of
from tests.project import SHOP, Project
from tests.server import ImageServer

GONE, NEXT = "gpt-image-1", "gpt-image-2.5-sunburst"
KEPT = "made by gpt-image-1, shut down 2026-10-23; the picture is kept"


def made_by(project: Project, model: str) -> None:
    """Turns the lock of a built project into one that was written when its pictures came from `model`."""
    lock = json.loads((project.root / "assets.lock").read_text(encoding="utf-8"))
    for entry in lock["assets"].values():
        if entry:
            entry["model"] = entry["parts"]["made_from"]["model"] = model
            entry["made_from"] = key_of("made_from", entry["parts"]["made_from"])
    project.write(json.dumps(lock, indent=2), "assets.lock")


@pytest.fixture
def old(tmp_path: Path, api: ImageServer) -> Project:
    """A shop whose pictures were made by a model that has ended since."""
    project = Project(tmp_path).write()
    assert project.run("build", "--yes").code == 0
    made_by(project, GONE)
    project.edit("assets:\n", f"defaults: {{model: {GONE}}}\nassets:\n")
    api.forget()
    return project


def test_what_is_finished_stays_green_with_a_note(old: Project, api: ImageServer) -> None:
    for command in ("check", "plan", "build"):
        ran = old.run(command)
        assert ran.code == 0, ran.text
        assert ran.out.count(KEPT) == 3
    validated = old.run("validate")
    assert validated.code == 0
    assert "note: gpt-image-1 was shut down 2026-10-23; the picture is kept" in validated.out
    assert old.run("check", "--no-outputs").code == 0
    assert set(old.actions().values()) == {"hold"}
    assert not api.requests


def test_a_changed_prompt_is_blocked_with_the_way_out(old: Project, api: ImageServer) -> None:
    old.edit("one matte mug", "one glossy mug")
    plan = old.run("plan")
    assert plan.code == 0
    assert "✗ hero" in plan.out
    assert f"imagepipe migrate-model {GONE} {NEXT}" in plan.out
    assert old.actions() == {"hero": "block", "logo": "hold", "pattern": "hold"}
    assert old.run("check").code == 1
    assert old.run("build", "--yes").code == 1
    assert not api.requests
    assert old.run("validate").code == 0, "what has a picture is never an error of the manifest"


def test_a_new_asset_is_an_error_with_place_date_and_replacement(old: Project) -> None:
    text = (old.root / "assets.yaml").read_text(encoding="utf-8")
    old.write(f"{text}  leaf: {{prompt: a leaf, output: public/leaf.png}}\n")
    ran = old.run("validate")
    assert ran.code == 2
    (error,) = [line for line in ran.out.splitlines() if " error: " in line]
    assert error.startswith("assets.yaml:3:19: error: gpt-image-1 was shut down 2026-10-23, and `leaf` has no picture")
    assert NEXT in ran.out
    assert [row["code"] for row in old.run("validate", "--json").json["findings"] if row["severity"] == "error"] == [
        "model-ended"
    ]


def test_a_rename_is_no_new_asset(old: Project) -> None:
    old.edit("  hero:", "  header:")
    assert old.run("validate").code == 0
    assert old.actions()["header"] in ("restore", "finish", "keep", "hold")
    assert old.run("build").code == 0


def test_a_placeholder_is_no_finished_picture(tmp_path: Path, api: ImageServer) -> None:
    project = Project(tmp_path).write(SHOP.replace("assets:\n", "defaults: {provider: placeholder}\nassets:\n", 1))
    assert project.run("build").code == 0
    made_by(project, GONE)
    project.edit("provider: placeholder", f"provider: placeholder, model: {GONE}")
    assert project.run("validate").code == 2


def test_a_lost_lock_costs_no_picture(tmp_path: Path, api: ImageServer) -> None:
    project = Project(tmp_path).write()
    assert project.run("build", "--yes").code == 0
    ended = tmp_path / "config.toml"
    ended.write_text('[models.gpt-image-2]\nends = "2026-10-30"\n', encoding="utf-8")
    (tmp_path / "assets.lock").unlink()
    ran = project.run("build", IMAGEPIPE_CONFIG=str(ended))
    assert ran.code == 0, ran.text
    assert len(api.requests) == 3
    assert set(project.lock["assets"]) == {"hero", "logo", "pattern"}


@pytest.mark.parametrize("command", ["validate", "plan", "check", "doctor"])
def test_an_end_that_comes_near_is_told(tmp_path: Path, api: ImageServer, command: str) -> None:
    project = Project(tmp_path).write(SHOP.replace("assets:\n", "defaults: {model: gpt-image-1.5}\nassets:\n", 1))
    assert "gpt-image-1.5" in project.run(command).text.replace("migrate-model gpt-image-1.5", "")


def test_a_workflow_gets_annotations(old: Project) -> None:
    told = "::notice title=model-ended,file=assets.yaml,line=3,col=19,endColumn=30::gpt-image-1 was shut down"
    for command in ("validate", "plan", "check"):
        assert told in old.run(command, GITHUB_ACTIONS="true").err, command
        assert "::notice" not in old.run(command).text
    assert told in old.run("check", "--format", "github").out
    once = old.run("check", "--format", "github", GITHUB_ACTIONS="true")
    assert once.text.count("::notice title=model-ended") == 1
    old.edit("one matte mug", "one glossy mug")
    assert "::error title=drift-block" in old.run("check", GITHUB_ACTIONS="true").err
    old.edit("options: {quality: low}", "optoins: {quality: low}")
    for command in ("validate", "plan"):
        assert "::error title=unknown-field" in old.run(command, GITHUB_ACTIONS="true").err
