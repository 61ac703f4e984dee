"""Steps as they are written, made into calls."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from imagepipe.errors import Path, Problem
from imagepipe.values import EMPTY, StepCall, freeze

StepFaults = Callable[[StepCall], tuple[Problem, ...]]
"""What is wrong with a call, with paths from the step's name on."""


def calls(written: Iterable[Any], path: Path, faults: StepFaults, report: list[Problem]) -> tuple[StepCall, ...]:
    """The calls of a `steps` list; what is wrong with them goes to `report`."""
    made = []
    for at, item in enumerate(written):
        name, options = next(iter(item.items())) if isinstance(item, Mapping) else (item, None)
        call = StepCall(name, freeze(options) if options else EMPTY)
        within = (*path, at)
        report += [
            Problem(
                p.code, (*within, *(p.path if isinstance(item, Mapping) else ())), p.message, p.hint, on_key=p.on_key
            )
            for p in faults(call)
        ]
        made.append(call)
    return tuple(made)


def no_faults(call: StepCall) -> tuple[Problem, ...]:
    """Finds nothing wrong with any call."""
    return ()
