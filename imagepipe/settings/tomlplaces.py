"""Where in a TOML file a key is written; tomllib itself remembers no places. Never shows a value: it may be a secret."""

import re
import tomllib
from collections.abc import Iterator
from typing import Any

from imagepipe.errors import Path, Place

_HEADER = re.compile(r"\s*\[([^\[\]]+)\]\s*(#.*)?$")
_KEY = re.compile(r"""\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'))*)\s*=""")
_AT = re.compile(r"\(at line (\d+), column (\d+)\)")


def place_of(text: str, file: str, path: Path) -> Place:
    """The place of the key at `path`, or of the nearest thing around it that has a line of its own."""
    best, place = 0, Place(file, path=_dotted(path))
    for found, line, column, source in _keys(text):
        shared = len(found) if path[: len(found)] == found else 0
        if shared > best:
            key = source.partition("=")[0].rstrip() if "=" in source else source
            best, place = (
                shared,
                Place(file, line, column, max(len(key) - column + 1, 1), _shown(source), _dotted(path)),
            )
    return place


def syntax_place(error: tomllib.TOMLDecodeError, text: str, file: str) -> Place:
    """The place that a complaint of tomllib names; the last line where it was noticed at the end."""
    found = _AT.search(str(error))
    return Place(file, int(found[1]), int(found[2])) if found else Place(file, len(text.rstrip().splitlines()) or 1, 1)


def _keys(text: str) -> Iterator[tuple[Path, int, int, str]]:
    """Every header and key with its full path, line, column and line text. Lines inside long texts may come too: they
    name nothing that is looked for."""
    table: Path = ()
    for number, line in enumerate(text.splitlines(), 1):
        column = len(line) - len(line.lstrip()) + 1
        if header := _HEADER.match(line):
            table = _parsed(f"[{header[1]}]")
            yield table, number, column, line
        elif key := _KEY.match(line):
            yield (*table, *_parsed(f"{key[1]} = {{}}")), number, column, line


def _parsed(line: str) -> Path:
    try:
        data: Any = tomllib.loads(line)
    except tomllib.TOMLDecodeError:
        return ("",)
    path: Path = ()
    while isinstance(data, dict) and data:
        name, data = next(iter(data.items()))
        path = (*path, name)
    return path


def _shown(source: str) -> str:
    key, equals, _ = source.partition("=")
    return f"{key}= …" if equals else source


def _dotted(path: Path) -> str:
    return ".".join(map(str, path))
