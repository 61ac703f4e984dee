"""Where everything in a YAML text is: a second pass over its events, made when the first place is asked for."""

import gc
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from yaml._yaml import CParser
from yaml.error import YAMLError
from yaml.events import (
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from imagepipe.errors import Path, Place

MAX_DEPTH = 32
BREAKS = re.compile("\r\n|[\n\r\x85\u2028\u2029]")


def between(start: Any, end: Any, file: str, lines: list[str], path: str = "") -> Place:
    """From one mark to another, as a place; to the end of the line where they are on different ones."""
    source = lines[start.line] if start.line < len(lines) else ""
    last = end.column if end.line == start.line else len(source.rstrip())
    return Place(file, start.line + 1, start.column + 1, max(1, last - start.column), source, path)


class Places:
    """Where everything in a document is: a second pass over the same events, made when the first place is asked for."""

    def __init__(self, data: bytes, file: str) -> None:
        self._data, self._file = data, file
        self._lines: list[str] = []
        self._root: _Node | None = None

    def at(self, path: Path, on_key: bool = False) -> Place:
        """The place of the value at `path`, or of its key; where it does not exist, of the nearest thing around it."""
        if self._root is None:
            self._lines = BREAKS.split(self._data.decode("utf-8", "replace").removeprefix("\ufeff"))
            collecting = gc.isenabled()
            gc.disable()
            self._root = _tree(self._data)
            if collecting:
                gc.enable()
        node, found = self._root, 0
        for step in path:
            if step not in node.children:
                break
            node, found = node.children[step], found + 1
        on_key = on_key or found < len(path)
        start, end = (node.key.start_mark, node.key.end_mark) if on_key and node.key else (node.start, node.end)
        if start is None:
            return Place(self._file, path=path_text(path))
        return between(start, end, self._file, self._lines, path_text(path))


def places(data: bytes, file: str) -> Places:
    """The places in a document that `read` could read."""
    return Places(data, file)


def path_text(path: Path) -> str:
    """A path as people write it: ("assets", "mug", "outputs", 0, "path") is "assets.mug.outputs[0].path"."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")


@dataclass(slots=True)
class _Node:
    """A value's marks while the tree of places is made."""

    start: Any = None
    end: Any = None
    key: Any = None
    children: dict[str | int, "_Node"] = field(default_factory=dict)
    mapping: bool = False


def _events(data: bytes) -> Iterator[Any]:
    get = CParser(data).get_event
    while type(event := get()) is not StreamEndEvent:
        yield event


def _tree(data: bytes) -> _Node:
    """The marks of every value. Stops quietly where the document breaks off or goes too deep."""
    top = _Node()
    stack, key = [top], None
    try:
        for event in _events(data):
            kind = type(event)
            if kind in (MappingEndEvent, SequenceEndEvent):
                stack.pop().end = event.end_mark
            elif kind not in (ScalarEvent, MappingStartEvent, SequenceStartEvent):
                continue
            elif stack[-1].mapping and key is None:
                key = event
            else:
                parent = stack[-1]
                name = key.value if key is not None else len(parent.children)
                node = _Node(event.start_mark, event.end_mark, key, mapping=kind is MappingStartEvent)
                parent.children[name] = node
                key = None
                if kind is not ScalarEvent and len(stack) <= MAX_DEPTH:
                    stack.append(node)
    except (YAMLError, AttributeError):
        pass
    return top.children.get(0, top)
