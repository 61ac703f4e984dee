"""`migrate-model` end to end: the manifest's diff is minimal, pictures stay, nothing is paid, all of it or nothing."""

import subprocess
from difflib import unified_diff
from pathlib import Path

import jsonschema
import pytest

from imagepipe.cli.migrate_model import would_cost
from imagepipe.schemafiles import schema
from imagepipe.values import Price
from tests.project import Project
from tests.server import ImageServer
from tests.test_main_retirement import GONE, NEXT, made_by

SHOP = """\
# The shop.
version: 1
project: shop   # ours
defaults:
  # Every picture of the shop.
  model: gpt-image-2    # until further notice
assets:
  hero:
    prompt: {request: a mug,   subject: "one matte mug"}   # the hero
    options:
      # It is printed.
      quality: high
      n: 2
    output: public/hero.png

  logo: {prompt: a leaf, options: {quality: low, size: 1024x1536}, output: public/logo.png}
  sign:
    prompt: a shop sign
    output: public/sign.webp     # converted here
"""
AFTER = {
    "  model: gpt-image-2    # until further notice": (
        f"  model: {NEXT}    # until further notice",
        "  options: {quality: high}",
    ),
    "      quality: high": ("      quality: max",),
}
"""Line → what stands there after a migration to 2.5."""


@pytest.fixture
def shop(tmp_path: Path, api: ImageServer) -> Project:
    project = Project(tmp_path).write(SHOP)
    assert project.run("build", "--yes").code == 0
    api.forget()
    return project


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (0.1, 0.2, "Made anew, all of them would cost $0.20; before, $0.10 (+$0.10)."),
        (None, 0.2, "Made anew, all of them would cost $0.20; before, that was not known."),
        (0.1, None, "What all of them would cost, made anew, is not known; before, it was $0.10."),
        (None, None, "What all of them would cost, made anew, is not known, nor was it before."),
    ],
)
def test_an_unknown_price_is_said_in_a_sentence(before: float | None, after: float | None, said: str) -> None:
    assert would_cost(*(Price(usd, usd, usd) for usd in (before, after))) == said


def text_of(project: Project) -> str:
    return (project.root / "assets.yaml").read_text(encoding="utf-8")


def migrated(text: str) -> str:
    return "".join(f"{new}\n" for line in text.splitlines() for new in AFTER.get(line, (line,)))


def test_the_diff_is_minimal_comments_stay_and_nothing_is_to_do(shop: Project, api: ImageServer) -> None:
    before, pictures = shop.lock["assets"], shop.files()
    ran = shop.run("migrate-model", "gpt-image-2", NEXT)
    assert ran.code == 0, ran.text
    assert text_of(shop) == migrated(SHOP)
    for told in ("quality high → max", "quality medium → high", "the model alone", "$0.42", "3 finished pictures"):
        assert told in ran.out
    assert set(shop.actions().values()) == {"keep"}
    assert shop.run("check").code == 0
    assert not api.requests
    after = shop.lock["assets"]
    for name, entry in after.items():
        old = before[name]
        assert (entry["answer"], entry["model"]) == ("migrated", NEXT)
        assert entry["origin"] == {"made_from": old["made_from"], "model": "gpt-image-2", "options": old["options"]}
        for same in ("candidates", "outputs", "cost", "made_at", "prompt", "finished_by", "resolved_model"):
            assert entry[same] == old[same], same
    changed = {path for path, at in shop.files().items() if pictures.get(path) != at}
    assert changed == {"assets.yaml", "assets.lock"}


def test_what_was_kept_is_kept_without_the_lock_and_after_a_new_format(shop: Project, api: ImageServer) -> None:
    assert shop.run("migrate-model", "gpt-image-2", NEXT).code == 0
    cost = shop.lock["assets"]["sign"]["cost"]
    shop.edit("public/sign.webp", "public/sign.jpg")
    assert shop.run("build").code == 0
    assert shop.lock["assets"]["sign"]["cost"] == cost
    (shop.root / "assets.lock").unlink()
    assert shop.run("build").code == 0
    assert {entry["answer"] for entry in shop.lock["assets"].values()} == {"migrated"}
    assert set(shop.actions().values()) == {"keep"}
    assert not api.requests


def test_raising_n_afterwards_asks_the_new_model_for_the_rest(shop: Project, api: ImageServer) -> None:
    assert shop.run("migrate-model", "gpt-image-2", NEXT).code == 0
    shop.edit("n: 2", "n: 3")
    assert shop.run("build", "--yes").code == 0
    (request,) = api.requests
    assert (request.fields["n"], request.fields["model"], request.fields["quality"]) == (1, NEXT, "max")


def test_dry_run_prints_the_diff_and_writes_nothing(shop: Project) -> None:
    before = {name: (shop.root / name).read_bytes() for name in shop.files()}
    ran = shop.run("migrate-model", "gpt-image-2", NEXT, "--dry-run")
    assert ran.code == 0
    lines = SHOP.splitlines(keepends=True), migrated(SHOP).splitlines(keepends=True)
    assert ran.out == "".join(unified_diff(*lines, "a/assets.yaml", "b/assets.yaml"))
    assert "Nothing was written" in ran.err
    assert {name: (shop.root / name).read_bytes() for name in shop.files()} == before


