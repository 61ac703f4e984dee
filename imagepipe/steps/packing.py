"""Rectangles on a sheet by the skyline method, bottom-left (Jylänki, "A Thousand Ways to Pack the Bin", 2010)."""

from collections.abc import Mapping

from imagepipe.frozen import frozen

Size = tuple[int, int]


@frozen
class Layout:
    """A sheet's width and height in pixels, and where each named rectangle has its upper left corner."""

    size: Size
    places: Mapping[str, tuple[int, int]]


def pack(sizes: Mapping[str, Size], most: int, power_of_two: bool = False) -> Layout | None:
    """The smallest layout of the widths tried, none wider or higher than `most`; None where nothing fits.

    The same for the same sizes, in whatever order they come.
    """
    order = sorted(sizes, key=lambda name: (-sizes[name][1], -sizes[name][0], name))
    layouts = []
    for width in _widths(sizes, most, power_of_two):
        places = _placed(order, sizes, width)
        height = max(places[name][1] + sizes[name][1] for name in order)
        used = max(places[name][0] + sizes[name][0] for name in order)
        size = (_rounded(used), _rounded(height)) if power_of_two else (used, height)
        if max(size) <= most:
            layouts.append(Layout(size, places))
    return min(layouts, key=lambda one: (one.size[0] * one.size[1], max(one.size), one.size), default=None)


def _widths(sizes: Mapping[str, Size], most: int, power_of_two: bool) -> list[int]:
    """Widths to try: powers of two and, where any will do, steps of an eighth around the square root of the area."""
    least = max(width for width, _ in sizes.values())
    side = sum(width * height for width, height in sizes.values()) ** 0.5
    tried = {1 << power for power in range(15)}
    if not power_of_two:
        tried |= {least, *(round(side * eighths / 8) for eighths in range(6, 25))}
    return sorted(width for width in tried if least <= width <= most)


def _rounded(edge: int) -> int:
    return 1 << (edge - 1).bit_length()


def _placed(order: list[str], sizes: Mapping[str, Size], width: int) -> dict[str, tuple[int, int]]:
    skyline = [(0, 0, width)]
    places = {}
    for name in order:
        wide, high = sizes[name]
        spots = [(_floor(skyline, left, wide), left) for left, _, _ in skyline if left + wide <= width]
        top, left = min(spots)
        places[name] = (left, top)
        skyline = _raised(skyline, (left, top + high, wide))
    return places


def _floor(skyline: list[tuple[int, int, int]], left: int, wide: int) -> int:
    """How far down a rectangle at `left` must lie: below everything there."""
    return max(top for at, top, length in skyline if at < left + wide and at + length > left)


def _raised(skyline: list[tuple[int, int, int]], step: tuple[int, int, int]) -> list[tuple[int, int, int]]:
    """The skyline (left, top, length) with a new step over what it covers."""
    left, _, wide = step
    kept = [step]
    for at, top, length in skyline:
        if at < left:
            kept.append((at, top, min(length, left - at)))
        if at + length > left + wide:
            start = max(at, left + wide)
            kept.append((start, top, at + length - start))
    return sorted(kept)
