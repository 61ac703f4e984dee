"""Writes answers on the wire: the truth, or what a fault makes of it."""

import asyncio
import os
import signal
import socket
import struct
import time
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from tests.server import faults
from tests.server.drawing import KEY, base64_picture, keyed, lines, moving, picture
from tests.server.faults import Fault
from tests.server.rules import Job, Rejected
from tests.server.wire import Message, as_json, head

EMPTY: Mapping[str, str] = MappingProxyType({})
HTML = b"<!DOCTYPE html><html><body><h1>502 Bad Gateway</h1></body></html>"


class Answering:
    """Answers for one server; keeps the pictures it has given out as URLs."""

    def __init__(self, server: Any) -> None:
        self.server = server
        self.files: dict[str, bytes] = {}

    async def other(self, message: Message, writer: asyncio.StreamWriter) -> None:
        """Everything that is not an image request: models, files, state."""
        status, body, kind = 404, faults.error_body("not_found", "invalid_request_error", "Unknown URL."), "json"
        models = {item["id"]: item for item in self.server.model_list()}
        name = message.path.rsplit("/", 1)[-1]
        if message.path == "/state":
            status, body = 200, self.server.state()
        elif message.path.endswith("/models"):
            status, body = 200, as_json({"object": "list", "data": list(models.values())})
        elif "/models/" in message.path and name in models:
            status, body = 200, as_json(models[name])
        elif "/files/" in message.path and name in self.files:
            status, body, kind = 200, self.files[name], "octet-stream"
        writer.write(head(status, {"content-type": f"application/{kind}"}, len(body)) + body)
        await writer.drain()

    async def answer(self, writer: asyncio.StreamWriter, item: Any, job: Job | Rejected, fault: Fault | None) -> bool:
        """Answers an image request; False where the connection is spent."""
        if isinstance(job, Rejected):
            body = faults.error_body(job.code, job.kind, job.message, job.param)
            wait = {"retry-after": f"{self.server.retry_after():.3f}"} if job.status == 429 else {}
            return await self._send(writer, item, job.status, body, extra=wait)
        if fault is None or fault.kind == "latency":
            return await self._send(writer, item, 200, *self._pieces(item, job, "", {}))
        if fault.kind in faults.ERRORS:
            return await self._error(writer, item, fault)
        if fault.kind in faults.WIRE:
            return await self._misbehave(writer, item, self._body(item, job, "", {}), fault)
        status, body, headers = self._wrong(item, job, fault)
        return await self._send(writer, item, status, body, extra=headers)

    async def _error(self, writer: asyncio.StreamWriter, item: Any, fault: Fault) -> bool:
        status, code, kind, message = faults.ERRORS[fault.kind]
        key = item.headers.get("authorization", "").removeprefix("Bearer ")
        text = fault.details.get("message", message).replace("{key}", key)
        body = faults.error_body(code, kind, text, fault.details.get("param"))
        headers = fault.details.get("headers", {})
        return await self._send(writer, item, fault.details.get("status", status), body, extra=headers)

    def _wrong(self, item: Any, job: Job, fault: Fault) -> tuple[int, bytes, dict[str, str]]:
        details = fault.details
        if fault.kind == "status":
            return details["status"], details.get("body", b""), details.get("headers", {})
        if fault.kind == "redirect":
            return details.get("status", 302), b"", {"location": details.get("to", "https://example.com/v1")}
        if fault.kind == "html":
            return 200, HTML, {"content-type": "text/html"}
        if fault.kind == "oversize":
            return 200, b" " * int(details.get("bytes", 80 << 20)), {}
        if fault.kind == "url":
            return 200, self._urls(item, job, details.get("host", "")), {}
        body = self._body(item, job, fault.kind, details)
        return 200, body[: len(body) // 2] if fault.kind == "broken_json" else body, {}

    def _urls(self, item: Any, job: Job, host: str) -> bytes:
        name = f"{item.number}.{job.format}"
        self.files[name] = picture((job.width, job.height), job.format, alpha=job.transparent, tag=job.prompt)
        root = host or f"http://127.0.0.1:{self.server.port}"
        return as_json({"created": 1, "data": [{"url": f"{root}/files/{name}"}]})

    def _body(self, item: Any, job: Job, kind: str, details: dict[str, Any]) -> bytes:
        return b"".join(self._pieces(item, job, kind, details))

    def _pieces(self, item: Any, job: Job, kind: str, details: dict[str, Any]) -> list[bytes]:
        """A whole answer; the pictures go in as bytes, since json.dumps over megabytes would cost more than drawing, and
        stay pieces, since each copy of megabytes costs more than sending them."""
        facts: dict[str, Any] = {"created": int(time.time())}
        if not self.server.compatible:
            facts |= {"background": "transparent" if job.transparent else "opaque", "output_format": job.format}
            facts |= {"quality": job.quality, "size": f"{job.width}x{job.height}", "usage": job.usage}
            facts |= {"svg_usage": {"input_tokens": 900, "output_tokens": 2400}} if job.format == "svg" else {}
        if kind == "no_usage":
            del facts["usage"]
        if kind == "absurd_usage":
            facts["usage"] = {**job.usage, "output_tokens": 10_000_000, "total_tokens": 10_000_000}
        if kind == "no_data":
            return [as_json(facts)]
        texts = [] if kind == "empty_data" else self._texts(item, job, kind, details)
        data: list[bytes] = []
        for text in texts:
            data += [b',{"b64_json":"' if data else b'{"b64_json":"', *text, b'"}']
        return [as_json(facts)[:-1] + b',"data":[', *data, b"]}"]

    def _texts(self, item: Any, job: Job, kind: str, details: dict[str, Any]) -> list[tuple[bytes, ...]]:
        size, tags = (job.width, job.height), [f"{job.prompt}/{item.number}/{index}" for index in range(job.n)]
        if self.server.bulk and job.format == "png" and not kind:
            return [base64_picture(size, tag, self.server.bulk) for tag in tags]
        if (key := KEY.search(job.prompt)) and not self.server.ignores_background:
            images = [keyed(size, job.format, key[1], tag) for tag in tags]
        elif job.format in ("gif", "svg"):
            images = [
                moving(size, job.frames, job.pace, tag) if job.format == "gif" else lines(size, tag) for tag in tags
            ]
        else:
            clear = job.transparent and not self.server.ignores_background
            images = [picture(size, job.format, alpha=clear, tag=tag) for tag in tags]
        return [(text,) for text in faults.encoded(kind, faults.spoil(kind, images, job, details))]

    async def _send(
        self, writer: asyncio.StreamWriter, item: Any, status: int, *body: bytes, extra: Mapping[str, str] = EMPTY
    ) -> bool:
        item.status = status
        writer.write(head(status, {**_headers(item), **extra}, sum(map(len, body))))
        for piece in body:
            writer.write(piece)
        await writer.drain()
        return True

    async def _misbehave(self, writer: asyncio.StreamWriter, item: Any, body: bytes, fault: Fault) -> bool:
        if fault.kind == "never":
            await asyncio.sleep(3600)
        if fault.kind == "reset_before_headers":
            _reset(writer)
        if fault.kind in ("reset_before_headers", "close_before_headers"):
            return False
        if fault.kind == "kill":
            return await self._kill(writer, item, body, fault)
        item.status = 200
        writer.write(head(200, _headers(item), len(body)))
        if fault.kind == "slow_loris":
            begins = fault.details.get("begins", 0)
            writer.write(body[:begins])
            for index in range(begins, len(body)):
                writer.write(body[index : index + 1])
                await writer.drain()
                await asyncio.sleep(fault.details.get("interval", 0.02))
            return True
        writer.write(body[: len(body) // 2])
        await writer.drain()
        if fault.kind == "reset_in_body":
            await asyncio.sleep(0.05)  # a reset overtakes what is still buffered: let the first half arrive
            _reset(writer)
        return False

    async def _kill(self, writer: asyncio.StreamWriter, item: Any, body: bytes, fault: Fault) -> bool:
        stage = fault.details.get("stage", "before_headers")
        pid = fault.details.get("pid") or int(item.headers.get("x-client-pid", "0")) or _owner(writer)
        if stage != "before_headers":
            item.status = 200
            writer.write(head(200, _headers(item), len(body)))
            writer.write(body if stage == "after_last_byte" else body[: len(body) // 2])
            await writer.drain()
            await asyncio.sleep(fault.details.get("pause", 0.05))
        os.kill(pid, signal.SIGKILL)
        return False


def _headers(item: Any) -> dict[str, str]:
    return {
        "content-type": "application/json",
        "x-request-id": item.request_id,
        "x-ratelimit-limit-images": "250",
        "x-ratelimit-remaining-images": "249",
        "x-ratelimit-reset-images": "240ms",
    }


def _reset(writer: asyncio.StreamWriter) -> None:
    """Closes with RST instead of FIN."""
    raw = writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def _owner(writer: asyncio.StreamWriter) -> int:
    """The process at the other end of a loopback connection, by way of /proc."""
    here, there = (f":{writer.get_extra_info(name)[1]:04X}" for name in ("sockname", "peername"))
    rows = (line.split() for line in Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:])
    # Another connection may have had the port before, to another server: it waits for its end and is nobody's.
    link = next(f"socket:[{row[9]}]" for row in rows if row[1].endswith(there) and row[2].endswith(here))
    for folder in Path("/proc").glob("[0-9]*/fd"):
        try:
            if any(os.readlink(fd) == link for fd in folder.iterdir()):
                return int(folder.parent.name)
        except OSError:  # not ours, or gone meanwhile
            continue
    raise LookupError(f"nobody owns {link}")
