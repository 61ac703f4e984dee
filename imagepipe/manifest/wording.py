"""What the schema rejects, in the words of a person who writes manifests. Loaded only when something is rejected."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry

from imagepipe.errors import Path, Problem
from imagepipe.frozen import frozen
from imagepipe.manifest import alternatives, badnames
from imagepipe.manifest.homes import home
from imagepipe.manifest.nearness import cut, listed, meant

Rejected = Any
"""A jsonschema ValidationError, whose types allow for errors half made."""

MAX_MESSAGE = 200
MOST = 60
_BOOLEANS = dict.fromkeys(("yes", "on", "y"), "true") | dict.fromkeys(("no", "off", "n"), "false")
_NAMED = re.compile("`[^`]+`")
_KINDS = {
    "object": "`name: value` lines",
    "array": "a list",
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "null": "nothing",
}


@frozen
class Fault:
    """One rejected thing: where, what to say, and what to leave out so that the rest can be judged."""

    code: str
    path: Path
    message: str
    hint: str = ""
    on_key: bool = False
    culprit: Path = ()

    def problem(self, prefix: Path) -> Problem:
        """The fault as a problem, `prefix` put before its path."""
        return Problem(self.code, (*prefix, *self.path), cut(self.message, MAX_MESSAGE), self.hint, on_key=self.on_key)


def faults(schema: Mapping[str, Any], value: Any, of: str = "") -> list[Fault]:
    """Everything in `value` that the schema rejects, one fault a thing. `of` is what people call the value."""
    found: list[Fault] = []
    seen: set[tuple[Path, str]] = set()
    for error in Draft202012Validator(schema, registry=Registry()).iter_errors(value):
        for fault in _faults_of(error, of):
            if (fault.path, fault.code) not in seen:
                seen.add((fault.path, fault.code))
                found.append(fault)
        if len(found) >= MOST:
            break
    return _without_echoes(found)


def _without_echoes(found: list[Fault]) -> list[Fault]:
    """The faults but those that say again what another says: a name is missing, since it is misspelt or misplaced."""
    misspelt = [(fault.path[:-1], fault.hint) for fault in found if fault.code == "unknown-field"]
    lacking = {fault.path for fault in found if fault.code == "missing-field"}
    better = {fault.path for fault in found if fault.code in ("input-source", "invalid-value")}

    def is_echo(fault: Fault) -> bool:
        if fault.code == "empty-value":
            return fault.path in lacking
        if fault.code == "wrong-type":
            return fault.path in better
        names = _NAMED.findall(fault.message) if fault.code in ("missing-field", "input-source") else ()
        near = [hint for place, hint in misspelt if place == fault.path]
        return any(name in hint for name in names for hint in near) or (" or " in fault.message and bool(near))

    return [fault for fault in found if not is_echo(fault)]


def _faults_of(error: Rejected, of: str) -> Iterator[Fault]:
    path: Path = tuple(error.absolute_path)
    if "propertyNames" in error.absolute_schema_path:
        yield _name_fault(error, path)
    elif error.validator == "additionalProperties":
        yield from _unknown_fields(error, path, of)
    else:
        word = _WORDERS.get(str(error.validator), _other)
        fault = word(error, path)
        yield fault if fault.culprit else replace(fault, culprit=path)


def _name_fault(error: Rejected, path: Path) -> Fault:
    name = str(error.instance)
    message, hint = badnames.told(name, str(error.schema.get("pattern", "")))
    return Fault("invalid-id", (*path, name), message, hint, True, (*path, name))


def _unknown_fields(error: Rejected, path: Path, of: str) -> Iterator[Fault]:
    known = list(error.schema.get("properties", {}))
    for name in error.instance:
        if name not in known:
            place = (*path, name)
            yield Fault(
                "unknown-field",
                place,
                f"`{cut(name)}` is not a field {_of((of, *path) if of else path, known)}",
                _field_hint(error, name, known, path),
                True,
                place,
            )


def _of(path: Path, known: list[str]) -> str:
    named = [step for step in path if isinstance(step, str)]
    if named:
        return f"of `{cut(named[-1], 40)}`"
    return "of an asset" if "extends" in known else "of a manifest" if "assets" in known else "here"


def _field_hint(error: Rejected, name: str, known: list[str], path: Path) -> str:
    if error.instance[name] is None and " " in name:
        return 'a comma ends a text inside { }: put the text in "quotes"'
    own = (
        f"; a line of your own goes under `extra`: {{{cut(name, 40)}: …}}" if {"extra", "request"} <= set(known) else ""
    )
    return (
        badnames.slip(name)
        or home(name, error.instance[name], known, path)
        or meant(name, known)
        or f"known here: {listed(known, 40)}{own}"
    )


def _type(error: Rejected, path: Path) -> Fault:
    wanted = error.validator_value if isinstance(error.validator_value, list) else [error.validator_value]
    words = [
        _KINDS[kind] for kind in wanted if kind != "null" and not (kind in ("number", "boolean") and "string" in wanted)
    ]
    message = f"this must be {_or(words)}, not {described(error.instance)}"
    return Fault("wrong-type", path, message, _type_hint(wanted, error.instance, path) or _such_as(error))


def _type_hint(wanted: list[str], value: Any, path: Path) -> str:
    if value is None:
        return "write a value, or remove the line"
    if isinstance(value, str) and "boolean" in wanted and value.lower() in _BOOLEANS:
        return f"write {_BOOLEANS[value.lower()]}"
    if "array" in wanted:
        first = next(iter(value), "") if isinstance(value, dict) else str(value).partition(" ")[0]
        if first[:1] == "-" and (tight := badnames.slip(first)):
            return tight
        one = "[{…}, {…}]" if isinstance(value, dict) else f"[{cut(value, 40)}]" if value else "[one, two]"
        return f"put each entry on a line of its own after `- `, or write {one}"
    if path == ("assets",) and isinstance(value, list):
        return "write `ID:` instead of `- `, and the asset's fields below it, indented"
    if path[-1:] == ("output",) and isinstance(value, dict):
        return "an output with steps or a format is an entry of the list `outputs`: write `- path: …` there"
    if path[-1:] == ("output",) and isinstance(value, list):
        return "several files are the list `outputs`"
    return "write `name: value` instead of `- `" if isinstance(value, list) and wanted == ["object"] else ""


def _or(words: list[str]) -> str:
    return " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def described(value: Any) -> str:
    """A value as a message may show it: its kind, and short texts and numbers themselves."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f"the text `{cut(value, 40)}`" if value else "an empty text"
    if isinstance(value, int | float):
        return f"the number {value}"
    return "`name: value` lines" if isinstance(value, dict) else "a list" if isinstance(value, list) else "nothing"


