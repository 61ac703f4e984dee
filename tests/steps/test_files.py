"""Files in and out: what is read as what, what is refused, what is written, how small, and that it stays the same."""

from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any

import pytest
from PIL import Image, ImageCms

from imagepipe.errors import ImagepipeError
from imagepipe.steps.encode import FORMATS, encode, size_in_file
from imagepipe.steps.opening import opened
from imagepipe.steps.scaling import scaled
from tests.server.faults import bomb
from tests.steps.pictures import drawn, noise, saved, text_of


def srgb() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def frames() -> bytes:
    return saved(drawn("rr"), "GIF", save_all=True, append_images=[drawn("gg")])


BAD = [
    ("empty", b"", "picture-unknown"),
    ("text", b"hello", "picture-unknown"),
    ("another format", saved(drawn("r"), "TIFF"), "picture-unknown"),
    ("png cut short", saved(noise())[:3000], "picture-damaged"),
    ("jpeg cut short", saved(noise(), "JPEG")[:700], "picture-damaged"),
    ("webp cut short", saved(noise(), "WEBP")[:700], "picture-damaged"),
    ("animated", frames(), "picture-animated"),
]


@pytest.mark.parametrize(("data", "code"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_bad_files_are_refused_in_one_line(data: bytes, code: str) -> None:
    with pytest.raises(ImagepipeError) as caught:
        opened(data)
    assert caught.value.code == code
    assert len(str(caught.value).splitlines()) == 1
    assert "BytesIO" not in str(caught.value)


def test_a_bomb_is_refused_before_it_is_decoded() -> None:
    with pytest.raises(ImagepipeError) as caught:
        opened(bomb())
    assert caught.value.code == "picture-bomb"


def grey16() -> Image.Image:
    return Image.frombytes("I;16", (2, 1), (65535).to_bytes(2, "little") + (32896).to_bytes(2, "little"))


READ = [
    ("grey", saved(drawn("wk", "L")), "RGB", (255, 255, 255)),
    ("one bit", saved(drawn("wk", "1")), "RGB", (255, 255, 255)),
    ("16 bit grey", saved(grey16()), "RGB", (255, 255, 255)),
    ("palette", saved(drawn("rg", "RGB").quantize(4)), "RGB", (255, 0, 0)),
    ("palette with transparency", saved(drawn(".g", "P"), transparency=0), "RGBA", None),
    ("grey with coverage", saved(drawn(".w", "LA")), "RGBA", (0, 0, 0, 0)),
    ("gif", saved(drawn("rg"), "GIF"), "RGB", (254, 0, 0)),
    ("cmyk jpeg", saved(Image.new("CMYK", (8, 8), (0, 0, 0, 0)), "JPEG"), "RGB", (255, 255, 255)),
    ("one pixel", saved(drawn("r", "RGB")), "RGB", (255, 0, 0)),
]


@pytest.mark.parametrize(("data", "mode", "first"), [row[1:] for row in READ], ids=[row[0] for row in READ])
def test_every_kind_of_file_becomes_rgb_or_rgba(data: bytes, mode: str, first: Any) -> None:
    image = opened(data)
    assert image.mode == mode
    pixel = image.getpixel((0, 0))
    assert isinstance(pixel, tuple)
    assert first is None or max(abs(a - b) for a, b in zip(pixel, first, strict=True)) <= 1


def test_sixteen_bits_are_scaled_not_clipped() -> None:
    assert opened(saved(grey16())).getpixel((1, 0)) == (128, 128, 128)


@pytest.mark.parametrize(("orientation", "after"), [(1, "rg kw"), (3, "wk gr"), (6, "kr wg"), (8, "gw rk")])
def test_pictures_stand_upright(orientation: int, after: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    image = opened(saved(drawn("rg kw"), exif=exif))
    assert text_of(image) == after
    assert "exif" not in image.info


def test_a_profile_is_applied_or_kept() -> None:
    data = saved(drawn("rg", "RGB"), icc_profile=srgb())
    assert opened(data).info == {}
    assert opened(data, keep_profile=True).info == {"icc_profile": srgb()}
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("XYZ")).tobytes()
    assert opened(saved(noise(), icc_profile=lab)).size == (64, 64)
    assert opened(saved(noise(), icc_profile=b"no profile")).tobytes() == noise().tobytes()


def test_shrinking_adds_light_not_numbers() -> None:
    stripes = drawn(" ".join(["kw" * 32] * 64), "RGB")
    assert scaled(stripes, (8, 8)).getpixel((4, 4)) == (188, 188, 188)


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
@pytest.mark.parametrize("value", [0, 1, 2, 17, 100, 254, 255])
def test_flat_colour_stays_what_it_is(value: int, mode: str) -> None:
    colour = (value, 255 - value, 60) if mode == "RGB" else (value, 255 - value, 60, 200)
    for size in ((7, 5), (64, 3), (90, 80)):
        made = scaled(Image.new(mode, (40, 30), colour), size)
        assert made.getcolors() == [(size[0] * size[1], colour)]


def read(data: bytes) -> Image.Image:
    image = Image.open(BytesIO(data))
    image.load()
    return image


SMALLER = [("jpeg", {}), ("webp", {}), ("avif", {"effort": 2}), ("jpeg", {"quality": 60})]


@pytest.mark.parametrize(("format", "options"), SMALLER)
def test_the_best_quality_within_the_bound_is_found(format: str, options: dict[str, Any]) -> None:
    free = len(encode(noise(), format, options))
    bound = free * 2 // 3
    made = encode(noise(), format, {**options, "max_bytes": bound})
    assert bound // 2 < len(made) <= bound
    assert made == encode(noise(), format, {**options, "max_bytes": bound})
    assert encode(noise(), format, {**options, "max_bytes": free}) == encode(noise(), format, options)


@pytest.mark.parametrize(("written", "bound"), [("3kB", 3000), ("3 KiB", 3072), ("0.003MB", 3000), (2500, 2500)])
def test_bounds_in_words(written: Any, bound: int) -> None:
    assert bound * 0.8 < len(encode(noise(), "jpeg", {"max_bytes": written})) <= bound


def test_a_bound_that_no_quality_meets() -> None:
    with pytest.raises(ImagepipeError, match=r"the jpeg file has [0-9]+ bytes; at most 70 may"):
        encode(noise(), "jpeg", {"max_bytes": 70})


@pytest.mark.parametrize("format", ["png", "gif"])
def test_a_lossless_file_that_is_too_large_says_so(format: str) -> None:
    with pytest.raises(ImagepipeError, match=f"the {format} file has [0-9]+ bytes; at most 100 may"):
        encode(noise(), format, {"max_bytes": 100})


PNG = [
    ("rg kw", "RGBA", "P"),
    (".h rg", "RGBA", "P"),
    ("rg kw", "RGB", "P"),
]


@pytest.mark.parametrize(("text", "mode", "kept"), PNG)
def test_png_is_small_and_exact(text: str, mode: str, kept: str) -> None:
    image = drawn(text, mode)
    made = read(encode(image, "png", {}))
    assert made.mode == kept
    assert made.convert(mode).tobytes() == image.tobytes()
    assert read(encode(image, "png", {"effort": 0})).mode == mode


def test_png_of_many_colours_is_exact() -> None:
    ramp = Image.linear_gradient("L")
    for image, mode in ((noise(), "RGB"), (ramp.convert("RGB"), "L"), (noise(mode="RGBA"), "RGB")):
        made = read(encode(image, "png", {}))
        assert (made.mode, made.convert(image.mode).tobytes()) == (mode, image.tobytes())


def test_quantized_pictures_make_smaller_files() -> None:
    few = noise().quantize(16).convert("RGB")
    assert len(encode(few, "png", {})) < len(encode(noise(), "png", {})) / 2


@pytest.mark.parametrize(
    ("size", "options", "sizes"),
    [
        ((48, 48), {}, {(16, 16), (32, 32), (48, 48)}),
        ((256, 256), {}, {(16, 16), (32, 32), (48, 48), (256, 256)}),
        ((10, 10), {}, {(10, 10)}),
        ((64, 32), {"sizes": [64, 16]}, {(64, 32), (16, 8)}),
        ((300, 300), {}, {(16, 16), (32, 32), (48, 48), (256, 256)}),
        ((512, 256), {"sizes": [64]}, {(64, 32)}),
    ],
)
def test_ico_holds_several_sizes(size: tuple[int, int], options: dict[str, Any], sizes: set[tuple[int, int]]) -> None:
    assert read(encode(noise(size), "ico", options)).info["sizes"] == sizes
    assert size_in_file(size, "ico", options) == max(sizes)


@pytest.mark.parametrize(("size", "options"), [((32, 32), {"sizes": [64]}), ((1, 48), {"sizes": [256]})])
def test_ico_refuses_what_it_cannot_hold(size: tuple[int, int], options: dict[str, Any]) -> None:
    with pytest.raises(ImagepipeError) as caught:
        encode(noise(size), "ico", options)
    assert caught.value.code == "ico-too-large"


def test_gif_has_no_fringe_of_a_ground() -> None:
    red = Image.new("RGBA", (64, 64), (200, 0, 0, 0))
    red.putalpha(Image.radial_gradient("L").resize((64, 64)).point(lambda value: 255 - value))
    made = read(encode(red, "gif", {})).convert("RGBA")
    colours = {colour for _, colour in made.getcolors(9999)}
    assert {colour[3] for colour in colours} == {0, 255}
    assert max(max(colour[1:3]) for colour in colours if colour[3]) <= 4, "nothing of a ground in the solid pixels"


def test_gif_keeps_what_is_clear() -> None:
    made = read(encode(drawn("..rr ..gg"), "gif", {})).convert("RGBA")
    assert [made.getpixel((x, 0))[3] for x in range(4)] == [0, 0, 255, 255]


@pytest.mark.parametrize("format", FORMATS)
def test_profile_and_packet_go_in_where_there_is_a_place(format: str) -> None:
    image = noise((32, 32))
    image.info["icc_profile"] = srgb()
    packet = b'<x:xmpmeta xmlns:x="adobe:ns:meta/">made by a machine</x:xmpmeta>'
    data = encode(image, format, {}, packet)
    assert data.count(packet) == 1
    assert read(data).size == (32, 32)
    assert ("icc_profile" in read(data).info) is (format in ("png", "jpeg", "webp", "avif"))
    assert data == encode(image.copy(), format, {}, packet)
    assert packet not in encode(image, format, {})


def test_exif_that_cannot_be_read_is_passed_over() -> None:
    out = BytesIO()
    drawn("rg kw").convert("RGB").save(out, "WEBP", lossless=True, exif=b"Exif\0\0garbage!!")
    assert opened(out.getvalue()).size == drawn("rg kw").size


def test_formats_written_side_by_side_from_one_picture_do_not_mix_up_their_options() -> None:
    picture = noise().resize((256, 256))
    formats = [name for name in FORMATS if name != "ico"] * 8
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda name: encode(picture, name, {}), formats))
    alone = {name: encode(picture, name, {}) for name in FORMATS}
    assert [name for name, data in zip(formats, together, strict=True) if data != alone[name]] == []
