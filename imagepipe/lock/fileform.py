"""The lock as text: a JSON layout made for reviewers and merges, one field a line. Knows nothing of what fields mean."""

import json
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

import jiter

from imagepipe.errors import Damaged, Place, plain

VERSION = 1
_LAST = "~"
"""Sorts behind every asset id, so that every block ends alike and two branches that add assets merge."""
_MARKER = re.compile(r"^(?:<{7}|={7}|>{7}|\|{7})(?: .*)?$", re.MULTILINE)
_MOST_SAID = 200
_SPREAD = {"parts": 2, "prompt": 1, "options": 1, "inputs": 1, "candidates": 1, "outputs": 1, "left_over": 1}
"""Fields written over several lines, and how deep."""


def parse(text: bytes, file: str) -> dict[str, dict[str, Any]]:
    """Asset id → its fields as plain data. Raises Damaged with the place for anything that is no lock of ours."""
    if not text or text.isspace():
        raise _damaged("is empty, which no lock is", Place(file), "lock-empty", _RECOVER)
    data = _data(text, file)
    if not isinstance(data, dict):
        raise _damaged("is JSON, but not a lock", Place(file, 1, 1), "lock-form", _RECOVER)
    _check_version(data.get("version"), text, file)
    assets = data.get("assets")
    if not isinstance(assets, dict):
        raise _damaged("has no map of assets", Place(file, 1, 1), "lock-form", _RECOVER)
    if text.count(b'\n    "') != len(assets):
        _refuse_twins(text, file)
    assets.pop(_LAST, None)
    for name, fields in assets.items():
        if not isinstance(fields, dict):
            raise wrong(text, file, (name,), "is not a map of fields")
    return assets


def _data(text: bytes, file: str) -> Any:
    """The plain data in a text. A number too large to be one may be among it, and is refused with its field."""
    with suppress(ValueError):
        # Takes half the time, and nothing that is said to be wrong below; what it refuses is said below.
        return jiter.from_json(text, allow_inf_nan=False, cache_mode="all")
    try:
        return _slowly(text.decode("utf-8"))
    except UnicodeDecodeError as error:
        what = f"is not UTF-8 text, at byte {error.start}"
        raise _damaged(what, Place(file), "lock-form", _RECOVER) from None
    except (ValueError, RecursionError) as error:
        raise _unreadable(text.decode("utf-8"), file, error) from None


def _slowly(text: str) -> Any:
    data = json.loads(text, parse_constant=_refused)
    if "\\u" in text:
        json.dumps(data, ensure_ascii=False).encode()  # half a character, `\ud800`, could never be written again
    return data


_RECOVER = "take it from git (`git checkout -- FILE`), or rebuild it at no cost: `imagepipe lock rebuild`"
_UNMERGED = "while a merge is under way, `imagepipe lock merge` settles it at no cost; else "


def _check_version(version: object, text: bytes, file: str) -> None:
    if type(version) is not int or version < 1:
        raise _damaged("names no version", Place(file, 1, 1), "lock-form", _RECOVER)
    if version > VERSION:
        what = f"is of version {version}; this imagepipe knows {VERSION} and will not touch it"
        raise _damaged(
            what,
            Place(file, _line_of(text, ("version",)), 1),
            "lock-newer",
            "upgrade: `pip install --upgrade imagepipe`",
        )


def _unreadable(text: str, file: str, error: Exception) -> Damaged:
    lines = [text.count("\n", 0, found.start()) + 1 for found in _MARKER.finditer(text)]
    if lines:
        shown = ", ".join(str(line) for line in lines[:12]) + (", …" if len(lines) > 12 else "")
        what = f"holds merge markers, on line {shown}"
        return _damaged(what, Place(file, lines[0], 1), "lock-conflict", "run `imagepipe lock merge`: it costs nothing")
    if isinstance(error, json.JSONDecodeError):
        source = text.split("\n")[error.lineno - 1][:200]
        place = Place(file, error.lineno, error.colno, 1, source)
        return _damaged(f"is not readable: {error.msg}", place, "lock-form", _RECOVER)
    what = "nested too deep" if isinstance(error, RecursionError) else "a number or a character that no lock holds"
    return _damaged(f"is not readable: {what}", Place(file), "lock-form", _RECOVER)


