"""Pictures on their way into a page: whole, small or left out, and within the page's bounds however many there are."""

import io

import pytest
from PIL import Image, ImageFilter

from imagepipe.digest import digest_bytes
from imagepipe.pipeline.embedding import Embed, Embedder


def photo(seed: int = 1) -> bytes:
    """A picture that compresses as badly as photographs do."""
    bands = [Image.effect_noise((640, 640), 80).filter(ImageFilter.GaussianBlur(r + seed)) for r in (0, 1, 2)]
    target = io.BytesIO()
    Image.merge("RGB", bands).save(target, "PNG")
    return target.getvalue()


PHOTO = photo()
NAME = digest_bytes(PHOTO)


@pytest.mark.parametrize(
    ("embed", "begins"), [("full", "data:image/png;base64,"), ("thumbs", "data:image/webp;base64,"), ("none", "")]
)
def test_a_picture_is_embedded_as_wanted(embed: Embed, begins: str) -> None:
    found = Embedder(embed, 1).picture(NAME, PHOTO)
    assert found is not None
    assert (found.width, found.height) == (640, 640), "the size told is that of the file"
    assert found.uri.startswith(begins)
    assert bool(found.uri) == bool(begins)


@pytest.mark.parametrize(("assets", "each"), [(10, 18_000), (1000, 8_500), (3000, 2_834)])
def test_many_pictures_stay_within_the_page(assets: int, each: int) -> None:
    found = Embedder("thumbs", 2 * assets).picture(NAME, PHOTO)
    assert found is not None
    assert len(found.uri) <= each * 4 / 3 + 40
    assert len(found.uri) * 2 * min(assets, 1000) < 25_000_000


@pytest.mark.parametrize("data", [b"", b"no picture", PHOTO[:200]])
def test_what_cannot_be_shown_is_named(data: bytes) -> None:
    found = Embedder("full", 1).picture(NAME, data)
    assert found is not None
    assert (found.sha256, found.uri) == (NAME, "")


def test_no_picture_is_none() -> None:
    assert Embedder("full", 1).picture("", b"") is None
