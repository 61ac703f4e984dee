"""The rules over a request's options, read from the registry's table of parameters and the model's traits."""

import re
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any, NamedTuple

from imagepipe.errors import Path, Problem, Severity
from imagepipe.frozen import frozen
from imagepipe.models import sizes
from imagepipe.models.capabilities import Model, Need, Parameter
from imagepipe.models.registry import Registry
from imagepipe.values import FrozenMap

_NOT_OFFERED = ("legacy", "unsent")
DEFAULTS = {"n": 1, "output_format": "png"}
"""What a request means where an option that others depend on is not written."""
_LOOSE = re.compile(r"\s*([1-9]\d{2,4})\s*[xX×*]\s*([1-9]\d{2,4})\s*", re.ASCII)
"""A size as people write it."""


class Situation(NamedTuple):
    """All that option rules look at; a tuple, since one is made and looked up for each asset. `types` are the types of
    the options' values, `edit` that there are inputs, `native` that transparency is asked for as `transparency: native`.
    """

    model: str
    options: FrozenMap
    types: tuple[type, ...] = ()
    edit: bool = False
    preview: bool = False
    native: bool = False


def problems(registry: Registry, model: Model, situation: Situation) -> Iterator[Problem]:
    """Every violation among the options, in the order in which they are written."""
    if situation.edit and "edits" not in model.features:
        yield _edit_refused(registry, model)
    options = dict(situation.options)
    if situation.native and "background" not in options:
        options["background"] = "transparent"
    for name, value in options.items():
        parameter = registry.parameters.get(name)
        path: Path = ("transparency",) if name == "background" and situation.native else ("options", name)
        if parameter is None:
            yield from _unknown(registry, model, name)
        else:
            yield from _judged(registry, model, parameter, _Case(path, value, options, situation))


@frozen
class _Case:
    """One option of one request, with the others beside it."""

    path: Path
    value: Any
    options: dict[str, Any]
    situation: Situation


def _edit_refused(registry: Registry, model: Model) -> Problem:
    able = [other.id for other in offered(registry) if "edits" in other.features]
    return Problem(
        "edits-unsupported", ("inputs",), f"{model.id} takes no input images", f"models that do: {', '.join(able)}"
    )


def _unknown(registry: Registry, model: Model, name: str) -> Iterator[Problem]:
    if name in model.options:
        return
    current = [other for other, parameter in registry.parameters.items() if parameter.type not in _NOT_OFFERED]
    near = get_close_matches(name, current, 1)
    hint = (
        f"did you mean `{near[0]}`?"
        if near
        else "a server of your own takes it once its `models:` entry lists it in `options`"
    )
    yield Problem("unknown-option", ("options", name), f"the Image API has no option `{name}`", hint, on_key=True)


def _judged(registry: Registry, model: Model, parameter: Parameter, case: _Case) -> Iterator[Problem]:
    if parameter.name in model.options:
        return
    if parameter.type == "legacy":
        message = f"`{parameter.name}` is refused by image models of today"
        yield Problem("legacy-option", case.path, message, parameter.instead, on_key=True)
        return
    if parameter.type == "unsent":
        message = f"imagepipe does not stream, so `{parameter.name}` is never sent"
        yield Problem(parameter.code, case.path, message, parameter.instead, on_key=True)
        return
    if refusal := _out_of_place(registry, model, parameter, case):
        yield refusal
        return
    yield from _FAULTS[parameter.type](registry, model, parameter, case)
    yield from _preview(registry, model, parameter, case)
    yield from (need for rule in parameter.needs if (need := _unmet(model, parameter, rule, case)))


