"""One request on the wire: whether it has left, what came back, and where the body goes. Judges nothing."""

import socket
import ssl
import sys
from contextlib import suppress
from contextvars import ContextVar
from typing import Any

import httpx2

from imagepipe.contracts import Reply, Sink
from imagepipe.errors import ImagepipeError
from imagepipe.values import FrozenMap

PIECE = 1 << 18
"""Bytes asked for in one read, and gathered before they are handed to the sink. Each read of a stream costs some 70 µs, and
2 MB come in 32 reads of 64 KiB."""
_WINDOW = 3 << 20
"""Bytes that a server may send ahead, the most that Linux gives by default: a whole body. From 64 KiB the window would widen
with each turn between the two, and on a busy machine every turn waits for its process: 30 ms for 2 MB."""

_REQUEST_IDS = ("x-request-id", "apim-request-id", "x-ms-request-id")
_KEPT = {
    "content-length", "content-type", "date", "location", "openai-processing-ms", "openai-version", "retry-after",
    "retry-after-ms", *_REQUEST_IDS,
}  # fmt: skip

CURRENT: ContextVar["Exchange"] = ContextVar("exchange")
"""The exchange that the running task is in: how the HTTP client's hooks find it."""


class Answered(Exception):
    """Raised inside the SDK to leave it: an answer that is no success is here, status, headers and body."""


class Exchange:
    """What is known of one request. `sent` turns true as its first byte leaves for the provider."""

    def __init__(self, sink: Sink, secret: str) -> None:
        self.sink, self.secret = sink, secret.encode()
        self.sent = self.complete = False
        self.status = 0
        self.headers: dict[str, str] = {}

    async def trace(self, event: str, info: dict[str, Any]) -> None:
        """Hears what the connection does; a proxy's CONNECT is not yet the request."""
        if event == "connection.connect_tcp.complete":
            _widen(info["return_value"].get_extra_info("socket"))
        if event.endswith(".send_request_headers.started"):
            self.sent = self.sent or info["request"].method != b"CONNECT"

    async def take(self, response: httpx2.Response) -> None:
        """Notes status and headers. Reads an answer that is no success here: the SDK would read it without a bound."""
        self.status = response.status_code
        self.headers = {
            name.lower(): value
            for name, value in response.headers.items()
            if name.lower() in _KEPT or "ratelimit" in name
        }
        if not response.is_success:
            await self.pour(response)
            raise Answered

    async def pour(self, response: httpx2.Response) -> None:
        """Streams the body into the sink; what had come is written also when the rest does not."""
        pieces: list[bytes] = []
        size = 0
        try:
            async for piece in response.aiter_bytes():
                pieces.append(piece)
                size += len(piece)
                if size >= PIECE:
                    await self.write(b"".join(pieces))
                    pieces, size = [], 0
        except httpx2.HTTPError:
            await self.write(b"".join(pieces))
            raise
        await self.write(b"".join(pieces))
        self.complete = True

    async def write(self, data: bytes) -> None:
        """Hands a piece on. A complaint may quote the key, and what is written is kept: so it is taken out."""
        if data:
            await self.sink.write(data if self.status < 300 else data.replace(self.secret, b"***"))

    def reply(self, fault: str = "") -> Reply:
        """The exchange as a value."""
        request_id = next((self.headers[name] for name in _REQUEST_IDS if name in self.headers), "")
        text = fault.replace(self.secret.decode(), "***")
        return Reply(self.status, FrozenMap(self.headers), request_id, self.complete, self.sent, text)


def _widen(link: socket.socket) -> None:
    """Opens the window of a fresh connection. A receive buffer that is set is held at the size that the system allows, often
    too small for a long way; whoever says that less is not worth waking for has it grow, and the kernel may go on."""
    if sys.platform == "linux":
        with suppress(OSError, AttributeError, TypeError):  # whatever it is, the request can go without
            link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, _WINDOW)
            link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, 1)


async def on_request(request: httpx2.Request) -> None:
    """Hook of the HTTP client: the connection tells the exchange what it does."""
    if exchange := CURRENT.get(None):
        request.extensions["trace"] = exchange.trace


async def on_response(response: httpx2.Response) -> None:
    """Hook of the HTTP client: the exchange sees the answer before the SDK does."""
    if exchange := CURRENT.get(None):
        await exchange.take(response)


_FAULTS: tuple[tuple[str, type[BaseException] | tuple[type[BaseException], ...], str], ...] = (
    ("bound", ImagepipeError, ""),
    ("tls", ssl.SSLCertVerificationError, "the server's certificate cannot be trusted"),
    ("dns", socket.gaierror, "the server's name is not known"),
    ("proxy", httpx2.ProxyError, "the proxy refused"),
    ("pool", httpx2.PoolTimeout, "no connection was free"),
    ("connect", (httpx2.ConnectError, httpx2.ConnectTimeout), "no connection to the server"),
    ("timeout", httpx2.TimeoutException, "the server fell silent"),
    ("short", httpx2.RemoteProtocolError, "the connection ended before the answer did"),
    ("reset", httpx2.NetworkError, "the connection was reset"),
    ("protocol", httpx2.HTTPError, "the answer could not be taken"),
)


def fault_of(error: BaseException) -> str:
    """What went wrong, as `kind: words`: one of bound, tls, dns, proxy, pool, connect, timeout, short, reset, protocol.
    "" where an answer is here."""
    if isinstance(error, Answered):
        return ""
    chain = _chain(error)
    for kind, classes, words in _FAULTS:
        if found := next((item for item in chain if isinstance(item, classes)), None):
            detail = " ".join(str(found).split())[:200]
            return f"{kind}: {words} ({detail})" if words and detail else f"{kind}: {words or detail}"
    return f"protocol: {type(error).__name__}"


def _chain(error: BaseException) -> list[BaseException]:
    chain: list[BaseException] = []
    while error not in chain:
        chain.append(error)
        error = error.__cause__ or error.__context__ or error
    return chain
