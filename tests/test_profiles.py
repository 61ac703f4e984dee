"""Drafts and finals end to end: what the lock records, what finals cost, and the approved draft as a reference."""

from pathlib import Path

import pytest

from tests.gitproject import GitProject
from tests.server import ImageServer

SHOP = """\
version: 1
profiles:
  draft: {options: {quality: low}}
assets:
  hero: {prompt: {request: a mug}, options: {quality: high}, output: hero.png}
  icon: {prompt: a leaf, options: {quality: low}, output: icon.png}
"""
USES = ", final_uses: draft, output: hero.png"


@pytest.fixture
def drafts(tmp_path: Path, api: ImageServer) -> GitProject:
    project = GitProject(tmp_path).begin().write(SHOP)
    project.build("--profile", "draft", "--yes")
    project.commit("Drafts")
    api.forget()
    return project


def profiles(project: GitProject) -> dict[str, str]:
    return {name: entry.get("profile", "") for name, entry in project.lock["assets"].items()}


def test_a_draft_is_judged_as_one_until_the_final_is_asked_for(drafts: GitProject, api: ImageServer) -> None:
    assert profiles(drafts) == {"hero": "draft", "icon": "draft"}
    assert set(drafts.actions().values()) == {"keep"}
    assert [row["state"] for row in drafts.run("status", "--json").json["assets"]] == ["draft", "draft"]
    assert drafts.run("check").code == 0
    assert drafts.run("diff", "--base", "HEAD").out.startswith("Nothing differs")
    refused = drafts.run("check", "--release")
    assert refused.code == 1
    assert "imagepipe build --profile final hero" in refused.out
    rows = {row["asset"]: row for row in drafts.run("plan", "--profile", "final", "--json").json["decisions"]}
    assert {name: row["action"] for name, row in rows.items()} == {"hero": "generate", "icon": "finish"}
    assert rows["hero"]["reasons"] == [
        {"part": "profile", "from": "draft", "to": "final"},
        {"part": "options.quality", "from": "low", "to": "high"},
    ]
    assert rows["hero"]["cost"]["high"] > 0.1
    drafts.build("--profile", "final", "--yes")
    assert [request.fields["quality"] for request in api.requests] == ["high"], "the leaf is the same in both"
    assert profiles(drafts) == {"hero": "", "icon": ""}
    assert set(drafts.actions().values()) == {"keep"}
    assert drafts.actions("--profile", "draft") == {"hero": "restore", "icon": "finish"}


def test_the_final_is_made_of_the_draft_that_was_approved(drafts: GitProject, api: ImageServer) -> None:
    drafts.edit(", output: hero.png", USES)

    def hero(*arguments: str) -> dict[str, str]:
        rows = drafts.run("plan", "hero", "--json", *arguments).json["decisions"]
        return {name: str(rows[0].get(name, "")) for name in ("action", "code", "note")}

    assert hero()["action"] == "keep"
    assert hero("--profile", "final") == {
        "action": "block",
        "code": "no-approved-draft",
        "note": "nobody has approved its draft; the final costs $0.22",
    }
    assert drafts.run("approve", "hero").code == 0
    assert hero("--profile", "final")["action"] == "generate"
    drafts.edit("  hero:", "  banner:")
    assert drafts.actions() == {"banner": "finish", "icon": "keep", "hero": "drop"}, "it stays a draft under a new name"
    assert drafts.actions("--profile", "final")["banner"] == "generate", "and the final takes it"
    assert drafts.run("build").code == 0
    assert [drafts.lock["assets"]["banner"][name] for name in ("profile", "approved")] == ["draft", True]
    drafts.edit("  banner:", "  hero:")
    assert drafts.run("build").code == 0
    draft = (drafts.root / "hero.png").read_bytes()
    drafts.build("hero", "--profile", "final", "--yes")
    (request,) = api.requests
    assert [part.data for part in request.files] == [draft]
    assert request.fields["prompt"] == "Primary request: a mug\nInput images: Image 1: reference (the approved draft)"
    assert drafts.lock["assets"]["hero"]["inputs"][0]["image"] == "the approved draft"
    assert hero()["action"] == "keep", "its draft has left the lock, and is known by what was made of it"
    page = drafts.root / "report.html"
    assert drafts.run("report", "-o", str(page)).code == 0
    assert "<dt>input (reference)</dt><dd>the approved draft</dd>" in page.read_text("utf-8")

    drafts.edit("  hero:", "  banner:")
    changes = drafts.run("diff", "--json", "--profile", "final").json["changes"]
    assert [(one["asset"], [why["part"] for why in one["reasons"]]) for one in changes] == [("banner", ["renamed"])]
    drafts.build("--profile", "final")
    assert (len(api.requests), drafts.actions("banner")) == (1, {"banner": "keep"}), "another name asks for nothing"
    drafts.edit("  banner:", "  hero:")

    (drafts.root / "assets.lock").unlink()
    (drafts.root / "hero.png").unlink()
    told = hero()
    assert (told["action"], "there is no draft yet" in told["note"]) == ("block", True)


def test_a_profile_that_is_no_more_is_passed_over(tmp_path: Path) -> None:
    project = GitProject(tmp_path).write(SHOP.replace("assets:", "defaults: {provider: placeholder}\nassets:"))
    project.build("--profile", "draft")
    project.edit("profiles:\n  draft: {options: {quality: low}}\n", "")
    assert project.actions() == {"hero": "generate", "icon": "finish"}, "they are judged as finals"
    project.build()
    assert profiles(project) == {"hero": "", "icon": ""}
