"""What needs the decoder: whether all pixels are there, and how transparent they are."""

import io

from PIL import Image, UnidentifiedImageError

from imagepipe.pictures.header import PictureFault


def opened(data: bytes, format: str) -> Image.Image:
    """The decoded picture, with no decoder but that of `format`. Raises PictureFault where not all pixels are there."""
    if format == "svg":
        raise PictureFault("the picture is a drawing (svg), and has no pixels", code="picture-vector")
    try:
        image = Image.open(io.BytesIO(data), formats=(format.upper(),))
        image.load()
    except (OSError, SyntaxError, ValueError, EOFError, UnidentifiedImageError, Image.DecompressionBombError) as error:
        text = f"the {format} picture cannot be decoded: {str(error)[:100]}"
        raise PictureFault(text, code="picture-damaged") from None
    return image


def decode(data: bytes, format: str) -> None:
    """Decodes all pixels and forgets them: every frame of a gif. Raises PictureFault."""
    image = opened(data, format)
    try:
        for index in range(1, getattr(image, "n_frames", 1)):
            image.seek(index)
            image.load()
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise PictureFault(f"the {format} picture breaks off: {str(error)[:100]}", code="picture-truncated") from None


def transparent_share(data: bytes, format: str) -> float:
    """The share of fully transparent pixels, 0 to 1. Raises PictureFault."""
    image = opened(data, format)
    if not image.has_transparency_data:
        return 0.0
    alpha = image.convert("RGBA").getchannel("A")
    return alpha.histogram()[0] / (alpha.width * alpha.height)


def has_translucency(data: bytes, format: str) -> bool:
    """Whether any pixel lets something through. Raises PictureFault."""
    image = opened(data, format)
    if not image.has_transparency_data:
        return False
    lowest = image.convert("RGBA").getchannel("A").getextrema()[0]
    return isinstance(lowest, int | float) and lowest < 255
