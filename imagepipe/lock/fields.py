"""One entry as plain fields and back, in the order in which the file shows them; every type is checked on the way in."""

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

from imagepipe.paths import fault_of
from imagepipe.values import EMPTY, Candidate, Charge, Entry, FileFact, FrozenMap, InputFact, freeze, thaw


class Misfit(Exception):
    """A field that is not what it must be: `path` within the entry."""

    def __init__(self, path: tuple[str, ...], what: str) -> None:
        super().__init__(what)
        self.path, self.what = path, what


_ANSWERS = ("generated", "adopted", "migrated")
_STATUSES = ("picked", "kept", "rejected")
_TEXT, _MAPS, _NESTED, _NUMBERS = {str}, {dict}, {dict, list}, {int, float}
_MOST = 1e300
"""Beyond any number in a lock; an endless one compares so, and a whole number of thousands of digits too."""
_DEEPEST = 20
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}").fullmatch
_WORD = re.compile(r"[\w+.-]{0,40}", re.ASCII).fullmatch
_ROLES = ("target", "reference", "style", "insert", "mask", "markup")


def entry_from(fields: Mapping[str, Any]) -> Entry:
    """The entry in a map of fields. Raises Misfit; fields that no version 1 knows are refused too, since rewriting the
    file would lose them."""
    if unknown := next((name for name in fields if name not in _READ), None):
        raise Misfit((unknown,), "is not a field of a version 1 lock")
    if missing := next((name for name in _NEEDED if name not in fields), None):
        raise Misfit((missing,), "is missing")
    return Entry(**{name: _READ[name](name, value) for name, value in fields.items()})


def _text(name: str, value: Any) -> str:
    if type(value) is not str:
        raise Misfit((name,), "is not text")
    return value


def _digest(name: str, value: Any) -> str:
    if type(value) is not str or not _DIGEST(value):
        raise Misfit((name,), "is not a sha256 digest")
    return value


def _key(name: str, value: Any) -> str:
    return _digest(name, value) if value else _text(name, value)


def _word(name: str, value: Any) -> str:
    if type(value) is not str or not _WORD(value):
        raise Misfit((name,), "is not the name of a format")
    return value


def _flag(name: str, value: Any) -> bool:
    if type(value) is not bool:
        raise Misfit((name,), "is neither true nor false")
    return value


def _count(name: str, value: Any) -> int:
    if type(value) is not int or value < 0:
        raise Misfit((name,), "is not a whole number")
    return value


def _one_of(choices: tuple[str, ...]) -> Callable[[str, Any], Any]:
    def read(name: str, value: Any) -> Any:
        if value not in choices:
            raise Misfit((name,), f"is none of {', '.join(choices)}")
        return value

    return read


def _map(name: str, value: Any) -> FrozenMap:
    if type(value) is not dict:
        raise Misfit((name,), "is not a map")
    if not value:
        return EMPTY
    _finite(name, value.values())
    return FrozenMap(value)


def _finite(name: str, values: Collection[Any]) -> None:
    if not _NUMBERS.isdisjoint(map(type, values)) and not all(
        -_MOST < one < _MOST for one in values if type(one) in _NUMBERS
    ):
        raise Misfit((name,), "holds a number that no lock holds")


def _deep(name: str, value: Any) -> FrozenMap:
    found = _map(name, value)
    if _NESTED.isdisjoint(map(type, found.values())):
        return found
    _bounded(name, value)
    return FrozenMap({key: freeze(item) for key, item in found.items()})


def _bounded(name: str, value: Any) -> None:
    """Refuses what is nested deeper than anything we write: whoever walks it would run out of stack."""
    layer = [value]
    for _ in range(_DEEPEST):
        layer = [item for above in layer for item in (above.values() if type(above) is dict else above)]
        _finite(name, layer)
        layer = [item for item in layer if type(item) in _NESTED]
    if layer:
        raise Misfit((name,), "is nested too deep")


def _parts(name: str, value: Any) -> FrozenMap:
    found = _each(name, value, _map)
    _bounded(name, value)
    return found


def _each(name: str, value: Any, read: Callable[[str, Any], Any]) -> FrozenMap:
    try:
        return FrozenMap({key: read(key, item) for key, item in _map(name, value).items()})
    except Misfit as misfit:
        raise Misfit((name, *misfit.path), misfit.what) from None


def _lines(name: str, value: Any) -> tuple[str, ...]:
    if type(value) is not list or not _TEXT.issuperset(map(type, value)):
        raise Misfit((name,), "is not a list of lines")
    return tuple(value)


