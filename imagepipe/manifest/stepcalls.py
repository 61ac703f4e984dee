"""Steps as they are written, made into calls."""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any

from imagepipe import plugins
from imagepipe.errors import Path, Problem
from imagepipe.manifest.nearness import cut, listed, meant
from imagepipe.manifest.shape import validator_of
from imagepipe.steps.catalogue import exists, spec, steps
from imagepipe.values import EMPTY, StepCall, freeze, thaw

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


def step_faults(call: StepCall) -> tuple[Problem, ...]:
    """What is wrong with a call, by the step's own declaration; the step itself is not loaded."""
    if not exists(call.name):
        known = steps()
        hint = meant(call.name, known) or f"there are {listed(known)}"
        return (Problem("unknown-step", (call.name,), f"there is no step `{cut(call.name)}`", hint, on_key=True),)
    schema, accepts = _declared(call.name)
    options = thaw(call.options)
    if accepts(options):
        return ()
    faults = plugins.resolve("imagepipe.manifest.wording:faults")(schema, options, call.name)
    return tuple(fault.problem((call.name,)) for fault in faults)


@cache
def _declared(name: str) -> tuple[dict[str, Any], Callable[[Any], bool]]:
    schema = thaw(spec(name).options)
    return schema, validator_of(schema).is_valid
