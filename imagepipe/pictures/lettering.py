"""Reads words back out of a picture with Tesseract, where that is installed; knows what it cannot read."""

import io
import re
import shutil
import subprocess
import unicodedata
from collections.abc import Iterator

from PIL import Image, ImageStat

from imagepipe.pictures.pixels import opened

_SECONDS = 60
_WAYS = ("3", "11", "6")
"""Tesseract's page segmentations: as a page, scattered words, one block. What one misses another finds."""
_BEST = 2000
"""Letters are read best where the picture's longer edge has about so many pixels."""


class CannotRead(Exception):
    """Why words cannot be looked for, as a phrase."""


def unread(data: bytes, format: str, texts: tuple[str, ...]) -> tuple[str, ...]:
    """Those of `texts` that Tesseract does not find in the picture; letters and digits count, not case nor accents.

    Raises CannotRead without Tesseract, or where it does not know the script; PictureFault.
    """
    program = shutil.which("tesseract")
    if program is None:
        raise CannotRead("Tesseract, which reads text in pictures, is not installed")
    languages = _languages(program)
    strange = next((text for text in texts if not _english(text)), "")
    if strange and languages == ["eng"]:
        raise CannotRead(f'Tesseract has no language here but English, which does not have the letters of "{strange}"')
    picture, missing = _prepared(data, format), texts
    for way in _WAYS:
        read = _letters(_run(program, ["stdin", "stdout", "-l", "+".join(languages), "--psm", way], picture))
        missing = tuple(text for text in missing if _letters(text) not in read)
        if not missing:
            break
    return missing


def _languages(program: str) -> list[str]:
    listed = _run(program, ["--list-langs"], b"").splitlines()[1:]
    known = [name.strip() for name in listed if name.strip() not in ("", "osd", "equ", "snum")]
    if not known:
        raise CannotRead("Tesseract has no language installed, such as `tesseract-ocr-eng`")
    return sorted(known, key=lambda name: name != "eng")


def _run(program: str, arguments: list[str], data: bytes) -> str:
    try:
        done = subprocess.run(  # noqa: S603 # nosec B603 # the user's own PATH; given nothing but the picture
            [program, *arguments], input=data, capture_output=True, check=False, timeout=_SECONDS
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        why = f"took more than {_SECONDS} s" if isinstance(error, subprocess.TimeoutExpired) else "cannot be run"
        raise CannotRead(f"Tesseract {why}") from None
    if done.returncode:
        told = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise CannotRead(f"Tesseract failed: {told[-1] if told else f'exit code {done.returncode}'}")
    return done.stdout.decode("utf-8", "replace")


def _prepared(data: bytes, format: str) -> bytes:
    """The picture as a PNG of grey values, on a ground from which what is in it stands off, in a size that reads well."""
    image = opened(data, format).convert("RGBA")
    alpha = image.getchannel("A")
    light = ImageStat.Stat(image.convert("L"), alpha).mean[0] if alpha.getbbox() else 0
    ground = Image.new("RGBA", image.size, "black" if light > 128 else "white")
    grey = Image.alpha_composite(ground, image).convert("L") if alpha.getextrema() != (255, 255) else image.convert("L")
    factor = _BEST / max(grey.size)
    if not 0.5 <= factor <= 1.5:
        factor = min(4.0, factor)
        size = (max(1, round(grey.width * factor)), max(1, round(grey.height * factor)))
        grey = grey.resize(size, Image.Resampling.LANCZOS)
    file = io.BytesIO()
    grey.save(file, "PNG", compress_level=1)
    return file.getvalue()


def _english(text: str) -> bool:
    """Whether all letters are those of English, give or take an accent."""
    return all(letter.isascii() for letter in _plain(text) if letter.isalpha())


def _letters(text: str) -> str:
    """Letters and digits alone, without case and accents: what is right for people may be spelt without them."""
    return re.sub(r"[\W_]+", "", "".join(_plain(text)).casefold())


def _plain(text: str) -> Iterator[str]:
    for letter in unicodedata.normalize("NFKD", text):
        if not unicodedata.combining(letter):
            yield letter