def _out_of_place(registry: Registry, model: Model, parameter: Parameter, case: _Case) -> Problem | None:
    """An option that this model never takes, or not in this kind of request."""
    name = parameter.name
    if parameter.where == "generate" and case.situation.edit:
        message = f"`{name}` belongs to requests without input images: the edit endpoint has no such field"
        return Problem(f"{name}-on-edit", case.path, message, "leave it out", on_key=True)
    if not takes(model, parameter):
        able = [other.id for other in offered(registry) if takes(other, parameter)]
        hint = f"leave it out; models that take it: {', '.join(able)}" if able else "leave it out"
        severity = _severity(model, parameter.values_of or "features")
        return Problem("option-unsupported", case.path, f"{model.id} takes no `{name}`", hint, severity, on_key=True)
    if parameter.where == "edit" and not case.situation.edit:
        message = f"`{name}` belongs to edits, and this asset has no inputs"
        return Problem("option-without-inputs", case.path, message, "leave it out, or give `inputs`", on_key=True)
    return None


def takes(model: Model, parameter: Parameter) -> bool:
    """Whether a model ever takes an option at all."""
    has_feature = not parameter.feature or parameter.feature in model.features
    return has_feature and (not parameter.values_of or bool(model.values_of(parameter.values_of)))


def offered(registry: Registry) -> tuple[Model, ...]:
    """The models to recommend: current ones, the provider's word before third parties'."""
    current = [model for model in registry.models.values() if model.status.state == "current"]
    return tuple(sorted(current, key=lambda model: list(model.confidence.values()).count("estimated")))


def _severity(model: Model, figure: str) -> Severity:
    return "error" if model.documented(figure) else "warning"


def _choice(registry: Registry, model: Model, parameter: Parameter, case: _Case) -> Iterator[Problem]:
    values = model.values_of(parameter.values_of) if parameter.values_of else parameter.values
    known = (("auto",) if parameter.auto else ()) + values
    if case.value in known and isinstance(case.value, str):
        return
    near = get_close_matches(str(case.value).lower(), known, 1)
    able = [
        other.id
        for other in offered(registry)
        if parameter.values_of and case.value in other.values_of(parameter.values_of)
    ]
    hint = f"did you mean `{near[0]}`? One of" if near and not able else "one of"
    hint = f"{hint} {', '.join(known)}" + (f"; `{case.value}` is taken by {', '.join(able)}" if able else "")
    if parameter.name == "background" and case.value == "transparent":
        hint = _transparent_ways(able)
    severity = _severity(model, parameter.values_of) if parameter.values_of else "error"
    yield Problem(
        parameter.code, case.path, f"{model.id} does not take {parameter.name} `{case.value}`", hint, severity
    )


def _transparent_ways(able: list[str]) -> str:
    return f"write `transparency: chroma-key`, or use a model that makes transparent pictures: {', '.join(able)}"


def _preview(registry: Registry, model: Model, parameter: Parameter, case: _Case) -> Iterator[Problem]:
    marks = {parameter.name, f"{parameter.name}={case.value}"}
    if case.situation.preview or not marks & model.preview:
        return
    able = [other.id for other in offered(registry) if not marks & other.preview and _has(other, parameter, case.value)]
    hint = "opt in with `preview: true`" + (f", or use {', '.join(able)}" if able else "")
    if "background=transparent" in marks:
        hint = f"{_transparent_ways(able)}; `preview: true` opts in"
    message = f"{parameter.name} `{case.value}` is a preview on {model.id}"
    yield Problem("preview-feature", case.path, message, hint)


def _has(model: Model, parameter: Parameter, value: Any) -> bool:
    return not parameter.values_of or value in model.values_of(parameter.values_of)


def _unmet(model: Model, parameter: Parameter, need: Need, case: _Case) -> Problem | None:
    if need.value and case.value != need.value:
        return None
    have = case.options.get(need.option, DEFAULTS.get(need.option))
    if have in need.values:
        return None
    possible = [str(value) for value in need.values if need.option != "output_format" or value in model.formats]
    subject = f"{parameter.name} `{need.value}`" if need.value else f"`{parameter.name}`"
    wanted = " or ".join(map(str, need.values))
    hint = f"leave `{parameter.name}` out: {model.id} makes no {wanted}"
    if possible:
        hint = f"write `{need.option}: {possible[0]}`, or leave `{parameter.name}` out"
    message = f"{subject} needs {need.option} {wanted}, and this request asks for `{have}`"
    return Problem(need.code, case.path, message, hint)


