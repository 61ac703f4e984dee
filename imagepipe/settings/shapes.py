"""What may stand in config.toml: names and the shapes of their values. Messages never repeat a value."""

import re
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from imagepipe.errors import Path, Problem

MOST_USD = 1_000_000.0
MOST_JOBS = 100
BUILT_IN_KINDS = ("openai", "placeholder")

_URL = re.compile(r"https?://[^\s/@?#]+(:\d+)?(/[^\s@?#]*)?")
_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]{2,63}")
_SECRETS = frozenset(("key", "api_key", "apikey", "token", "secret", "password", "authorization"))

Shape = tuple[Callable[[Any], bool], str]


def kind_of(name: str, raw: Mapping[str, Any]) -> str:
    """The kind of a provider: as written, else a built-in kind of that name, else a server that speaks like OpenAI."""
    return str(raw.get("kind", name if name in BUILT_IN_KINDS else "openai"))


def faults(data: Mapping[str, Any]) -> list[Problem]:
    """Everything that is wrong with the names and shapes in a configuration, `[models]` apart: the registry judges it."""
    return [*_unknown((), data, _SECTIONS), *_sections(data)]


def _sections(data: Mapping[str, Any]) -> Iterator[Problem]:
    for section in _SECTIONS:
        value = data.get(section, {})
        if not isinstance(value, dict):
            yield Problem("invalid-setting", (section,), f"`{section}` is a table", f"write [{section}]")
        elif section in _TABLES:
            yield from _table((section,), value, _TABLES[section])
        elif section == "providers":
            for name, raw in value.items():
                yield from _provider((section, name), name, raw)


def _provider(path: Path, name: str, raw: Any) -> Iterator[Problem]:
    if not isinstance(raw, dict):
        yield Problem("invalid-setting", path, f"`{name}` is a table of its own", f"write [providers.{name}]")
        return
    yield from _table(path, raw, PROVIDER)
    switches = raw.get("switches", {})
    if kind_of(name, raw) in BUILT_IN_KINDS and isinstance(switches, dict):
        yield from _table((*path, "switches"), switches, SWITCHES)


def _table(path: Path, table: Mapping[str, Any], shapes: Mapping[str, Shape]) -> Iterator[Problem]:
    yield from _unknown(path, table, shapes)
    for name, value in table.items():
        if name in shapes and not shapes[name][0](value):
            yield Problem("invalid-setting", (*path, name), f"`{name}` must be {shapes[name][1]}")


def _unknown(path: Path, table: Mapping[str, Any], known: Mapping[str, Any]) -> Iterator[Problem]:
    for name in table:
        if name in known:
            continue
        if name.lower() in _SECRETS:
            hint = "name the environment variable that holds it: key_env"
            yield Problem("unknown-setting", (*path, name), f"`{name}`: a key is never written into a file", hint)
            continue
        near = get_close_matches(name, known, 1)
        hint = f"did you mean `{near[0]}`?" if near else f"known: {', '.join(known)}"
        yield Problem("unknown-setting", (*path, name), f"there is no setting `{name}` here", hint)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value)


def _is_usd(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < MOST_USD


def _above_zero(value: Any) -> bool:
    return _is_usd(value) and value > 0


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MOST_JOBS


def _is_retry(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value in (0, 1)


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def _is_url(value: Any) -> bool:
    return isinstance(value, str) and bool(_URL.fullmatch(value))


def _is_variable(value: Any) -> bool:
    return isinstance(value, str) and bool(_VARIABLE.fullmatch(value))


def _are_names(value: Any) -> bool:
    return isinstance(value, dict) and all(_is_text(item) for item in (*value, *value.values()))


def _are_options(value: Any) -> bool:
    return isinstance(value, list) and all(_is_text(item) and item not in ("prompt", "model") for item in value)


_USD: Shape = (_is_usd, "a sum in USD")

PROVIDER: dict[str, Shape] = {
    "kind": (_is_text, "the name of a kind of provider: openai, or one that a package adds"),
    "base_url": (_is_url, "an http or https address without user, password or query"),
    "key_env": (_is_variable, "the name of an environment variable, such as OPENAI_API_KEY"),
    "models": (_are_names, 'a table of deployment = "real model"'),
    "deadline": (_above_zero, "a number of seconds above 0"),
    "switches": (lambda value: isinstance(value, dict), "a table"),
}
SWITCHES: dict[str, Shape] = {
    "response_format": (_is_text, 'a text such as "b64_json"'),
    "url": (_is_flag, "true or false"),
    "keyless": (_is_flag, "true or false"),
    "leave_out": (_are_options, 'a list of options of a request, such as ["quality"]; never prompt or model'),
}
_TABLES: dict[str, dict[str, Shape]] = {
    "budget": {
        "per_build": _USD,
        "per_asset": _USD,
        "per_day": _USD,
        "confirm_above": _USD,
        "retry_in_doubt": (_is_retry, "0 or 1"),
    },
    "limits": {
        "images_per_minute": (_above_zero, "a number above 0"),
        "jobs": (_is_count, f"a whole number from 1 to {MOST_JOBS}"),
    },
}
_SECTIONS: dict[str, None] = dict.fromkeys(("providers", "budget", "limits", "models"))
