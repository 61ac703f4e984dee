"""Cuts a part out of a picture: a box, a size held by an edge or a corner, or the size with most in it."""

from collections.abc import Mapping
from typing import Any

from PIL import Image, ImageFilter

from imagepipe.contracts import StepContext
from imagepipe.errors import ImagepipeError
from imagepipe.steps.catalogue import spec
from imagepipe.steps.colours import flattened
from imagepipe.values import thaw

VERSION = spec("crop").version
SCHEMA: Mapping[str, Any] = thaw(spec("crop").options)


_ACROSS = {"west": 0.0, "east": 1.0}
_DOWN = {"north": 0.0, "south": 1.0}


class CropFailed(ImagepipeError):
    """The part is not in the picture."""


def run(image: Image.Image, options: Mapping[str, Any], context: StepContext) -> Image.Image:
    """The part; see crop.json. Raises CropFailed with the sizes where it does not lie inside the picture."""
    left, top, right, bottom = _box(image, options)
    if left < 0 or top < 0 or right > image.width or bottom > image.height:
        raise CropFailed(
            f"the part {left},{top} to {right},{bottom} is not inside the picture, which is {image.width}x{image.height}",
            hint="crop less, or `resize` or `pad` before",
            code="crop-outside",
        )
    return image.crop((left, top, right, bottom))


def _box(image: Image.Image, options: Mapping[str, Any]) -> tuple[int, int, int, int]:
    if "box" in options:
        left, top, width, height = options["box"]
        return left, top, left + width, top + height
    width, height = options.get("width", image.width), options.get("height", image.height)
    if "aspect" in options:
        width, height = _of_aspect(image.size, options["aspect"])
    left, top = _place(image, (width, height), options.get("gravity", "center"))
    return left, top, left + width, top + height


def _of_aspect(size: tuple[int, int], aspect: str) -> tuple[int, int]:
    """The largest size of that shape inside the picture."""
    across, down = (int(part) for part in aspect.split(":"))
    factor = min(size[0] / across, size[1] / down)
    return max(1, round(across * factor)), max(1, round(down * factor))


def _place(image: Image.Image, size: tuple[int, int], gravity: str) -> tuple[int, int]:
    room = image.width - size[0], image.height - size[1]
    if gravity == "entropy" and min(room) >= 0:
        return _busiest(image, size)
    names = gravity.split("-")
    across = next((_ACROSS[name] for name in names if name in _ACROSS), 0.5)
    down = next((_DOWN[name] for name in names if name in _DOWN), 0.5)
    return round(room[0] * across), round(room[1] * down)


def _busiest(image: Image.Image, size: tuple[int, int]) -> tuple[int, int]:
    """Where the part has most edges: first across, then down within that."""
    edges = flattened(image, (128, 128, 128)).convert("L")
    inner = edges.filter(ImageFilter.FIND_EDGES).crop((1, 1, max(1, edges.width - 1), max(1, edges.height - 1)))
    # The filter leaves the outermost pixels as they were, which would count as edges.
    edges = Image.new("L", edges.size)
    edges.paste(inner, (1, 1))
    left = _best(edges.resize((edges.width, 1), Image.Resampling.BOX), size[0])
    column = edges.crop((left, 0, left + size[0], edges.height)).resize((1, edges.height), Image.Resampling.BOX)
    return left, _best(column, size[1])


def _best(profile: Image.Image, length: int) -> int:
    """The start of the window with the greatest sum; of several, the one nearest the middle."""
    values = profile.tobytes()
    sums = [sum(values[:length])]
    for at in range(len(values) - length):
        sums.append(sums[-1] + values[at + length] - values[at])
    middle = (len(sums) - 1) / 2
    return max(range(len(sums)), key=lambda at: (sums[at], -abs(at - middle)))
