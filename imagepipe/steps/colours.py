"""Colours as options write them, and pictures laid on one."""

from collections.abc import Mapping
from typing import Any

from PIL import Image, ImageColor

Rgba = tuple[int, int, int, int]
CLEAR: Rgba = (0, 0, 0, 0)
WHITE: Rgba = (255, 255, 255, 255)


def background(options: Mapping[str, Any], otherwise: Rgba) -> Rgba:
    """The option `background` (#rrggbb or #rrggbbaa) as RGBA, 0 to 255 each."""
    name = options.get("background")
    if name is None:
        return otherwise
    red, green, blue, alpha = ImageColor.getcolor(name, "RGBA")  # type: ignore[misc]
    return red, green, blue, alpha


def on_canvas(image: Image.Image, size: tuple[int, int], place: tuple[int, int], colour: Rgba) -> Image.Image:
    """The picture at `place` (left, top) on a canvas; what lies outside it is cut off. RGB where nothing is clear."""
    canvas = Image.new("RGBA", size, colour)
    picture = image.convert("RGBA")
    corner = (max(0, -place[0]), max(0, -place[1]))
    canvas.alpha_composite(picture, (max(0, place[0]), max(0, place[1])), corner)
    made = canvas if image.mode == "RGBA" or colour[3] < 255 else canvas.convert("RGB")
    made.info = dict(image.info)
    return made


def flattened(image: Image.Image, colour: tuple[int, int, int]) -> Image.Image:
    """The picture on a colour, without transparency."""
    if image.mode != "RGBA":
        return image
    made = Image.alpha_composite(Image.new("RGBA", image.size, (*colour, 255)), image).convert("RGB")
    made.info = dict(image.info)
    return made
