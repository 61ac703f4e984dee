"""A plan with nothing to do is told at once, in the very words of the whole road."""

from pathlib import Path

import pytest

from tests.cli.running import modules_after, run
from tests.copies import Begun
from tests.project import SHOP, Project

PLAN = "import sys; sys.argv = ['imagepipe', 'plan']; from imagepipe.__main__ import main; main()"


def _drawn(folder: Path) -> None:
    project = Project(folder).write(SHOP.replace("assets:\n", "defaults: {provider: placeholder}\nassets:\n", 1))
    project.edit("    prompt: a fern", "    prompt: a green fern")
    assert project.run("build").code == 0
    assert "Nothing to do" in project.run("plan").out


@pytest.fixture
def shop(begun: Begun) -> Path:
    folder = begun(_drawn)
    assert run("plan", cwd=folder).code == 0
    return folder


def without_remarks(shop: Path) -> Path:
    text = (shop / "assets.yaml").read_text()
    (shop / "assets.yaml").write_text(text.replace("use_case: product-mockup", "style: plain"))
    assert run("build", cwd=shop).code == 0
    assert run("plan", cwd=shop).code == 0
    return shop


def test_it_says_what_the_whole_road_says_and_loads_no_command_line(shop: Path) -> None:
    without_remarks(shop)
    whole = run("plan", "--exit-code", cwd=shop)
    assert run("plan", cwd=shop) == whole
    assert whole.out == "Nothing to do: 3 unchanged.\n"
    assert {"click", "yaml", "imagepipe.values"}.isdisjoint(modules_after(PLAN, shop))


def test_remarks_and_colours_take_the_whole_road(shop: Path) -> None:
    assert "warning" in run("plan", cwd=shop).err
    assert "\x1b[" in run("plan", cwd=without_remarks(shop), FORCE_COLOR="1").out


def test_a_change_takes_the_whole_road(shop: Path) -> None:
    without_remarks(shop)
    (shop / "public/logo.png").unlink()
    assert "missing" in run("plan", cwd=shop).out
