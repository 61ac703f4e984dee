"""Reads HTTP/1.1 requests and multipart forms off a stream, and writes answers: just enough for a loopback server."""

import asyncio
import json
import re
from dataclasses import dataclass
from email.message import Message as Headers
from typing import Any
from urllib.parse import unquote


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a multipart form; `filename` and `mime` are "" where the client gave none."""

    name: str
    data: bytes
    filename: str = ""
    mime: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """One request as it came over the wire; header names in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


async def read_message(reader: asyncio.StreamReader) -> Message | None:
    """The next request on a connection; None once the client has closed it."""
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    method, path, _ = head[0].split(" ", 2)
    headers = {
        name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)
    }
    return Message(method, unquote(path), headers, await _read_body(reader, headers))


async def _read_body(reader: asyncio.StreamReader, headers: dict[str, str]) -> bytes:
    if headers.get("transfer-encoding", "").lower() != "chunked":
        return await reader.readexactly(int(headers.get("content-length", "0")))
    pieces = []
    while size := int((await reader.readline()).split(b";")[0], 16):
        pieces.append(await reader.readexactly(size))
        await reader.readline()
    await reader.readline()
    return b"".join(pieces)


def parse_form(body: bytes, content_type: str) -> list[Part]:
    """The parts of a multipart/form-data body. Raises ValueError for a body that is not one."""
    found = re.search(r'boundary="?([^";]+)"?', content_type)
    if not found:
        raise ValueError("no boundary")
    pieces = body.split(b"--" + found.group(1).encode())
    if len(pieces) < 3 or not pieces[-1].startswith(b"--"):
        raise ValueError("the form does not end")
    return [_parse_part(piece) for piece in pieces[1:-1]]


def _parse_part(piece: bytes) -> Part:
    head, _, data = piece.removeprefix(b"\r\n").partition(b"\r\n\r\n")
    headers = Headers()
    for line in head.decode("utf-8").split("\r\n"):
        name, _, value = line.partition(":")
        headers[name] = value.strip()
    name = headers.get_param("name", "", "content-disposition")
    filename = headers.get_filename("")
    mime = headers.get_content_type() if "content-type" in headers else ""
    return Part(str(name), data.removesuffix(b"\r\n"), filename, mime)


def head(status: int, headers: dict[str, str], length: int | None) -> bytes:
    """Status line and headers; `length` None leaves content-length out."""
    lines = [f"HTTP/1.1 {status} Status"] + [f"{name}: {value}" for name, value in headers.items()]
    lines += [] if length is None else [f"content-length: {length}"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def as_json(data: Any) -> bytes:
    """Compact JSON."""
    return json.dumps(data, separators=(",", ":")).encode()
