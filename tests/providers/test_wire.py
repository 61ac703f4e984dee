import asyncio
import shutil
import ssl
import subprocess
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import httpx2
import pytest

from imagepipe.providers.wire import BLOCK, FIRST, Wire

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Coroutine[Any, Any, None]]
OK = b"HTTP/1.1 200 OK\r\n"


@asynccontextmanager
async def serving(handler: Handler, trust: ssl.SSLContext | None = None) -> Any:
    """A server that does one thing, and the address to reach it by."""
    running = []

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        running.append(asyncio.current_task())
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            await handler(reader, writer)
        writer.close()
        with suppress(ConnectionError, ssl.SSLError):
            await writer.wait_closed()

    server = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=trust)
    port = server.sockets[0].getsockname()[1]
    try:
        yield f"{'https' if trust else 'http'}://127.0.0.1:{port}/v1/images"
    finally:
        server.close()
        await asyncio.gather(*(task for task in running if task))
        await server.wait_closed()


def says(*parts: bytes, abort: bool = False) -> Handler:
    """Answers a request with these bytes, each a moment after the other, and ends the connection."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        for part in parts:
            writer.write(part)
            await writer.drain()
        if abort:
            writer.transport.abort()

    return handle


@asynccontextmanager
async def asked(url: str, content: bytes = b"{}") -> AsyncIterator[httpx2.Response]:
    async with httpx2.AsyncClient(transport=Wire()) as client, client.stream("POST", url, content=content) as response:
        yield response


async def get(url: str, content: bytes = b"{}") -> tuple[httpx2.Response, list[bytes]]:
    async with asked(url, content) as response:
        return response, [bytes(piece) async for piece in response.aiter_bytes()]


def answered(handler: Handler) -> tuple[httpx2.Response, list[bytes]]:
    async def ask() -> tuple[httpx2.Response, list[bytes]]:
        async with serving(handler) as url:
            return await get(url)

    return asyncio.run(ask())


LONG = bytes(range(256)) * ((FIRST + BLOCK + 12345) // 256)


@pytest.mark.parametrize(
    ("parts", "body"),
    [
        ([OK + b"Content-Length: 5\r\n\r\nhello"], b"hello"),
        ([OK + b"Content-Length: 0\r\n\r\n"], b""),
        ([OK + b"x: " + b"y" * 90_000 + b"\r\nContent-Length: 5\r\n\r\nhello"], b"hello"),
        ([OK + b"content-length: 5\r\n\r\nhello and something else"], b"hello"),
        ([*(bytes((one,)) for one in OK + b"Content-Length: 5\r\n\r\nhello")], b"hello"),
        ([OK + b"Content-Length: %d\r\n\r\n" % len(LONG) + LONG], LONG),
        ([OK + b"Content-Length: %d\r\n\r\n" % len(LONG), LONG[:70_000], LONG[70_000:], b"x" * 100_000], LONG),
        (
            [b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n" + OK + b"Content-Length: 2\r\n\r\nok"],
            b"ok",
        ),
        ([OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", b"1\r\n!\r\n0\r\n\r\n"], b"hello!"),
        ([OK + b"\r\n", b"until ", b"the end"], b"until the end"),
        ([b"HTTP/1.0 200 OK\r\n\r\nold"], b"old"),
    ],
)
def test_an_answer_arrives_byte_for_byte_however_it_is_framed(parts: list[bytes], body: bytes) -> None:
    response, pieces = answered(says(*parts))
    assert response.status_code == 200
    assert b"".join(pieces) == body
    assert all(len(piece) <= BLOCK for piece in pieces)
    assert all(len(piece) <= FIRST for piece in pieces[:1])


@pytest.mark.parametrize(
    ("handler", "fault"),
    [
        (says(), httpx2.RemoteProtocolError),
        (says(abort=True), httpx2.TransportError),
        (says(b"HTTP/1.1 200"), httpx2.RemoteProtocolError),
        (says(b"SSH-2.0-OpenSSH\r\n\r\n"), httpx2.RemoteProtocolError),
        (says(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n"), httpx2.RemoteProtocolError),
        (says(OK + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello"), httpx2.RemoteProtocolError),
        (says(OK + b"Content-Length: -5\r\n\r\nhello"), httpx2.RemoteProtocolError),
        (says(OK + b"x: " + b"y" * 200_000 + b"\r\n\r\n"), httpx2.RemoteProtocolError),
        (says(OK + b"Content-Length: 9\r\n\r\nhello"), httpx2.RemoteProtocolError),
        (says(OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhel"), httpx2.RemoteProtocolError),
    ],
)
def test_what_breaks_off_or_is_no_answer_is_an_error_of_the_client(
    handler: Handler, fault: type[httpx2.TransportError]
) -> None:
    with pytest.raises(fault):
        answered(handler)


def test_what_came_before_the_connection_broke_is_handed_on() -> None:
    async def ask() -> bytes:
        async with serving(says(OK + b"Content-Length: 9\r\n\r\nhello")) as url, asked(url) as response:
            pieces = response.aiter_raw()
            first = await anext(pieces)
            with pytest.raises(httpx2.RemoteProtocolError, match="4 bytes are missing"):
                await anext(pieces)
            return first

    assert asyncio.run(ask()) == b"hello"


def test_a_large_request_is_sent_whole_and_a_refusal_before_its_end_is_heard() -> None:
    took: list[int] = []

    async def takes(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        assert b"content-length: 20000000\r\n" in head.lower()
        took.append(len(await reader.readexactly(20_000_000)))
        writer.write(OK + b"Content-Length: 2\r\n\r\nok")

    async def refuses(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig")
        await writer.drain()
        while await reader.read(1 << 20):
            pass

    async def ask(handler: Handler) -> tuple[int, list[bytes]]:
        async with serving(handler) as url:
            response, pieces = await get(url, bytes(20_000_000))
            return response.status_code, pieces

    assert asyncio.run(ask(takes)) == (200, [b"ok"])
    assert took == [20_000_000]
    assert asyncio.run(ask(refuses)) == (413, [b"big"])


def test_a_reader_that_waits_makes_the_sender_wait() -> None:
    """More than a block is never taken from the network before someone asks for it."""

    async def ask() -> int:
        written = 0
        stuck = asyncio.Event()

        async def pours(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            nonlocal written
            await reader.readuntil(b"\r\n\r\n")
            writer.write(OK + b"Content-Length: 200000000\r\n\r\n")
            while written < 200_000_000:
                writer.write(bytes(1 << 20))
                written += 1 << 20
                if writer.transport.get_write_buffer_size():
                    stuck.set()
                await writer.drain()

        async with serving(pours) as url, asked(url) as response:
            pieces = response.aiter_raw()
            await anext(pieces)
            await stuck.wait()
            before_more_was_asked_for = written
            await pieces.aclose()
            return before_more_was_asked_for

    assert asyncio.run(ask()) < 100_000_000


def test_certificates_are_checked_and_a_trusted_one_is_spoken_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    openssl = shutil.which("openssl")
    if not openssl:
        pytest.skip("openssl is not installed")
    made = [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=127.0.0.1", "-days", "1"]
    made += ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(tmp_path / "key"), "-out", str(tmp_path / "cert")]
    subprocess.run(made, check=True, capture_output=True)
    trust = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    trust.load_cert_chain(tmp_path / "cert", tmp_path / "key")
    long = says(OK + b"Content-Length: %d\r\n\r\n" % len(LONG) + LONG)

    async def ask() -> bytes:
        async with serving(long, trust) as url:
            with pytest.raises(httpx2.ConnectError) as caught:
                await get(url)
            assert isinstance(caught.value.__cause__, ssl.SSLCertVerificationError)
            monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert"))
            return b"".join((await get(url))[1])

    assert asyncio.run(ask()) == LONG


def test_only_http_is_spoken() -> None:
    with pytest.raises(httpx2.UnsupportedProtocol):
        asyncio.run(get("ftp://127.0.0.1/v1"))
