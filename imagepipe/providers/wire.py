"""HTTP/1.1 straight over asyncio, a connection a request: an answer of known length is received into one block of memory.

The client's own transport copies 2 MB five times on their way through its layers. It remains for proxies; here h11 reads the
heads, and bodies whose length is not told.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any, cast

import h11
import httpx2

FIRST, BLOCK = 1 << 18, 4 << 20
"""Bytes: what is handed on as one piece at most; little at first, so that an answer that is too long is soon cut."""

_HEAD = 1 << 16
_LONGEST_HEAD = 100 << 10  # as in httpcore2; h11 alone takes 16 KiB
_PORTS = {"http": 80, "https": 443}
_SECOND_ADDRESS = 0.25


class Wire(httpx2.AsyncBaseTransport):
    """Sends each request over a connection of its own; knows no proxies. Its timeouts are for connecting alone, since the
    caller has a deadline for everything."""

    def __init__(self) -> None:
        self._trust = httpx2.create_ssl_context()
        self._trust.set_alpn_protocols(["http/1.1"])

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """See httpx2. Raises its errors alone."""
        if request.url.scheme not in _PORTS:
            raise httpx2.UnsupportedProtocol("the address begins neither with https:// nor with http://")
        transport, link = await self._connected(request)
        try:
            talk = h11.Connection(h11.CLIENT, max_incomplete_event_size=_LONGEST_HEAD)
            with _told():
                await _send(transport, link, talk, request)
                head = await _head(link, talk)
        except BaseException:
            transport.abort()
            raise
        extensions = {"http_version": b"HTTP/" + head.http_version, "reason_phrase": head.reason}
        body = _Body(transport, link, talk, _length(head))
        return httpx2.Response(head.status_code, headers=head.headers.raw_items(), stream=body, extensions=extensions)

    async def _connected(self, request: httpx2.Request) -> tuple[asyncio.Transport, "_Link"]:
        url, limit = request.url, request.extensions.get("timeout", {}).get("connect")
        host = url.raw_host.decode("ascii")
        secure: dict[str, Any] = {"ssl": self._trust, "server_hostname": host} if url.scheme == "https" else {}
        try:
            async with asyncio.timeout(limit):
                transport, link = await asyncio.get_running_loop().create_connection(
                    _Link, host, url.port or _PORTS[url.scheme], happy_eyeballs_delay=_SECOND_ADDRESS, **secure
                )
        except TimeoutError as error:
            raise httpx2.ConnectTimeout(str(error)) from error
        except OSError as error:
            raise httpx2.ConnectError(str(error)) from error
        return transport, link


class _Link(asyncio.BufferedProtocol):
    """The receiving end. Bytes go into `_space`; whoever waits is woken when it is full, or at each arrival if `_eager`."""

    def __init__(self) -> None:
        self._space, self._filled, self._eager = memoryview(bytearray(_HEAD)), 0, True
        self._woken, self._writable = asyncio.Event(), asyncio.Event()
        self._writable.set()
        self._reading: asyncio.Transport | None = None
        self.ended, self.error = False, ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """From now on bytes come."""
        self._reading = cast(asyncio.Transport, transport)

    def get_buffer(self, sizehint: int) -> memoryview:
        """Where the next bytes go."""
        return self._space[self._filled :]

    def buffer_updated(self, nbytes: int) -> None:
        """So many came. Nothing more is taken where there is no room."""
        self._filled += nbytes
        if self._filled == len(self._space) and self._reading:
            self._reading.pause_reading()
            self._woken.set()
        elif self._eager:
            self._woken.set()

    def eof_received(self) -> None:
        """The other side has sent all that it had."""
        self.ended = True
        self._woken.set()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing comes or goes any more."""
        self.ended, self.error, self._reading = True, str(exc or ""), None
        self._woken.set()
        self._writable.set()

    def pause_writing(self) -> None:
        """The other side is slow to take what it is sent."""
        self._writable.clear()

    def resume_writing(self) -> None:
        """It took most of it."""
        self._writable.set()

    async def writable(self) -> None:
        """Returns once the other side takes more, or nothing any more."""
        await self._writable.wait()

    async def some(self) -> bytes:
        """What came since; b"" at the end."""
        self._eager = True
        while not (self._filled or self.ended):
            await self._more()
        came, self._filled = bytes(self._space[: self._filled]), 0
        return came

    async def block(self, begun: bytes, size: int) -> bytes:
        """The next `size` bytes, of which `begun` came before; fewer where the connection ends. What came beyond them is
        dropped: with the head more came only where it is no part of the answer."""
        came, block = begun + bytes(self._space[: self._filled]), bytearray(size)
        self._filled, self._eager = min(len(came), size), False
        block[: self._filled] = came[:size]
        self._space = memoryview(block)
        while self._filled < size and not self.ended:
            await self._more()
        # A block is handed on as it is: copied to bytes it is where pieces are joined, once.
        got = cast(bytes, block) if self._filled == size else bytes(block[: self._filled])
        self._space, self._filled = memoryview(bytearray(_HEAD)), 0
        return got

    async def _more(self) -> None:
        self._woken.clear()
        if self._reading:
            self._reading.resume_reading()
        await self._woken.wait()


