"""libyaml's events made into plain values in one pass that refuses what a manifest has no use for, while they stream."""

import re
from collections.abc import Callable
from typing import Any

from yaml._yaml import CParser
from yaml.error import YAMLError
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from imagepipe import plugins
from imagepipe.errors import Finding, ManifestError, Place
from imagepipe.yamltext.placing import BREAKS, MAX_DEPTH, between
from imagepipe.yamltext.reading import MAX_ENTRIES, Document
from imagepipe.yamltext.scalars import NUMBER_STARTS, WORDS, number_in

MAX_FAULTS = 50
_BLOCK = 4096  # events between two looks at the size of the container being filled
_ODD_KEYS = frozenset({*WORDS, "<<"})
INSTEAD = "share values through `defaults`, `extends` or `vars`; a text that begins so stands in quotes"
_TIGHT_DASH = re.compile(r"-[^\W\d]")
_NO_TAG = "write the value alone; a text that begins with `!` stands in quotes"
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def built(data: bytes, file: str, text: str) -> Document:
    """What a document holds, and its faults. Raises ManifestError where it cannot be read on."""
    builder = _Builder(data, file, text)
    try:
        value = builder.build()
    except YAMLError as error:
        told = plugins.resolve("imagepipe.yamltext.complaints:syntax_fault")(error, file, text)
        raise ManifestError((*builder.faults, told)) from None
    except _EndOfPatience:
        raise ManifestError(builder.faults) from None
    return Document(value, tuple(builder.faults[:MAX_FAULTS]), builder.starts)


def faultless(text: str) -> Document | None:
    """What a text holds, or None where anything is wrong with it."""
    builder = _Builder(text.encode(), "", text)
    try:
        value = builder.build()
    except (YAMLError, _EndOfPatience):
        return None
    return None if builder.faults else Document(value, (), builder.starts)


class _EndOfPatience(Exception):
    """The document cannot be read on from here."""


