"""unmix against pictures whose matte is known, and what it must refuse."""

from io import BytesIO
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from imagepipe.contracts import StepContext
from imagepipe.errors import ImagepipeError
from imagepipe.steps import cutout
from imagepipe.values import FrozenMap
from tests.steps.truth import Truth, disc, errors, flat, picture, solid_error, strands, truths

TRUTHS = truths()
BOUNDS = {name: 7 if "hair" in name else 3 if "glass" in name else 4 for name in TRUTHS}
WORN = ["noise", "jpeg444", "jpeg422", "jpeg95", "jpeg"]


def cut(pixels: Any, **options: Any) -> Any:
    return cutout.matte(pixels, options)


@pytest.mark.parametrize("name", TRUTHS)
def test_a_clean_picture(name: str) -> None:
    truth = TRUTHS[name]
    made = cut(picture(truth), subject=truth.subject)
    assert max(errors(made, truth)) <= BOUNDS[name]
    assert solid_error(made, truth) <= 0.01


@pytest.mark.parametrize("kind", WORN)
@pytest.mark.parametrize("name", TRUTHS)
def test_a_worn_picture(name: str, kind: str) -> None:
    truth = TRUTHS[name]
    made = cut(picture(truth, kind), subject=truth.subject)
    assert max(errors(made, truth)) <= 2 * BOUNDS[name]
    if "hair" not in name or kind in ("noise", "jpeg444"):  # in halved colour a strand's middle is its edge
        assert solid_error(made, truth) <= 0.02


def test_lightness_tells_how_much_of_dark_hair_is_in_a_pixel() -> None:
    """Where colour is halved, and key and subject differ by 105 in lightness: colour alone leaves 5.1 over black."""
    truth = Truth(strands(7), flat(60, 40, 30))
    black, white, grey = errors(cut(picture(truth, "jpeg")), truth)
    assert black <= 3
    assert max(white, grey) <= 8.5


@pytest.mark.parametrize(("left", "top"), [(1, 0), (0, 1), (7, 3)])
def test_halved_colour_is_known_wherever_the_picture_was_cropped(left: int, top: int) -> None:
    truth = TRUTHS["ring with a hole"]
    box = (slice(top, None), slice(left, None))
    part = Truth(truth.alpha[box], truth.colours[box])
    assert max(errors(cut(picture(truth, "jpeg")[box]), part)) <= BOUNDS["ring with a hole"]


@pytest.mark.parametrize("key", [(255, 0, 255), (0, 0, 255), (0, 255, 255), (8, 246, 14), (230, 30, 220)])
def test_any_key(key: tuple[int, int, int]) -> None:
    for name in ("pale grey", "glass"):
        truth = TRUTHS[name]
        assert max(errors(cut(picture(truth, key=key), subject=truth.subject), truth)) <= BOUNDS[name]


def test_a_named_white_key() -> None:
    truth = Truth(disc(150, 4), flat(40, 60, 120))
    assert max(errors(cut(picture(truth, key=(250, 250, 250)), key="#ffffff"), truth)) <= 4


def small(*shapes: tuple[str, tuple[int, ...], str], size: tuple[int, int] = (120, 100)) -> Any:
    """A picture of ellipses and rectangles on green, H×W×4."""
    image = Image.new("RGBA", size, "#00ff00")
    draw = ImageDraw.Draw(image)
    for shape, box, colour in shapes:
        getattr(draw, shape)(box, fill=colour)
    return np.asarray(image)


MUG = ("ellipse", (30, 20, 90, 80), "#b03020")


@pytest.mark.parametrize(("holes", "left"), [("cut", 0), ("keep", 255)])
def test_holes(holes: str, left: int) -> None:
    made = cut(small(MUG, ("ellipse", (50, 40, 70, 60), "#00ff00")), holes=holes)
    assert made[50, 60, 3] == left
    assert made[2, 2, 3] == 0
    assert made[30, 60, 3] == 255


def test_a_subject_may_run_off_one_side() -> None:
    made = cut(small(("rectangle", (30, 40, 90, 99), "#b03020")))
    assert made[99, 60, 3] == 255
    assert made[99, 5, 3] == 0


def test_colour_lies_under_the_feather() -> None:
    made = cut(small(MUG), edge_feather=3)
    soft = made[(made[..., 3] > 10) & (made[..., 3] < 245)]
    assert np.abs(soft[:, :3].astype(int) - (0xB0, 0x30, 0x20)).max() <= 12


def test_contraction_takes_from_the_edge() -> None:
    plain, tight = (cut(small(MUG), edge_contract=passes)[..., 3] for passes in (0, 2))
    assert (plain[50, 31], tight[50, 31], tight[50, 33]) == (255, 0, 255)


def test_what_was_clear_before_stays_clear() -> None:
    pixels = small(MUG).copy()
    pixels[:, :20] = 0
    made = cut(pixels)
    assert made[50, 5, 3] == 0
    assert made[50, 60, 3] == 255


