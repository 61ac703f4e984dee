"""What needs the decoder: whether all pixels are there, and how transparent or coloured they are."""

import io

from PIL import Image, UnidentifiedImageError

from imagepipe.pictures.header import PictureFault

_TOLERANCE = 24


def opened(data: bytes, format: str) -> Image.Image:
    """The decoded picture, with no decoder but that of `format`. Raises PictureFault where not all pixels are there."""
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


def missing_colours(data: bytes, format: str, colours: tuple[str, ...]) -> tuple[str, ...]:
    """Those of `colours` (#rrggbb) that no patch of a 64×64 reduction comes near (24 of 255 in every channel)."""
    small = opened(data, format).convert("RGB").resize((64, 64), Image.Resampling.BOX)
    patches = {found for _, found in small.getcolors(64 * 64) or ()}
    return tuple(name for name in colours if not any(_near(_rgb(name), patch) for patch in patches))


def _rgb(name: str) -> tuple[int, int, int]:
    return int(name[1:3], 16), int(name[3:5], 16), int(name[5:7], 16)


def _near(wanted: tuple[int, int, int], found: object) -> bool:
    return isinstance(found, tuple) and all(abs(a - b) <= _TOLERANCE for a, b in zip(wanted, found, strict=True))
