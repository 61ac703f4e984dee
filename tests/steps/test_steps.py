"""Each step as a table: what size comes out, what stays equal, what becomes of transparency."""

import io
from typing import Any

import jsonschema
import pytest
from PIL import Image

from imagepipe.contracts import StepContext
from imagepipe.errors import UsageError
from imagepipe.plugins import resolve
from imagepipe.steps import STEPS, encode, fit, resize
from imagepipe.steps.catalogue import spec, steps, version_of
from imagepipe.steps.opening import BadPicture
from imagepipe.values import thaw

CONTEXT = StepContext("a")
RED, CLEAR = (255, 0, 0, 255), (0, 0, 255, 0)


def picture(width: int = 40, height: int = 20, colour: tuple[int, ...] = RED) -> Image.Image:
    return Image.new("RGBA" if len(colour) == 4 else "RGB", (width, height), colour)


def halves() -> Image.Image:
    """Left red, right clear blue."""
    image = picture(40, 20, CLEAR)
    image.paste(RED, (0, 0, 20, 20))
    return image


@pytest.mark.parametrize(
    ("options", "size"),
    [
        ({"width": 20}, (20, 10)),
        ({"height": 5}, (10, 5)),
        ({"width": 80}, (80, 40)),
        ({"width": 80, "enlarge": False}, (40, 20)),
        ({"width": 10, "height": 10}, (10, 5)),
        ({"width": 1}, (1, 1)),
        ({"width": 13}, (13, 6)),
        ({"width": 13, "height": 500}, (13, 6)),
    ],
)
def test_resize(options: dict[str, Any], size: tuple[int, int]) -> None:
    assert resize.run(picture(), options, CONTEXT).size == size


@pytest.mark.parametrize("how", ["cover", "contain", "pad"])
@pytest.mark.parametrize("size", [(10, 10), (40, 20), (100, 30), (7, 90), (1, 1)])
def test_fit_is_exact(how: str, size: tuple[int, int]) -> None:
    out = fit.run(picture(), {"width": size[0], "height": size[1], "fit": how}, CONTEXT)
    assert out.size == size


@pytest.mark.parametrize("whole", [(3840, 2160), (3008, 2000), (1408, 800), (1024, 1024)])
@pytest.mark.parametrize("place", [(0.5, 0.5), (0, 0), (1, 1), (0.3, 0.7)])
def test_what_cover_keeps_lies_in_the_picture(whole: tuple[int, int], place: tuple[float, float]) -> None:
    """Also where quotients are inexact, as those of 3840x2160 in 1408x792."""
    for size in [(1408, 792), (1024, 500), *((side, 9 * side // 16) for side in range(16, 2000, 16))]:
        left, top, right, bottom = fit.part(whole, size, place)
        assert 0 <= left < right <= whole[0], size
        assert 0 <= top < bottom <= whole[1], size


def test_a_picture_of_inexact_quotients_is_cut() -> None:
    assert fit.run(picture(3840, 2160, (1, 2, 3)), {"width": 1408, "height": 792}, CONTEXT).size == (1408, 792)


def test_cover_cuts_where_it_is_told_to() -> None:
    left = fit.run(halves(), {"width": 20, "height": 20, "x": 0}, CONTEXT)
    right = fit.run(halves(), {"width": 20, "height": 20, "x": 1}, CONTEXT)
    assert left.getpixel((10, 10)) == RED
    assert right.getpixel((10, 10))[3] == 0


def test_contain_has_margins_and_pad_never_enlarges() -> None:
    contain = fit.run(picture(), {"width": 80, "height": 80, "fit": "contain"}, CONTEXT)
    assert contain.getpixel((40, 0))[3] == 0
    assert contain.getpixel((1, 40)) == RED
    pad = fit.run(picture(), {"width": 80, "height": 80, "fit": "pad", "background": "#00ff00"}, CONTEXT)
    assert pad.getpixel((1, 40)) == (0, 255, 0, 255)
    assert pad.getpixel((40, 40)) == RED


def test_clear_pixels_bleed_no_colour() -> None:
    small = resize.run(halves(), {"width": 5}, CONTEXT)
    for x in range(5):
        red, _, blue, alpha = small.getpixel((x, 1))
        assert blue == 0 or alpha == 0
        assert red > 200 or alpha < 10


@pytest.mark.parametrize("format", encode.FORMATS)
def test_encode_is_the_same_every_time_and_reads_back(format: str) -> None:
    data = encode.encode(halves(), format, {})
    assert data == encode.encode(halves(), format, {})
    with Image.open(io.BytesIO(data)) as image:
        assert (str(image.format).lower(), image.size) == (format, (40, 20))


def test_jpeg_is_flattened_on_white() -> None:
    with Image.open(io.BytesIO(encode.encode(halves(), "jpeg", {"quality": 95}))) as image:
        assert min(image.getpixel((35, 10))) > 250


def test_lossless_webp_and_png_keep_every_pixel() -> None:
    for format, options in (("png", {}), ("webp", {"lossless": True})):
        with Image.open(io.BytesIO(encode.encode(halves(), format, options))) as image:
            assert image.convert("RGBA").tobytes() == halves().tobytes()


@pytest.mark.parametrize(("format", "option"), [("jpeg", "quality"), ("webp", "quality"), ("avif", "quality")])
def test_quality_makes_larger_files(format: str, option: str) -> None:
    noise = Image.effect_noise((64, 64), 80).convert("RGB")
    assert len(encode.encode(noise, format, {option: 20})) < len(encode.encode(noise, format, {option: 95}))


@pytest.mark.parametrize("mode", ["L", "LA", "P", "1", "I;16", "CMYK", "RGBA", "RGB"])
def test_every_kind_of_picture_can_be_written(mode: str) -> None:
    image = Image.new(mode, (8, 8))
    for format in encode.FORMATS:
        assert encode.encode(image, format, {})


def test_nothing_is_embedded() -> None:
    image = picture()
    image.info["comment"] = "secret"
    for format in encode.FORMATS:
        assert b"secret" not in encode.encode(image, format, {})


def test_opened_reads_only_what_we_ask_for() -> None:
    buffer = io.BytesIO()
    picture().save(buffer, "TIFF")
    with pytest.raises(BadPicture, match="no PNG, JPEG, WebP or GIF"):
        encode.opened(buffer.getvalue())


@pytest.mark.parametrize("name", sorted(STEPS))
def test_each_step_is_declared_without_being_loaded_and_as_it_is(name: str) -> None:
    found, module = spec(name), resolve(STEPS[name])
    assert found.version == version_of(name) == module.VERSION
    assert found.description.endswith(".")
    jsonschema.Draft202012Validator.check_schema(thaw(found.options))
    assert thaw(found.options) == module.SCHEMA


@pytest.mark.parametrize(
    ("name", "options", "fine"),
    [
        ("resize", {"width": 10}, True),
        ("resize", {}, False),
        ("resize", {"width": 0}, False),
        ("fit", {"width": 10, "height": 10, "fit": "cover"}, True),
        ("fit", {"width": 10}, False),
        ("fit", {"width": 10, "height": 10, "background": "red"}, False),
        ("encode", {"quality": 101}, False),
        ("encode", {"effort": 9, "lossless": True}, True),
        ("encode", {"speed": 3}, False),
    ],
)
def test_options(name: str, options: dict[str, Any], fine: bool) -> None:
    assert jsonschema.Draft202012Validator(thaw(spec(name).options)).is_valid(options) is fine


def test_an_unknown_step_is_named() -> None:
    with pytest.raises(UsageError, match="sharpem"):
        spec("sharpem")
    assert "encode" in steps()
