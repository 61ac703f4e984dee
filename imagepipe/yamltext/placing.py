"""Where everything in a YAML text is: a second pass over its events, made when the first place is asked for."""

import re
from bisect import bisect_right
from collections.abc import Mapping
from typing import Any

from imagepipe import plugins
from imagepipe.errors import Path, Place

MAX_DEPTH = 32
TREE = "imagepipe.yamltext.nodes:tree"
"""Loaded when the first place is asked for."""
BREAKS = re.compile("\r\n|[\n\r\x85\u2028\u2029]")


def between(marks: tuple[Any, Any], file: str, lines: list[str], path: str = "", offset: int = 0) -> Place:
    """From one mark to another, as a place; to the end of the line where they are on different ones. `offset` is the line
    at which the text with the marks begins."""
    start, end = marks
    at = start.line + offset
    source = lines[at] if at < len(lines) else ""
    last = end.column if end.line == start.line else len(source.rstrip())
    return Place(file, at + 1, start.column + 1, max(1, last - start.column), source, path)


Starts = Mapping[tuple[str, str], tuple[int, int]]
_SMALL = 200_000
"""Bytes up to which a whole second pass costs nothing worth saving."""


class Places:
    """Where everything in a document is: a second pass over the same events, made when the first place is asked for.

    `starts` are the lines and columns of the keys of the second level (`Document.starts`): with them only the piece of a
    big file that holds the path is read again.
    """

    def __init__(self, data: bytes, file: str, starts: Starts | None = None) -> None:
        self._data, self._file, self._starts = data, file, starts or {}
        self._lines: list[str] = []
        self._begins: list[int] = []
        self._root: Any = None

    def at(self, path: Path, on_key: bool = False) -> Place:
        """The place of the value at `path`, or of its key; where it does not exist, of the nearest thing around it."""
        if not self._lines:
            self._lines = BREAKS.split(self._data.decode("utf-8", "replace").removeprefix("\ufeff"))
        piece = self._piece(path)
        if piece is not None:
            return self._found(piece[0], path, 1, on_key, piece[1])
        if self._root is None:
            self._root = plugins.resolve(TREE)(self._data)
        return self._found(self._root, path, 0, on_key, 0)

    def _found(self, node: Any, path: Path, found: int, on_key: bool, offset: int) -> Place:
        for step in path[found:]:
            if step not in node.children:
                break
            node, found = node.children[step], found + 1
        on_key = on_key or found < len(path)
        start, end = (node.key.start_mark, node.key.end_mark) if on_key and node.key else (node.start, node.end)
        if start is None:
            return Place(self._file, path=path_text(path))
        return between((start, end), self._file, self._lines, path_text(path), offset)

    def _piece(self, path: Path) -> tuple[Any, int] | None:
        """The marks of the lines that hold one key of the second level alone, and the line they begin at."""
        if len(path) < 2 or len(self._data) < _SMALL:
            return None
        line = self._starts.get((str(path[0]), str(path[1])), (0, 0))[0]
        if not line:
            return None
        if not self._begins:
            self._begins = sorted({at for at, _ in self._starts.values()} | {len(self._lines) + 1})
        end = self._begins[bisect_right(self._begins, line)]
        node = plugins.resolve(TREE)("\n".join(self._lines[line - 1 : end - 1]).encode())
        whole = list(node.children) == [path[1]] and node.whole
        return (node, line - 1) if whole else None


def places(data: bytes, file: str) -> Places:
    """The places in a document that `read` could read."""
    return Places(data, file)


def path_text(path: Path) -> str:
    """A path as people write it: ("assets", "mug", "outputs", 0, "path") is "assets.mug.outputs[0].path"."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")
