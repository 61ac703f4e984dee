"""Resampling that every step shares: Lanczos, colours weighted by coverage so that clear pixels bleed no colour."""

from PIL import Image

Box = tuple[float, float, float, float]


def scaled(image: Image.Image, size: tuple[int, int], box: Box | None = None) -> Image.Image:
    """The picture, or the part of it in `box` (left, top, right, bottom in pixels), in `size`."""
    if image.mode != "RGBA":
        return image.resize(size, Image.Resampling.LANCZOS, box=box)
    return image.convert("RGBa").resize(size, Image.Resampling.LANCZOS, box=box).convert("RGBA")
