"""Draws a contact sheet: pictures in a grid, each whole, with a caption under it."""

from collections.abc import Sequence
from functools import lru_cache
from io import BytesIO
from math import ceil, sqrt
from typing import Any

from PIL import Image, ImageDraw, ImageFont, features

from imagepipe.frozen import frozen
from imagepipe.pictures.pixels import opened
from imagepipe.pictures.reading import header_of

_GAP, _CAPTION, _MARK = 16, 44, 4
_PAPER, _INK, _FAINT = (250, 250, 248), (28, 28, 30), (112, 112, 116)
_PICKED, _REJECTED = (22, 128, 84), (186, 52, 46)
_LIGHT, _DARK = (255, 255, 255), (228, 228, 226)


@frozen
class Tile:
    """One picture on the sheet: its bytes (b"": not here), what stands under it in two lines, and whether it is framed
    as "picked" or crossed out as "rejected"."""

    data: bytes
    title: str
    detail: str = ""
    mark: str = ""


def draw(tiles: Sequence[Tile], side: int = 320) -> bytes:
    """The sheet as a PNG; every picture fits a square of `side` pixels. Raises PictureFault for bytes that are none."""
    columns = max(1, min(8, ceil(sqrt(len(tiles)))))
    rows = ceil(len(tiles) / columns)
    cell, tall = side + _GAP, side + _CAPTION + _GAP
    sheet = Image.new("RGB", (columns * cell + _GAP, max(1, rows) * tall + _GAP), _PAPER)
    for index, tile in enumerate(tiles):
        _draw(sheet, tile, (_GAP + index % columns * cell, _GAP + index // columns * tall), side)
    target = BytesIO()
    sheet.save(target, "PNG", optimize=True)
    return target.getvalue()


def _draw(sheet: Image.Image, tile: Tile, at: tuple[int, int], side: int) -> None:
    pen, (left, top) = ImageDraw.Draw(sheet), at
    drawing = bool(tile.data) and header_of(tile.data).format == "svg"
    picture = fitted(tile.data, side) if tile.data and not drawing else None
    if picture is None:
        pen.rectangle((left, top, left + side - 1, top + side - 1), outline=_FAINT)
        told = "a drawing (svg)" if drawing else "not here"
        pen.text((left + side / 2, top + side / 2), told, _FAINT, _font(16), anchor="mm")
    else:
        place = left + (side - picture.width) // 2, top + (side - picture.height) // 2
        sheet.paste(checkered(picture), place)
    if tile.mark:
        colour = _PICKED if tile.mark == "picked" else _REJECTED
        pen.rectangle((left - _MARK, top - _MARK, left + side + _MARK - 1, top + side + _MARK - 1), None, colour, _MARK)
        if tile.mark == "rejected":
            pen.line((left, top, left + side, top + side), colour, _MARK)
    pen.text((left, top + side + 8), _cut(tile.title, 15, side), _INK, _font(15))
    pen.text((left, top + side + 27), _cut(tile.detail, 12, side), _FAINT, _font(12))


def fitted(data: bytes, side: int) -> Image.Image:
    """The picture, upright, reduced so that it fits a square of `side` pixels; never enlarged. Raises PictureFault."""
    image = opened(data, header_of(data).format)
    image.thumbnail((side, side), Image.Resampling.LANCZOS)
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def checkered(image: Image.Image, square: int = 8) -> Image.Image:
    """The picture without transparency: what lets something through lies on a chequered ground."""
    if image.mode != "RGBA":
        return image.convert("RGB")
    ground = Image.new("RGB", image.size, _LIGHT)
    pen = ImageDraw.Draw(ground)
    for top in range(0, image.height, square):
        for left in range(top // square % 2 * square, image.width, 2 * square):
            pen.rectangle((left, top, left + square - 1, top + square - 1), _DARK)
    ground.paste(image, mask=image.getchannel("A"))
    return ground


@lru_cache(maxsize=8)
def _font(size: int) -> Any:
    return ImageFont.load_default(size if features.check("freetype2") else None)


def _cut(text: str, size: int, room: int) -> str:
    """`text` as far as it fits; what is no printable character is left out."""
    shown = "".join(character for character in text if character.isprintable())
    if _font(size).getlength(shown) <= room:
        return shown
    while shown and _font(size).getlength(shown + "...") > room:
        shown = shown[:-1]
    return shown + "..."
