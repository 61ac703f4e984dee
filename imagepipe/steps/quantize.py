"""Reduces the picture to few colours, so that PNG and GIF files become small."""

from collections.abc import Mapping
from typing import Any

from PIL import Image

from imagepipe.contracts import StepContext
from imagepipe.steps.catalogue import spec
from imagepipe.values import thaw

VERSION = spec("quantize").version
SCHEMA: Mapping[str, Any] = thaw(spec("quantize").options)


def run(image: Image.Image, options: Mapping[str, Any], context: StepContext) -> Image.Image:
    """The picture, still RGB or RGBA, in at most `colors` colours; see quantize.json."""
    colours = options.get("colors", 256)
    dither = Image.Dither.FLOYDSTEINBERG if options.get("dither", True) else Image.Dither.NONE
    if image.mode == "RGBA":
        # Pillow can neither dither nor divide by median what has transparency.
        made = image.quantize(colours, Image.Quantize.FASTOCTREE).convert("RGBA")
    else:
        plain = image.convert("RGB")
        palette = plain.quantize(colours, Image.Quantize.MEDIANCUT, kmeans=1)
        made = plain.quantize(palette=palette, dither=dither).convert("RGB")
    made.info = dict(image.info)
    return made
