"""Small things that the tests of models share: the data file, an asset in one line, findings as a table."""

import json
from datetime import date
from importlib.resources import files
from typing import Any

from imagepipe.errors import Problem
from imagepipe.models.capabilities import Model
from imagepipe.models.registry import registry
from imagepipe.values import Asset, FrozenMap, Input, Prompt, freeze

TODAY = date(2026, 11, 21)
DEFAULTS = {"n": 1, "size": "1024x1024", "quality": "medium", "output_format": "png"}


def data() -> Any:
    """The registry's data, a fresh copy."""
    return json.loads(files("imagepipe.models").joinpath("registry.json").read_text(encoding="utf-8"))


def model(id: str = "gpt-image-2") -> Model:
    """A model that must be there."""
    return registry().index[id]


def asset(id: str = "gpt-image-2", *, inputs: tuple[Input, ...] = (), preview: bool = False, **options: Any) -> Asset:
    """An asset with version 1's defaults under `options`; an option None is left out."""
    said = {name: value for name, value in {**DEFAULTS, **options}.items() if value is not None}
    frozen: FrozenMap = freeze(said)
    return Asset("mug", Prompt(text="a mug"), model=id, options=frozen, inputs=inputs, preview=preview)


def told(problems: tuple[Problem, ...]) -> list[tuple[str, str]]:
    """(severity, code) of each problem."""
    return [(problem.severity, problem.code) for problem in problems]
