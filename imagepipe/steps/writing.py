"""How each file format is written: Pillow's options, chosen for small files that are the same every time."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from io import BytesIO
from typing import Any

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from imagepipe.errors import ImagepipeError
from imagepipe.frozen import frozen
from imagepipe.steps.colours import flattened
from imagepipe.steps.containers import gif_with, ico
from imagepipe.steps.palette import compacted
from imagepipe.steps.scaling import scaled

_EFFORT = 6
_QUALITY = {"jpeg": 85, "webp": 80, "avif": 60}
_ICO_SIDES = (16, 32, 48)
_ICO_MOST = 256
_XMP = "XML:com.adobe.xmp"

Options = Mapping[str, Any]


class CannotWrite(ImagepipeError):
    """The picture does not fit the format."""


@frozen
class Sheet:
    """A picture (RGB or RGBA) with what goes into its file beside the pixels: ICC profile and XMP packet, b"": none."""

    image: Image.Image
    profile: bytes = b""
    xmp: bytes = b""

    @property
    def extras(self) -> dict[str, bytes]:
        """As Pillow's save options."""
        named = {"icc_profile": self.profile, "xmp": self.xmp}
        return {name: data for name, data in named.items() if data}


def write(sheet: Sheet, format: str, options: Options) -> bytes:
    """The file's bytes. Raises CannotWrite, OSError."""
    file = BytesIO()
    # Pillow keeps the options of a save on the picture itself: two threads that save one picture mix them up.
    own = replace(sheet, image=sheet.image.copy())
    _SAVE[format](own, file, options)
    return file.getvalue()


def quality_of(format: str, options: Options) -> int:
    """The quality a file is written with, 0 where it has none to lower."""
    if format not in _QUALITY or options.get("lossless", False):
        return 0
    return int(options.get("quality", _QUALITY[format]))


def _effort(options: Options) -> int:
    return int(options.get("effort", _EFFORT))


def _png(sheet: Sheet, file: BytesIO, options: Options) -> None:
    effort, image = _effort(options), sheet.image
    if effort:
        image = compacted(image)
    info = _told(sheet.xmp)
    image.save(file, "PNG", compress_level=effort, pnginfo=info, icc_profile=sheet.profile or None)


def _told(xmp: bytes) -> PngInfo:
    info = PngInfo()
    if xmp:
        info.add_itxt(_XMP, xmp.decode())
    return info


def _jpeg(sheet: Sheet, file: BytesIO, options: Options) -> None:
    quality = quality_of("jpeg", options)
    # Halved colour shows on red and on text; above 90 nobody wants to see it.
    sampling = "4:4:4" if quality > 90 else "4:2:0"
    image = flattened(sheet.image, (255, 255, 255))
    image.save(file, "JPEG", quality=quality, subsampling=sampling, optimize=True, progressive=True, **sheet.extras)


def _webp(sheet: Sheet, file: BytesIO, options: Options) -> None:
    # libwebp's methods are 0 to 6; exact keeps the colour of clear pixels, which later scaling blends in.
    method, lossless = round(_effort(options) * 6 / 9), bool(options.get("lossless", False))
    quality = int(options.get("quality", _QUALITY["webp"]))
    sheet.image.save(file, "WEBP", quality=quality, lossless=lossless, method=method, exact=lossless, **sheet.extras)


def _avif(sheet: Sheet, file: BytesIO, options: Options) -> None:
    # libavif's speeds are 10 (quick) to 0; more than one thread would change nothing but who waits.
    speed = 10 - round(_effort(options) * 2 / 3)
    sheet.image.save(file, "AVIF", quality=quality_of("avif", options), speed=speed, max_threads=1, **sheet.extras)


def _gif(sheet: Sheet, file: BytesIO, options: Options) -> None:
    image, made = sheet.image, BytesIO()
    if image.mode == "RGBA":
        # GIF knows clear and solid, nothing between; clear pixels get a colour of their own, and the edge its own
        # colour, since one mixed with a ground shows as a fringe on every other.
        clear = image.getchannel("A").point(lambda value: 255 if value < 128 else 0)
        drawn = image.convert("RGB").quantize(255)
        drawn.paste(255, None, clear)
        drawn.save(made, "GIF", optimize=False, transparency=255)
    else:
        image.quantize(256).save(made, "GIF", optimize=False)
    file.write(gif_with(made.getvalue(), sheet.xmp) if sheet.xmp else made.getvalue())


def _ico(sheet: Sheet, file: BytesIO, options: Options) -> None:
    image = sheet.image
    longest = max(image.size)
    most = min(longest, _ICO_MOST)
    sides = options.get("sizes") or (*(side for side in _ICO_SIDES if side < most), most)
    if max(sides) > longest:
        message = f"the ico is to hold {max(sides)} pixels, and the picture has {longest}"
        raise CannotWrite(message, hint="begin with a larger picture", code="ico-too-large")
    frames = [_fitted(image.convert("RGBA"), side) for side in sorted(set(sides))]
    pictures = []
    for frame in frames:
        drawn = BytesIO()
        # The largest one says for all of them where they come from.
        info = _told(sheet.xmp if frame is frames[-1] else b"")
        frame.save(drawn, "PNG", compress_level=_effort(options), pnginfo=info)
        pictures.append((*frame.size, drawn.getvalue()))
    file.write(ico(pictures))


def size_in_file(size: tuple[int, int], format: str, options: Options) -> tuple[int, int]:
    """How large a picture is in its file: an ico has none of more than 256 pixels."""
    if format != "ico" or max(size) <= _ICO_MOST:
        return size
    return _bounded(size, max(options.get("sizes") or (_ICO_MOST,)))


def _bounded(size: tuple[int, int], longest: int) -> tuple[int, int]:
    factor = longest / max(size)
    return max(1, round(size[0] * factor)), max(1, round(size[1] * factor))


def _fitted(image: Image.Image, longest: int) -> Image.Image:
    size = _bounded(image.size, longest)
    return image if size == image.size else scaled(image, size)


_SAVE: dict[str, Callable[[Sheet, BytesIO, Options], None]] = {
    "png": _png,
    "jpeg": _jpeg,
    "webp": _webp,
    "avif": _avif,
    "gif": _gif,
    "ico": _ico,
}
FORMATS = tuple(_SAVE)
