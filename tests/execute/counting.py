"""A step that notes for whom it ran."""

from collections.abc import Mapping
from typing import Any

from imagepipe.contracts import StepContext

RUNS: list[str] = []


def run(image: Any, options: Mapping[str, Any], context: StepContext) -> Any:
    RUNS.append(context.asset)
    return image.resize((16, 16))