async def _send(transport: asyncio.Transport, link: _Link, talk: h11.Connection, request: httpx2.Request) -> None:
    """The request. A server may refuse it before it has taken all of it: then its answer is what counts."""
    if trace := request.extensions.get("trace"):
        await trace("wire.send_request_headers.started", {"request": request})
    target = request.url.raw_path
    out = talk.send(h11.Request(method=request.method, target=target, headers=request.headers.raw)) or b""
    async for piece in cast(AsyncIterator[bytes], request.stream):
        out += talk.send(h11.Data(data=piece)) or b""
        if len(out) >= _HEAD:
            transport.write(out)
            out = b""
            await link.writable()
    transport.write(out + (talk.send(h11.EndOfMessage()) or b""))


async def _head(link: _Link, talk: h11.Connection) -> h11.Response:
    while not isinstance(event := talk.next_event(), h11.Response):
        if event is h11.NEED_DATA:
            came = await link.some()
            if not came:
                raise _broken(link, "the server ended the connection without an answer")
            talk.receive_data(came)
    return event


def _broken(link: _Link, message: str) -> httpx2.TransportError:
    return httpx2.ReadError(link.error) if link.error else httpx2.RemoteProtocolError(message)


def _length(head: h11.Response) -> int | None:
    """How long the body is, where the answer says so and nothing else."""
    told = dict(head.headers)
    length = told.get(b"content-length")
    if length is None or b"transfer-encoding" in told or head.status_code in (204, 304):
        return None
    return int(length)


@contextmanager
def _told() -> Iterator[None]:
    """h11's errors as the client's."""
    try:
        yield
    except h11.RemoteProtocolError as error:
        raise httpx2.RemoteProtocolError(str(error)) from error
    except h11.LocalProtocolError as error:
        raise httpx2.LocalProtocolError(str(error)) from error


class _Body(httpx2.AsyncByteStream):
    """An answer's body, whose end is the connection's."""

    def __init__(self, transport: asyncio.Transport, link: _Link, talk: h11.Connection, length: int | None) -> None:
        self._transport, self._link, self._talk, self._length = transport, link, talk, length

    def __aiter__(self) -> AsyncGenerator[bytes, None]:
        """The pieces. Raises httpx2.RemoteProtocolError or ReadError where the answer breaks off."""
        return self._framed() if self._length is None else self._counted(self._length)

    async def _counted(self, left: int) -> AsyncGenerator[bytes, None]:
        begun, _ = self._talk.trailing_data
        size = FIRST
        while left:
            size = min(left, size)
            piece = await self._link.block(begun, size)
            if piece:
                yield piece
            if len(piece) < size:
                raise _broken(self._link, f"{left - len(piece)} bytes are missing")
            left, begun, size = left - size, b"", BLOCK

    async def _framed(self) -> AsyncGenerator[bytes, None]:
        with _told():
            while not isinstance(event := self._talk.next_event(), h11.EndOfMessage):
                if isinstance(event, h11.Data):
                    yield bytes(event.data)
                elif event is h11.NEED_DATA:
                    came = await self._link.some()
                    if not came and self._link.error:
                        raise httpx2.ReadError(self._link.error)
                    self._talk.receive_data(came)

    async def aclose(self) -> None:
        """Ends the connection at once: nothing of it is of use any more."""
        self._transport.abort()