def test_regenerate_leaves_them_to_the_next_build(shop: Project, api: ImageServer) -> None:
    ran = shop.run("migrate-model", "gpt-image-2", NEXT, "--regenerate")
    assert "To be made by the next build: hero, logo, sign" in ran.out
    assert set(shop.actions().values()) == {"generate"}
    assert shop.run("build", "--yes").code == 0
    assert {request.fields["model"] for request in api.requests} == {NEXT}


def test_from_a_model_that_is_gone(shop: Project, api: ImageServer) -> None:
    made_by(shop, GONE)
    shop.edit("model: gpt-image-2 ", f"model: {GONE} ")
    shop.edit("a shop sign", "a new shop sign")
    shop.write(f"{text_of(shop)}  leaf: {{prompt: another leaf, output: public/leaf.png}}\n")
    assert shop.run("plan").code == 2
    ran = shop.run("migrate-model", GONE, NEXT)
    assert ran.code == 0, ran.text
    assert shop.actions() == {"hero": "keep", "logo": "keep", "sign": "generate", "leaf": "generate"}
    assert "To be made by the next build: sign, leaf" in ran.out


def test_placeholders_and_profiles_stay_what_they_are(tmp_path: Path, api: ImageServer) -> None:
    text = SHOP.replace("model: gpt-image-2 ", "provider: placeholder\n  model: gpt-image-2 ")
    project = Project(tmp_path).write(text)
    assert project.run("build").code == 0
    assert project.run("migrate-model", "gpt-image-2", NEXT).code == 0
    assert set(project.actions().values()) == {"keep"}
    assert all(entry["placeholder"] and entry["answer"] == "generated" for entry in project.lock["assets"].values())


def test_an_adopted_picture_stays_adopted(shop: Project, api: ImageServer) -> None:
    assert shop.run("adopt", "hero", str(shop.root / "public/logo.png")).code == 0
    assert shop.run("migrate-model", "gpt-image-2", NEXT).code == 0
    assert shop.lock["assets"]["hero"]["answer"] == "adopted"
    assert shop.actions()["hero"] == "keep"


def test_as_data(shop: Project) -> None:
    ran = shop.run("migrate-model", "gpt-image-2", NEXT, "--json")
    jsonschema.Draft202012Validator(schema("migration")).validate(ran.json)
    hero = ran.json["assets"][0]
    assert [change["to"] for change in hero["changes"]] == ["max"]
    assert hero["cost"]["before"] == pytest.approx(hero["cost"]["after"])
    assert (ran.json["kept"], ran.json["to_make"], ran.json["dry_run"]) == (["hero", "logo", "sign"], [], False)


def test_a_picture_that_only_a_build_would_bring_is_not_lost(shop: Project) -> None:
    (shop.root / "assets.lock").unlink()
    ran = shop.run("migrate-model", "gpt-image-2", NEXT)
    assert ran.code == 2
    assert "imagepipe build" in ran.err
    assert text_of(shop) == SHOP
    assert shop.run("migrate-model", "gpt-image-2", NEXT, "--regenerate").code == 0


def test_what_cannot_be_mapped_is_refused_with_its_place(shop: Project) -> None:
    shop.edit("model: gpt-image-2 ", f"model: {NEXT} ")
    shop.edit("options: {quality: low, size: 1024x1536}", "options: {quality: low, background: transparent}")
    before = text_of(shop)
    ran = shop.run("migrate-model", NEXT, "gpt-image-2")
    assert ran.code == 2
    assert "assets.yaml:16:62: error: background `transparent` is a preview on gpt-image-2" in ran.err
    assert "preview on gpt-image-2" in ran.err
    assert text_of(shop) == before


def test_all_or_nothing(shop: Project) -> None:
    """The lock cannot be written: the manifest is as it was."""
    before, lock = text_of(shop), (shop.root / "assets.lock").read_bytes()
    code = (
        "import sys\n"
        "from imagepipe.pipeline import relocking\n"
        "from imagepipe.pipeline.migrating import rewritten\n"
        f"done = rewritten({str(shop.root)!r}, 'gpt-image-2', {NEXT!r})\n"
        "made = relocking.relocked(done)\n"
        "def broken(*args): raise OSError('no space')\n"
        "relocking.save_lock = broken\n"
        "try:\n    relocking.apply(done, made)\nexcept OSError as error:\n    print(error)\n"
    )
    done = subprocess.run([*shop.command()[:1], "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout == "no space\n", done.stderr
    assert text_of(shop) == before
    assert (shop.root / "assets.lock").read_bytes() == lock
    assert shop.run("migrate-model", "gpt-image-2", NEXT).code == 0
    assert set(shop.actions().values()) == {"keep"}
