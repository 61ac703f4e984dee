"""Makes edges crisper, as after shrinking; transparency stays as it is."""

from collections.abc import Mapping
from typing import Any

from PIL import Image, ImageFilter

from imagepipe.contracts import StepContext
from imagepipe.steps.catalogue import spec
from imagepipe.values import thaw

VERSION = spec("sharpen").version
SCHEMA: Mapping[str, Any] = thaw(spec("sharpen").options)


def run(image: Image.Image, options: Mapping[str, Any], context: StepContext) -> Image.Image:
    """The picture with an unsharp mask over its colours; see sharpen.json."""
    mask = ImageFilter.UnsharpMask(
        options.get("radius", 1.0), round(100 * options.get("amount", 0.6)), options.get("threshold", 2)
    )
    if image.mode != "RGBA":
        return image.filter(mask)
    made = image.convert("RGB").filter(mask)
    made.putalpha(image.getchannel("A"))
    made.info = dict(image.info)
    return made
