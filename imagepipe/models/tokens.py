"""How many tokens a request takes: output exactly by formula or table where published, input by estimate."""

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from imagepipe.frozen import frozen
from imagepipe.models import sizes
from imagepipe.models.capabilities import Model, Tokens

FRAMING = 64
"""Text tokens allowed in the worst case for what a provider adds around a prompt."""


@frozen
class Span:
    """A number of tokens: what is expected, least to most, and a bound that a bill does not pass."""

    low: int
    high: int
    worst: int


def output(model: Model, options: Mapping[str, Any]) -> Span | None:
    """Output tokens of one picture; None where they cannot be known (no figures, an unknown quality, svg).

    `auto` for size or quality spans all that the model might choose. Estimated figures are bounded by the top quality
    at that size. Partial pictures count from none to all of them; a gif from one frame to all of its frames.
    """
    if model.tokens is None or options.get("output_format") == "svg":
        return None
    quality, size = str(options.get("quality", "auto")), str(options.get("size", "auto"))
    picture = _picture(model, quality, size)
    if picture is None:
        return None
    partial = model.tokens.partial_image * _count(options, "partial_images", 0) if options.get("stream") else 0
    frames = _count(options, "frame_count", 9) if options.get("output_format") == "gif" else 1
    return Span(picture.low, picture.high * frames + partial, picture.worst * frames + partial)


def _count(options: Mapping[str, Any], name: str, default: int) -> int:
    value = options.get(name, default)
    return value if isinstance(value, int) else default


@lru_cache(maxsize=4096)
def _picture(model: Model, quality: str, size: str) -> Span | None:
    assert model.tokens is not None  # noqa: S101 # nosec B101 # `output` asks only for models that have figures
    rows = model.tokens.grid if model.tokens.kind == "grid" else model.tokens.table
    asked = tuple(rows) if quality == "auto" else (quality,)
    counts = [_row(model.tokens, name, size) for name in asked]
    known = [count for count in counts if count]
    if not known or len(known) < len(counts):
        return None
    low, high = min(least for least, _ in known), max(most for _, most in known)
    if model.documented("tokens"):
        return Span(low, high, high)
    top = [count[1] for name in rows if (count := _row(model.tokens, name, size))]
    return Span(low, high, max(top))


def _row(tokens: Tokens, quality: str, size: str) -> tuple[int, int] | None:
    """Least and most output tokens of a picture at one quality."""
    edges = sizes.parse(size)
    if tokens.kind == "table":
        row = tokens.table.get(quality)
        return None if row is None else _looked_up(row, edges)
    if quality not in tokens.grid:
        return None
    if edges is None:
        span = tokens.auto.get(quality)
        return None if span is None else (span[0], span[1])
    exact = grid_tokens(tokens.grid[quality], *edges) * tokens.factor.get(quality, 1)
    return exact, exact


def _looked_up(row: Sequence[int], edges: tuple[int, int] | None) -> tuple[int, int]:
    if edges is None:
        return min(row), max(row)
    width, height = edges
    exact = row[0 if width == height else 1 if height > width else 2]
    return exact, exact


def grid_tokens(grid: int, width: int, height: int) -> int:
    """The published formula: a grid of `grid` cells along the longer edge, weighed by the pixels. Whole numbers
    throughout, since a float would round the halves wrong."""
    longer, shorter = max(width, height), min(width, height)
    short = (2 * grid * shorter + longer) // (2 * longer)
    return -(-grid * short * (2_000_000 + width * height) // 4_000_000)


def text(characters: int) -> Span:
    """Tokens of a prompt: about a quarter of its characters; at worst one each (scripts that take more are rare, and
    these are the cheapest tokens of a request) and what the provider adds around it."""
    about = -(-characters // 4)
    return Span(about, about, characters + FRAMING)


def images(model: Model, inputs: Sequence[tuple[int, int]], fidelity: str = "") -> Span:
    """Tokens of input images of width × height pixels: in proportion to their pixels and never below one full reference,
    as far as third parties tell; the bound doubles that and adds what high fidelity may take."""
    figures = model.tokens.input_image if model.tokens else Tokens("grid").input_image
    each = [figures.tokens * max(1.0, width * height / figures.pixels) for width, height in inputs]
    about = math.ceil(sum(each))
    extra = figures.high_fidelity_extra * len(inputs) if fidelity == "high" or not model.fidelity else 0
    return Span(about, about, about * figures.worst_factor + extra)
