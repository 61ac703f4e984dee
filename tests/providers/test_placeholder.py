import asyncio
import io
from typing import Any

import pytest
from PIL import Image, ImageFont, features

from imagepipe.contracts import End, Terms
from imagepipe.pictures import PictureFault, measure
from imagepipe.providers import provider
from imagepipe.providers.card import Card, draw
from imagepipe.providers.colours import Rgb, scheme
from imagepipe.providers.imageapi import DIALECT
from imagepipe.providers.lettering import _drawable, fitted, font, plain, shortened, width, wrapped
from imagepipe.values import FrozenMap, InputFact, Request
from tests.providers.calling import sent

PROMPT = "A ceramic mug on a wooden table beside a window, morning light, shallow depth of field, muted colours"


def request(prompt: str = PROMPT, label: str = "product-mug", **options: Any) -> Request:
    return Request("placeholder", "gpt-image-2", prompt, FrozenMap(options), label=label)


def drawn(asked: Request) -> tuple[bytes, ...]:
    reply, body, verdict = sent(provider(Terms("placeholder", "placeholder"), {}), asked)
    assert (reply.status, verdict.end) == (200, End.RECEIVED)
    return DIALECT.pictures(body, asked).images


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def test_it_is_free_and_needs_no_key() -> None:
    source = provider(Terms("placeholder", "placeholder"), {})
    assert source.free
    asyncio.run(source.close())


@pytest.mark.parametrize("format", ["png", "jpeg", "webp", "gif", "svg"])
@pytest.mark.parametrize("size", ["1024x1024", "1536x1024", "3840x1280", "1280x3840", "16x16", "48x32", "640x1"])
def test_size_and_format_are_exact(format: str, size: str) -> None:
    (data,) = drawn(request(size=size, output_format=format, frame_count=2))
    found = measure(data, (format,))
    assert (f"{found.width}x{found.height}", found.format) == (size, format)


def test_auto_is_a_square_png_and_the_answer_says_so() -> None:
    asked = request(size="auto")
    _, body, _ = sent(provider(Terms("placeholder", "placeholder"), {}), asked)
    found = DIALECT.pictures(body, asked)
    assert measure(found.images[0]).width == 1024
    assert found.echoed == {"background": "opaque", "output_format": "png", "size": "1024x1024"}
    assert found.usage == {}


@pytest.mark.parametrize("options", [{"output_format": "tiff"}, {"size": "large"}])
def test_what_it_cannot_draw_it_refuses(options: dict[str, str]) -> None:
    _, _, verdict = sent(provider(Terms("placeholder", "placeholder"), {}), request(**options))
    assert (verdict.end, verdict.code) == (End.REFUSED, "request-invalid")
    assert next(iter(options.values())) in verdict.message


@pytest.mark.parametrize("format", ["png", "webp"])
def test_transparent_backgrounds_are_transparent(format: str) -> None:
    (data,) = drawn(request(background="transparent", output_format=format, size="256x256"))
    alpha = opened(data).convert("RGBA").getchannel("A")
    assert alpha.getpixel((0, 0)) == 0
    assert alpha.getpixel((128, 128)) == 255


@pytest.mark.parametrize(
    ("format", "transparent"), [("png", False), ("png", True), ("jpeg", False), ("webp", False), ("webp", True)]
)
@pytest.mark.parametrize("label", ["hero", "hero-sign@de,dark", "a/very/long/asset/name/that/goes/on"])
def test_a_megapixel_takes_fifteen_kilobytes_at_most(format: str, transparent: bool, label: str) -> None:
    for number in range(0, 300, 43):
        assert len(draw(Card(1024, 1024, format, label, PROMPT * 5, number, 2, 3, transparent))) <= 15_000


