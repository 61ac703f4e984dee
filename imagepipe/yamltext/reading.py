"""A YAML text to its value: by libyaml, or line by line where it is big and ordinary. Loads neither before it is needed."""

import gc
from dataclasses import field
from typing import Any

from imagepipe import plugins
from imagepipe.errors import Finding, ManifestError, Place
from imagepipe.frozen import frozen

BIG = 100_000
"""Bytes, empty lines left out, from which on a text takes the fast road: below, it is read before that is loaded."""
MAX_BYTES = 16 << 20
MAX_ENTRIES = 100_000
BUILT, FAULTLESS = "imagepipe.yamltext.building:built", "imagepipe.yamltext.building:faultless"
QUICK = "imagepipe.yamltext.plain:document"


@frozen
class Document:
    """A file read: its value, structural faults that did not keep it from being read, and the line (from 1) and column
    of every key of the second level, by its two keys."""

    value: Any
    faults: tuple[Finding, ...] = ()
    starts: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)


def read(data: bytes, file: str) -> Any:
    """The value in `data`: dict, list, str, int, float, bool, None. Raises ManifestError for any structural fault."""
    document = parse(data, file)
    if document.faults:
        raise ManifestError(document.faults)
    return document.value


def parse(data: bytes, file: str) -> Document:
    """As `read`, but goes on after faults that leave the value clear (a duplicate key, an anchor, a tag)."""
    text = decoded(data, file)
    collecting = gc.isenabled()
    gc.disable()
    try:
        found: Document | None = None
        if len(data) - 2 * data.count(b"\n") >= BIG:
            found = plugins.resolve(QUICK)(text, _faultless)
        if found is None:
            found = plugins.resolve(BUILT)(data, file, text)
        return found
    finally:
        if collecting:
            gc.enable()


def _faultless(text: str) -> Document | None:
    found: Document | None = plugins.resolve(FAULTLESS)(text)
    return found


def decoded(data: bytes, file: str) -> str:
    """The text of a file that must be UTF-8 of at most 16 MiB without NUL. Raises ManifestError."""
    if len(data) > MAX_BYTES:
        raise _refusal("file-too-big", file, f"the file has {len(data) >> 20} MiB; at most 16 are read", "split it up")
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in data:
        what = "is UTF-16 or UTF-32" if data[:1] in (b"\xff", b"\xfe") else "holds NUL bytes"
        raise _refusal("not-utf8", file, f"the file {what}, not UTF-8 text", "save it as UTF-8")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8", "replace")
        line = before.count("\n") + 1
        place = Place(file, line, len(before) - before.rfind("\n"))
        raise ManifestError(
            [Finding("not-utf8", "the file is not UTF-8 from here on", place, "save it as UTF-8")]
        ) from None


def _refusal(code: str, file: str, message: str, hint: str) -> ManifestError:
    return ManifestError([Finding(code, message, Place(file), hint)])
