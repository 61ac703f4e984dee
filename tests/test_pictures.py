import io
import random
import struct
import sys
import zlib
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from PIL import Image

from imagepipe.digest import digest_bytes
from imagepipe.pictures import Facts, PictureFault, check, facts, header_of, measure, unmet
from imagepipe.pictures.inputs import prepare_input
from imagepipe.values import Candidate, FrozenMap, Request
from tests.server.drawing import picture, png_chunk
from tests.server.faults import animated, bomb

SIZE = (96, 64)
ALL = ("png", "jpeg", "webp", "gif")


def saved(image: Image.Image, format: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, format.upper(), **options)
    return out.getvalue()


@cache
def noisy(mode: str = "RGB", size: tuple[int, int] = SIZE) -> Image.Image:
    bands = len(Image.new(mode, (1, 1)).getbands())
    return Image.frombytes(mode, size, random.Random(1).randbytes(size[0] * size[1] * bands))


def ramp() -> Image.Image:
    return Image.merge("RGB", [Image.linear_gradient("L").resize(SIZE)] * 3)


def code_of(act: Callable[[], Any]) -> str:
    with pytest.raises(PictureFault) as caught:
        act()
    return caught.value.code


def frames() -> tuple[Image.Image, dict[str, Any]]:
    return noisy(), {"save_all": True, "append_images": [ramp()]}


@pytest.mark.parametrize(
    ("format", "image", "options"),
    [
        ("png", noisy(), {}),
        ("png", noisy("RGBA"), {}),
        ("png", noisy("L"), {}),
        ("png", noisy().quantize(16), {"optimize": True}),
        ("png", ramp().convert("1"), {}),
        ("png", Image.new("I;16", SIZE), {}),
        ("jpeg", noisy(), {}),
        ("jpeg", noisy(), {"progressive": True, "restart_marker_rows": 1}),
        ("jpeg", noisy("L"), {"comment": b"\xff\xd9 is not the end"}),
        ("webp", noisy(), {}),
        ("webp", noisy(), {"lossless": True}),
        ("webp", noisy("RGBA"), {}),
        ("webp", noisy("RGBA"), {"lossless": True, "exif": b"Exif\0\0II*\0"}),
        ("gif", noisy(), {}),
        ("gif", *frames()),
    ],
)
def test_whole_pictures_are_measured(format: str, image: Image.Image, options: dict[str, Any]) -> None:
    data = saved(image, format, **options)
    assert measure(data, ALL) == Candidate(digest_bytes(data), *SIZE, format)
    fact = facts(data)
    assert (fact.width, fact.height, fact.format, fact.bytes) == (*SIZE, format, len(data))
    assert fact.has_alpha == (image.mode == "RGBA") or "save_all" in options  # frames of a gif are patches


SAMPLES = {
    "png": saved(noisy(), "png"),
    "png-small-idats": saved(noisy(), "png", compress_level=0),
    "jpeg": saved(noisy(), "jpeg"),
    "jpeg-progressive": saved(noisy(), "jpeg", progressive=True),
    "webp": saved(noisy(), "webp"),
    "webp-lossless": saved(noisy("RGBA"), "webp", lossless=True),
    "gif": saved(noisy(), "gif"),
}


@pytest.mark.parametrize("name", SAMPLES)
def test_no_truncation_passes(name: str) -> None:
    data = SAMPLES[name]
    cuts = {*range(40), *range(0, len(data), 97), *range(len(data) - 40, len(data))}
    for cut in sorted(cuts):
        with pytest.raises(PictureFault):
            measure(data[:cut], ALL)


