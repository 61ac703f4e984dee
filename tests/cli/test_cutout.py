"""`imagepipe cutout` as it is typed: names, keys, what is kept of the file, and what is refused."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms, ImageDraw

from tests.oneoff.typist import Typist
from tests.steps import classic_reference
from tests.steps.test_classic import random_picture

GREEN = "#00ff00"


@pytest.fixture
def typist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Typist:
    monkeypatch.chdir(tmp_path)
    disc(tmp_path / "in.png")
    random_picture((40, 30), GREEN, 1).save(tmp_path / "noise.png")
    return Typist(tmp_path, capsys)


def disc(path: Path, key: str = GREEN, **save: object) -> None:
    """A red disc on a flat key, 96 pixels wide and 64 high."""
    large = Image.new("RGB", (384, 256), key)
    ImageDraw.Draw(large).ellipse((112, 48, 272, 208), fill="#c02020")
    large.resize((96, 64), Image.Resampling.BOX).save(path, **save)  # type: ignore[arg-type]


def pixels(path: Path) -> "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]":
    with Image.open(path) as image:
        return np.asarray(image.convert("RGBA"))


CLASSIC = [
    ([], {"key": GREEN}),
    (["--key-color", "#ff00ff"], {"key": "#ff00ff"}),
    (["--auto-key", "none"], {"key": GREEN}),
    (["--auto-key", "corners"], {"auto": "corners"}),
    (["--auto-key", "border", "--key-color", "#ff00ff"], {"auto": "border"}),
    (["--tolerance", "40"], {"key": GREEN, "tolerance": 40}),
    (["--soft-matte", "--despill"], {"key": GREEN, "soft_matte": True, "despill": True}),
    (
        ["--soft-matte", "--spill-cleanup", "--transparent-threshold", "20", "--opaque-threshold", "150"],
        {"key": GREEN, "soft_matte": True, "despill": True, "transparent_threshold": 20, "opaque_threshold": 150},
    ),
    (["--edge-contract", "1", "--edge-feather", "1.5"], {"key": GREEN, "edge_contract": 1, "edge_feather": 1.5}),
]


@pytest.mark.parametrize(("typed", "options"), CLASSIC)
def test_classic_is_what_the_small_scripts_do(typist: Typist, typed: list[str], options: dict[str, object]) -> None:
    code, _, err = typist.types("cutout", "noise.png", "out.png", "--mode", "classic", *typed)
    assert code == 0, err
    with Image.open("noise.png") as image:
        wanted = np.asarray(classic_reference.cut(image.convert("RGBA"), options))
    assert np.array_equal(pixels(typist.folder / "out.png"), wanted)


@pytest.mark.parametrize("names", [("in.png", "o/out.png"), ("--input", "in.png", "--out", "o/out.png")])
def test_unmix_is_the_default_and_finds_the_key_itself(typist: Typist, names: tuple[str, ...]) -> None:
    disc(typist.folder / "in.png", "#0000ff")
    code, out, err = typist.types("cutout", *names)
    assert code == 0, err
    assert "o/out.png: 96×64" in out
    made = pixels(typist.folder / "o/out.png")
    assert made[0, 0].tolist() == [0, 0, 0, 0]
    assert made[32, 48].tolist() == [0xC0, 0x20, 0x20, 255]


def test_webp_is_lossless(typist: Typist) -> None:
    assert typist.types("cutout", "in.png", "out.png")[0] == 0
    assert typist.types("cutout", "in.png", "out.webp")[0] == 0
    one, two = pixels(typist.folder / "out.png"), pixels(typist.folder / "out.webp")
    assert np.array_equal(one[..., 3], two[..., 3])
    assert np.array_equal(one[one[..., 3] > 0], two[one[..., 3] > 0])


@pytest.mark.parametrize("name", ["out.png", "out.webp"])
def test_the_profile_and_the_right_way_up_are_kept(typist: Typist, name: str) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    exif = Image.Exif()
    exif[0x0112] = 6
    disc(typist.folder / "turned.png", icc_profile=profile, exif=exif)
    assert typist.types("cutout", "turned.png", name)[0] == 0
    with Image.open(name) as made:
        assert made.size == (64, 96)
        assert made.info["icc_profile"] == profile
        assert made.getexif().get(0x0112, 1) == 1


def test_a_file_that_is_there_stays_without_force(typist: Typist) -> None:
    (typist.folder / "out.png").write_text("mine")
    assert "--force" in typist.refusal("cutout", "in.png", "out.png")
    assert (typist.folder / "out.png").read_text() == "mine"
    assert typist.types("cutout", "in.png", "out.png", "--force")[0] == 0


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["in.png"], "OUT is missing"),
        ([], "IN is missing"),
        (["in.png", "--input", "in.png", "--out", "o.png"], "both given"),
        (["in.png", "out.jpg"], ".png or .webp"),
        (["none.png", "out.png"], "cannot read none.png"),
        (["in.png", "out.png", "--edge-feather", "65"], "64"),
        (["in.png", "out.png", "--edge-contract", "17"], "16"),
        (["in.png", "out.png", "--tolerance", "-1"], "255"),
        (["in.png", "out.png", "--mode", "magic"], "unmix"),
    ],
)
def test_bad_command_lines(typist: Typist, typed: list[str], said: str) -> None:
    assert said in typist.refusal("cutout", *typed)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["noise.png", "out.png"], "noise.png"),
        (["text.png", "out.png"], "no PNG"),
        (["empty.png", "out.png"], "empty"),
        (["cut.png", "out.png"], "cut"),
        (["grey.png", "out.png"], "name it with `--key-color`"),
        (["spilled.png", "out.png", "--tolerance", "0"], "raise `--tolerance`, or write `--holes keep`"),
        (["in.png", "out.png", "--key-color", "green"], "#rrggbb"),
        (["in.png", "out.png", "--mode", "classic", "--transparent-threshold", "99"], "not below"),
    ],
)
def test_pictures_that_cannot_be_cut_say_why_and_leave_nothing(typist: Typist, typed: list[str], said: str) -> None:
    (typist.folder / "text.png").write_text("no picture")
    (typist.folder / "empty.png").write_text("")
    Image.new("RGB", (40, 40), "grey").save(typist.folder / "grey.png")
    spilled = Image.new("RGB", (300, 300), "#00ff00")
    spilled.paste("#b03020", (10, 10, 290, 290))
    spilled.paste("#13ec13", (120, 120, 180, 180))
    spilled.save(typist.folder / "spilled.png")
    (typist.folder / "cut.png").write_bytes((typist.folder / "in.png").read_bytes()[:120])
    code, _, err = typist.types("cutout", *typed)
    assert (code, said in err) == (1, True), err
    assert "out.png" not in typist.files