def test_the_same_request_gives_the_same_bytes_and_variants_differ() -> None:
    three = drawn(request(n=3, size="256x256"))
    assert three == drawn(request(n=3, size="256x256"))
    assert len(set(three)) == 3
    changed = [
        sum(a != b for a, b in zip(opened(three[0]).tobytes(), opened(one).tobytes(), strict=True)) for one in three[1:]
    ]
    assert min(changed) > 256 * 256 // 10


def ground(data: bytes) -> Any:
    colours = opened(data).convert("RGB").getcolors(1 << 20)
    assert colours
    return max(colours)[1]


def test_the_colour_comes_from_the_request() -> None:
    base = request(size="256x256", quality="low")
    others = [
        request("another prompt", size="256x256", quality="low"),
        request(size="256x256", quality="high"),
        Request("placeholder", "gpt-image-2", PROMPT, base.options, (InputFact("target", "a.png", "sha256:1"),)),
    ]
    grounds = {ground(drawn(item)[0]) for item in (base, *others)}
    assert len(grounds) > 1
    assert drawn(request(label="x", size="16x16")) == drawn(request(label="y", size="16x16"))


def test_name_size_and_words_are_drawn() -> None:
    plainly, named, worded = (
        draw(Card(512, 512, "png", label, prompt, 5))
        for label, prompt in (("a", ""), ("product-mug", ""), ("a", PROMPT))
    )
    empty, with_name, with_words = (opened(data).tobytes() for data in (plainly, named, worded))
    half = len(empty) // 2
    assert with_name[:half] != empty[:half]
    assert with_name[half:] == empty[half:]
    assert with_words[:half] == empty[:half]
    assert with_words[half:] != empty[half:]


def luminance(colour: Rgb) -> float:
    """Relative luminance (WCAG 2.2)."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (value / 255 for value in colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("number", range(0, 72))
def test_ink_is_legible_on_every_tone(number: int) -> None:
    colours = scheme(number)
    ink = luminance(colours.ink)
    for tone in (colours.ground, colours.tone, colours.accent):
        light, dark = max(ink, luminance(tone)), min(ink, luminance(tone))
        assert (light + 0.05) / (dark + 0.05) >= 4.5


@pytest.mark.parametrize(
    ("text", "set_as"),
    [
        ("  a\n mug\t ", "a mug"),
        ("Käse – Straße für 3×4", "Kase - Strasse fur 3x4"),
        ("“quoted” words…", "“quoted” words…"),
        ("夜の灯台", ""),
        ("a \u202e\x1b[31m mug", "a [31m mug"),
    ],
)
def test_text_is_set_in_what_the_typeface_has(text: str, set_as: str) -> None:
    assert plain(text) == set_as


def test_text_fits_or_is_shortened() -> None:
    text, size = fitted("a-rather-long-name", 40, 100)
    assert width(text, size) <= 100
    assert fitted("mug", 20, 500) == ("mug", 20)
    assert fitted("a-name-without-end" * 20, 40, 60)[0].endswith("…")
    assert shortened("mug", 20, 1) == ""
    lines = wrapped(PROMPT, 20, 200, 2)
    assert len(lines) == 2
    assert all(width(line, 20) <= 200 for line in lines)
    assert lines[-1].endswith("…")
    assert wrapped(PROMPT, 20, 200, 0) == []


def fresh() -> None:
    font.cache_clear()
    _drawable.cache_clear()


def test_without_freetype_the_bitmap_font_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(features, "check", lambda name: False)
    monkeypatch.setattr(ImageFont, "core", object())
    fresh()
    try:
        data = draw(Card(256, 256, "png", "mug", PROMPT, 3))
    finally:
        fresh()
    assert measure(data).width == 256


def test_a_gif_has_the_frames_asked_for() -> None:
    (data,) = drawn(request(output_format="gif", size="64x64", frame_count=4, frame_duration_ms=120))
    assert getattr(opened(data), "n_frames", 1) == 4
    assert opened(data).info["duration"] == 120
    with pytest.raises(PictureFault):
        measure(data)
