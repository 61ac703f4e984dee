"""How many pictures an output's steps make of one, and which files they write beside each: told before any is run."""

from collections.abc import Iterator

from imagepipe.errors import Path, Problem
from imagepipe.steps.catalogue import StepSpec, exists, spec
from imagepipe.values import Output, StepCall


def beside(made: tuple[StepCall, ...]) -> tuple[str, ...]:
    """The files beside each picture's after these steps, as in values.Output; what is put into one sheet loses its own."""
    found: tuple[str, ...] = ()
    for call, known in _known(made):
        found = (() if known.many == "takes" else found) + known.written(call.options)
    return tuple(dict.fromkeys(found))


def faults(output: Output, at: Path, steps_at: Path, several: bool = False) -> Iterator[Problem]:
    """Where cells and the path do not fit each other. `at` is where the path is written, `steps_at` the steps; `several`
    pictures are there before the first."""
    brought = several
    for call, known in _known(output.steps):
        if known.many == "takes" and not several:
            message = f"`{call.name}` puts several pictures together, and there is one"
            hint = "cut a sheet with `grid` before it, or pack other assets' files: `inputs`, and no `prompt`"
            yield Problem("nothing-to-pack", steps_at, message, hint)
            return
        several = known.many == "makes" or (several and known.many != "takes")
    if several and "{cell}" not in output.path:
        message = f"the {'inputs' if brought else 'cells of the picture'} would be one file"
        yield Problem("missing-placeholder", at, message, "put {cell} into the path, or add an `atlas` step")
    if not several and "{cell}" in output.path:
        message = "there is nothing to fill {cell} with: no step cuts this picture"
        yield Problem("unknown-placeholder", at, message, "add a `grid` step, or take {cell} out of the path")


def _known(made: tuple[StepCall, ...]) -> Iterator[tuple[StepCall, StepSpec]]:
    for call in made:
        if exists(call.name):
            yield call, spec(call.name)
