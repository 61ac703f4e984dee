"""The schema's closed form: names of providers, steps, templates, models and use cases filled in, for editors."""

from collections.abc import Iterable, Mapping
from typing import Any

from imagepipe import schemafiles

Schema = Mapping[str, Any]


def closed_schema(
    providers: Iterable[str],
    steps: Mapping[str, Schema],
    templates: Iterable[str],
    models: Iterable[str],
    use_cases: Iterable[str],
) -> dict[str, Any]:
    """The manifest's schema with every name that a registry knows. `steps`: step name → JSON Schema of its options. Where
    `use_cases` says what each is for, an editor shows that beside the name, and what the steps' schemas say of them.

    A kind without members stays open. Models stay open as well, since a provider may have newer ones.
    """
    schema = schemafiles.schema("assets")
    asset = schema["$defs"]["asset"]["properties"]
    asset["provider"] = _named(asset["provider"], providers)
    asset["template"] = _named(asset["template"], templates)
    asset["model"] = _suggested(asset["model"], models)
    prompt = schema["$defs"]["prompt"]["properties"]
    prompt["use_case"] = _named(prompt["use_case"], use_cases)
    if steps:
        schema["$defs"]["step"] = _step(schema["$defs"]["step"], steps)
    return schema


def _kept(field: Schema, *names: str) -> dict[str, Any]:
    return {name: field[name] for name in ("description", "default", "examples", *names) if name in field}


def _named(field: Schema, names: Iterable[str]) -> dict[str, Any]:
    known = sorted(set(names))
    return {**_kept(field), **_enum(known, names)} if known else dict(field)


def _enum(known: list[str], told: object) -> dict[str, Any]:
    """The names, with what each is for where `told` is a map that says it: editors show that, validators pass it over."""
    says = [str(told.get(name) or "") for name in known] if isinstance(told, Mapping) else []
    return {"enum": known, "enumDescriptions": says} if any(says) else {"enum": known}


def _suggested(field: Schema, names: Iterable[str]) -> dict[str, Any]:
    open_form = {name: value for name, value in field.items() if name not in _kept(field)}
    return {**_kept(field), "anyOf": [{"enum": list(names)}, open_form]}


def _step(field: Schema, steps: Mapping[str, Schema]) -> dict[str, Any]:
    return {
        **_kept(field),
        "type": ["string", "object"],
        "if": {"type": "string"},
        "then": _enum(sorted(steps), {name: schema.get("description") for name, schema in steps.items()}),
        "else": {
            "type": "object",
            "minProperties": 1,
            "maxProperties": 1,
            "additionalProperties": False,
            "properties": {name: dict(steps[name]) for name in sorted(steps)},
        },
    }