def _refused(text: str) -> float:
    raise ValueError(text)


def _refuse_twins(text: bytes, file: str) -> None:
    """A merge by hand can leave one asset twice, and JSON would silently take the second."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            names = [name for name, _ in pairs]
            twice = next(name for name in names if names.count(name) > 1)
            raise wrong(text, file, (twice,), "is there twice", _UNMERGED + _RECOVER)
        return found

    json.loads(text, object_pairs_hook=once)


def wrong(text: bytes, file: str, path: tuple[str, ...], what: str, hint: str = _RECOVER) -> Damaged:
    """The error for a field that is not what it must be; `path` is (asset, field…)."""
    place = Place(file, _line_of(text, path), 1, path=".".join(("assets", *path)))
    return _damaged(f"is damaged: {'.'.join(path)} {what}", place, "lock-form", hint)


def _damaged(what: str, place: Place, code: str, hint: str) -> Damaged:
    # Names in it are whatever somebody wrote into the file.
    what = plain(what[:_MOST_SAID]) + "…" * (len(what) > _MOST_SAID)
    return Damaged(f"{place.file} {what}", place=place, hint=hint.replace("FILE", place.file), code=code)


def _line_of(data: bytes, path: tuple[str, ...]) -> int:
    """The line of an asset's field, found by its indentation in our layout and by its name in any other."""
    text, at = data.decode("utf-8"), 0
    for name, indent in zip(path, ("    ", "      "), strict=False):
        label = json.dumps(name, ensure_ascii=False) + ":"
        exact, near = text.find(f"\n{indent}{label}", at), text.find(label, at)
        at = exact + 1 if exact >= 0 else max(near, at)
    return text.count("\n", 0, at) + 1


def render(blocks: Iterable[tuple[str, str]], others: Mapping[str, str] | None = None) -> str:
    """The file's text from each asset's block, already sorted by id. An asset that has another block in `others` stands
    in conflict: both, between git's markers."""
    body = "".join(_member(name, block, (others or {}).get(name, "")) for name, block in blocks)
    return f'{{\n  "version": {VERSION},\n  "assets": {{\n{body}    "{_LAST}": {{}}\n  }}\n}}\n'


def _member(name: str, block: str, other: str) -> str:
    line = f"    {_json(name)}: {block},\n"
    return f"<<<<<<< ours\n{line}=======\n    {_json(name)}: {other},\n>>>>>>> theirs\n" if other else line


def block_of(fields: Mapping[str, Any]) -> str:
    """One asset's fields as a block: one field a line, long ones spread over lines of their own."""
    lines = [f"      {_json(name)}: {_value(value, _SPREAD.get(name, 0), 6)}" for name, value in fields.items()]
    return "{\n" + ",\n".join(lines) + "\n    }"


def _value(value: Any, depth: int, indent: int) -> str:
    if not depth or not value:
        return _json(value)
    space, end = " " * (indent + 2), " " * indent
    if isinstance(value, Mapping):
        items = [f"{space}{_json(name)}: {_value(item, depth - 1, indent + 2)}" for name, item in value.items()]
        return "{\n" + ",\n".join(items) + f"\n{end}}}"
    items = [space + _value(item, depth - 1, indent + 2) for item in value]
    return "[\n" + ",\n".join(items) + f"\n{end}]"


def _json(value: Any) -> str:
    return _ENCODE(value)


_ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(", ", ": ")).encode


def conflict_sides(text: str) -> tuple[str, str, str]:
    """The (base, ours, theirs) texts of a file with merge markers; base is "" where git did not write it."""
    sides: dict[str, list[str]] = {"base": [], "ours": [], "theirs": []}
    now, has_base = "", False
    for line in text.splitlines(keepends=True):
        mark = line[:7] if _MARKER.match(line.rstrip("\r\n")) else ""
        if mark:
            now = {"<<<<<<<": "ours", "|||||||": "base", "=======": "theirs", ">>>>>>>": ""}[mark]
            has_base = has_base or now == "base"
            continue
        for side in [now] if now else list(sides):
            sides[side].append(line)
    return "".join(sides["base"]) if has_base else "", "".join(sides["ours"]), "".join(sides["theirs"])
