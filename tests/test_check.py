"""`check`, end to end: expectations held against what is recorded, files left over, and what a release wants."""

from pathlib import Path

import pytest

from imagepipe.cli.check import drift
from imagepipe.values import EMPTY, FREE, Action, Decision, Manifest, Plan, Reason, Totals
from tests.copies import Begun
from tests.project import Project
from tests.server import ImageServer

ONE = """\
version: 1
assets:
  hero:
    prompt: a mug
    options: {quality: low}
    output: public/hero.png
"""


@pytest.fixture
def shop(begun: Begun, api: ImageServer) -> Project:
    return Project(begun(_checked))


def _checked(folder: Path) -> None:
    project = Project(folder).write(ONE)
    assert project.run("build", "--yes").code == 0
    assert project.run("check").code == 0


@pytest.mark.parametrize(
    ("expect", "code", "said"),
    [
        ("expect: {width: 1024, height: 1024, max_bytes: 9MB}", 0, "Nothing to do"),
        ("expect: {max_bytes: 1kB}", 1, "expected at most 1000"),
        ("outputs: [{path: public/hero.png, expect: {max_bytes: 10}}]", 1, "public/hero.png: the file has"),
    ],
)
def test_expectations_hold_for_pictures_that_are_there(
    shop: Project, api: ImageServer, expect: str, code: int, said: str
) -> None:
    asked = len(api.requests)
    if expect.startswith("outputs"):
        shop.edit("output: public/hero.png", expect)
    else:
        shop.edit("    output:", f"    {expect}\n    output:")
    for _ in range(2):
        ran = shop.run("check")
        assert ran.code == code, "the second time it is remembered, and still wrong"
        assert said in ran.text
    assert set(shop.actions().values()) == {"keep"}, "a tightened expectation asks for nothing anew"
    assert shop.run("build", "--yes").code == 0
    assert len(api.requests) == asked


def test_transparency_is_looked_for_in_the_header(shop: Project) -> None:
    shop.edit("    output: public/hero.png", "    outputs: [{path: public/hero.png, expect: {alpha: true}}]")
    ran = shop.run("check", "--format", "json")
    assert ran.code in (1, 2), ran.text
    assert "transparen" in ran.text


def test_files_left_over_are_named(shop: Project) -> None:
    shop.edit("public/hero.png", "public/mug.png")
    ran = shop.run("check", "--format", "json")
    assert ran.code == 1
    assert "public/hero.png is of an asset that writes it no more" in ran.out


def test_stand_ins_are_what_another_provider_asks_for(tmp_path: Path) -> None:
    shop = Project(tmp_path).write(ONE)
    assert shop.run("build", "--provider", "placeholder").code == 0
    assert shop.run("check", "--provider", "placeholder").code == 0
    ran = shop.run("check", "--format", "sarif")
    assert (ran.code, ran.json["runs"][0]["results"][0]["ruleId"]) == (1, "drift-generate")


def test_code_scanning_is_given_a_place_for_everything(shop: Project) -> None:
    shop.edit("public/hero.png", "public/mug.png")
    results = shop.run("check", "--format", "sarif").json["runs"][0]["results"]
    assert {result["ruleId"] for result in results} == {"drift-finish", "orphans"}
    for result in results:
        (where,) = result["locations"]
        assert where["physicalLocation"]["artifactLocation"]["uri"] == "assets.yaml"
        assert where["physicalLocation"]["region"]["startLine"] >= 1


def test_a_release_wants_every_picture_final_and_approved(shop: Project) -> None:
    ran = shop.run("check", "--release")
    assert (ran.code, "nobody has approved hero" in ran.out) == (1, True)
    assert shop.run("approve", "hero").code == 0
    assert shop.run("check", "--release").code == 0
    assert shop.run("reject", "hero").code == 0
    assert shop.run("check").code == 1


def test_the_last_word_promises_no_more_than_a_build_does(shop: Project) -> None:
    picture = shop.root / "public/hero.png"
    picture.write_bytes(picture.read_bytes() + b"retouched")
    said = shop.run("check").text
    assert "what is blocked needs a choice of yours" in said
    assert "makes them so" not in said
    shop.write(ONE + "  cup: {prompt: a cup, output: public/cup.png}\n")
    assert "makes them so, but for what is blocked" in shop.run("check").text


def test_an_annotation_says_what_changed_and_what_stands_in_the_way() -> None:
    changed = Decision("mug", Action.GENERATE, (Reason("options.quality", "low", "high"), Reason("take", "1", "2")))
    retired = Decision("cup", Action.BLOCK, (Reason("prompt line 1", "a", "b"),), note="gpt-image-1 was shut down")
    manifest = Manifest("", "assets.yaml", ())
    told = drift(manifest, Plan((changed, retired), Totals(EMPTY, FREE)))
    assert [item.message for item in told] == [
        "mug is to be made: options.quality low → high; take 1 → 2",
        "cup is blocked: gpt-image-1 was shut down",
    ]
