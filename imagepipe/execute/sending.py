"""One request on the wire: the body goes to memory and to its spool, under one total deadline and a bound."""

import re
from collections.abc import Sequence

from imagepipe.contracts import Reply
from imagepipe.errors import Finding, ImagepipeError
from imagepipe.execute.run import Run
from imagepipe.execute.work import Route, Spool
from imagepipe.store.spools import AT_ONCE
from imagepipe.values import Request

MEBIBYTE = 1 << 20
LEAST_BOUND = 64 * MEBIBYTE
_EDGE = 4096
_LARGEST = (3840, 2160)
_SIZE = re.compile(r"(\d{1,5})x(\d{1,5})\Z")


def spool_size(request: Request) -> int:
    """Bytes set aside for an answer: 1 MiB + n × 6·W·H, `auto` as 3840×2160."""
    found = _SIZE.match(str(request.options.get("size", "auto")))
    width, height = (int(found[1]), int(found[2])) if found else _LARGEST
    return MEBIBYTE + request.n * 6 * width * height


def body_bound(request: Request) -> int:
    """The most an answer may hold: DESIGN.md, money rule 7."""
    return max(LEAST_BOUND, spool_size(request))


class TooLong(ImagepipeError):
    """An answer went over its bound and was cut."""


class Body:
    """Where one answer goes: in pieces of about 4 MiB to its spool, which keeps it in memory too; or here, without one."""

    def __init__(self, run: Run, bound: int, spool: Spool | None = None) -> None:
        self._run, self._bound, self._spool = run, bound, spool
        self._pieces: list[bytes] = []
        self._waiting = self._length = 0
        self._lasts = False
        self._head = self._tail = b""

    async def write(self, piece: bytes) -> None:
        """Takes the next piece. Raises TooLong past the bound."""
        self._length += len(piece)
        if self._length > self._bound:
            raise TooLong(f"the answer is longer than {self._bound} bytes", code="answer-too-large")
        self._pieces.append(piece)
        self._waiting += len(piece)
        self._head += piece[: _EDGE - len(self._head)]
        self._tail = (self._tail + piece[-_EDGE:])[-_EDGE:]
        if self._spool and self._waiting >= AT_ONCE:
            await self._run.on_disk(_write, self._spool, self._gathered())

    def edges(self) -> bytes:
        """The beginning and the end of what came so far, 4 KiB each: what stands beside the pictures."""
        return self._head + self._tail

    def _gathered(self) -> list[bytes]:
        gathered, self._pieces, self._waiting = self._pieces, [], 0
        return gathered

    def finish(self, reply: Reply) -> Finding | None:
        """Makes a whole answer last, once: what is left of it, then the footer, synced. A finding where the disk failed.

        Blocks; for the store's executor.
        """
        if self._spool is None or self._lasts:
            return None
        self._lasts = True
        _write(self._spool, self._gathered())
        return self._spool.finish(reply.status, reply.request_id, reply.headers)

    def whole(self) -> bytes:
        """The body so far."""
        if self._spool is None:
            self._pieces = [b"".join(self._pieces)]
            return self._pieces[0]
        if not self._pieces:
            return self._spool.body()
        return b"".join((self._spool.body(), *self._pieces))


def _write(spool: Spool, pieces: Sequence[bytes]) -> None:
    if pieces:
        spool.write(b"".join(pieces))


async def send(run: Run, route: Route, request: Request, files: Sequence[bytes], body: Body) -> Reply:
    """One request, never repeated here. What the network does, the deadline and the bound come back as a reply."""
    deadline = run.work.limits.deadline
    try:
        async with run.work.clock.timeout(deadline):
            return await route.provider.send(request, files, body)
    except TimeoutError:
        return Reply(sent=True, fault=f"timeout: no whole answer within {deadline:g} seconds")
    except TooLong as error:
        return Reply(sent=True, fault=f"bound: {error.message}")
