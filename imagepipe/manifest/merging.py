"""How fields lie over fields: maps merge, lists replace, a name that ends in + appends. Never changes what it is given."""

from collections.abc import Mapping
from typing import Any

_TWINS = {"output": "outputs", "outputs": "output"}


def merge(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """`over` laid on `under`."""
    if "+" in "".join(over):
        return _appended(under, over)
    made = {**under, **over}
    for name, value in over.items():
        if type(value) is dict:
            below = under.get(name)
            made[name] = merge(below if type(below) is dict else {}, value)
    return made


def _appended(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """The same where names may end in +."""
    made = dict(under)
    for name, value in over.items():
        if type(value) is dict:
            below = made.get(name)
            made[name] = merge(below, value) if type(below) is dict else merge({}, value)
        elif name[-1:] == "+":
            plain = name[:-1]
            made[plain] = _listed(over.get(plain, made.get(plain))) + _listed(value)
        elif f"{name}+" not in over:
            made[name] = value
    return made


def merge_asset(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """`merge` for the fields of an asset: an output replaces inherited outputs, a prompt of another kind the prompt."""
    if not under:
        return merge(under, over)
    dropped = [twin for name, twin in _TWINS.items() if name in over and twin in under]
    if _is_other_kind(under.get("prompt"), over.get("prompt")):
        dropped.append("prompt")
    return merge({name: value for name, value in under.items() if name not in dropped} if dropped else under, over)


def _is_other_kind(under: Any, over: Any) -> bool:
    return type(under) is dict and type(over) is dict and ("file" in over or "file" in under)


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]
