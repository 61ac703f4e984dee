"""Which picture sizes a model takes, which rule a size breaks, and the nearest or covering size that breaks none."""

import math
import re
from collections.abc import Iterator
from functools import lru_cache

from imagepipe.models.capabilities import Model, Sizes

_ASPECT = 4
"""How much more than an edge the aspect weighs where few sizes are to be had: a square is not best served by a landscape
with more pixels."""
_SIZE = re.compile(r"([1-9]\d{0,5})x([1-9]\d{0,5})")


def parse(size: str) -> tuple[int, int] | None:
    """(width, height) in pixels of "WIDTHxHEIGHT", None for anything else."""
    found = _SIZE.fullmatch(size)
    return (int(found[1]), int(found[2])) if found else None


def faults(model: Model, width: int, height: int) -> tuple[str, ...]:
    """Every rule that width × height breaks, as phrases; empty for a legal size."""
    sizes = model.sizes
    if sizes.kind == "fixed":
        legal = f"{width}x{height}" in sizes.values
        return () if legal else (f"{model.id} takes only {', '.join(sizes.values)} or auto",)
    return tuple(_broken(sizes, width, height))


def _broken(sizes: Sizes, width: int, height: int) -> Iterator[str]:
    longer, shorter, pixels = max(width, height), min(width, height), width * height
    off = [f"{name} {edge}" for name, edge in (("width", width), ("height", height)) if edge % sizes.multiple]
    if off:
        yield f"both edges must be multiples of {sizes.multiple} ({' and '.join(off)} {'are' if off[1:] else 'is'} not)"
    if longer > sizes.longest:
        yield f"the longest edge is at most {sizes.longest} (here {longer})"
    if longer > sizes.ratio * shorter:
        yield f"the ratio of the edges is at most {sizes.ratio:g}:1 (here {longer / shorter:.2f}:1)"
    if pixels < sizes.least_pixels:
        yield f"at least {sizes.least_pixels:,} pixels are asked for (here {pixels:,})"
    if sizes.most_pixels and pixels > sizes.most_pixels:
        yield f"at most {sizes.most_pixels:,} pixels are made (here {pixels:,})"


def experimental(model: Model, width: int, height: int) -> bool:
    """Whether the provider calls a size this large experimental."""
    bound = model.sizes.experimental_above
    return bool(bound) and width * height > bound


@lru_cache(maxsize=1024)
def nearest(model: Model, width: int, height: int) -> str:
    """The legal size whose edges and aspect differ least from width × height; of two equally near, the larger."""
    legal = [(w, h) for w in _widths(model.sizes) for h in _heights(model.sizes, w, (height, w * height // width))]

    aspect = _ASPECT if model.sizes.kind == "fixed" else 1

    def distance(size: tuple[int, int]) -> tuple[float, int]:
        wide, high = math.log(size[0] / width), math.log(size[1] / height)
        return round(wide**2 + high**2 + aspect * (wide - high) ** 2, 9), -size[0] * size[1]

    return _text(min(_candidates(model.sizes, legal), key=distance))


@lru_cache(maxsize=4096)
def cover(model: Model, width: int, height: int) -> str:
    """The smallest legal size that covers width × height, weighing what a crop to that aspect would waste as further
    pixels; where none covers, the one that comes nearest to it (`covers` tells which)."""
    wanted = height / width
    legal = [(w, h) for w in _widths(model.sizes) for h in _heights(model.sizes, w, (height, math.ceil(w * wanted)))]

    def burden(size: tuple[int, int]) -> tuple[float, float]:
        scale = min(size[0] / width, size[1] / height)
        area = size[0] * size[1]
        return -min(scale, 1), 2 * area - scale * scale * width * height

    return _text(min(_candidates(model.sizes, legal), key=burden))


def covers(size: str, width: int, height: int) -> bool:
    """Whether a picture of `size` has all the pixels that width × height asks for."""
    edges = parse(size)
    return edges is not None and edges[0] >= width and edges[1] >= height


def _candidates(sizes: Sizes, flexible: list[tuple[int, int]]) -> list[tuple[int, int]]:
    if sizes.kind == "flexible":
        return flexible
    return [edges for value in sizes.values if (edges := parse(value))]


def _widths(sizes: Sizes) -> range:
    return range(sizes.multiple, sizes.longest + 1, sizes.multiple) if sizes.kind == "flexible" else range(0)


def _heights(sizes: Sizes, width: int, wanted: tuple[int, ...]) -> set[int]:
    """The legal heights for a width that can be best for something wanted: next below and above each, and the least."""
    step = sizes.multiple
    least = max(math.ceil(width / sizes.ratio), -(-sizes.least_pixels // width))
    most = min(int(width * sizes.ratio), sizes.longest)
    if sizes.most_pixels:
        most = min(most, sizes.most_pixels // width)
    low, high = -(-least // step) * step, most // step * step
    if low > high:
        return set()
    near = {edge // step * step for edge in wanted} | {-(-edge // step) * step for edge in wanted}
    return {min(max(edge, low), high) for edge in near} | {low}


def _text(size: tuple[int, int]) -> str:
    return f"{size[0]}x{size[1]}"