def _list(name: str, value: Any) -> list[dict[str, Any]]:
    if type(value) is not list or not _MAPS.issuperset(map(type, value)):
        raise Misfit((name,), "is not a list of maps")
    return value


def _within(path: str, fields: Mapping[str, Any], readers: Mapping[str, Callable[[str, Any], Any]]) -> list[Any]:
    try:
        return [read(name, fields[name]) for name, read in readers.items()]
    except KeyError as error:
        raise Misfit((path, str(error.args[0])), "is missing") from None
    except Misfit as misfit:
        raise Misfit((path, *misfit.path), misfit.what) from None


_INPUT = {"role": _one_of(_ROLES), "image": _text, "sha256": _digest}
_SIZED = {"sha256": _digest, "width": _count, "height": _count, "format": _word}
_CANDIDATE = {**_SIZED, "status": _one_of(_STATUSES), "why": _text, "c2pa": _flag, "made_from": _key}
_ADDED = {"why": "", "c2pa": False, "made_from": ""}
"""Of a candidate, and left out where they say nothing."""
_OUTPUT = {**_SIZED, "bytes": _count}


def _inputs(name: str, value: Any) -> tuple[InputFact, ...]:
    return tuple(InputFact(*_within(name, item, _INPUT)) for item in _list(name, value))


def _candidates(name: str, value: Any) -> tuple[Candidate, ...]:
    return tuple(Candidate(*_within(name, {**_ADDED, **item}, _CANDIDATE)) for item in _list(name, value))


def _outputs(name: str, value: Any) -> FrozenMap:
    return _each(name, value, _output)


def _output(path: str, value: Any) -> FileFact:
    if fault := fault_of(path):
        raise Misfit((path,), fault)
    return FileFact(*_within(path, _map(path, value), _OUTPUT))


def _cost(name: str, value: Any) -> Charge:
    fields = _map(name, value)
    usd = fields.get("usd")
    if usd is not None and (type(usd) not in (int, float) or usd < 0):
        raise Misfit((name, "usd"), "is not a sum of money")
    return Charge(usd, _deep("usage", fields.get("usage", {})), _flag("estimated", fields.get("estimated", False)))


_READ: dict[str, Callable[[str, Any], Any]] = {
    "made_from": _key,
    "parts": _parts,
    "answer": _one_of(_ANSWERS),
    "origin": _deep,
    "placeholder": _flag,
    "profile": _text,
    "approved": _flag,
    "note": _text,
    "prompt": _lines,
    "provider": _text,
    "model": _text,
    "resolved_model": _text,
    "options": _deep,
    "inputs": _inputs,
    "candidates": _candidates,
    "finished_by": _key,
    "outputs": _outputs,
    "left_over": _outputs,
    "cost": _cost,
    "made_at": _text,
}
_NEEDED = ("made_from", "parts", "prompt", "provider", "model", "options")
_LEFT_OUT = ("origin", "placeholder", "profile", "approved", "note", "resolved_model", "left_over")
"""Written only where they say something."""


def fields_of(entry: Entry) -> dict[str, Any]:
    """An entry as plain data, fields in the file's order; labels of keys sorted."""
    fields: dict[str, Any] = {}
    for name in _READ:
        value = getattr(entry, name)
        if value or name not in _LEFT_OUT:
            fields[name] = _WRITE.get(name, thaw)(value)
    return fields


def _write_parts(parts: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    return {name: dict(sorted(parts[name].items())) for name in sorted(parts)}


def _write_files(files: Mapping[str, FileFact]) -> dict[str, Any]:
    return {path: _slots(fact, _OUTPUT) for path, fact in files.items()}


def _write_cost(cost: Charge) -> dict[str, Any]:
    return {"usd": cost.usd, "usage": thaw(cost.usage), "estimated": cost.estimated}


def _slots(item: Any, names: Mapping[str, Any]) -> dict[str, Any]:
    return {name: getattr(item, "name" if name == "image" else name) for name in names}


def _candidate(item: Candidate) -> dict[str, Any]:
    return {name: value for name, value in _slots(item, _CANDIDATE).items() if name not in _ADDED or value}


_WRITE: dict[str, Callable[[Any], Any]] = {
    "parts": _write_parts,
    "options": lambda options: {name: thaw(value) for name, value in sorted(options.items())},
    "inputs": lambda items: [
        {name: _slots(item, _INPUT)[name] for name in ("image", "role", "sha256")} for item in items
    ],
    "candidates": lambda items: [_candidate(item) for item in items],
    "outputs": _write_files,
    "left_over": _write_files,
    "cost": _write_cost,
}
