"""What a build may spend: caps and who set them, the ledger of the day, pull requests, stopping early, throttling."""

import os
from pathlib import Path

import pytest

from tests.faults.real import project
from tests.project import Project
from tests.server import ImageServer


@pytest.fixture
def shop(tmp_path: Path, api: ImageServer) -> Project:
    return project(tmp_path, [f"a{number}" for number in range(6)])


def configure(text: str) -> None:
    Path(os.environ["IMAGEPIPE_CONFIG"]).write_text(text)


EVENTS = [
    ("GITHUB_EVENT_NAME", "pull_request"),
    ("GITHUB_EVENT_NAME", "pull_request_target"),
    ("CI_PIPELINE_SOURCE", "merge_request_event"),
]


@pytest.mark.parametrize(("name", "event"), EVENTS)
def test_nothing_is_paid_for_on_a_pull_request(shop: Project, api: ImageServer, name: str, event: str) -> None:
    ran = shop.run("build", "--yes", **{name: event})
    assert ran.code == 4, ran.text
    assert "--allow-pull-request" in ran.err
    assert not api.requests
    assert shop.run("build", "--yes", "--provider", "placeholder", **{name: event}).code == 0
    assert shop.run("build", "--yes", "--allow-pull-request", **{name: event}).code == 0
    assert len(api.requests) == 6


def test_a_pull_request_of_ten_thousand_asks_for_nothing(tmp_path: Path, api: ImageServer) -> None:
    big = project(tmp_path, [f"a{number}" for number in range(10_000)])
    ran = big.run("build", "--yes", "--max-cost", "10000", GITHUB_EVENT_NAME="pull_request")
    assert (ran.code, "--allow-pull-request" in ran.err) == (4, True)
    assert not api.requests


CAPS = {
    "manifest": ("[budget]\nper_build = 3.0\n", "budget: {per_build: 0.001}\n", (), "manifest"),
    "config.toml": ("[budget]\nper_build = 0.002\n", "budget: {per_build: 0.5}\n", (), "config.toml"),
    "--max-cost": ("[budget]\nper_build = 0.02\n", "budget: {per_build: 0.5}\n", ("--max-cost", "0.003"), "--max-cost"),
}


@pytest.mark.parametrize("who", CAPS)
def test_the_smallest_cap_is_in_force_and_named(shop: Project, api: ImageServer, who: str) -> None:
    config, manifest, args, named = CAPS[who]
    configure(config)
    shop.edit("project: shop\n", f"project: shop\n{manifest}")
    ran = shop.run("build", "--yes", *args)
    assert ran.code == 4, ran.text
    assert named in ran.err
    assert not api.requests


def test_a_cap_of_one_asset_blocks_that_asset_alone(shop: Project, api: ImageServer) -> None:
    shop.edit(
        "picture of a3\n    options: {size: 1024x640, quality: low", "picture of a3\n    options: {n: 9, quality: high"
    )
    shop.edit("project: shop\n", "project: shop\nbudget: {per_asset: 0.5}\n")
    ran = shop.run("build", "--yes")
    assert ran.code == 1, ran.text
    assert "a3" in ran.text
    assert "per_asset" in ran.text
    assert len(api.requests) == 5


def test_the_day_has_a_ledger(shop: Project, api: ImageServer, tmp_path: Path) -> None:
    configure("[budget]\nper_day = 0.03\n")
    assert shop.run("build", "--yes").code == 0
    spent = sum(item.usd for item in api.charges)
    other = project(tmp_path / "other", ["b0", "b1", "b2", "b3", "b4"])
    ran = other.run("build", "--yes")
    assert ran.code == 4, ran.text
    assert "per_day" in ran.err
    assert f"${spent:.3f} spent today" in ran.err
    assert len(api.requests) == 6


def test_what_is_in_doubt_counts_against_the_cap(tmp_path: Path, api: ImageServer) -> None:
    of = project(tmp_path, ["a", "b"])
    api.fault("reset_in_body", prompt="picture of a")
    assert of.run("build", "--yes", "a").code == 1
    ran = of.run("build", "--yes", "--max-cost", "0.005")
    assert ran.code == 1, ran.text
    assert "the cap of $0.005 for this build (--max-cost; $0.00" in ran.text
    assert "over the $0.003 of --max-cost" in of.run("build", "--yes", "--max-cost", "0.003").err
    assert len(api.requests) == 1


def test_fail_fast_sends_nothing_new_and_keeps_what_is_under_way(shop: Project, api: ImageServer) -> None:
    api.fault("moderation", nth=1)
    ran = shop.run("build", "--yes", "--fail-fast", "--jobs", "1")
    assert ran.code == 1
    assert len(api.requests) == 1
    assert shop.run("build", "--yes", "--retry-failed").code == 0
    assert len(api.requests) == 7


def test_a_server_that_throttles_is_respected_with_one_charge_each(shop: Project, api: ImageServer) -> None:
    api.rate = (2, 0.4)
    ran = shop.run("build", "--yes", "--jobs", "6", "--json")
    assert ran.code == 0, ran.text
    assert api.charged == 6
    assert any(item.status == 429 for item in api.requests)
    assert any(row["event"] == "waiting" for row in ran.lines)


def test_never_more_at_once_than_allowed(tmp_path: Path, api: ImageServer) -> None:
    configure("[limits]\njobs = 3\n")
    of = project(tmp_path, [f"a{number}" for number in range(12)])
    api.latency = 0.05
    assert of.run("build", "--yes").code == 0
    assert api.peak <= 3


def test_duplicate_recipes_are_one_request(tmp_path: Path, api: ImageServer) -> None:
    of = project(tmp_path, ["a", "b"])
    of.edit("picture of b", "picture of a")
    assert of.run("build", "--yes").code == 0
    assert len(api.requests) == 1


def test_what_nobody_may_know_is_said_before_a_build_pays(tmp_path: Path, api: ImageServer) -> None:
    """A CI job without the store of the last one, and a pinned picture that somebody asks for again."""
    of = project(tmp_path, ["mug", "cup"])
    of.edit("output: out/cup.png", "output: out/cup.png\n    pin: true")
    assert "the store is new" not in of.run("build", "--yes", CI="true").text, "so is the lock"
    paid = len(api.requests)
    ran = of.run("build", "--yes", "--again", "cup")
    assert (ran.code, len(api.requests)) == (0, paid), ran.text
    assert "cup: --again asks for nothing while the manifest pins its picture" in ran.text
    of.edit("picture of mug", "picture of one mug")
    for ci, store, told in (("true", "new", True), ("true", "new", False), ("false", "other", False)):
        ran = of.run("build", "--yes", "--again", "mug", CI=ci, IMAGEPIPE_STORE=str(tmp_path / store))
        assert (ran.code, "the store is new here, and the lock is not" in ran.text) == (0, told), ran.text