def _enum(error: Rejected, path: Path) -> Fault:
    allowed = [str(item) for item in error.validator_value]
    hint = meant(str(error.instance), allowed) if isinstance(error.instance, str) else ""
    if path[-1:] == ("background",) and not hint:
        hint = "what the picture shows behind its subject is `scene`, in `prompt`"
    message = f"this must be {_or([f'`{item}`' for item in allowed])}, not {described(error.instance)}"
    return Fault("invalid-value", path, message, hint)


def _const(error: Rejected, path: Path) -> Fault:
    if path == ("version",):
        message = f"this imagepipe reads manifests of version 1, not {described(error.instance)}"
        return Fault("unknown-version", path, message, "write `version: 1`, or use a newer imagepipe")
    return _enum(error, path)


def _pattern(error: Rejected, path: Path) -> Fault:
    rule = error.schema.get("description", "")
    return Fault("invalid-value", path, f"`{cut(error.instance, 40)}` does not fit here. {rule}", _such_as(error))


def _such_as(error: Rejected) -> str:
    """Values that would do, of those that are short."""
    examples = error.schema.get("examples") or (error.schema.get("default") and [error.schema["default"]]) or []
    short = [str(item) for item in examples[:3] if not isinstance(item, list | dict | bool)]
    return "such as " + listed(short) if short else ""


def _bound(error: Rejected, path: Path) -> Fault:
    if error.validator in ("minProperties", "minItems") and not error.instance:
        return _empty(error, path)
    if error.validator == "maxProperties" and error.validator_value == 1:
        message = f"one entry is one step, and here are {len(error.instance)}"
        return Fault("out-of-range", path, message, "put each step after a `- ` of its own")
    rule = {
        "minimum": "at least {}", "maximum": "at most {}", "exclusiveMinimum": "more than {}",
        "maxLength": "at most {:,} characters long", "maxItems": "a list of at most {:,}", "minItems": "a list of at least {}",
        "minProperties": "at least {} entries long", "maxProperties": "at most {} entries long",
    }[str(error.validator)].format(error.validator_value)  # fmt: skip
    given = f", not {error.instance}" if isinstance(error.instance, int | float) else ""
    return Fault("out-of-range", path, f"this must be {rule}{given}")


def _empty(error: Rejected, path: Path) -> Fault:
    return Fault("empty-value", path, "this is empty", "write a value, or remove the line")


def _unique(error: Rejected, path: Path) -> Fault:
    return Fault("repeated-value", path, "this list names something twice", "keep one of the two")


def _required(error: Rejected, path: Path) -> Fault:
    missing = next(name for name in error.validator_value if name not in error.instance)
    code = "missing-field"
    return Fault(code, path, f"`{missing}` is missing", f"add `{missing}: …`")


def _any_of(error: Rejected, path: Path) -> Fault:
    names = [name for branch in error.validator_value for name in branch.get("required", ())]
    if not names:
        return _other(error, path)
    given = _or([f"`{name}`" for name in names])
    return Fault("missing-field", path, f"{given} is missing", f"add `{names[0]}: …`")


def _one_of(error: Rejected, path: Path) -> Fault:
    if "image" not in error.schema.get("properties", {}):
        message, hint = alternatives.told(error.validator_value, error.instance)
        return Fault("conflicting-options", path, message, hint)
    message = "an input names either `image` (a file) or `asset` (another asset), exactly one of them"
    if not isinstance(error.instance, dict):
        hint = f"write {{image: {error.instance}}}" if isinstance(error.instance, str) else "write {image: FILE}"
        return Fault("input-source", path, message, hint)
    both = {"image", "asset"} <= error.instance.keys()
    return Fault("input-source", path, message, "keep one of the two" if both else "add `image: …` or `asset: …`")


def _not(error: Rejected, path: Path) -> Fault:
    message = "`output` is short for `outputs` with one path: only one of them can be given"
    place = (*path, "output")
    return Fault("output-and-outputs", place, message, "move its path into the list `outputs`", True, place)


def _other(error: Rejected, path: Path) -> Fault:
    return Fault("invalid-value", path, f"{described(error.instance)} does not fit here")


_WORDERS: dict[str, Callable[[Rejected, Path], Fault]] = {
    "type": _type,
    "enum": _enum,
    "const": _const,
    "pattern": _pattern,
    "required": _required,
    "oneOf": _one_of,
    "anyOf": _any_of,
    "not": _not,
    "uniqueItems": _unique,
    "minLength": _empty,
    **dict.fromkeys(
        (
            "minimum",
            "maximum",
            "exclusiveMinimum",
            "maxLength",
            "maxItems",
            "minItems",
            "minProperties",
            "maxProperties",
        ),
        _bound,
    ),
}
