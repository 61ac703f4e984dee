"""Candidates, end to end: picked, approved, rejected, restored and drawn; the loopback server counts what that costs."""

import io
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from PIL import Image

from imagepipe.digest import digest_bytes
from imagepipe.schemafiles import schema
from tests.project import Project
from tests.server import ImageServer

THREE = """\
version: 1
assets:
  hero:
    prompt: a matte mug
    options: {quality: low, n: 3}
    output: public/hero.png
  logo:
    prompt: a fern leaf
    options: {quality: low}
    output: public/logo.png
"""


@pytest.fixture
def shop(tmp_path: Path, api: ImageServer) -> Project:
    project = Project(tmp_path).write(THREE)
    assert project.run("build", "--yes").code == 0
    return project


def asked(api: ImageServer) -> list[Any]:
    """How many pictures each request after the first build wanted."""
    return [item.fields["n"] for item in api.requests[2:]]


def statuses(project: Project, asset: str = "hero") -> list[str]:
    return [item["status"] for item in project.lock["assets"][asset]["candidates"]]


def published(project: Project, asset: str = "hero") -> str:
    return digest_bytes((project.root / f"public/{asset}.png").read_bytes())


def candidate(project: Project, number: int, asset: str = "hero") -> Any:
    return project.lock["assets"][asset]["candidates"][number - 1]


def test_pick_makes_the_files_of_another_candidate_and_asks_nobody(shop: Project, api: ImageServer) -> None:
    ran = shop.run("pick", "hero", "2")
    assert (ran.code, statuses(shop)) == (0, ["kept", "picked", "kept"])
    assert "assets.lock" in ran.out
    assert published(shop) == candidate(shop, 2)["sha256"]
    assert shop.actions() == {"hero": "keep", "logo": "keep"}
    assert not asked(api)


def test_pick_is_edited_in_the_manifest_where_that_says_it(shop: Project, api: ImageServer) -> None:
    shop.edit("    output: public/hero.png", "    pick: 3  # the calm one\n    output: public/hero.png")
    shop.run("build")
    ran = shop.run("pick", "hero", "2", "--json")
    assert ran.json["where"] == "assets.yaml"
    assert ran.json["files"] == ["public/hero.png"]
    assert "    pick: 2  # the calm one\n" in (shop.root / "assets.yaml").read_text()
    assert published(shop) == candidate(shop, 2)["sha256"]
    assert set(shop.actions().values()) == {"keep"}
    assert not asked(api)


@pytest.mark.parametrize(
    ("edit", "command", "said"),
    [
        ((), ("pick", "hero", "4"), "hero has 3 candidates"),
        ((), ("pick", "heroo", "1"), "did you mean `hero`?"),
        (("a matte mug", "a glossy mug"), ("pick", "hero", "2"), "has changed since"),
        (("a matte mug", "a glossy mug"), ("approve", "hero"), "not what the manifest asks for"),
        (("n: 3}", "n: 3}\n    pick: 1"), ("reject", "hero"), "says `pick: 1`"),
        ((), ("reject", "hero", "--candidate", "9"), "hero has 3 candidates"),
        ((), ("restore", "hero", "0123456789"), "has no picture"),
    ],
)
def test_what_cannot_be_decided_is_told(shop: Project, edit: Any, command: Any, said: str) -> None:
    if edit:
        shop.edit(*edit)
    before = shop.lock
    ran = shop.run(*command)
    assert (ran.code, shop.lock) == (2, before)
    assert said in ran.err


def test_approval_is_in_the_lock_and_told_before_it_is_lost(shop: Project, api: ImageServer) -> None:
    assert shop.run("approve", "hero").code == 0
    assert shop.lock["assets"]["hero"]["approved"] is True
    assert set(shop.actions().values()) == {"keep"}
    shop.edit("a matte mug", "a glossy mug")
    ran = shop.run("plan")
    assert "approved as it is" in ran.out
    shop.run("build", "--yes")
    assert "approved" not in shop.lock["assets"]["hero"]
    assert asked(api) == [3]


def test_many_are_approved_at_once_and_what_cannot_be_is_told(shop: Project) -> None:
    shop.edit("    output: public/logo.png", "    output: public/logo.png\n  late: {prompt: late, output: late.png}")
    ran = shop.run("approve", "*", "--json")
    assert ran.code == 1
    assert [row["asset"] for row in ran.json["approved"]] == ["hero", "logo"]
    assert [row["message"] for row in ran.json["refused"]] == ["late has no pictures yet"]
    assert {name: entry["approved"] for name, entry in shop.lock["assets"].items()} == {"hero": True, "logo": True}
    assert shop.run("approve", "path:public/*", "--exclude", "hero").out == "logo: approved\n"


def test_another_pick_is_not_approved(shop: Project) -> None:
    shop.run("approve", "hero")
    shop.run("pick", "hero", "1")
    assert shop.lock["assets"]["hero"]["approved"] is True
    shop.run("pick", "hero", "2")
    assert "approved" not in shop.lock["assets"]["hero"]


