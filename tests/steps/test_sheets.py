"""grid, nine-slice, tile and atlas: several pictures in or out, or a file beside; and how rectangles are packed."""

import json
import random
from typing import Any

import pytest
from PIL import Image

from imagepipe.contracts import Several, StepContext
from imagepipe.errors import ImagepipeError
from imagepipe.plugins import resolve
from imagepipe.steps import STEPS, tile
from imagepipe.steps.atlas import packed
from imagepipe.steps.packing import pack
from imagepipe.values import FrozenMap
from tests.steps.pictures import drawn, noise, text_of

CONTEXT = StepContext("mug")
SHEET = "rrgg rrgg bbkk bbkk"


def run(name: str, image: Any, options: dict[str, Any], context: StepContext = CONTEXT) -> Any:
    return resolve(STEPS[name]).run(image, options, context)


GRIDS: list[tuple[str, dict[str, Any], dict[str, str]]] = [
    (SHEET, {"columns": 2, "rows": 2}, {"1": "rr rr", "2": "gg gg", "3": "bb bb", "4": "kk kk"}),
    (SHEET, {"columns": 1, "rows": 1}, {"1": SHEET}),
    (SHEET, {"columns": 4, "rows": 1, "names": ["a", "", "", "d"]}, {"a": "r r b b", "d": "g g k k"}),
    ("..... .r.g. .....", {"columns": 2, "rows": 1, "margin": 1, "gap": 1}, {"1": "r", "2": "g"}),
    (
        "rg" * 6,
        {"columns": 12, "rows": 1, "names": list("abcdefghijkl")},
        dict(zip("abcdefghijkl", "rg" * 6, strict=True)),
    ),
]


@pytest.mark.parametrize(("sheet", "options", "cells"), GRIDS)
def test_grid_cuts_named_cells(sheet: str, options: dict[str, Any], cells: dict[str, str]) -> None:
    made = run("grid", drawn(sheet), options)
    assert {name: text_of(cell) for name, cell in made.pictures.items()} == cells


def test_numbered_cells_sort_as_they_lie() -> None:
    names = list(run("grid", drawn("rg" * 6), {"columns": 12, "rows": 1}).pictures)
    assert names == sorted(names)


def nine(text: str = "krrrk rgggr rgggr krrrk") -> Image.Image:
    return drawn(text)


def test_nine_slice_describes_its_guides() -> None:
    made = run("nine-slice", nine(), {"by": 1, "left": 2})
    assert text_of(made.pictures[""]) == text_of(nine())
    assert json.loads(made.beside[".json"]) == {
        "image": "{file}",
        "size": {"w": 5, "h": 4},
        "guides": {"left": 2, "top": 1, "right": 1, "bottom": 1},
        "scale9Borders": {"x": 2, "y": 1, "w": 2, "h": 2},
        "css": "1 1 1 2 fill",
    }


def ramp(side: int = 64) -> Image.Image:
    return Image.linear_gradient("L").resize((side, side)).convert("RGB")


def wave() -> Image.Image:
    """Repeats without a seam."""
    half = Image.linear_gradient("L").resize((32, 32))
    image = Image.new("L", (64, 64))
    image.paste(half.transpose(Image.Transpose.ROTATE_90), (0, 0))
    image.paste(half.transpose(Image.Transpose.ROTATE_270), (32, 0))
    image.paste(image.crop((0, 0, 64, 32)), (0, 32))
    return image.convert("RGB")


def test_a_seamless_picture_stays_as_it_is() -> None:
    assert run("tile", wave(), {}).tobytes() == wave().tobytes()


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_a_blend_takes_the_seam_away(mode: str) -> None:
    made = run("tile", ramp().convert(mode), {"blend": 32})
    assert (made.size, made.mode) == ((32, 32), mode)
    for image in (made, made.transpose(Image.Transpose.TRANSPOSE)):
        across, inside = tile.seam(image)
        assert across <= 6 + 2 * inside


def test_one_axis_alone() -> None:
    assert run("tile", ramp(), {"axis": "x"}).size == (64, 64)
    assert run("tile", ramp(), {"axis": "y", "blend": 20}).size == (64, 44)


