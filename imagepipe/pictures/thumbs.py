"""Small versions of pictures for a page: WebP, within a number of pixels and of bytes."""

from io import BytesIO

from PIL import Image

from imagepipe.pictures.contactsheet import fitted

_TRIES = ((1.0, 80), (1.0, 60), (0.75, 60), (0.5, 50), (0.35, 40))
"""Share of the side, WebP quality: the first that is small enough is taken."""


def thumb(data: bytes, side: int, most: int) -> tuple[bytes, int, int]:
    """The picture as WebP of at most `side` pixels a side and, as far as that goes, `most` bytes; its width and height.

    Raises PictureFault for bytes that are no picture.
    """
    image = fitted(data, side)
    for share, quality in _TRIES:
        small = _reduced(image, share)
        target = BytesIO()
        small.save(target, "WEBP", quality=quality, method=3)
        if target.tell() <= most:
            break
    return target.getvalue(), small.width, small.height


def _reduced(image: Image.Image, share: float) -> Image.Image:
    if share == 1.0:
        return image
    small = image.copy()
    small.thumbnail((max(1, round(image.width * share)), max(1, round(image.height * share))), Image.Resampling.LANCZOS)
    return small
