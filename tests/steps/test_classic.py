"""classic equals an independent implementation of its formulas, whatever the options."""

import itertools
import random
from typing import Any

import numpy as np
import pytest
from PIL import Image

from imagepipe.steps.cutout import matte
from tests.steps import classic_reference

KEYS = ["#00ff00", "#ff00ff", "#0000ff", "#ffffff", "#101010", "#7f7f7f", "#80ff90", "#f0e010"]
EDGES: list[dict[str, Any]] = [{}, {"edge_contract": 1}, {"edge_feather": 2.5}, {"edge_contract": 3, "edge_feather": 1}]


def random_picture(size: tuple[int, int], key: str, seed: int) -> Image.Image:
    """Noise, near-key pixels, mixtures with the key, grey and partly clear ones, on a ragged key border."""
    rng, (width, height) = random.Random(seed), size
    keyed = tuple(int(key[at : at + 2], 16) for at in (1, 3, 5))
    image = Image.new("RGBA", size)
    for y, x in itertools.product(range(height), range(width)):
        noise = [rng.randrange(256) for _ in range(3)]
        share = rng.choice([0, 0, 1, 1, rng.random(), 0.97, 0.9])
        if min(x, y, width - 1 - x, height - 1 - y) < 2:
            share = rng.choice([0.98, 1, 1, 1])
        colour = [round(k * share + n * (1 - share)) for k, n in zip(keyed, noise, strict=True)]
        colour = [min(255, max(0, c + rng.randint(-14, 14))) for c in colour]
        image.putpixel((x, y), (*colour, rng.choice([255, 255, 255, rng.randrange(256), 9])))
    return image


def assert_equal(image: Image.Image, options: dict[str, Any]) -> None:
    wanted = np.asarray(classic_reference.cut(image, options))
    made = matte(np.asarray(image), {"mode": "classic", **options})
    wrong = np.argwhere((wanted != made).any(axis=-1))
    assert not len(wrong), (options, wrong[:3], [(wanted[y, x], made[y, x]) for y, x in wrong[:3]])


@pytest.mark.parametrize("despill", [False, True])
@pytest.mark.parametrize("soft", [False, True])
@pytest.mark.parametrize("key", KEYS)
def test_every_key(key: str, soft: bool, despill: bool) -> None:
    image = random_picture((37, 23), key, 1)
    for auto in ({"key": key}, {"auto": "corners"}, {"auto": "border"}):
        assert_equal(image, {**auto, "soft_matte": soft, "despill": despill})


@pytest.mark.parametrize("edge", EDGES)
@pytest.mark.parametrize("numbers", [(0, 0, 1), (12, 12, 96), (40, 5, 7), (255, 0, 255), (12.5, 3.25, 90.75)])
def test_every_number(numbers: tuple[float, float, float], edge: dict[str, Any]) -> None:
    names = ("tolerance", "transparent_threshold", "opaque_threshold")
    options = {**dict(zip(names, numbers, strict=True)), "soft_matte": True, "despill": True, **edge}
    assert_equal(random_picture((29, 31), "#00ff00", 2), options)


@pytest.mark.parametrize("size", [(1, 1), (1, 7), (5, 1), (2, 2), (13, 300), (300, 12), (530, 6), (6, 1030)])
@pytest.mark.parametrize("auto", ["corners", "border"])
def test_every_size(size: tuple[int, int], auto: str) -> None:
    assert_equal(random_picture(size, "#00ff00", 3), {"auto": auto, "soft_matte": True})


def test_all_pixels_of_a_key() -> None:
    """Every pair of key-channel and other-channel value, so that no table entry is left out."""
    strength, rest = np.meshgrid(np.arange(256), np.arange(256))
    rgba = np.stack([rest, strength, rest // 2, np.full_like(rest, 255)], axis=-1).astype(np.uint8)
    image = Image.fromarray(rgba)
    assert_equal(image, {"key": "#00ff00", "soft_matte": True, "despill": True})
    assert_equal(image, {"key": "#20f3f0", "soft_matte": True, "despill": True, "opaque_threshold": 200})
