"""Makes an input picture fit to be sent: 8-bit RGB or RGBA, upright. What is fit already is sent untouched."""

import io

from PIL import Image, ImageOps

from imagepipe.pictures.header import Header
from imagepipe.pictures.pixels import opened
from imagepipe.pictures.reading import header_of

_FIT = {("png", "rgb8"), ("jpeg", "rgb8"), ("webp", "rgb8")}


def prepare_input(data: bytes) -> tuple[bytes, str, str]:
    """The bytes to send, their MIME type and file suffix. Raises PictureFault for what is no picture.

    Palette, CMYK, grey and 16-bit pictures become 8-bit PNG (JPEG stays JPEG where it has no alpha to lose: its pixels
    are lossy already, at quality 95); EXIF orientation is applied; animations are reduced to their first frame.
    """
    header = header_of(data)
    if (header.format, header.mode) in _FIT and header.orientation == 1 and not header.animated:
        return data, f"image/{header.format}", header.format
    image = _eight_bit(opened(data, header.format), header)
    if header.orientation != 1:  # Else EXIF has nothing to say, which may be because it cannot be read.
        image = ImageOps.exif_transpose(image)
    format = "jpeg" if header.format == "jpeg" else "png"
    out = io.BytesIO()
    image.save(
        out, format.upper(), **({"quality": 95, "subsampling": 0} if format == "jpeg" else {"compress_level": 3})
    )
    return out.getvalue(), f"image/{format}", format


def _eight_bit(image: Image.Image, header: Header) -> Image.Image:
    """The picture as RGB or RGBA, 16-bit grey scaled down (Pillow would clip it)."""
    if image.mode.startswith("I"):
        image = image.point(lambda value: value / 257).convert("L")
    return image.convert("RGBA" if header.has_alpha else "RGB")
