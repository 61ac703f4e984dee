"""What users add to the registry: capabilities by name and shape, never where requests go."""

from collections.abc import Callable, Mapping
from datetime import date
from difflib import get_close_matches
from typing import Any

from imagepipe.errors import Problem
from imagepipe.models.capabilities import Inputs, Prices

ROUTING = frozenset(
    (
        *("base_url", "url", "uri", "endpoint", "host", "server", "proxy", "provider", "deployment"),
        *("key", "api_key", "key_env", "secret", "token", "password", "authorization", "headers"),
        *("organization", "project"),
    )
)
"""Names that would choose where a request goes or with which key: never taken from an entry."""

FIGURES = {"qualities", "formats", "backgrounds", "fidelity", "features", "sizes", "inputs", "prices", "tokens"}


def merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """A user's entry on top of `base`: `inputs` and `sizes` merge, everything else replaces; what a user states counts as
    documented. Returns a new entry in the registry's own form."""
    result = {**base, "confidence": {**base["confidence"]}}
    for trait, value in over.items():
        name, said = _TURNS.get(trait, _same)(trait, value, base)
        result[name] = said
        if name in FIGURES:
            result["confidence"][name] = "documented"
        if name == "features":
            result["confidence"]["batch"] = "documented"
    return result


def _same(trait: str, value: Any, base: Mapping[str, Any]) -> tuple[str, Any]:
    return trait, value


def _turn_sizes(trait: str, value: Any, base: Mapping[str, Any]) -> tuple[str, Any]:
    if isinstance(value, list):
        return trait, {"kind": "fixed", "values": value}
    kind = value.get("kind", "flexible")
    same = kind == base["sizes"]["kind"]
    return trait, {**(base["sizes"] if same else {}), **value, "kind": kind}


def _turn_inputs(trait: str, value: Any, base: Mapping[str, Any]) -> tuple[str, Any]:
    return trait, {**base["inputs"], **value}


def _turn_tokens(trait: str, value: Any, base: Mapping[str, Any]) -> tuple[str, Any]:
    return trait, {"kind": next(iter(value)), **value}


def _turn_end(trait: str, value: Any, base: Mapping[str, Any]) -> tuple[str, Any]:
    return "status", {"state": "ends", "date": value, "confidence": "documented"}


_TURNS = {"sizes": _turn_sizes, "inputs": _turn_inputs, "tokens": _turn_tokens, "ends": _turn_end}


def faults(name: str, raw: Any) -> tuple[Problem, ...]:
    """What is wrong with a user's entry; paths are relative to where `models:` stands."""
    here: tuple[str | int, ...] = ("models", name)
    if not isinstance(raw, Mapping):
        return (Problem("invalid-model-entry", here, f"the entry of `{name}` is not a map of capabilities"),)
    return tuple(fault for trait, value in raw.items() if (fault := _fault((*here, str(trait)), str(trait), value)))


def _fault(path: tuple[str | int, ...], trait: str, value: Any) -> Problem | None:
    if trait.lower() in ROUTING:
        message = f"`{trait}` would choose where requests go or with which key; an entry states capabilities alone"
        return Problem(
            "model-routing", path, message, "write it under `[providers.NAME]` in your config.toml", on_key=True
        )
    if trait not in SHAPES:
        near = get_close_matches(trait, SHAPES, 1)
        hint = f"did you mean `{near[0]}`?" if near else f"known: {', '.join(SHAPES)}"
        return Problem("unknown-model-field", path, f"`{trait}` is no field of a model entry", hint, on_key=True)
    fits, wanted = SHAPES[trait]
    if fits(value):
        return None
    return Problem("invalid-model-entry", path, f"`{trait}` must be {wanted}")


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e12


def _whole(value: Any) -> bool:
    return isinstance(value, int) and _number(value) and value > 0


def _words(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) and item for item in value)


def _pair(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(map(_whole, value)) and value[0] <= value[1]


def _edges(value: Any) -> bool:
    parts = value.split("x") if isinstance(value, str) else []
    return len(parts) == 2 and all(part.isascii() and part.isdigit() and part[0] != "0" for part in parts)


def _size_rule(value: Any) -> bool:
    if isinstance(value, list):
        return bool(value) and all(map(_edges, value))
    bounds = {"multiple", "longest", "least_pixels", "most_pixels", "experimental_above"}
    if not isinstance(value, dict) or set(value) - bounds - {"kind", "ratio", "values"}:
        return False
    whole = all(_whole(value[bound]) for bound in bounds & set(value))
    ratio = _number(value.get("ratio", 3)) and value.get("ratio", 3) >= 1
    fixed = value.get("kind") != "fixed" or _size_rule(value.get("values", []))
    return whole and ratio and fixed and value.get("kind", "flexible") in ("fixed", "flexible")


def _price_list(value: Any) -> bool:
    known = set(Prices.__dataclass_fields__)
    return isinstance(value, dict) and bool(value) and set(value) <= known and all(map(_number, value.values()))


def _input_limits(value: Any) -> bool:
    if not isinstance(value, dict) or set(value) - set(Inputs.__dataclass_fields__):
        return False
    return all(_words(item) if limit.endswith("formats") else _whole(item) for limit, item in value.items())


def _grid_or_table(value: Any) -> bool:
    if not isinstance(value, dict) or set(value) - {"grid", "table"} or len(value) != 1:
        return False
    rows = next(iter(value.values()))
    if not isinstance(rows, dict) or not rows:
        return False
    row_fits = _whole if "grid" in value else _triple
    return all(map(row_fits, rows.values()))


def _triple(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 3 and all(map(_whole, value))


def _is_date(value: Any) -> bool:
    try:
        return isinstance(value, str) and bool(date.fromisoformat(value))
    except ValueError:
        return False


SHAPES: dict[str, tuple[Callable[[Any], bool], str]] = {
    "like": (lambda value: isinstance(value, str), "the id of a model whose rules this one shares"),
    "sizes": (_size_rule, "a list such as [512x512, 1024x1024], or the bounds of a flexible rule"),
    "qualities": (_words, "a list of names"),
    "formats": (_words, "a list of names such as [png, jpeg]"),
    "backgrounds": (_words, "a list out of auto, opaque, transparent"),
    "fidelity": (_words, "a list out of low, high (empty: never sent)"),
    "preview": (_words, "a list such as [background=transparent]"),
    "features": (_words, "a list out of edits, markup, complexity, batch"),
    "options": (_words, "a list of further option names, sent as written"),
    "inputs": (_input_limits, "a map of limits: most, formats, bytes_below, mask_formats, mask_bytes_below"),
    "n": (_pair, "two whole numbers, least and most"),
    "prompt_chars": (_whole, "a whole number"),
    "prices": (
        _price_list,
        "USD per million tokens (text_in, text_cached, image_in, image_cached, image_out) or per_image",
    ),
    "tokens": (_grid_or_table, "{grid: {QUALITY: EDGE}} or {table: {QUALITY: [square, portrait, landscape]}}"),
    "ends": (_is_date, "a date such as 2026-12-01"),
    "snapshots": (_words, "a list of dated ids"),
    "replacements": (_words, "a list of ids"),
}
"""Field of a user's entry → (does a value fit, what is wanted)."""
