"""Packs several pictures into one sheet, with a JSON map that Phaser and TexturePacker's readers load."""

import json
from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Any

from PIL import Image

from imagepipe.contracts import Several, StepContext
from imagepipe.errors import ImagepipeError
from imagepipe.frozen import frozen
from imagepipe.steps.catalogue import spec
from imagepipe.steps.packing import Layout, pack
from imagepipe.values import EMPTY, FrozenMap, thaw

VERSION = spec("atlas").version
SCHEMA: Mapping[str, Any] = thaw(spec("atlas").options)
MANY = True
Box = tuple[int, int, int, int]


class AtlasFailed(ImagepipeError):
    """The pictures do not fit on one sheet, or there are none."""


@frozen
class Frame:
    """A picture on its way to the sheet: its own size, and the part of it (a box) that is packed."""

    image: Image.Image
    part: Box

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the part."""
        return self.part[2] - self.part[0], self.part[3] - self.part[1]


def run(image: Several | Image.Image, options: Mapping[str, Any], context: StepContext) -> Several:
    """One sheet of the pictures of `image` (by cell name) and of `context.pictures`, the map beside it; see atlas.json.

    Raises AtlasFailed with the figure and the bound.
    """
    cells = image.pictures if isinstance(image, Several) else {context.asset: image}
    pictures = _gathered(chain(cells.items(), context.pictures.items()), options)
    if len(pictures) < 2:
        raise AtlasFailed("an atlas needs several pictures", hint="cut a sheet with `grid` before", code="atlas-empty")
    return packed(pictures, options)


def _gathered(pictures: Iterable[tuple[str, Image.Image]], options: Mapping[str, Any]) -> dict[str, Image.Image]:
    """All of them, unless it shows before the last is opened that they are too many."""
    found: dict[str, Image.Image] = {}
    most, pixels = options.get("max_size", 4096), 0
    for name, picture in pictures:
        found[name] = picture
        pixels += picture.width * picture.height
        if pixels > most * most and not options.get("trim", False):
            raise _too_large(f"the first {len(found)} pictures have {pixels} pixels, and", most)
    return found


def packed(pictures: Mapping[str, Image.Image], options: Mapping[str, Any] = EMPTY) -> Several:
    """The sheet (RGBA) and its map of named pictures. Raises AtlasFailed where they do not fit."""
    frames = {name: _frame(picture, options.get("trim", False)) for name, picture in sorted(pictures.items())}
    layout = _layout(frames, options)
    sheet = Image.new("RGBA", layout.size)
    for name, frame in frames.items():
        _laid(sheet, frame.image.crop(frame.part).convert("RGBA"), layout.places[name], options.get("extrude", 0))
    return Several(FrozenMap({"": sheet}), FrozenMap({".json": described(frames, layout)}))


def _frame(picture: Image.Image, trim: bool) -> Frame:
    whole = (0, 0, *picture.size)
    if trim and picture.mode == "RGBA":
        return Frame(picture, picture.getchannel("A").getbbox() or (0, 0, 1, 1))
    return Frame(picture, whole)


def _layout(frames: Mapping[str, Frame], options: Mapping[str, Any]) -> Layout:
    """Where each frame's own pixels begin; around it lie its extruded edge and half of the padding."""
    most, padding, extrude = options.get("max_size", 4096), options.get("padding", 2), options.get("extrude", 0)
    room = padding + 2 * extrude
    sizes = {name: (frame.size[0] + room, frame.size[1] + room) for name, frame in frames.items()}
    found = pack(sizes, most, options.get("power_of_two", False))
    if found is None:
        area = sum(width * height for width, height in sizes.values())
        raise _too_large(f"{len(frames)} pictures of {area} pixels in all", most)
    inset = extrude + padding // 2
    return Layout(found.size, {name: (x + inset, y + inset) for name, (x, y) in found.places.items()})


def _too_large(what: str, most: int) -> AtlasFailed:
    hint = "raise `max_size`, `resize` the pictures, or make two sheets"
    return AtlasFailed(f"{what} do not fit on a sheet of {most}x{most}", hint=hint, code="atlas-too-large")


def _laid(sheet: Image.Image, picture: Image.Image, place: tuple[int, int], extrude: int) -> None:
    """The picture at its place, its outermost pixels repeated `extrude` times, so that filters do not bleed."""
    around = range(-extrude, extrude + 1)
    # Copies shifted by less cover those shifted by more: what stays visible of each is its outermost pixels.
    for x, y in sorted(((x, y) for x in around for y in around), key=lambda at: -(at[0] ** 2 + at[1] ** 2)):
        sheet.paste(picture, (place[0] + x, place[1] + y))


def described(frames: Mapping[str, Frame], layout: Layout) -> bytes:
    """The map in TexturePacker's "JSON (Hash)" form; `{file}` stands for the sheet's file name."""
    known = {
        "frames": {name: _entry(frame, layout.places[name]) for name, frame in frames.items()},
        "meta": {
            "app": "imagepipe",
            "version": "1.0",
            "image": "{file}",
            "format": "RGBA8888",
            "size": {"w": layout.size[0], "h": layout.size[1]},
            "scale": "1",
        },
    }
    return (json.dumps(known, indent=2, ensure_ascii=False) + "\n").encode()


def _entry(frame: Frame, place: tuple[int, int]) -> dict[str, Any]:
    wide, high = frame.size
    return {
        "frame": {"x": place[0], "y": place[1], "w": wide, "h": high},
        "rotated": False,
        "trimmed": frame.size != frame.image.size,
        "spriteSourceSize": {"x": frame.part[0], "y": frame.part[1], "w": wide, "h": high},
        "sourceSize": {"w": frame.image.width, "h": frame.image.height},
    }
