"""Draws the server's pictures: cheap, of the asked size and format, and different bytes for every tag."""

import colorsys
import random
import re
import zlib
from base64 import b64encode
from functools import lru_cache
from hashlib import sha256
from io import BytesIO
from typing import Any

from PIL import Image, ImageDraw

_TAG = b"tag-placeholder-of-32-bytes....."
_PNG_HEAD = 33  # signature and IHDR; a multiple of 3, so that base64 can be cached from there on


def picture(size: tuple[int, int], format: str, *, alpha: bool = False, tag: str = "", bulk: int = 0) -> bytes:
    """A picture in one of twelve hues taken from `tag`; `bulk` pads a PNG with noise to about so many bytes."""
    name = sha256(tag.encode("utf-8", "surrogatepass")).hexdigest()[:32].encode()
    data = _drawn(size, format, alpha, 0 if bulk else int(name[:8], 16) % 12, bulk)
    if format == "png":
        return data[:_PNG_HEAD] + _tag_chunk(name) + data[_PNG_HEAD:]
    return data.replace(_TAG, name)


KEY = re.compile(r"solid (#[0-9a-f]{6}) chroma-key background")
"""What a prompt says that wants its subject before a flat colour."""


def keyed(size: tuple[int, int], format: str, key: str, tag: str) -> bytes:
    """A round subject before a flat key colour, with the soft edge that pictures have."""
    hues = {"#00ff00": 0, "#ff00ff": 1, "#0000ff": 1, "#00ffff": 0}
    image = Image.new("RGB", size, key)
    image.paste(_gradient(size, hues.get(key, 0), False), mask=_round(size))
    out = BytesIO()
    image.save(out, format.upper(), **({"compress_level": 1} if format == "png" else {"quality": 95}))
    data = out.getvalue()
    name = sha256(tag.encode("utf-8", "surrogatepass")).hexdigest()[:32].encode()
    return data[:_PNG_HEAD] + _tag_chunk(name) + data[_PNG_HEAD:] if format == "png" else data


def moving(size: tuple[int, int], frames: int, pace: int, tag: str) -> bytes:
    """An animated gif: a bar that goes from left to right, `pace` milliseconds a frame."""
    hue = int(sha256(tag.encode("utf-8", "surrogatepass")).hexdigest()[:8], 16) % 256
    images = [Image.new("P", size, 0) for _ in range(frames)]
    for number, image in enumerate(images):
        image.putpalette([hue, 80, 160, 240, 240, 255 - hue])
        ImageDraw.Draw(image).rectangle((number * size[0] // frames, 0, (number + 1) * size[0] // frames, size[1]), 1)
    out = BytesIO()
    images[0].save(out, "GIF", save_all=True, append_images=images[1:], duration=pace, loop=0, comment=tag.encode())
    return out.getvalue()


def lines(size: tuple[int, int], tag: str) -> bytes:
    """An SVG drawing of one disc."""
    hue, (wide, high) = int(sha256(tag.encode("utf-8", "surrogatepass")).hexdigest()[:8], 16) % 360, size
    disc = f'<circle cx="{wide // 2}" cy="{high // 2}" r="{min(size) // 3}" fill="hsl({hue} 60% 45%)"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}">{disc}</svg>\n'.encode()


def _round(size: tuple[int, int]) -> Image.Image:
    twice = (size[0] * 2, size[1] * 2)
    mask = Image.new("L", twice, 0)
    ImageDraw.Draw(mask).ellipse((twice[0] // 8, twice[1] // 8, twice[0] * 7 // 8, twice[1] * 7 // 8), fill=255)
    return mask.resize(size, Image.Resampling.BOX)


def base64_picture(size: tuple[int, int], tag: str, bulk: int) -> tuple[bytes, bytes]:
    """A noisy PNG in base64; only its head is made anew for each tag."""
    name = sha256(tag.encode("utf-8", "surrogatepass")).hexdigest()[:32].encode()
    head = _drawn(size, "png", False, 0, bulk)[:_PNG_HEAD] + _tag_chunk(name)
    return b64encode(head), _encoded_rest(size, bulk)


@lru_cache(maxsize=4)
def _encoded_rest(size: tuple[int, int], bulk: int) -> bytes:
    return b64encode(_drawn(size, "png", False, 0, bulk)[_PNG_HEAD:])


def _tag_chunk(name: bytes) -> bytes:
    return png_chunk(b"tEXt", b"t\0" + name[:31])  # 45 bytes: still a multiple of 3


def png_chunk(kind: bytes, data: bytes) -> bytes:
    """A PNG chunk with its length and CRC."""
    return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")


@lru_cache(maxsize=64)
def _drawn(size: tuple[int, int], format: str, alpha: bool, hue: int, bulk: int) -> bytes:
    image = _noise(size, bulk) if bulk else _gradient(size, hue, alpha)
    extra: dict[str, Any] = {
        "png": {"compress_level": 1},
        "jpeg": {"quality": 80, "comment": _TAG},
        "webp": {"quality": 80, "method": 0, "exif": _TAG},
        "gif": {"comment": _TAG},
    }[format]
    out = BytesIO()
    image.save(out, format.upper(), **extra)
    return out.getvalue()


def _gradient(size: tuple[int, int], hue: int, alpha: bool) -> Image.Image:
    light, dark = (tuple(int(255 * c) for c in colorsys.hsv_to_rgb(hue / 12, 0.6, v)) for v in (0.9, 0.5))
    ramp = Image.linear_gradient("L").resize(size)
    image = Image.composite(Image.new("RGB", size, light), Image.new("RGB", size, dark), ramp)
    if alpha:
        mask = Image.new("L", size, 0)
        ImageDraw.Draw(mask).ellipse((size[0] // 8, size[1] // 8, size[0] * 7 // 8, size[1] * 7 // 8), fill=255)
        image.putalpha(mask)
    return image


def _noise(size: tuple[int, int], bulk: int) -> Image.Image:
    """Random low bits: about two thirds of a byte a sample survive compression, so `bulk` bytes need 1.5 × bulk samples."""
    samples = size[0] * size[1] * 3
    noisy = min(samples, bulk * 3 // 2)
    data = random.Random(1).randbytes(noisy).translate(bytes(value & 15 for value in range(256)))
    return Image.frombytes("RGB", size, data + bytes(samples - noisy))
