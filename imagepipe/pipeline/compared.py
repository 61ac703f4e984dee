"""A comparison out of a file that `diff --json` wrote, perhaps on a machine that nobody here trusts: all of it is held
against its schema, and the numbers are ordinary ones."""

import json
from collections.abc import Mapping
from math import isfinite
from pathlib import Path
from typing import Any, NoReturn

from jsonschema import Draft202012Validator

from imagepipe.errors import Finding, UsageError
from imagepipe.planning.comparing import Change, Comparison, Score
from imagepipe.schemafiles import schema
from imagepipe.values import EMPTY, FREE, Entry, FileFact, FrozenMap, Price, Reason

LARGEST = 8 << 20
"""Bytes of such a file that are read."""
_MOST = 1e9
_HINT = "make one with `imagepipe diff --json > FILE`"


def read(path: Path) -> Comparison:
    """The comparison in a file. Raises UsageError for a file that is none, or that is larger than LARGEST."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}", hint=_HINT, code="not-a-comparison") from error
    if len(data) > LARGEST:
        _refuse(path, f"it has more than {LARGEST >> 20} MiB")
    try:
        found = json.loads(data, parse_constant=_no_number)
        wrong = next(Draft202012Validator(schema("diff")).iter_errors(found), None)
    except (ValueError, RecursionError):
        _refuse(path, "it is no JSON")
    if wrong:
        _refuse(path, f"{wrong.json_path} is not as the schema `diff` says")
    try:
        return _comparison(found)
    except (ValueError, OverflowError):
        _refuse(path, "a number in it is out of all bounds")


def _refuse(path: Path, why: str) -> NoReturn:
    raise UsageError(f"{path} is not a comparison: {why}", hint=_HINT, code="not-a-comparison") from None


def _no_number(text: str) -> NoReturn:
    raise ValueError(text)


def _comparison(data: Mapping[str, Any]) -> Comparison:
    return Comparison(
        data["base"]["name"],
        data["base"]["rev"] or "",
        tuple(_change(change) for change in data["changes"]),
        int(_bounded(data["unchanged"])),
        _price(data["cost"]["before"]),
        _price(data["cost"]["after"]),
        tuple(Finding("note", str(note.get("message", "")), severity="warning") for note in data["notes"]),
    )


def _change(data: Mapping[str, Any]) -> Change:
    cost = data["cost"]
    return Change(
        data["asset"],
        data["kind"],
        _entry(data["before"]),
        _entry(data["after"]),
        tuple(Reason(reason["part"], reason["from"], reason["to"]) for reason in data["reasons"]),
        _price(cost["before"]),
        _price(cost["after"]),
        _price(cost["to_build"]),
        tuple(Score(one["ssim"], one["difference"], one["resized"], one["path"]) for one in data["pictures"]),
    )


def _entry(data: Mapping[str, Any] | None) -> Entry | None:
    """What a comparison says of one state; the rest of a lock entry is not in it."""
    if data is None:
        return None
    outputs = {path: FileFact(digest or "", 0, 0, "", 0) for path, digest in data["outputs"].items()}
    return Entry(data["made_from"], EMPTY, tuple(data["prompt"]), "", "", EMPTY, outputs=FrozenMap(outputs))


def _price(data: Mapping[str, float | None]) -> Price:
    low, high, worst = (None if data[name] is None else _bounded(data[name]) for name in ("low", "high", "worst"))
    found = Price(low, high, worst, bool(data.get("estimated")))
    return FREE if found == FREE else found


def _bounded(number: float | None) -> float:
    value = float(number or 0)
    if not isfinite(value) or abs(value) > _MOST:
        raise ValueError(value)
    return value
