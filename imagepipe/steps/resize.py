"""Scales a picture and keeps its shape."""

from collections.abc import Mapping
from typing import Any

from PIL import Image

from imagepipe.contracts import StepContext
from imagepipe.steps.catalogue import spec
from imagepipe.steps.foreseeing import resized
from imagepipe.steps.scaling import scaled
from imagepipe.values import thaw

VERSION = spec("resize").version
SCHEMA: Mapping[str, Any] = thaw(spec("resize").options)


def run(image: Image.Image, options: Mapping[str, Any], context: StepContext) -> Image.Image:
    """The picture in the new size; see resize.json."""
    size = resized(image.size, options)
    return image if size == image.size else scaled(image, size)
