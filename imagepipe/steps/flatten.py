"""Lays the picture on a colour, so that nothing is transparent."""

from collections.abc import Mapping
from typing import Any

from PIL import Image

from imagepipe.contracts import StepContext
from imagepipe.steps.catalogue import spec
from imagepipe.steps.colours import WHITE, background, flattened
from imagepipe.values import thaw

VERSION = spec("flatten").version
SCHEMA: Mapping[str, Any] = thaw(spec("flatten").options)


def run(image: Image.Image, options: Mapping[str, Any], context: StepContext) -> Image.Image:
    """The picture in mode RGB; see flatten.json."""
    return flattened(image, background(options, WHITE)[:3])
