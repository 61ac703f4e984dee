"""Receipts, intents and refusals as JSON text and back, read strictly: a wrong type or a changed byte is an error.

Each record carries a checksum over its value, since a flipped digit in a price is still valid JSON. Fields that this
version does not know are passed over: they come from a later one that may share the store.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from typing import Any, TypeVar

from imagepipe.digest import digest_text
from imagepipe.values import (
    EMPTY,
    Candidate,
    Charge,
    FrozenMap,
    InputFact,
    Intent,
    Receipt,
    Refusal,
    freeze,
    thaw,
)

Record = TypeVar("Record", Receipt, Intent, Refusal)
Reader = Callable[[Any], Any]


class Unreadable(ValueError):
    """A record that is not what it should be; the message says where."""


def to_text(record: Receipt | Intent | Refusal) -> bytes:
    """A record as UTF-8 JSON with its kind and checksum."""
    kind, value = type(record).__name__.lower(), _text_of(plain(record))
    return f'{{"kind":"{kind}","check":"{digest_text(kind + value)}","value":{value}}}\n'.encode("ascii")


def from_text(text: bytes, kind: type[Record]) -> Record:
    """The record in `text`. Raises Unreadable."""
    try:
        data = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"not JSON: {error}") from error
    name = kind.__name__.lower()
    if not isinstance(data, dict) or data.get("kind") != name or not isinstance(data.get("value"), dict):
        raise Unreadable(f"not a {name}")
    if data.get("check") != digest_text(name + _text_of(data["value"])):
        raise Unreadable("its checksum does not match")
    record: Record = _read(kind, data["value"])
    return record


def plain(value: Any) -> Any:
    """A record, or a part of one, as JSON-ready data."""
    if hasattr(value, "__dataclass_fields__"):
        return {spec.name: plain(getattr(value, spec.name)) for spec in fields(value)}
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    return thaw(value)


def _text_of(value: Mapping[str, Any]) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def _no_constant(name: str) -> float:
    raise Unreadable(f"{name} is not JSON")


def _exactly(kind: type) -> Reader:
    def read(value: Any) -> Any:
        if type(value) is not kind:
            raise Unreadable(f"{kind.__name__} expected, {type(value).__name__} found")
        return value

    return read


def _dollars(value: Any) -> float | None:
    if value is not None and type(value) not in (int, float):
        raise Unreadable(f"a number or null expected, {type(value).__name__} found")
    return None if value is None else float(value)


def _mapping(value: Any) -> FrozenMap:
    frozen = freeze(_exactly(dict)(value))
    return frozen if frozen else EMPTY


def _one_of(*choices: str) -> Reader:
    def read(value: Any) -> Any:
        if value not in choices:
            raise Unreadable(f"one of {', '.join(choices)} expected")
        return value

    return read


def _tuple_of(reader: Reader) -> Reader:
    return lambda value: tuple(reader(item) for item in _exactly(list)(value))


def _nested(kind: type) -> Reader:
    return lambda value: _read(kind, _exactly(dict)(value))


_text, _whole, _flag = _exactly(str), _exactly(int), _exactly(bool)
_TYPES: dict[Any, Reader] = {str: _text, int: _whole, bool: _flag, float | None: _dollars, FrozenMap: _mapping}
_SPECIAL: dict[tuple[type, str], Reader] = {
    (InputFact, "role"): _one_of("target", "reference", "style", "insert", "mask", "markup"),
    (Candidate, "status"): _one_of("picked", "kept", "rejected"),
    (Receipt, "answer"): _one_of("generated", "adopted", "migrated"),
    (Receipt, "prompt"): _tuple_of(_text),
    (Receipt, "inputs"): _tuple_of(_nested(InputFact)),
    (Receipt, "candidates"): _tuple_of(_nested(Candidate)),
    (Receipt, "charge"): _nested(Charge),
    (Intent, "receipt"): _nested(Receipt),
}


def _read(kind: Any, data: Mapping[str, Any]) -> Any:
    found = {}
    for spec in fields(kind):
        if spec.name in data:
            reader = _SPECIAL.get((kind, spec.name)) or _TYPES[spec.type]
            found[spec.name] = _within(f"{kind.__name__.lower()}.{spec.name}", reader, data[spec.name])
        elif spec.default is MISSING:
            raise Unreadable(f"{kind.__name__.lower()}.{spec.name} is missing")
    return kind(**found)


def _within(name: str, reader: Reader, value: Any) -> Any:
    try:
        return reader(value)
    except Unreadable as error:
        raise Unreadable(f"{name}: {error}") from None
