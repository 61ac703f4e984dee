"""adopt: a picture of one's own becomes the answer to the present recipe; nothing is asked for."""

import shutil
from pathlib import Path

import pytest
from PIL import Image

from imagepipe.digest import digest_bytes
from tests.project import Project
from tests.server import ImageServer

ONE = """\
version: 1
project: shop
assets:
  hero:
    prompt: {request: a mug, subject: one matte mug}
    options: {size: 1024x1024, quality: low}
    outputs:
      - path: public/hero.png
      - {path: public/hero.webp, steps: [{resize: {width: 256}}]}
    EXTRA
"""


def painted(path: Path, size: tuple[int, int] = (1024, 1024), colour: str = "teal") -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, colour).save(path)
    return str(path)


def colour_of(path: Path) -> tuple[int, ...]:
    with Image.open(path) as image:
        return image.convert("RGB").getpixel((9, 9))  # type: ignore[return-value]


@pytest.fixture
def shop(tmp_path: Path) -> Project:
    """A project that asks a server which is not there: whoever calls it fails."""
    return Project(tmp_path / "shop").write(ONE.replace("    EXTRA\n", ""))


def test_a_file_from_anywhere_is_the_answer_without_a_key(shop: Project, tmp_path: Path) -> None:
    outside = painted(tmp_path / "desktop" / "by hand.png")
    ran = shop.run("adopt", "hero", outside, "--note", "painted by Ada")
    assert ran.code == 0, ran.text
    assert "by hand.png" in ran.out
    assert "free" in ran.out
    assert shop.actions() == {"hero": "keep"}
    assert (shop.root / "public/hero.png").read_bytes() == Path(outside).read_bytes()
    assert colour_of(shop.root / "public/hero.webp") == pytest.approx((0, 128, 128), abs=3)
    entry = shop.lock["assets"]["hero"]
    assert (entry["answer"], entry["note"], entry["cost"]["usd"]) == ("adopted", "painted by Ada", 0.0)
    assert entry["origin"] == {"file": "by hand.png"}, "no path of the user's machine is written down"


def test_another_size_is_told_and_a_note_stays_with_its_picture(shop: Project, tmp_path: Path) -> None:
    ran = shop.run("adopt", "hero", painted(tmp_path / "a.png", (600, 600)), "--note", "painted by Ada")
    assert "asks for 1024×1024" in ran.out
    (shop.root / "assets.yaml").write_text((shop.root / "assets.yaml").read_text().replace("a mug", "a cup"))
    ran = shop.run("adopt", "hero")
    assert ran.code == 0, ran.text
    assert shop.lock["assets"]["hero"]["note"] == "painted by Ada"
    ran = shop.run("adopt", "hero", painted(tmp_path / "b.png"))
    assert "asks for" not in ran.out


def test_an_adopted_picture_survives_the_loss_of_the_lock(shop: Project, tmp_path: Path) -> None:
    shop.run("adopt", "hero", painted(tmp_path / "a.png"))
    (shop.root / "assets.lock").unlink()
    shutil.rmtree(shop.root / "public")
    assert shop.actions() == {"hero": "restore"}
    assert shop.run("build").code == 0
    assert colour_of(shop.root / "public/hero.png") == (0, 128, 128)
    assert shop.lock["assets"]["hero"]["answer"] == "adopted"


def test_the_present_picture_answers_the_changed_words(shop: Project, api: ImageServer) -> None:
    assert shop.run("build", "--yes").code == 0
    before, paid = (shop.root / "public/hero.png").read_bytes(), api.charged
    key = shop.lock["assets"]["hero"]["made_from"]
    shop.edit("one matte mug", "one dull mug")
    assert shop.actions() == {"hero": "generate"}
    ran = shop.run("adopt", "hero")
    assert ran.code == 0, ran.text
    assert shop.actions() == {"hero": "keep"}
    assert (shop.root / "public/hero.png").read_bytes() == before
    entry = shop.lock["assets"]["hero"]
    assert entry["origin"]["made_from"] == key
    assert entry["made_from"] != key
    assert "Subject: one dull mug" in entry["prompt"]
    assert shop.run("build").code == 0
    assert api.charged == paid


def test_a_file_edited_by_hand_is_kept_and_the_others_follow(shop: Project, tmp_path: Path) -> None:
    shop.run("adopt", "hero", painted(tmp_path / "a.png"))
    painted(shop.root / "public/hero.png", colour="orange")
    assert shop.actions() == {"hero": "block"}
    ran = shop.run("adopt", "hero", "--json")
    assert ran.code == 0, ran.text
    assert ran.json["origin"] == {"file": "public/hero.png"}
    assert ran.json["files"] == ["public/hero.webp"]
    assert shop.actions() == {"hero": "keep"}
    assert colour_of(shop.root / "public/hero.webp") == pytest.approx((255, 165, 0), abs=4)


def test_a_finished_file_edited_by_hand_stays_as_it_is(shop: Project, tmp_path: Path) -> None:
    """Its steps have been run on it: they would shrink it once more, and more so where they frame it."""
    shop.run("adopt", "hero", painted(tmp_path / "a.png"))
    edited = shop.root / "public/hero.webp"
    painted(edited, (300, 200), "orange")
    before = edited.read_bytes()
    ran = shop.run("adopt", "hero", "--json")
    assert (ran.code, ran.json["files"]) == (0, ["public/hero.png"]), ran.text
    assert edited.read_bytes() == before
    assert colour_of(shop.root / "public/hero.png") == pytest.approx((255, 165, 0), abs=4)
    assert shop.actions() == {"hero": "keep"}
    assert "left_over" not in shop.lock["assets"]["hero"]
    shop.edit("{width: 256}", "{width: 128}")
    assert shop.actions() == {"hero": "finish"}, "other steps are run on it"