def test_a_rejected_candidate_no_longer_counts_and_the_next_build_asks_for_one(shop: Project, api: ImageServer) -> None:
    ran = shop.run("reject", "hero", "--why", "the handle is on the left")
    assert (ran.code, statuses(shop)) == (0, ["rejected", "picked", "kept"])
    assert candidate(shop, 1)["why"] == "the handle is on the left"
    assert published(shop) == candidate(shop, 2)["sha256"], "the next good one takes its place, free"
    assert not asked(api)
    (row,) = [row for row in shop.run("plan", "--json").json["decisions"] if row["asset"] == "hero"]
    assert (row["action"], row["ask"]) == ("generate", 1)
    assert shop.run("build", "--yes").code == 0
    assert asked(api) == [1]
    assert statuses(shop) == ["rejected", "picked", "kept", "kept"]
    assert set(shop.actions().values()) == {"keep"}
    assert shop.run("build").code == 0
    assert asked(api) == [1]


def test_the_only_picture_rejected_is_asked_for_again(shop: Project, api: ImageServer) -> None:
    shop.run("reject", "logo")
    assert statuses(shop, "logo") == ["rejected"]
    assert candidate(shop, 1, "logo")["why"] == "no reason given"
    assert shop.actions()["logo"] == "generate"
    assert shop.run("build", "--yes").code == 0
    assert (asked(api), statuses(shop, "logo")) == ([1], ["rejected", "picked"])
    assert published(shop, "logo") == candidate(shop, 2, "logo")["sha256"]


def test_a_rejected_candidate_may_be_picked_after_all(shop: Project, api: ImageServer) -> None:
    shop.run("reject", "hero", "--candidate", "3")
    shop.run("pick", "hero", "3")
    assert statuses(shop) == ["kept", "kept", "picked"]
    assert "why" not in candidate(shop, 3)
    assert shop.actions()["hero"] == "keep"
    assert not asked(api)


def test_rejecting_another_candidate_leaves_the_picture_and_its_approval(shop: Project, api: ImageServer) -> None:
    shop.run("pick", "hero", "3")
    shop.run("approve", "hero")
    before = published(shop)
    ran = shop.run("reject", "hero", "--candidate", "1", "--json")
    assert (statuses(shop), ran.json["files"]) == (["rejected", "kept", "picked"], [])
    assert shop.lock["assets"]["hero"]["approved"] is True
    assert "1 rejected → 1 more" in shop.run("diff").out
    shop.run("reject", "hero", "--why", "too dark")
    assert statuses(shop) == ["rejected", "picked", "rejected"]
    assert shop.run("approve", "hero").code == 0, "more are wanted, yet the picture is there"
    shop.run("reject", "hero", "--candidate", "2")
    assert statuses(shop) == ["rejected"] * 3
    assert shop.run("approve", "hero").code == 2
    assert (before != published(shop), asked(api)) == (True, [])


def test_a_new_name_takes_pick_and_approval_of_the_old_one_not_those_of_a_twin(shop: Project, api: ImageServer) -> None:
    shop.edit(
        "assets:\n", "assets:\n  again: {prompt: a matte mug, options: {quality: low, n: 3}, output: again.png}\n"
    )
    assert shop.run("build", "--yes").code == 0
    shop.run("pick", "hero", "2")
    shop.run("approve", "hero")
    shop.edit("  hero:", "  main:")
    assert shop.run("build").code == 0
    assert statuses(shop, "again") == ["picked", "kept", "kept"]
    assert (statuses(shop, "main"), shop.lock["assets"]["main"].get("approved")) == (["kept", "picked", "kept"], True)
    assert published(shop) == candidate(shop, 2, "main")["sha256"]
    assert not asked(api)


def test_restore_brings_an_earlier_generation_back(shop: Project, api: ImageServer) -> None:
    before = published(shop)
    shop.edit("a matte mug", "a glossy mug")
    shop.run("build", "--yes")
    assert published(shop) != before
    assert before.removeprefix("sha256:")[:12] in shop.run("log", "hero").out, "nobody committed it"
    told = shop.run("log", "hero", "--json").json
    Draft202012Validator(schema("log")).validate(told)
    assert len(told["in_store"]) == 5, "three of the first words, two that were not chosen"
    ran = shop.run("restore", "hero", before.removeprefix("sha256:")[:12])
    assert ran.code == 0, ran.text
    assert published(shop) == before
    entry = shop.lock["assets"]["hero"]
    assert (entry["answer"], entry["origin"]["model"]) == ("adopted", "gpt-image-2")
    assert set(shop.actions().values()) == {"keep"}
    assert asked(api) == [3]


@pytest.mark.parametrize(("select", "columns", "rows"), [(("hero",), 2, 2), ((), 2, 1)])
def test_a_sheet_shows_candidates_or_assets(shop: Project, select: Any, columns: int, rows: int) -> None:
    target = shop.root / "sheet.png"
    ran = shop.run("sheet", *select, "-o", str(target), "--side", "128")
    assert ran.code == 0, ran.text
    with Image.open(io.BytesIO(target.read_bytes())) as sheet:
        assert (sheet.format, sheet.size) == ("PNG", (columns * 144 + 16, rows * 188 + 16))
        assert len(sheet.convert("RGB").getcolors(1 << 20) or ()) > 50, "pictures are on it"


def test_placeholders_are_neither_approved_nor_rejected(tmp_path: Path) -> None:
    project = Project(tmp_path).write(THREE)
    project.run("build", "--provider", "placeholder")
    for verb in ("approve", "reject"):
        ran = project.run(verb, "hero")
        assert (ran.code, "is a placeholder" in ran.err) == (2, True)
