"""crop, trim, pad, flatten, quantize and sharpen as two tables: what must stay equal, and what must become what."""

from typing import Any

import jsonschema
import pytest
from PIL import Image, ImageFilter

from imagepipe.contracts import StepContext
from imagepipe.errors import ImagepipeError
from imagepipe.plugins import resolve
from imagepipe.steps import STEPS
from imagepipe.steps.catalogue import spec
from imagepipe.values import thaw
from tests.steps.pictures import drawn, noise, text_of

Options = dict[str, Any]

EQUAL = [
    ("crop", {"width": 3}, "rgb rgb"),
    ("crop", {"box": [0, 0, 3, 2]}, "rgb rgb"),
    ("crop", {"aspect": "3:2"}, "rgb rgb"),
    ("trim", {}, "rgb gbr"),
    ("trim", {"margin": 5}, "..... ..r.. ....."),
    ("trim", {"threshold": 127}, "hr"),
    ("pad", {"by": 0}, "r.b"),
    ("pad", {"aspect": "3:2"}, "rgb rgb"),
    ("flatten", {}, "rgb wkr"),
    ("quantize", {"colors": 16}, "rgb wkr"),
    ("sharpen", {}, "rrr rrr rrr"),
    ("sharpen", {"amount": 0}, "rgb wkr"),
]

BECOME = [
    ("crop", {"box": [1, 0, 2, 1]}, "rgb kwr", "gb"),
    ("crop", {"width": 1}, "rgb kwr", "g w"),
    ("crop", {"height": 1, "gravity": "south"}, "rgb kwr", "kwr"),
    ("crop", {"width": 1, "height": 1, "gravity": "north-east"}, "rgb kwr", "b"),
    ("crop", {"width": 2, "height": 1, "gravity": "west"}, "rgb kwr", "rg"),
    ("crop", {"aspect": "1:1", "gravity": "east"}, "rgb kwr", "gb wr"),
    ("crop", {"aspect": "1:2", "gravity": "west"}, "rgb kwr", "r k"),
    ("crop", {"width": 3, "gravity": "entropy"}, "wwwwwwwkww wwwwwwwwkw wwwwwwwkww", "wwk www wwk"),
    ("crop", {"width": 2, "height": 2, "gravity": "entropy"}, "wwwwww wwwwww wwwwww wwwwww", "ww ww"),
    ("trim", {}, ".... .rb. ....", "rb"),
    ("trim", {}, "wwww wrbw wwww", "rb"),
    ("trim", {"margin": 1}, "..... ..r.. .....", "... .r. ..."),
    ("trim", {"threshold": 128}, ".hr", "r"),
    ("pad", {"by": 1}, "r", "... .r. ..."),
    ("pad", {"by": 1, "left": 0, "background": "#0000ff"}, "r", "bb rb bb"),
    ("pad", {"aspect": "1:1"}, "rgb", "... rgb ..."),
    ("pad", {"aspect": "3:1"}, "r", ".r."),
    ("pad", {"top": 2, "background": "#ffffffff"}, "rg", "ww ww rg"),
    ("flatten", {}, ".r", "wr"),
    ("flatten", {}, "h.", "pw"),
    ("flatten", {"background": "#0000ff"}, ".r.", "brb"),
]


def run(name: str, image: Image.Image, options: Options) -> Image.Image:
    assert jsonschema.Draft202012Validator(thaw(spec(name).options)).is_valid(options), options
    made = resolve(STEPS[name]).run(image, options, StepContext("mug"))
    assert isinstance(made, Image.Image)
    return made


@pytest.mark.parametrize(("name", "options", "before"), EQUAL)
def test_stays_equal(name: str, options: Options, before: str) -> None:
    assert text_of(run(name, drawn(before), options)) == before


@pytest.mark.parametrize(("name", "options", "before", "after"), BECOME)
def test_becomes(name: str, options: Options, before: str, after: str) -> None:
    if "entropy" in options.values() and "k" not in before:
        assert text_of(run(name, drawn(before, "RGB"), options)) == after
    else:
        assert text_of(run(name, drawn(before), options)) == after


