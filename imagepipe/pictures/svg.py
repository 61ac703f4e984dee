"""Reads an SVG drawing as what it may be when it is published: lines alone, which run nothing and fetch nothing.

Expat reads it without a document type of its own, without entities and without files; nothing is drawn (SVG 2).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NoReturn
from xml.parsers import expat  # no entities are declared in what is read: see _Reader.doctype

from imagepipe.pictures.header import Header, PictureFault, damaged, truncated

SVG, XHTML = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xhtml"
MOST_ELEMENTS, DEEPEST = 200_000, 256
_BEGINS = (b"<svg", b"<?xml", b"<!--", b"<!doctype svg")
_ACTIVE = {"script", "foreignobject", "iframe", "object", "embed", "audio", "video", "canvas", "handler", "listener"}
_ANIMATED = {"set", "animate", "animatetransform", "animatemotion"}
_INSIDE = re.compile(r"#|data:image/(?:png|jpeg|webp|gif)[;,]")
_URL = re.compile(r"url\(\s*['\"]?\s*(.{0,40})", re.DOTALL)
_REACHING = re.compile(r"\\|@import|@namespace|image-set\s*\(|expression\s*\(|\bsrc\s*\(")
_LENGTH = re.compile(r"\s*([0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:px)?\s*")
_NUMBER = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")


def begins(data: bytes) -> bool:
    """Whether bytes look like a drawing, or like any XML."""
    return data[:1024].removeprefix(b"\xef\xbb\xbf").lstrip().lower().startswith(_BEGINS)


def walk(data: bytes) -> Header:
    """A drawing's header, all of it read. Raises PictureFault for what is no whole SVG, says no size, runs something
    (scripts, handlers, other documents inside) or refers to anything outside of itself."""
    reader = _Reader()
    try:
        reader.parser.Parse(data, True)
    except expat.ExpatError as error:
        if error.code in (expat.errors.codes[expat.errors.XML_ERROR_NO_ELEMENTS], _UNCLOSED):
            raise truncated("svg") from None
        raise damaged("svg", str(error)) from None
    except (ValueError, LookupError) as error:  # an encoding that expat does not know
        raise damaged("svg", str(error)[:80]) from None
    width, height = _size(reader.root)
    return Header("svg", width, height, len(data), has_alpha=True, mode="lines")


_UNCLOSED = expat.errors.codes[expat.errors.XML_ERROR_UNCLOSED_TOKEN]


@dataclass(slots=True)
class _Reader:
    """Handlers of one parse: the root's attributes, where we are, and the style sheet that is being read."""

    parser: expat.XMLParserType = field(default_factory=lambda: expat.ParserCreate(namespace_separator=" "))
    root: Mapping[str, str] = field(default_factory=dict)
    depth: int = 0
    count: int = 0
    style: list[str] | None = None

    def __post_init__(self) -> None:
        parser = self.parser
        parser.buffer_text = True
        parser.StartElementHandler, parser.EndElementHandler = self.start, self.end
        parser.CharacterDataHandler = self.text
        parser.ProcessingInstructionHandler = self.instruction
        parser.StartDoctypeDeclHandler = self.doctype

    def start(self, name: str, attributes: dict[str, str]) -> None:
        space, _, local = name.rpartition(" ")
        local = local.lower()
        self.depth, self.count = self.depth + 1, self.count + 1
        if self.count == 1:
            if (space, local) != (SVG, "svg"):
                raise PictureFault("these bytes are XML, and no SVG drawing", code="picture-unknown")
            self.root = attributes
        if self.count > MOST_ELEMENTS or self.depth > DEEPEST:
            raise PictureFault("the drawing has too many parts to be looked through", code="picture-bomb")
        if space == XHTML or local in _ACTIVE:
            _refuse(f"the element <{local}>")
        if local in _ANIMATED and attributes.get("attributeName", "").lower().rpartition(":")[2] in ("href", "src"):
            _refuse(f"<{local}> that changes an address")
        for label, value in attributes.items():
            _attribute(label.rpartition(" ")[2].lower(), value)
        if local == "style":
            self.style = []

    def end(self, name: str) -> None:
        self.depth -= 1
        if self.style is not None and name.rpartition(" ")[2].lower() == "style":
            _styled("".join(self.style))
            self.style = None

    def text(self, data: str) -> None:
        if self.style is not None:
            self.style.append(data)

    def instruction(self, target: str, data: str) -> None:
        _refuse(f"the instruction <?{target[:40]}?>")

    def doctype(self, name: str, system: str | None, public: str | None, own: int) -> None:
        if own:
            _refuse("a document type with declarations")


def _attribute(name: str, value: str) -> None:
    if name.startswith("on"):
        _refuse(f"the handler `{name[:40]}`")
    if name == "href" and not _INSIDE.match(_plain(value)):
        _refuse(f"a reference to `{_plain(value)[:60]}`")
    if name == "base":
        _refuse("`xml:base`")
    if name == "style" or "(" in value:
        _styled(value)


def _styled(text: str) -> None:
    """Refuses style that reaches out of the drawing, or hides whether it does."""
    css = text.lower()
    for target in _URL.findall(css):
        if not _INSIDE.match(_plain(target)):
            _refuse(f"a reference to `{_plain(target)[:40]}`")
    if found := _REACHING.search(css):
        _refuse(f"`{found.group()}` in its style")


def _plain(text: str) -> str:
    """An address as browsers read it: without blanks and control characters, in lower case."""
    return re.sub(r"[\x00-\x20\x7f-\x9f]", "", text).lower()


def _refuse(what: str) -> NoReturn:
    raise PictureFault(f"the svg drawing holds {what}, and may not run or fetch anything", code="picture-active")


def _size(root: Mapping[str, str]) -> tuple[int, int]:
    """Width and height in pixels, as written or, where these are left out or relative, as the view box has them."""
    box = [float(text) for text in _NUMBER.findall(root.get("viewBox", ""))]
    sides = [_LENGTH.fullmatch(root.get(name, "")) for name in ("width", "height")]
    found = [float(side[1]) for side in sides if side] if all(sides) else box[2:4]
    if len(found) != 2 or not all(0.5 <= side < 1_000_000 for side in found):
        raise damaged("svg", "it says no size (width and height, or viewBox)")
    return round(found[0]), round(found[1])
