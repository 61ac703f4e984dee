"""What is known of a step without loading it: version, description and the JSON Schema of its options."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal

from imagepipe.frozen import frozen
from imagepipe.plugins import names, pick
from imagepipe.steps import STEPS
from imagepipe.values import EMPTY, FrozenMap, freeze

GROUP = "imagepipe.steps"
_HERE = Path(__file__).resolve().parent
Many = Literal["makes", "takes", ""]


@frozen
class StepSpec:
    """A step as it is declared. A new `version` makes files anew; `options` is a JSON Schema (2020-12).

    `many` says what it does with several pictures: it "makes" them out of one, "takes" them into one, or "" works on
    each. `beside` names the files that it writes beside each picture, as in contracts.Several; `beside_of` more of them,
    by the value of an option.
    """

    version: int
    description: str
    options: FrozenMap
    many: Many = ""
    beside: tuple[str, ...] = ()
    beside_of: FrozenMap = EMPTY

    def written(self, options: Mapping[str, Any]) -> tuple[str, ...]:
        """The names of the files that it writes beside a picture with these options."""
        chosen = ((name, names[options[name]]) for name, names in self.beside_of.items() if options.get(name) in names)
        return (*self.beside, *(file for _, files in chosen for file in files))


@cache
def spec(name: str) -> StepSpec:
    """The declaration of a step. Raises errors.UsageError for a name that is none.

    A step of an entry point has no file here and is loaded: its module says VERSION and SCHEMA, and where it
    applies MANY, MAKES (both true or left out) and BESIDE (names).
    """
    if name in STEPS:
        text = (_HERE / f"{STEPS[name].rsplit('.', 1)[-1]}.json").read_text(encoding="utf-8")
        return _read(json.loads(text))
    module = pick(STEPS, name, GROUP)
    description = (module.__doc__ or "").strip().split("\n")[0]
    many: Many = "takes" if getattr(module, "MANY", False) else "makes" if getattr(module, "MAKES", False) else ""
    return StepSpec(module.VERSION, description, freeze(module.SCHEMA), many, tuple(getattr(module, "BESIDE", ())))


def _read(data: Mapping[str, Any]) -> StepSpec:
    beside = tuple(data.get("beside", ()))
    return StepSpec(
        data["version"],
        data["description"],
        freeze(data["options"]),
        data.get("many", ""),
        beside,
        freeze(data.get("beside_of", {})),
    )


def version_of(name: str) -> int:
    """The version of a step: part of `finished_by`."""
    return spec(name).version


def exists(name: str) -> bool:
    """Whether there is such a step; packages are gone through only for a name that is not built in."""
    return name in STEPS or name in steps()


def steps() -> tuple[str, ...]:
    """The names of all steps, built-in ones first."""
    return names(STEPS, GROUP)
