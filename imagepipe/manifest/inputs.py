"""The images a request refers to, as written and as values; and the words of prompts that lie in files."""

import unicodedata
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from imagepipe.errors import Path, Problem
from imagepipe.manifest.naming import Misnamed, filled
from imagepipe.manifest.nearness import cut
from imagepipe.paths import fault_of
from imagepipe.values import Input
from imagepipe.yamltext import text_of

MAX_PROMPT_FILE = 1 << 20
_SECRET = (".env*", "*.pem", "*.key", "*.p12", "*.pfx", "id_*", ".netrc", ".npmrc", ".pypirc", ".ssh", ".aws", ".gnupg")


def inputs(spec: Mapping[str, Any], names: Mapping[str, str], report: list[Problem]) -> tuple[Input, ...]:
    """The inputs of an asset's merged fields, a `mask` last."""
    return tuple(_inputs(spec, names, report))


def _inputs(spec: Mapping[str, Any], names: Mapping[str, str], report: list[Problem]) -> Iterator[Input]:
    items = list(spec.get("inputs", ()))
    if "mask" in spec and any(item.get("role") == "mask" for item in items):
        message = "a request takes one mask, and an input has that role already"
        report.append(Problem("two-masks", ("mask",), message, "keep one of the two", on_key=True))
    elif "mask" in spec:
        items.append({"image": spec["mask"], "role": "mask"})
    for at, item in enumerate(items):
        path: Path = ("inputs", at) if at < len(spec.get("inputs", ())) else ("mask",)
        try:
            yield _input(item, names)
        except Misnamed as fault:
            report.append(Problem("unknown-placeholder", path, fault.message, fault.hint))
        image = item.get("image", "")
        if image and (fault_text := fault_of(image)):
            report.append(
                Problem("invalid-path", _within(path, "image"), f"the path {fault_text}", "name a file of the project")
            )
        if "output" in item and "image" in item:
            report.append(
                Problem("input-source", (*path, "output"), "`output` goes with `asset` only", "remove it", on_key=True)
            )


def _within(path: Path, name: str) -> Path:
    return path if path == ("mask",) else (*path, name)


def _input(item: Mapping[str, Any], names: Mapping[str, str]) -> Input:
    return Input(
        role=item.get("role", "reference"),
        image=filled(item.get("image", ""), names),
        asset=filled(item.get("asset", ""), names),
        output=filled(item.get("output", ""), names),
        note=text_of(item.get("note", "")),
    )


def prompt_file_fault(path: str) -> str:
    """Why a prompt may not be read from `path`; "" if it may."""
    if fault := fault_of(path):
        return f"the path {fault}"
    parts = path.lower().split("/")
    if any(fnmatchcase(part, pattern) for part in parts for pattern in _SECRET):
        return f"`{cut(path)}` looks like a place for secrets, which are never read into a prompt"
    return ""


def prompt_text(data: bytes) -> str:
    """The words of a prompt file: no byte order mark, LF, NFC, no final newline. Raises ValueError for other than UTF-8."""
    if len(data) > MAX_PROMPT_FILE:
        raise ValueError("the file is bigger than 1 MiB")
    if b"\x00" in data:
        raise ValueError("the file is not UTF-8 text")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError("the file is not UTF-8 text") from None
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return text.removesuffix("\n")