FAILS: list[tuple[str, Any, dict[str, Any], str, str]] = [
    ("grid", drawn("rrr"), {"columns": 2, "rows": 1}, "grid-divides", "3 pixels do not divide into 2 columns"),
    ("grid", drawn("rr"), {"columns": 1, "rows": 2}, "grid-divides", "1 pixels do not divide into 2 rows"),
    ("grid", drawn("rr"), {"columns": 1, "rows": 1, "margin": 9}, "grid-divides", "with margin 9"),
    (
        "grid",
        drawn("rr"),
        {"columns": 2, "rows": 1, "names": ["a"]},
        "grid-names",
        "are 2 cells, and there are 1 names",
    ),
    ("grid", drawn("rr"), {"columns": 2, "rows": 1, "names": ["a", "a"]}, "grid-names", "two cells are named `a`"),
    ("nine-slice", nine(), {"by": 2}, "slice-guides", "leave nothing of 5x4"),
    ("nine-slice", nine("krgrk rgggr rgggr krrrk"), {"by": 1}, "slice-uneven", "the top side changes by"),
    ("nine-slice", drawn("r"), {"left": 1}, "slice-guides", "leave nothing of 1x1"),
    ("tile", ramp(), {}, "tile-seam", "the horizontal seam differs by 251.0 of 255"),
    ("tile", noise((20, 20)), {"blend": 11}, "tile-blend", "a blend of 11 pixels does not fit into 20"),
    ("atlas", drawn("r"), {}, "atlas-empty", "needs several pictures"),
    (
        "atlas",
        Several(FrozenMap({"a": noise((20, 20)), "b": noise((20, 20))})),
        {"max_size": 30},
        "atlas-too-large",
        "2 pictures of 968 pixels in all do not fit on a sheet of 30x30",
    ),
    (
        "atlas",
        Several(FrozenMap({name: noise((20, 20)) for name in "abcd"})),
        {"max_size": 25},
        "atlas-too-large",
        "the first 2 pictures have 800 pixels, and do not fit on a sheet of 25x25",
    ),
]


@pytest.mark.parametrize(("name", "image", "options", "code", "words"), FAILS)
def test_fails_in_one_clear_line(name: str, image: Any, options: dict[str, Any], code: str, words: str) -> None:
    with pytest.raises(ImagepipeError) as caught:
        run(name, image, options)
    assert caught.value.code == code
    assert words in str(caught.value)
    assert caught.value.hint


def parts() -> dict[str, Image.Image]:
    rng = random.Random(4)
    return {f"part-{at}": noise((rng.randint(1, 40), rng.randint(1, 40)), "RGBA") for at in range(30)}


def frames(made: Several) -> dict[str, Any]:
    found = json.loads(made.beside[".json"])["frames"]
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("options", [{}, {"padding": 0}, {"extrude": 2}, {"power_of_two": True}, {"max_size": 200}])
def test_every_picture_is_where_the_map_says(options: dict[str, Any]) -> None:
    made = packed(parts(), options)
    sheet = made.pictures[""]
    assert max(sheet.size) <= options.get("max_size", 4096)
    assert frames(made).keys() == parts().keys()
    for name, entry in frames(made).items():
        x, y, w, h = (entry["frame"][key] for key in "xywh")
        assert sheet.crop((x, y, x + w, y + h)).tobytes() == parts()[name].tobytes()
        if options.get("extrude"):
            assert sheet.getpixel((x - 2, y - 2)) == sheet.getpixel((x, y))
            assert sheet.getpixel((x + w + 1, y)) == sheet.getpixel((x + w - 1, y))


def test_the_map_is_in_the_form_that_phaser_loads() -> None:
    made = packed({"a": drawn("rr"), "b": drawn(".g. ...")}, {"trim": True, "padding": 0})
    known = json.loads(made.beside[".json"])
    sheet = made.pictures[""]
    assert known["meta"]["image"] == "{file}"
    assert known["meta"]["size"] == {"w": sheet.width, "h": sheet.height}
    assert known["frames"]["b"]["trimmed"] is True
    assert known["frames"]["b"]["spriteSourceSize"] == {"x": 1, "y": 0, "w": 1, "h": 1}
    assert known["frames"]["b"]["sourceSize"] == {"w": 3, "h": 2}
    for entry in known["frames"].values():
        assert entry.keys() == {"frame", "rotated", "trimmed", "spriteSourceSize", "sourceSize"}
        assert entry["frame"].keys() == {"x", "y", "w", "h"}


def test_the_cells_of_a_grid_and_other_pictures_share_an_atlas() -> None:
    cells = run("grid", drawn(SHEET), {"columns": 2, "rows": 2})
    made = run("atlas", cells, {}, StepContext("mug", pictures=FrozenMap({"logo": drawn("w")})))
    assert set(frames(made)) == {"1", "2", "3", "4", "logo"}


def test_an_atlas_is_the_same_in_whatever_order_pictures_come() -> None:
    turned = dict(reversed(parts().items()))
    one, other = packed(parts()), packed(turned)
    assert one.pictures[""].tobytes() == other.pictures[""].tobytes()
    assert one.beside == other.beside


@pytest.mark.parametrize("seed", range(20))
def test_packing_overlaps_nothing_and_wastes_little(seed: int) -> None:
    rng = random.Random(seed)
    sizes = {f"{at}": (rng.randint(1, 60), rng.randint(1, 60)) for at in range(rng.choice([1, 2, 9, 60]))}
    layout = pack(sizes, 4096)
    assert layout is not None
    taken = set()
    for name, (left, top) in layout.places.items():
        wide, high = sizes[name]
        assert left >= 0
        assert top >= 0
        assert left + wide <= layout.size[0]
        assert top + high <= layout.size[1]
        cells = {(x, y) for x in range(left, left + wide) for y in range(top, top + high)}
        assert not cells & taken
        taken |= cells
    assert len(taken) >= 0.8 * layout.size[0] * layout.size[1] or len(sizes) < 10


def test_what_does_not_fit_has_no_layout() -> None:
    assert pack({"a": (10, 10), "b": (10, 10)}, 15) is None
    assert pack({"a": (10, 16)}, 15) is None