@pytest.mark.parametrize("name", ["png", "png-small-idats", "jpeg", "jpeg-progressive", "gif"])
def test_a_truncation_filled_with_zeros_does_not_pass(name: str) -> None:
    data = SAMPLES[name]
    for cut in (len(data) // 3, len(data) // 2, len(data) - 30):
        with pytest.raises(PictureFault):
            measure(data[:cut] + bytes(len(data) - cut), ALL)


@pytest.mark.parametrize("flip", [0x01, 0x20, 0x80, 0xFF])
def test_no_flipped_byte_of_a_png_passes(flip: int) -> None:
    data = SAMPLES["png"]
    for at in {*range(60), *range(60, len(data) - 20, 53), *range(len(data) - 20, len(data))}:
        broken = data[:at] + bytes([data[at] ^ flip]) + data[at + 1 :]
        with pytest.raises(PictureFault):
            measure(broken)


@pytest.mark.parametrize("name", ["jpeg", "jpeg-progressive", "webp", "webp-lossless", "gif"])
def test_flipped_bytes_without_checksums_never_raise_anything_else(name: str) -> None:
    """JPEG, WebP and GIF carry no checksum: a flip may give other pixels, but the size and format still hold."""
    data = SAMPLES[name]
    for at in range(0, len(data), 41):
        broken = data[:at] + bytes([data[at] ^ 0x55]) + data[at + 1 :]
        try:
            found = measure(broken, ALL)
        except PictureFault:
            continue
        assert found.format == name.split("-")[0]


def rebuilt(pixels: bytes, *, size: tuple[int, int] = SIZE, extra: bytes = b"", colour: int = 2) -> bytes:
    """A PNG around given zlib data, all checksums right."""
    header = struct.pack(">IIBBBBB", *size, 8, colour, 0, 0, 0)
    chunks = png_chunk(b"IHDR", header) + extra + png_chunk(b"IDAT", pixels) + png_chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


ROWS = bytes(SIZE[1] * (1 + 3 * SIZE[0]))


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "picture-unknown"),
        (b"<html>", "picture-unknown"),
        (b"\x89PNG", "picture-unknown"),
        (b"\x89PNG\r\n\x1a\n", "picture-truncated"),
        (b"\xff\xd8\xff\xd9", "picture-damaged"),
        (b"RIFF\x04\0\0\0WEBP", "picture-damaged"),
        (b"RIFF\x04\0\0\0WAVE", "picture-damaged"),
        (b"GIF89a", "picture-truncated"),
        (bomb(), "picture-bomb"),
        (animated(SIZE), "picture-animated"),
        (saved(frames()[0], "webp", **frames()[1]), "picture-animated"),
        (saved(noisy(), "gif"), "picture-format"),
        (saved(noisy(), "tiff"), "picture-unknown"),
        (SAMPLES["png"] + b"PK\x03\x04", "picture-trailing"),
        (SAMPLES["jpeg"] + SAMPLES["jpeg"], "picture-trailing"),
        (SAMPLES["webp"] + b"<script>", "picture-trailing"),
        (rebuilt(zlib.compress(ROWS)[:-20]), "picture-truncated"),
        (rebuilt(zlib.compress(ROWS[: len(ROWS) // 2])), "picture-truncated"),
        (rebuilt(b"not zlib at all"), "picture-damaged"),
        (rebuilt(zlib.compress(b"\x09" * len(ROWS))), "picture-damaged"),
        (rebuilt(zlib.compress(ROWS), size=(0, 64)), "picture-damaged"),
        (rebuilt(zlib.compress(ROWS), colour=5), "picture-damaged"),
        (rebuilt(zlib.compress(ROWS), colour=3), "picture-damaged"),
        (rebuilt(zlib.compress(ROWS), extra=png_chunk(b"EVIL", b"")), "picture-damaged"),
        (rebuilt(zlib.compress(ROWS), size=(4000, 4000)), "picture-truncated"),
    ],
)
def test_what_is_no_picture_is_refused_with_its_reason(data: bytes, code: str) -> None:
    assert code_of(lambda: measure(data)) == code


def test_padding_behind_a_picture_is_tolerated_and_other_decoders_stay_shut() -> None:
    assert measure(SAMPLES["jpeg"] + b"\0\0\n").format == "jpeg"
    assert code_of(lambda: measure(SAMPLES["webp"], ("png",))) == "picture-format"


def test_a_given_digest_is_not_computed_again() -> None:
    assert measure(SAMPLES["png"], sha256="sha256:known").sha256 == "sha256:known"


def test_measuring_a_png_does_not_decode_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "imagepipe.pictures.pixels", None)
    assert measure(picture((1024, 1024), "png", tag="a")).width == 1024


def request(**options: Any) -> Request:
    return Request("openai", "gpt-image-2", "a cup", FrozenMap(options))


def half_clear() -> Image.Image:
    image = Image.new("RGBA", SIZE, (200, 30, 30, 255))
    image.paste((0, 0, 0, 0), (0, 0, SIZE[0] // 2, SIZE[1]))
    return image


@pytest.mark.parametrize(
    ("options", "expect", "wrong"),
    [
        ({"output_format": "png", "size": "96x64"}, {}, []),
        ({"size": "auto"}, {}, []),
        ({"output_format": "webp"}, {}, ["the picture is png, and webp was asked for"]),
        ({"size": "96x96"}, {}, ["the picture is 96x64, and 96x96 was asked for"]),
        ({"background": "transparent"}, {}, []),
        ({}, {"width": 96, "height": 64, "aspect": "3:2", "format": "png", "alpha": True}, []),
        ({}, {"width": 95, "min_height": 65}, ["width is 96, expected 95", "height is 64, expected 65 or more"]),
        ({}, {"min_width": 96, "min_height": 10, "max_bytes": "4MB", "min_transparent": 0.5}, []),
        ({}, {"aspect": 1.5}, []),
        ({}, {"aspect": "16:9"}, ["aspect is 1.500, expected 16:9"]),
        ({}, {"alpha": False}, ["the picture has transparency"]),
        ({}, {"min_transparent": 0.6}, ["50.0% is transparent, expected at least 60.0%"]),
        ({}, {"max_transparent": 0.2}, ["50.0% is transparent, expected at most 20.0%"]),
        ({}, {"max_bytes": 10}, ["expected at most 10"]),
        ({}, {"max_bytes": "0.01 KiB"}, ["expected at most 0.01 KiB"]),
        ({}, {"palette": ("#c81e1e",)}, []),
        ({}, {"palette": ("#c81e1e", "#00ff00")}, ["missing from the picture: #00ff00 (the nearest is"]),
    ],
)
def test_a_picture_is_held_against_request_and_expectations(
    options: dict[str, Any], expect: dict[str, Any], wrong: list[str]
) -> None:
    data = saved(half_clear(), "png")
    problems = check(measure(data), request(**options), FrozenMap(expect), data)
    assert len(problems) == len(wrong)
    for problem, part in zip(problems, wrong, strict=True):
        assert part in problem.message
        assert problem.severity == "error"


@pytest.mark.parametrize("image", [noisy(), Image.new("RGBA", SIZE, "red")])
def test_a_transparent_background_needs_a_pixel_that_is_clear(image: Image.Image) -> None:
    data = saved(image, "png")
    (problem,) = check(measure(data), request(background="transparent"), FrozenMap(), data)
    assert "no transparency" in problem.message


def test_recorded_facts_are_enough_for_what_needs_no_pixels() -> None:
    recorded = Facts(1024, 1024, "png", 5_000_000)
    assert [p.path for p in unmet(recorded, {"alpha": True, "max_bytes": "4MB"})] == [("expect", "max_bytes")]


def exif(orientation: int, order: str = ">") -> bytes:
    start = b"MM\0*" if order == ">" else b"II*\0"
    return b"Exif\0\0" + start + struct.pack(order + "IHHHIHHI", 8, 1, 0x0112, 3, 1, orientation, 0, 0)


@pytest.mark.parametrize("format", ["jpeg", "png", "webp"])
@pytest.mark.parametrize(
    ("orientation", "order", "shown"), [(1, ">", (96, 64)), (6, ">", (64, 96)), (8, "<", (64, 96))]
)
def test_orientation_counts_for_inputs(format: str, orientation: int, order: str, shown: tuple[int, int]) -> None:
    data = saved(ramp(), format, exif=exif(orientation, order))
    fact = facts(data)
    assert (fact.width, fact.height) == shown
    sent, mime, _ = prepare_input(data)
    assert (sent == data) == (orientation == 1)
    with Image.open(io.BytesIO(sent)) as image:
        assert image.size == shown
        assert mime == f"image/{image.format.lower() if image.format else ''}"


def test_a_cmyk_jpeg_becomes_rgb_and_stays_jpeg() -> None:
    sent, mime, suffix = prepare_input(saved(noisy().convert("CMYK"), "jpeg"))
    assert (mime, suffix, header_of(sent).mode) == ("image/jpeg", "jpeg", "rgb8")


@pytest.mark.parametrize(
    ("image", "format", "mode"),
    [
        (noisy().quantize(16), "png", "RGB"),
        (noisy("L"), "png", "RGB"),
        (noisy("LA"), "png", "RGBA"),
        (half_clear().quantize(16), "png", "RGBA"),
        (noisy(), "gif", "RGB"),
        (Image.new("I;16", SIZE, 0x8000), "png", "RGB"),
    ],
)
def test_inputs_become_eight_bit_rgb(image: Image.Image, format: str, mode: str) -> None:
    sent, mime, suffix = prepare_input(saved(image, format))
    assert (mime, suffix) == ("image/png", "png")
    with Image.open(io.BytesIO(sent)) as seen:
        assert (seen.mode, seen.size) == (mode, SIZE)
        if image.mode == "I;16":
            assert seen.getpixel((0, 0)) == (127, 127, 127)


@pytest.mark.parametrize("format", ["png", "jpeg", "webp"])
def test_inputs_that_are_fit_are_sent_as_they_are(format: str) -> None:
    data = saved(noisy(), format) + b""
    assert prepare_input(data) == (data, f"image/{format}", format)
    with pytest.raises(PictureFault):
        prepare_input(data[: len(data) // 2])
