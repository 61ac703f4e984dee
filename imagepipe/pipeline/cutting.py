"""One picture file cut out into another, outside of any project: opened upright, its colour profile kept."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from imagepipe.contracts import StepContext
from imagepipe.errors import ImagepipeError, UsageError
from imagepipe.paths import FORMATS, suffix_of
from imagepipe.steps import cutout
from imagepipe.steps.encode import encode
from imagepipe.steps.opening import opened
from imagepipe.store.disk import write_atomic
from imagepipe.values import FrozenMap

_FILE: Mapping[str, Mapping[str, Any]] = {"png": {}, "webp": {"lossless": True}}


class NotCut(ImagepipeError):
    """The picture cannot be cut out as it was asked for; nothing was written. Exit 1."""

    exit_code = 1


def cut(source: Path, target: Path, options: Mapping[str, Any]) -> tuple[int, int]:
    """Writes `target` (.png or .webp, lossless) and returns its size in pixels.

    Raises UsageError for a file that cannot be read, NotCut, store.disk.DiskFault.
    """
    try:
        data = source.read_bytes()
    except OSError as error:
        why = error.strerror or "it cannot be read"
        raise UsageError(f"cannot read {source}: {why}", hint="name a picture", code="input-missing") from None
    try:
        image = opened(data, keep_profile=True)
        profile = image.info.get("icc_profile")
        made = cutout.run(image, FrozenMap(options), StepContext(target.stem))
    except ImagepipeError as error:
        raise NotCut(f"{source}: {error.message}", hint=error.hint, code=error.code) from error
    if profile:
        made.info["icc_profile"] = profile
    format = FORMATS[suffix_of(target.name)]
    write_atomic(target.absolute(), encode(made, format, _FILE[format]), durable=False)
    size: tuple[int, int] = made.size
    return size