def test_a_paid_picture_that_failed_its_checks_can_be_taken_as_it_is(shop: Project, api: ImageServer) -> None:
    api.fault("wrong_size", size=(512, 512))
    assert shop.run("build", "--yes").code == 1
    assert shop.actions() == {"hero": "block"}
    assert "imagepipe adopt hero" in shop.run("plan").out
    ran = shop.run("adopt", "hero")
    assert ran.code == 0, ran.text
    assert "512×512" in ran.out
    assert shop.actions() == {"hero": "keep"}
    with Image.open(shop.root / "public/hero.png") as image:
        assert image.size == (512, 512)
    assert api.charged == 1


def test_a_paid_picture_is_taken_without_what_follows_it_in_its_file(shop: Project, api: ImageServer) -> None:
    api.fault("trailing", tail=b"PK and more")
    ran = shop.run("build", "--yes")
    assert ran.code == 1
    assert "`imagepipe adopt hero` takes the picture" in ran.out
    ran = shop.run("adopt", "hero")
    assert ran.code == 0, ran.text
    assert "without the 11 bytes that followed it" in ran.out
    assert shop.actions() == {"hero": "keep"}
    published = (shop.root / "public/hero.png").read_bytes()
    assert published.endswith(b"IEND\xaeB`\x82")
    rejected, picked = shop.lock["assets"]["hero"]["candidates"]
    assert (rejected["status"], picked["status"]) == ("rejected", "picked")
    assert picked["sha256"] == digest_bytes(published)
    assert api.charged == 1


def test_a_draft_can_be_adopted_over_a_placeholder(shop: Project, tmp_path: Path) -> None:
    assert shop.run("build", "--provider", "placeholder").code == 0
    ran = shop.run("adopt", "hero")
    assert ran.code == 2
    assert "no picture of its own" in ran.err
    assert shop.run("adopt", "hero", painted(tmp_path / "a.png")).code == 0
    assert shop.actions() == {"hero": "keep"}


@pytest.mark.parametrize(
    ("extra", "name", "said"),
    [
        ("", "notes.txt", "notes.txt cannot be adopted"),
        ("", "missing.png", "there is no file"),
        ("", "moving.gif", "it is animated, and hero is a still"),
        ("", "pointer.png", "Git LFS pointer"),
        ("expect: {min_width: 1000}", "small.png", "width is 512, expected 1000 or more"),
        ("expect: {aspect: '1:1'}", "wide.png", "aspect is 2.000, expected 1:1"),
        ("expect: {alpha: true}", "big.png", "no transparency"),
        ("pick: 2", "big.png", "`pick: 2`, which wins"),
    ],
)
def test_what_cannot_be_adopted_is_said_and_changes_nothing(tmp_path: Path, extra: str, name: str, said: str) -> None:
    shop = Project(tmp_path).write(ONE.replace("EXTRA", extra))
    shop.write("not a picture", "notes.txt")
    shop.write("version https://git-lfs.github.com/spec/v1\noid sha256:" + "ab" * 32 + "\nsize 12\n", "pointer.png")
    for file, size in {"big": (1024, 1024), "small": (512, 512), "wide": (1024, 512)}.items():
        painted(tmp_path / f"{file}.png", size)
    frames = [Image.new("L", (8, 8), shade) for shade in (0, 255)]
    frames[0].save(tmp_path / "moving.gif", save_all=True, append_images=frames[1:])
    ran = shop.run("adopt", "hero", name)
    assert ran.code == 2, ran.text
    assert said in ran.err
    assert not (tmp_path / "assets.lock").exists()
    assert not (tmp_path / "public").exists()


def test_two_edited_files_are_not_guessed_between(shop: Project, tmp_path: Path) -> None:
    shop.run("adopt", "hero", painted(tmp_path / "a.png"))
    painted(shop.root / "public/hero.png", colour="orange")
    painted(shop.root / "public/hero.webp", colour="navy")
    ran = shop.run("adopt", "hero")
    assert ran.code == 2
    assert "public/hero.png, public/hero.webp" in ran.err


def test_an_answer_is_not_adopted_twice(shop: Project, tmp_path: Path) -> None:
    shop.run("adopt", "hero", painted(tmp_path / "a.png"))
    ran = shop.run("adopt", "hero")
    assert ran.code == 2
    assert "the answer already" in ran.err


def test_an_asset_whose_input_is_not_built_has_no_recipe_yet(tmp_path: Path) -> None:
    shop = Project(tmp_path).write(ONE.replace("    EXTRA\n", "") + (
        "  cut:\n    prompt: {request: the mug, change: the background}\n"
        "    inputs: [{asset: hero, role: target}]\n    output: public/cut.png\n"
    ))  # fmt: skip
    ran = shop.run("adopt", "cut", painted(tmp_path / "a.png"))
    assert ran.code == 2
    assert "imagepipe build hero" in ran.err
    assert shop.run("adopt", "hero", str(tmp_path / "a.png")).code == 0
    assert shop.run("adopt", "cut", str(tmp_path / "a.png")).code == 0
    assert set(shop.actions().values()) == {"keep"}
