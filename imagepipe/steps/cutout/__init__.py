"""Removes a flat key colour and leaves a real alpha channel: by unmixing, or as the usual small scripts do (classic)."""

from collections.abc import Mapping
from typing import Any

from imagepipe.contracts import StepContext
from imagepipe.errors import ImagepipeError
from imagepipe.plugins import resolve
from imagepipe.steps.catalogue import spec
from imagepipe.values import thaw

VERSION = spec("cutout").version
SCHEMA: Mapping[str, Any] = thaw(spec("cutout").options)
_WORKING = "imagepipe.steps.cutout.working"


class PixelsMissing(ImagepipeError):
    """NumPy is not installed, and this step needs it."""


def run(image: Any, options: Mapping[str, Any], context: StepContext) -> Any:
    """The picture (RGBA) without its background; `context.facts["key"]` is the colour that the prompt asked for.

    Raises CutoutFailed where the key is none or the matte fails a check, PixelsMissing without NumPy.
    """
    return _working().cut_image(image, options, str(context.facts.get("key", "")))


def matte(rgba: Any, options: Mapping[str, Any]) -> Any:
    """H×W×4 uint8 → H×W×4 uint8 with the background cleared; `options` as in cutout.json. Raises as `run`."""
    return _working().matte(rgba, options)


def _working() -> Any:
    try:
        return resolve(_WORKING)
    except ModuleNotFoundError as error:
        if error.name != "numpy":
            raise
        raise PixelsMissing(
            "the cutout step needs NumPy, which is not installed",
            hint="pip install 'imagepipe[pixels]'",
            code="pixels-missing",
        ) from None
