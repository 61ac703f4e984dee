"""`cost` end to end: what was really paid, by four things, against what the registry estimates."""

import shutil
from pathlib import Path

import jsonschema
import pytest

from imagepipe.cli.cost import page
from imagepipe.pipeline.costs import Costs, Sum
from imagepipe.reports.ink import PLAIN
from imagepipe.schemafiles import schema
from imagepipe.store.ledger import Spending
from tests.gitproject import GitProject
from tests.project import SHOP, Project
from tests.server import ImageServer


@pytest.fixture
def shop(tmp_path: Path, api: ImageServer) -> Project:
    text = SHOP.replace("  hero:\n", "  hero:\n    tags: [web, print]\n").replace(
        "  logo:\n", "  logo:\n    tags: [web]\n"
    )
    project = Project(tmp_path).write(text)
    assert project.run("build", "--yes").code == 0
    return project


def rows(project: Project, by: str) -> dict[str, float]:
    ran = project.run("cost", "--by", by, "--json")
    jsonschema.Draft202012Validator(schema("cost")).validate(ran.json)
    return {row["name"]: row["usd"] for row in ran.json["rows"]}


def test_every_sum_is_what_the_server_charged(shop: Project, api: ImageServer) -> None:
    paid = {request.prompt.splitlines()[0][:7]: request.usd for request in api.requests}
    hero, logo, pattern = paid["Use cas"], paid["a fern "], paid["Primary"]
    assert rows(shop, "asset") == pytest.approx({"hero": hero, "logo": logo, "pattern": pattern})
    assert rows(shop, "tag") == pytest.approx({"web": hero + logo, "print": hero, "(no tag)": pattern})
    assert rows(shop, "model") == pytest.approx({"gpt-image-2": sum(paid.values())})
    (day,) = rows(shop, "day")
    assert day == shop.lock["assets"]["hero"]["made_at"][:10]
    total = shop.run("cost", "--by", "tag", "--json").json["total"]
    assert total["usd"] == pytest.approx(sum(paid.values())), "two tags count once"
    assert total["estimate"] == pytest.approx(total["usd"], rel=0.05)
    assert "$0.22" in shop.run("cost").out


def test_what_was_paid_elsewhere_comes_from_the_lock(shop: Project) -> None:
    before = rows(shop, "asset")
    shutil.rmtree(shop.root / ".imagepipe" / "store")
    assert rows(shop, "asset") == pytest.approx(before)
    assert shop.run("migrate-model", "gpt-image-2", "gpt-image-2.5-sunburst").code == 0
    assert rows(shop, "asset") == pytest.approx(before), "a migration changes no past"
    assert rows(shop, "model").keys() == {"gpt-image-2"}


def test_a_new_name_takes_all_along_that_the_old_one_cost(shop: Project, api: ImageServer) -> None:
    shop.edit("a fern leaf curled", "an oak leaf curled")
    assert shop.run("build", "--yes").code == 0
    before = rows(shop, "asset")
    shop.edit("  logo:", "  brand:")
    assert shop.run("build").code == 0
    assert rows(shop, "asset") == pytest.approx(
        {**{id: before[id] for id in ("hero", "pattern")}, "brand": before["logo"]}
    )


def test_projects_that_share_a_store_pay_each_its_own(tmp_path: Path, api: ImageServer) -> None:
    """Two projects of one repository with an asset of the same name, and a worktree of it."""
    (tmp_path / "repo").mkdir()
    repository = GitProject(tmp_path / "repo").begin()
    text = "version: 1\nassets:\n  logo: {prompt: a WORD logo, options: {quality: low}, output: logo.png}\n"
    web, app = (Project(tmp_path / "repo" / name) for name in ("web", "app"))
    for project, word in ((web, "round"), (app, "square")):
        project.write(text.replace("WORD", word))
        assert project.run("build", "--yes").code == 0
    paid = [request.usd for request in api.requests]
    assert [rows(web, "asset"), rows(app, "asset")] == [{"logo": pytest.approx(usd)} for usd in paid]
    repository.commit("both")
    repository.git("worktree", "add", "-q", str(tmp_path / "tree"))
    there = Project(tmp_path / "tree" / "web")
    there.edit("a round", "an oval")
    assert there.run("build", "--yes").code == 0
    expected = {"logo": pytest.approx(paid[0] + api.requests[2].usd)}
    assert rows(web, "asset") == rows(there, "asset") == expected, "a worktree is the same project"
    assert there.run("log", "logo", "--json").json["in_store"] == [], "nothing of the other project"


def test_further_pictures_add_up_and_lost_locks_lose_nothing(shop: Project, api: ImageServer) -> None:
    assert shop.run("build", "--yes", "--again", "logo").code == 0
    (shop.root / "assets.lock").unlink()
    found = shop.run("cost", "--json").json
    assert found["total"]["requests"] == 4
    assert found["total"]["usd"] == pytest.approx(sum(request.usd for request in api.requests))


def test_no_usage_is_marked_and_an_unknown_price_said(tmp_path: Path, api: ImageServer) -> None:
    api.compatible = True
    project = Project(tmp_path).write(SHOP)
    assert project.run("build", "--yes").code == 0
    assert all(entry["cost"]["estimated"] for entry in project.lock["assets"].values())
    assert "~$0.2" in project.run("cost").out
    assert project.run("cost", "--json").json["total"]["guessed"] == 3


def test_what_is_in_doubt_is_told_apart(tmp_path: Path, api: ImageServer) -> None:
    project = Project(tmp_path).write(SHOP)
    api.fault("reset_in_body", prompt="fern")
    assert project.run("build", "--yes").code == 1
    found = project.run("cost", "--json").json
    assert found["in_doubt"]["assets"] == ["logo"]
    assert found["in_doubt"]["worst"] > 0
    assert "In doubt, and not in the sum: logo" in project.run("cost").out


def test_where_nothing_was_paid_there_is_no_table() -> None:
    nothing = Sum("total", 0, 0, 0.0, 0.0)
    assert page(Costs("asset", (), nothing), PLAIN) == "Nothing was paid yet.\n"
    told = page(Costs("asset", (), nothing, (), (Spending("2026-11-21", 0.2, "in_doubt", asset="mug"),)), PLAIN)
    assert told.startswith("Nothing was paid yet.\n\nGiven up, and not in the sum: mug, $0.20 at worst.")


DEAR = SHOP.replace("quality: high}", "quality: high, n: 10}").replace("quality: low}", "quality: high, n: 10}")


@pytest.mark.parametrize("command", ["plan", "build"])
def test_over_the_cap_is_refused_with_what_costs_what(tmp_path: Path, api: ImageServer, command: str) -> None:
    project = Project(tmp_path).write(DEAR)
    ran = project.run(command, "--max-cost", "1")
    assert ran.code == 4
    for told in ("hero", "logo", "$2.11", "--max-cost", "at worst"):
        assert told in ran.err
    data = project.run(command, "--max-cost", "1", "--json")
    assert data.code == 4
    assert [row["asset"] for row in data.json["error"]["bill"]][:2] == ["hero", "logo"]
    assert data.json["error"]["question"]["id"] == "over-cap"
    assert not api.requests
    assert project.run(command, "--max-cost", "20", *(["--yes"] if command == "build" else [])).code in (0, 4)
    assert bool(api.requests) is False or command == "build"


def test_a_yes_is_asked_for_with_what_costs_what(tmp_path: Path, api: ImageServer) -> None:
    ran = Project(tmp_path).write(DEAR).run("build")
    assert ran.code == 4
    assert "$2.11" in ran.err
    assert not api.requests