def _integer(registry: Registry, model: Model, parameter: Parameter, case: _Case) -> Iterator[Problem]:
    least, most = model.n if parameter.bounds_of == "n" else (parameter.least, parameter.most)
    value = case.value
    if isinstance(value, int) and not isinstance(value, bool):
        inside = (least is None or value >= least) and (most is None or value <= most)
        if inside and value % parameter.step == 0:
            return
    bounds = f"from {least} to {most}" if most is not None else f"of at least {least}"
    steps = f" in steps of {parameter.step}" if parameter.step > 1 else ""
    yield Problem(parameter.code, case.path, f"{parameter.name} is a whole number {bounds}{steps}, not `{value}`")


def _boolean(registry: Registry, model: Model, parameter: Parameter, case: _Case) -> Iterator[Problem]:
    if not isinstance(case.value, bool):
        yield Problem(parameter.code, case.path, f"{parameter.name} is true or false, not `{case.value}`")


def _text(registry: Registry, model: Model, parameter: Parameter, case: _Case) -> Iterator[Problem]:
    if not isinstance(case.value, str) or not case.value:
        yield Problem(parameter.code, case.path, f"{parameter.name} is a text, not `{case.value}`")


def _object(registry: Registry, model: Model, parameter: Parameter, case: _Case) -> Iterator[Problem]:
    if fault := _shape_fault(case.value, parameter.keys):
        yield Problem(parameter.code, case.path, f"{parameter.name}: {fault}", f"its form is {_form(parameter.keys)}")


def _shape_fault(value: Any, keys: FrozenMap) -> str:
    if not isinstance(value, FrozenMap):
        return f"`{value}` is not a map"
    for key, item in value.items():
        if key not in keys:
            return f"there is no `{key}` in it"
        inner = keys[key]
        if inner is None and not isinstance(item, str):
            return f"`{key}` is a text, not `{item}`"
        if inner is not None and (fault := _shape_fault(item, inner)):
            return fault
    return ""


def _form(keys: FrozenMap) -> str:
    return "{" + ", ".join(f"{key}: {_form(inner) if inner else '…'}" for key, inner in keys.items()) + "}"


def _size(registry: Registry, model: Model, parameter: Parameter, case: _Case) -> Iterator[Problem]:
    if case.value == "auto":
        return
    edges = sizes.parse(case.value) if isinstance(case.value, str) else None
    if edges is None:
        message = f"a size is WIDTHxHEIGHT in pixels or auto, not `{case.value}`"
        loose = _LOOSE.fullmatch(str(case.value))
        hint = f"write {loose[1]}x{loose[2]}" if loose else f"for instance {sizes.nearest(model, 1024, 1024)}"
        yield Problem("invalid-size", case.path, message, hint)
        return
    broken = sizes.faults(model, *edges)
    if broken:
        hint = f"nearest valid size: {sizes.nearest(model, *edges)}"
        message = f"{case.value} is no size of {model.id}: {'; '.join(broken)}"
        yield Problem("invalid-size", case.path, message, hint, _severity(model, "sizes"))
    elif sizes.experimental(model, *edges):
        bound = model.sizes.experimental_above
        message = f"{case.value} is experimental on {model.id}: more than {bound:,} pixels"
        yield Problem(
            "experimental-size", case.path, message, "expect uneven quality; a smaller size is sure", "warning"
        )


_FAULTS = {
    "integer": _integer,
    "choice": _choice,
    "boolean": _boolean,
    "text": _text,
    "object": _object,
    "size": _size,
}
