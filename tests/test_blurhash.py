"""The BlurHash of a picture, read back by an independent decoder."""

import math
from io import BytesIO

import pytest
from PIL import Image

from imagepipe.pictures.blurhash import blur

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~"


def number(text: str) -> int:
    return sum(DIGITS.index(c) * 83**at for at, c in enumerate(reversed(text)))


def decoded(text: str, u: float, v: float) -> tuple[int, ...]:
    """The colour at (u, v), each from 0 to 1, by the algorithm's description."""
    across, down = number(text[0]) % 9 + 1, number(text[0]) // 9 + 1
    most = (number(text[1]) + 1) / 166
    mean = number(text[2:6])
    linear = [((c / 255 + 0.055) / 1.055) ** 2.4 if c > 10 else c / 255 / 12.92 for c in mean.to_bytes(3)]
    factors = [linear]
    for at in range(6, len(text), 2):
        value = number(text[at : at + 2])
        steps = [(value // 361 - 9) / 9, (value // 19 % 19 - 9) / 9, (value % 19 - 9) / 9]
        factors.append([math.copysign(step * step, step) * most for step in steps])
    total = [0.0, 0.0, 0.0]
    for at, factor in enumerate(factors):
        weight = math.cos(math.pi * (at % across) * u) * math.cos(math.pi * (at // across) * v)
        total = [t + f * weight for t, f in zip(total, factor, strict=True)]
    assert len(factors) == across * down
    return tuple(
        round((1.055 * max(0.0, min(1, t)) ** (1 / 2.4) - 0.055) * 255)
        if t > 0.0031
        else round(max(0, t) * 12.92 * 255)
        for t in total
    )


def file(image: Image.Image, format: str = "PNG") -> bytes:
    data = BytesIO()
    image.save(data, format)
    return data.getvalue()


@pytest.mark.parametrize("colour", ["#c02020", "#000000", "#ffffff", "#123456"])
def test_a_flat_picture_is_its_colour(colour: str) -> None:
    found = blur(file(Image.new("RGB", (50, 40), colour)))
    assert found.color == colour
    wanted = tuple(bytes.fromhex(colour[1:]))
    assert all(abs(a - b) <= 4 for a, b in zip(decoded(found.hash, 0.3, 0.6), wanted, strict=True))


@pytest.mark.parametrize(("size", "start"), [((90, 60), "L"), ((60, 90), "T")])
def test_a_ramp_runs_the_same_way(size: tuple[int, int], start: str) -> None:
    ramp = Image.linear_gradient("L").resize(size)
    found = blur(file(ramp.convert("RGB"))).hash
    assert found[0] == start
    assert len(found) == 28
    assert decoded(found, 0.5, 0.05)[0] < 100 < 180 < decoded(found, 0.5, 0.95)[0]


def test_what_is_clear_lies_on_white() -> None:
    assert blur(file(Image.new("RGBA", (9, 9), (255, 0, 0, 0)))).color == "#ffffff"


def test_other_formats_and_tiny_pictures() -> None:
    for format in ("JPEG", "WEBP", "GIF"):
        assert blur(file(Image.new("RGB", (1, 1), "white"), format)).color in ("#ffffff", "#fefefe")