RAMP = np.dstack([np.linspace(0, 255, 120)[None, :].repeat(100, 0)] * 3 + [np.full((100, 120), 255)]).astype(np.uint8)
REFUSED = [
    ("not flat", RAMP, {}, "cutout-key"),
    ("grey is no key", np.full((50, 50, 4), 255, np.uint8), {}, "cutout-key"),
    ("another key", small(MUG), {"key": "#ff00ff"}, "cutout-key"),
    ("nothing left", small(), {}, "cutout-coverage"),
    ("one pixel", small(size=(1, 1)), {}, "cutout-coverage"),
    ("thresholds crossed", small(MUG), {"transparent_threshold": 99, "opaque_threshold": 12}, "cutout-options"),
    ("no RGBA", small(MUG)[..., :3], {}, "cutout-options"),
    (
        "three sides covered",
        small(("rectangle", (0, 5, 119, 99), "#b03020")),
        {"key": "#00ff00"},
        "cutout-key",
    ),
    (
        "a patch that is still the key",
        small(
            ("ellipse", (10, 10, 290, 290), "#b03020"), ("ellipse", (120, 120, 180, 180), "#13ec13"), size=(300, 300)
        ),
        {"tolerance": 0},
        "cutout-residue",
    ),
]


@pytest.mark.parametrize(("pixels", "options", "code"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_refused_with_a_figure(pixels: Any, options: dict[str, Any], code: str) -> None:
    with pytest.raises(ImagepipeError) as caught:
        cut(pixels, **options)
    assert caught.value.code == code
    assert len(str(caught.value).splitlines()) == 1


MARKED = [
    ("not flat", (1, 50), (60, 50)),
    ("grey is no key", (25, 2), (25, 25)),
    ("another key", (60, 1), (60, 50)),
    ("three sides covered", (60, 98), (60, 50)),
    ("a patch that is still the key", (150, 150), (60, 150)),
]


@pytest.mark.parametrize(("name", "wrong", "sound"), MARKED, ids=[row[0] for row in MARKED])
def test_a_refusal_shows_what_is_wrong(name: str, wrong: tuple[int, int], sound: tuple[int, int]) -> None:
    pixels, options = next(row[1:3] for row in REFUSED if row[0] == name)
    with pytest.raises(ImagepipeError) as caught:
        cutout.run(Image.fromarray(pixels), options, StepContext("mug"))
    shown = Image.open(BytesIO(caught.value.picture))
    assert shown.size == (pixels.shape[1], pixels.shape[0])
    changed = [np.abs(np.array(shown.getpixel(at)) - pixels[at[1], at[0], :3]).max() > 60 for at in (wrong, sound)]
    assert changed == [True, False]


def test_what_is_left_is_shown_on_a_checkerboard() -> None:
    pixels = small(
        ("ellipse", (10, 10, 290, 290), "#b03020"), ("ellipse", (120, 120, 180, 180), "#13ec13"), size=(300, 300)
    )
    with pytest.raises(ImagepipeError) as caught:
        cutout.run(Image.fromarray(pixels).resize((2100, 2100)), {"tolerance": 0}, StepContext("mug"))
    shown = Image.open(BytesIO(caught.value.picture))
    assert shown.size == (1024, 1024)
    assert {shown.getpixel(at) for at in ((8, 8), (24, 8))} == {(204, 204, 204), (255, 255, 255)}


def test_the_step_takes_the_key_of_the_prompt_as_a_promise() -> None:
    image = Image.fromarray(small(MUG)).convert("RGB")
    made = cutout.run(image, {"key": "auto"}, StepContext("mug", FrozenMap({"key": "#00ff00"})))
    assert (made.mode, made.getpixel((2, 2)), image.mode) == ("RGBA", (0, 0, 0, 0), "RGB")
    with pytest.raises(ImagepipeError, match="#ff00ff is not in the picture's border"):
        cutout.run(image, {"key": "auto"}, StepContext("mug", FrozenMap({"key": "#ff00ff"})))


def test_picture_and_array_agree_across_stripes() -> None:
    """Taller than one stripe, so that the seams between stripes would show."""
    tall = Image.fromarray(picture(TRUTHS["red disc"])).resize((300, 4000))
    made = cutout.run(tall, {}, StepContext("disc"))
    assert np.array_equal(np.asarray(made), cut(np.asarray(tall)))
    wide = cut(np.asarray(tall.transpose(Image.Transpose.ROTATE_90)))
    assert np.abs(np.rot90(wide, -1)[..., 3].astype(int) - np.asarray(made)[..., 3]).max() <= 16


def test_without_numpy_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ModuleNotFoundError("No module named 'numpy'", name="numpy")

    monkeypatch.setattr(cutout, "resolve", missing)
    with pytest.raises(ImagepipeError) as caught:
        cutout.run(Image.new("RGB", (9, 9)), {}, StepContext("mug"))
    assert caught.value.hint == "pip install 'imagepipe[pixels]'"
