"""The marks of every value in a YAML text, by libyaml's events."""

import gc
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

from imagepipe.yamltext.placing import MAX_DEPTH


@dataclass(slots=True)
class Node:
    """A value's marks while the tree of places is made."""

    start: Any = None
    end: Any = None
    key: Any = None
    children: dict[str | int, "Node"] = field(default_factory=dict)
    mapping: bool = False
    whole: bool = True


def _events(data: bytes) -> Iterator[Any]:
    get = CParser(data).get_event
    while type(event := get()) is not StreamEndEvent:
        yield event


def tree(data: bytes) -> Node:
    """The marks of every value; not `whole` where the text breaks off or goes too deep."""
    collecting = gc.isenabled()
    gc.disable()
    top = Node()
    try:
        _grow(top, data)
    except (YAMLError, AttributeError):
        top.children.get(0, top).whole = False
    finally:
        if collecting:
            gc.enable()
    return top.children.get(0, top)


def _grow(top: Node, data: bytes) -> None:
    stack, key = [top], None
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
            node = Node(event.start_mark, event.end_mark, key, mapping=kind is MappingStartEvent)
            parent.children[name] = node
            key = None
            if kind is not ScalarEvent and len(stack) <= MAX_DEPTH:
                stack.append(node)