@pytest.mark.parametrize("name", ["crop", "trim", "pad", "quantize", "sharpen", "flatten", "resize", "fit"])
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_the_profile_travels_and_the_input_is_left_alone(name: str, mode: str) -> None:
    options: dict[str, Options] = {
        "crop": {"width": 5},
        "pad": {"by": 2},
        "resize": {"width": 9},
        "fit": {"width": 9, "height": 30, "fit": "contain"},
    }
    image = noise((20, 20), mode)
    image.info["icc_profile"] = b"a profile"
    before = image.tobytes()
    made = run(name, image, options.get(name, {}))
    assert made.info["icc_profile"] == b"a profile"
    assert image.tobytes() == before


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
@pytest.mark.parametrize("colors", [2, 16, 256])
def test_quantize_leaves_so_many_colours(colors: int, mode: str) -> None:
    found = run("quantize", noise((64, 64), mode), {"colors": colors}).getcolors(70000)
    assert found is not None
    assert len(found) <= colors


def test_quantize_dithers_only_where_asked() -> None:
    ramp = Image.linear_gradient("L").convert("RGB")
    plain = run("quantize", ramp, {"colors": 4, "dither": False}).resize((1, 256), Image.Resampling.BOX)
    mixed = run("quantize", ramp, {"colors": 4}).resize((1, 256), Image.Resampling.BOX)
    assert len(set(plain.tobytes())) < len(set(mixed.tobytes()))


def test_sharpen_raises_contrast_and_leaves_coverage() -> None:
    soft = drawn("k" * 8 + "w" * 8).resize((64, 4)).filter(ImageFilter.GaussianBlur(3))
    soft.putalpha(Image.linear_gradient("L").resize(soft.size))
    made = run("sharpen", soft, {"radius": 3, "amount": 2})
    assert made.getchannel("A").tobytes() == soft.getchannel("A").tobytes()
    spread = [sum(abs(value - 128) for value in one.getchannel("R").tobytes()) for one in (soft, made)]
    assert spread[1] > spread[0]


FAILS = [
    ("crop", {"width": 4}, "rgb rgb", "not inside the picture, which is 3x2"),
    ("crop", {"box": [2, 1, 2, 1]}, "rgb rgb", "not inside"),
    ("crop", {"width": 4, "gravity": "entropy"}, "rgb rgb", "not inside"),
    ("trim", {}, "... ...", "nothing but border"),
    ("trim", {}, "www www", "nothing but border"),
]


@pytest.mark.parametrize(("name", "options", "before", "words"), FAILS)
def test_fails_in_one_clear_line(name: str, options: Options, before: str, words: str) -> None:
    image = drawn(before, "RGB" if "w" in before else "RGBA")
    with pytest.raises(ImagepipeError, match=words) as caught:
        run(name, image, options)
    assert "\n" not in str(caught.value)


REFUSED = [
    ("crop", {}),
    ("crop", {"gravity": "north"}),
    ("crop", {"box": [0, 0, 1]}),
    ("crop", {"width": 3, "aspect": "1:1"}),
    ("crop", {"box": [0, 0, 1, 1], "gravity": "north"}),
    ("crop", {"width": 3, "gravity": "middle"}),
    ("trim", {"threshold": 256}),
    ("trim", {"margin": -1}),
    ("pad", {}),
    ("pad", {"by": 1.5}),
    ("pad", {"background": "#fff"}),
    ("flatten", {"background": "#ffffff00"}),
    ("quantize", {"colors": 257}),
    ("quantize", {"colors": 1}),
    ("sharpen", {"radius": 0}),
    ("cutout", {"edge_feather": 65}),
    ("cutout", {"edge_contract": 17}),
    ("cutout", {"key": "green"}),
    ("cutout", {"mode": "magic"}),
    ("encode", {"max_bytes": "4 lots"}),
    ("encode", {"sizes": [512]}),
]


@pytest.mark.parametrize(("name", "options"), REFUSED)
def test_an_option_out_of_range_is_found_without_loading_the_step(name: str, options: Options) -> None:
    assert not jsonschema.Draft202012Validator(thaw(spec(name).options)).is_valid(options)


def told(schema: Any, path: str = "") -> list[str]:
    """The options that lack what an editor shows."""
    properties = schema.get("properties", {})
    return [f"{path}{name}" for name, field in properties.items() if not {"description", "examples"} <= field.keys()]


@pytest.mark.parametrize("name", sorted(STEPS))
def test_every_option_says_what_it_is(name: str) -> None:
    schema = thaw(spec(name).options)
    assert told(schema) == []
    assert schema["additionalProperties"] is False
    validator = jsonschema.Draft202012Validator
    for option, field in schema["properties"].items():
        examples = [*field["examples"], *([field["default"]] if "default" in field else [])]
        assert all(validator(field).is_valid(example) for example in examples), option
