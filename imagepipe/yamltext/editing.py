"""Changes a YAML text at a few places and leaves every other character: comments, order, quotes, line ends."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml
from yaml.nodes import MappingNode, ScalarNode

from imagepipe.errors import Path
from imagepipe.yamltext.placing import BREAKS, path_text

_BOM = "\ufeff"
Piece = tuple[int, int, str]


class Uneditable(ValueError):
    """A text whose form leaves no safe place for a change; the message says which."""


def put(data: bytes, wanted: Mapping[Path, str], after: str = "") -> bytes:
    """The text with the scalar at each path set. One that is missing is written into the nearest map that is there: behind
    its key `after` where it has one, else in front. Raises Uneditable."""
    if not wanted:
        return data
    text = _Text(data)
    additions: dict[Path, dict[str, Any]] = {}
    pieces: list[Piece] = []
    for path, value in wanted.items():
        road = text.road(path)
        node, missing = road[-1][1], path[len(road) - 1 :]
        if not missing:
            pieces.append(text.replaced(node, value, path))
        elif not isinstance(node, MappingNode):
            raise Uneditable(f"{path_text(path[: len(road) - 1])} holds no map")
        else:
            _add(additions.setdefault(path[: len(road) - 1], {}), missing, value)
    pieces += [text.inserted(text.road(path), items, after) for path, items in additions.items()]
    return text.with_pieces(pieces)


def remove(data: bytes, paths: Iterable[Path]) -> bytes:
    """The text without the keys at these paths; a map that would be left empty goes with its last key. Raises
    Uneditable."""
    for path in paths:
        data = _without(data, path)
    return data


def _without(data: bytes, path: Path) -> bytes:
    text = _Text(data)
    road = text.road(path)
    if len(road) <= len(path):
        raise Uneditable(f"there is no {path_text(path)}")
    parent = road[-2][1]
    if len(parent.value) == 1 and len(path) > 1:
        return _without(data, path[:-1])
    at = next(index for index, (key, _) in enumerate(parent.value) if key is road[-1][0])
    return text.with_pieces([text.cut(parent, at)])


def _add(items: dict[str, Any], path: Path, value: str) -> None:
    for step in path[:-1]:
        items = items.setdefault(str(step), {})
    items[str(path[-1])] = value


def _flow(value: Any) -> str:
    if not isinstance(value, Mapping):
        return str(value)
    return "{" + ", ".join(f"{name}: {_flow(item)}" for name, item in value.items()) + "}"


def _last(node: Any) -> Any:
    """The last node in a block: the block itself ends only where something else begins."""
    while not isinstance(node, ScalarNode) and node.value and not node.flow_style:
        node = node.value[-1][1] if isinstance(node, MappingNode) else node.value[-1]
    return node


@dataclass(slots=True)
class _Text:
    """A text with its nodes and the offset at which each of its lines begins."""

    data: bytes
    text: str = ""
    starts: list[int] = field(default_factory=lambda: [0])
    root: Any = None

    def __post_init__(self) -> None:
        self.text = self.data.decode("utf-8").removeprefix(_BOM)
        self.starts += [found.end() for found in BREAKS.finditer(self.text)]
        self.root = yaml.compose(self.text.encode(), Loader=yaml.CSafeLoader)

    def offset(self, mark: Any) -> int:
        """A mark as a place in the text."""
        at: int = self.starts[mark.line] + mark.column
        return min(at, len(self.text))

    def line_end(self, at: int) -> int:
        """Where the line of a place ends, its break included."""
        index = bisect_left(self.starts, at + 1)
        return self.starts[index] if index < len(self.starts) else len(self.text)

    def road(self, path: Path) -> list[tuple[Any, Any]]:
        """The nodes (key, value) from the root along `path`, as far as it exists."""
        found: list[tuple[Any, Any]] = [(None, self.root)]
        for step in path:
            pairs = found[-1][1].value if isinstance(found[-1][1], MappingNode) else ()
            pair = next((pair for pair in pairs if pair[0].value == step), None)
            if pair is None:
                break
            found.append(pair)
        return found

    def replaced(self, node: Any, value: str, path: Path) -> Piece:
        """A scalar's new text, in the quotes it had."""
        start, end = self.offset(node.start_mark), self.offset(node.end_mark)
        if not isinstance(node, ScalarNode) or node.style in ("|", ">") or start == end:
            raise Uneditable(f"{path_text(path)} is not one value on one line")
        quote = node.style or ""
        return start, end, f"{quote}{value}{quote}"

    def inserted(self, road: list[tuple[Any, Any]], items: Mapping[str, Any], after: str) -> Piece:
        """New keys of an existing map."""
        header, node = road[-1]
        texts = [f"{name}: {_flow(value)}" for name, value in items.items()]
        if node.flow_style:
            at = self.offset(node.value[-1][1].end_mark if node.value else node.start_mark)
            return (at, at, ", " + ", ".join(texts)) if node.value else (at + 1, at + 1, ", ".join(texts))
        behind = next((pair for pair in node.value if pair[0].value == after), None)
        if behind is None and header is None:
            behind = node.value[0]  # the head of a file
        if behind and not (isinstance(behind[1], ScalarNode) and behind[1].style not in ("|", ">")):
            raise Uneditable(f"{behind[0].value} is not one value on one line")
        at = self.line_end(self.offset(behind[1].end_mark if behind else header.end_mark))
        return at, at, self._lines(at, node.value[0][0].start_mark.column, texts)

    def _lines(self, at: int, indent: int, texts: list[str]) -> str:
        ends = BREAKS.search(self.text)
        end = ends.group() if ends else "\n"
        lines = [" " * indent + text for text in texts]
        whole = at == 0 or bool(BREAKS.fullmatch(self.text[at - 1 : at]))
        return "".join(line + end for line in lines) if whole else "".join(end + line for line in lines)

    def cut(self, parent: Any, index: int) -> Piece:
        """One key of a map with its value gone: from its line in block style, from its list in braces."""
        key, value = parent.value[index]
        if parent.flow_style and index:
            return self.offset(parent.value[index - 1][1].end_mark), self.offset(value.end_mark), ""
        if parent.flow_style:
            mark = parent.value[1][0].start_mark if parent.value[1:] else value.end_mark
            return self.offset(key.start_mark), self.offset(mark), ""
        last = _last(value).end_mark
        end = self.offset(last)
        return self.starts[key.start_mark.line], end if last.column == 0 else self.line_end(end), ""

    def with_pieces(self, pieces: list[Piece]) -> bytes:
        """The text with its pieces put in, as bytes with the mark they began with."""
        text = self.text
        for start, end, new in sorted(pieces, key=lambda piece: piece[:2], reverse=True):
            text = text[:start] + new + text[end:]
        bom = _BOM if self.data.startswith(_BOM.encode()) else ""
        return (bom + text).encode("utf-8")
