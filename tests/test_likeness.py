"""How much two pictures differ, held against pictures whose difference is known."""

import io

import pytest
from PIL import Image, ImageFilter

from imagepipe.pictures import PictureFault
from imagepipe.pictures.likeness import likeness
from imagepipe.pictures.thumbs import thumb


def png(image: Image.Image) -> bytes:
    target = io.BytesIO()
    image.save(target, "PNG")
    return target.getvalue()


def flat(colour: str, size: tuple[int, int] = (64, 48), mode: str = "RGB") -> Image.Image:
    return Image.new(mode, size, colour)


NOISE = Image.effect_noise((320, 200), 60).convert("RGB")


@pytest.mark.parametrize(
    ("before", "after", "ssim", "difference"),
    [
        (NOISE, NOISE, (1.0, 1.0), (0.0, 0.0)),
        (flat("black"), flat("white"), (0.0, 0.001), (1.0, 1.0)),
        (flat("black"), flat("#330000"), (0.0, 0.99), (0.0666, 0.0667)),
        (NOISE, NOISE.filter(ImageFilter.GaussianBlur(3)), (-0.1, 0.3), (0.1, 0.3)),
        (flat("#00000000", mode="RGBA"), flat("#808080"), (1.0, 1.0), (0.0, 0.0)),
        (flat("black", (1, 1)), flat("black", (3000, 2)), (1.0, 1.0), (0.0, 0.0)),
    ],
)
def test_the_figures_are_what_the_pictures_say(
    before: Image.Image, after: Image.Image, ssim: tuple[float, float], difference: tuple[float, float]
) -> None:
    found = likeness(png(before), png(after))
    assert ssim[0] <= found.ssim <= ssim[1]
    assert difference[0] <= found.difference <= difference[1]
    assert found.resized == (before.size != after.size)


def test_a_small_change_scores_less_than_a_large_one() -> None:
    small, large = NOISE.copy(), NOISE.copy()
    small.paste((255, 0, 0), (0, 0, 20, 20))
    large.paste((255, 0, 0), (0, 0, 200, 200))
    near, far = likeness(png(NOISE), png(small)), likeness(png(NOISE), png(large))
    assert 0 < near.difference < far.difference
    assert 1 > near.ssim > far.ssim


def test_what_is_no_picture_is_refused() -> None:
    with pytest.raises(PictureFault):
        likeness(png(NOISE), b"text")


@pytest.mark.parametrize("most", [40_000, 6_000, 1_500])
def test_a_thumb_keeps_to_its_bounds(most: int) -> None:
    data, width, height = thumb(png(NOISE), 160, most)
    assert len(data) <= most
    with Image.open(io.BytesIO(data)) as image:
        assert (image.format, image.size) == ("WEBP", (width, height))
        assert max(image.size) <= 160
