"""File bytes to pixels as every step wants them: still, upright, 8 bits, RGB or RGBA, sRGB unless its profile is kept."""

import struct
from io import BytesIO
from typing import Any

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from imagepipe.errors import ImagepipeError

READABLE = ("PNG", "JPEG", "WEBP", "GIF")
MAX_PIXELS = 100_000_000
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, Image.DecompressionBombError, Image.DecompressionBombWarning)


class BadPicture(ImagepipeError):
    """The bytes are no picture that steps can work on."""


def opened(data: bytes, *, keep_profile: bool = False) -> Image.Image:
    """The picture in `data`, decoded, turned as its EXIF orientation says; `info` holds at most its ICC profile.

    Without `keep_profile` colours are brought to sRGB. Raises BadPicture for what is no PNG, JPEG, WebP or GIF, is
    broken, animated, or too large.
    """
    if not data:
        raise BadPicture("the picture's file is empty", code="picture-unknown")
    try:
        image = Image.open(BytesIO(data), formats=READABLE)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        message = f"the picture has more pixels than can be worked on, {MAX_PIXELS}"
        raise BadPicture(message, code="picture-bomb") from None
    except UnidentifiedImageError:
        raise BadPicture("the file is no PNG, JPEG, WebP or GIF picture", code="picture-unknown") from None
    except _BROKEN as error:
        raise BadPicture(f"the picture cannot be read: {str(error)[:100]}", code="picture-damaged") from None
    with image:
        _refuse(image)
        try:
            image.load()
        except _BROKEN as error:
            message = f"the {image.format} picture is damaged or cut short: {str(error)[:100]}"
            raise BadPicture(message, code="picture-damaged") from None
        return _plain(upright(image), keep_profile)


def upright(image: Image.Image) -> Image.Image:
    """The picture turned as its EXIF says; as it is where the EXIF cannot be read, since it is no part of the pixels."""
    try:
        return ImageOps.exif_transpose(image)
    except (*_BROKEN, struct.error, KeyError, TypeError):
        return image


def _refuse(image: Image.Image) -> None:
    frames = getattr(image, "n_frames", 1)
    if frames > 1:
        message = f"the {image.format} picture is animated ({frames} frames), and steps work on stills"
        raise BadPicture(message, hint="save one frame of it", code="picture-animated")
    if image.width * image.height > MAX_PIXELS:
        message = f"the picture is {image.width}x{image.height} pixels; at most {MAX_PIXELS} can be worked on"
        raise BadPicture(message, code="picture-bomb")


def _plain(image: Image.Image, keep_profile: bool) -> Image.Image:
    """RGB or RGBA with eight bits; a profile that does not fit what the pixels have become is applied, not kept."""
    profile = image.info.get("icc_profile")
    mode = "RGBA" if image.has_transparency_data else "RGB"
    made = eight_bit(image)
    if profile and not (keep_profile and made.mode in ("RGB", "RGBA")):
        made, profile = _in_srgb(made, profile), None
    made = made.convert(mode) if made.mode != mode else made.copy()
    made.info = {"icc_profile": profile} if profile else {}
    return made


def eight_bit(image: Image.Image) -> Image.Image:
    """16-bit grey scaled down, where Pillow would clip it."""
    if image.mode.startswith("I"):
        return image.convert("I").point(lambda value: value * (1 / 257) + 0.5).convert("L")
    return image


def _in_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """The picture's colours in sRGB, by relative colorimetric intent; as they are where the profile is broken."""
    target: Any = ImageCms.createProfile("sRGB")
    if image.mode == "P":
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    alpha = image.getchannel("A") if image.mode in ("RGBA", "LA") else None
    plain = image.convert(image.mode[:-1]) if alpha else image
    intent = ImageCms.Intent.RELATIVE_COLORIMETRIC
    try:
        made = ImageCms.profileToProfile(plain, BytesIO(profile), target, intent, "RGB")
    except (ImageCms.PyCMSError, OSError):
        return image
    if made is None:
        return image
    if alpha:
        made.putalpha(alpha)
    return made