class _Builder:
    """One pass over the events of one document."""

    def __init__(self, data: bytes, file: str, text: str) -> None:
        self.get: Callable[[], Any] = CParser(data).get_event
        self.file, self.text = file, text
        self.faults: list[Finding] = []
        self.starts: dict[tuple[str, str], tuple[int, int]] = {}
        self.stack: list[tuple[Any, Any]] = []

    def build(self) -> Any:
        """The document's value. This loop is the hot spot: some 36 events an asset, half a microsecond each."""
        get, stack = self.get, self.stack
        names: dict[str, str] = {}
        top: list[Any] = []
        here: Any = top
        key: str | None = None
        mapping = False
        while True:
            self.measure(here)
            for _ in range(_BLOCK):
                event = get()
                kind = type(event)
                if kind is ScalarEvent:
                    if not mapping:
                        here.append(self.scalar(event))
                    elif key is not None:
                        here[key] = self.scalar(event)
                        key = None
                    else:
                        key = names.setdefault(event.value, event.value)
                        odd = key in here or key in _ODD_KEYS or key[0] in NUMBER_STARTS
                        if odd or len(stack) == 2 or event.tag is not None or event.anchor is not None:
                            self.key(event, here)
                elif kind is MappingEndEvent or kind is SequenceEndEvent:
                    here = stack.pop()[0]
                    mapping = type(here) is dict
                elif kind is MappingStartEvent or kind is SequenceStartEvent:
                    value = self.opened(event, mapping and key is None)
                    if mapping:
                        here[key] = value
                    else:
                        here.append(value)
                    stack.append((here, key))
                    here, mapping, key = value, kind is MappingStartEvent, None
                elif kind is StreamEndEvent:
                    return top[0] if top else None
                else:
                    self.other(event, bool(top))

    def scalar(self, event: Any) -> Any:
        """What a scalar is: text where it is quoted, or more than text if it is plain and looks exactly so."""
        value = event.value
        if event.tag is not None or event.anchor is not None:
            self.decorated(event)
        if not event.style:
            if value in WORDS:
                return WORDS[value]
            if value[0] in NUMBER_STARTS:
                return number_in(value)
        elif event.style == '"' and not value.isprintable():
            self.control(event)
        return value

    def fault(self, code: str, event: Any, message: str, hint: str) -> None:
        """Notes a structural fault; gives up after the fiftieth."""
        self.faults.append(Finding(code, message, _place(event, self.file, self.text), hint))
        if len(self.faults) >= MAX_FAULTS:
            raise _EndOfPatience

    def stop(self, code: str, event: Any, message: str, hint: str) -> None:
        """Notes a fault after which the document cannot be read on."""
        self.fault(code, event, message, hint)
        raise _EndOfPatience

    def measure(self, here: Any) -> None:
        """Refuses containers so big that reading on would only burn time."""
        if len(here) > MAX_ENTRIES:
            self.stop("too-many-entries", None, f"more than {MAX_ENTRIES:,} entries in one place", "split them up")

    def key(self, event: Any, here: dict[str, Any]) -> None:
        """A key that needs a second look: odd, given twice, or of the second level, whose places are kept."""
        name = event.value
        if event.tag is not None or event.anchor is not None:
            self.decorated(event)
        if not event.style and name == "<<":
            self.stop("yaml-merge-key", event, "merge keys (`<<`) are not used here", INSTEAD)
        if not event.style and (name in WORDS or isinstance(number_in(name), int | float)):
            what = f"the key `{name}` is not text" if name else "a key is missing before the colon"
            self.fault("non-string-key", event, what, f'put it in quotes: "{name}"' if name else "write a name")
        if name in here:
            twice = f"`{_cut(name)}` is given twice in one place"
            hint = f"write `- {_cut(name[1:])}`, with a space" if _TIGHT_DASH.match(name) else "keep one of the two"
            self.fault("duplicate-key", event, twice, hint)
        if len(self.stack) == 2:
            mark = event.start_mark
            self.starts[(str(self.stack[1][1]), name)] = (mark.line + 1, mark.column + 1)

    def opened(self, event: Any, as_key: bool) -> Any:
        """The empty container for a start event."""
        if event.tag is not None or event.anchor is not None:
            self.decorated(event)
        if as_key:
            self.stop("non-string-key", event, *self.odd_key(event))
        if len(self.stack) >= MAX_DEPTH:
            self.stop("too-deep", event, f"nested more than {MAX_DEPTH} levels deep", "flatten it")
        return {} if type(event) is MappingStartEvent else []

    def odd_key(self, event: Any) -> tuple[str, str]:
        """What to say of a list or mapping in the place of a key; mostly it is a variable that lacks its quotes."""
        line = BREAKS.split(self.text)[event.start_mark.line]
        if "{{" in line[max(0, event.start_mark.column - 1) :]:
            return "a text that begins with `{{` must stand in quotes", 'write "{{ name }}"'
        return "a key must be text, not a list or a mapping", "write a name"

    def decorated(self, event: Any) -> None:
        """An anchor or a tag: refused, since nothing here means anything by them."""
        if event.anchor is not None:
            self.fault("yaml-anchor", event, f"anchors (`&{_cut(event.anchor)}`) are not used here", INSTEAD)
        if event.tag is not None:
            self.fault("yaml-tag", event, f"tags (`{_cut(event.tag)}`) are not used here", _NO_TAG)

    def control(self, event: Any) -> None:
        """Control characters made by escapes in a quoted text."""
        if found := _CONTROL.search(event.value):
            what = f"the text holds the control character U+{ord(found.group()):04X}"
            self.fault("control-character", event, what, "remove it")

    def other(self, event: Any, begun: bool) -> None:
        """An event that is neither a scalar nor a container's start or end."""
        if type(event) is AliasEvent:
            self.stop("yaml-alias", event, f"aliases (`*{_cut(str(event.anchor))}`) are not used here", INSTEAD)
        if type(event) is DocumentStartEvent and begun:
            self.stop("second-document", event, "a second document begins here", "one file holds one; use `include`")


def _cut(text: str) -> str:
    return text if len(text) <= 60 else text[:60] + "…"


def _place(event: Any, file: str, text: str) -> Place:
    if event is None:
        return Place(file)
    return between((event.start_mark, event.end_mark), file, BREAKS.split(text))
