"""A provider in processes of its own: reading many large answers takes a core, which here the store's work needs too.

The courier keeps the contract of a provider. The other processes hold the key, the SDK and the connections; bodies come
through memory that all share. Where there are no such processes, or they have ended, requests go out from here.
"""

import asyncio
import itertools
import mmap
import os
import signal
import socket
import subprocess  # nosec B404 # our own interpreter
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace

from imagepipe.contracts import Provider, Reply, Sink, Terms
from imagepipe.errors import ImagepipeError
from imagepipe.providers import provider
from imagepipe.providers.keys import key_of
from imagepipe.providers.letters import MEMORY, SLOT, Failure, Piece, Send, Stop, Taken, post, receive
from imagepipe.values import Request

LINES = 2
"""Processes that send: as many as it takes so that a burst of answers is read while requests are made of the next ones."""
_CODE = (
    "import sys; sys.path[:] = sys.argv.pop().split('\\n'); "
    "from imagepipe.providers.carrying import main; main(sys.argv[1], *map(int, sys.argv[2:]))"
)
_START, _GRACE = 20.0, 5.0
"""Seconds in which the processes must have begun, and those that they get beyond a deadline or to end."""
_ENDED = "reset: the process that sends for this one has ended"


async def begun(terms: Terms, env: Mapping[str, str]) -> Provider:
    """A courier that can send, of a kind of provider that has a key; the provider itself where this system has no memory to
    share, or no processes are to be had. Raises ProviderStop where there is no key, or where nothing can be sent."""
    key_of(terms, env)
    try:
        courier = Courier(terms, env)
    except (OSError, ValueError, AttributeError):
        return provider(terms, env)
    try:
        async with asyncio.timeout(_START):
            ready = await courier.open()
    except TimeoutError:
        ready = False
    except BaseException:
        await courier.close()
        raise
    if not ready:
        await courier.close()
        return provider(terms, env)
    return courier


class Courier:
    """Sends through other processes, which are begun at once and end with this one. Raises OSError where there are none,
    AttributeError where this system has no memory without a name."""

    free = False

    def __init__(self, terms: Terms, env: Mapping[str, str]) -> None:
        self._terms = terms, dict(env)
        self._own: Provider | None = None
        with ExitStack() as theirs, ExitStack() as ours:
            shared = os.memfd_create("imagepipe")
            theirs.callback(os.close, shared)
            os.truncate(shared, MEMORY)
            self._memory = ours.enter_context(mmap.mmap(shared, MEMORY))
            pairs = [socket.socketpair() for _ in range(LINES)]
            doors = [ours.enter_context(door) for door, _ in pairs]
            numbers = [theirs.enter_context(door).fileno() for _, door in pairs]
            self._process = _process(terms.kind, shared, numbers)
            ours.pop_all()
        self._lines = [_Line(door, self._memory) for door in doors]

    async def open(self) -> bool:
        """Waits until the other processes can send; whether they do. Raises ProviderStop where they say that nobody can."""
        return all([await line.open(self._terms) for line in self._lines])

    async def send(self, request: Request, files: Sequence[bytes], sink: Sink) -> Reply:
        """One request; see contracts.Provider."""
        lines = [line for line in self._lines if line.to]
        deadline = self._terms[0].deadline
        if not lines:
            self._own = self._own or provider(*self._terms)
            return await self._own.send(request, files, sink)
        try:
            async with asyncio.timeout(deadline + _GRACE) as timer:  # the other process keeps the deadline, if it lives
                return await min(lines, key=_Line.load).send(request, files, sink)
        except TimeoutError:
            if not timer.expired():
                raise
            return Reply(sent=True, fault=f"timeout: no whole answer within {deadline:g} s")

    async def close(self) -> None:
        """Ends connections, and the other processes."""
        for line in self._lines:
            line.hang_up()
        for line in self._lines:
            await line.close()
        ended = asyncio.ensure_future(asyncio.to_thread(self._process.wait))
        try:
            await asyncio.wait([ended], timeout=_GRACE)
        finally:  # also where we are not to wait any longer
            if not ended.done():
                with suppress(ProcessLookupError):
                    os.killpg(self._process.pid, signal.SIGKILL)
        await ended
        self._memory.close()
        if self._own:
            await self._own.close()


def _process(kind: str, shared: int, doors: Sequence[int]) -> "subprocess.Popen[bytes]":
    """Our interpreter with our path, and nothing of the folder that it is begun in."""
    if not sys.executable:
        raise OSError("this program is not run by an interpreter that could be begun again")
    alone = "-I" if sys.flags.isolated else "-P"
    numbers = [str(number) for number in (shared, *doors)]
    command = [sys.executable, alone, "-c", _CODE, kind, *numbers, "\n".join(map(str, sys.path))]
    nowhere = subprocess.DEVNULL
    # In a group of its own, so that Ctrl-C reaches us alone.
    return subprocess.Popen(  # noqa: S603 # nosec B603
        command, pass_fds=(shared, *doors), stdin=nowhere, stdout=nowhere, stderr=nowhere, process_group=0
    )


class _Line:
    """The way to one of the processes, and the requests that it has under way. `to` is None where nobody is there."""

    def __init__(self, door: socket.socket, memory: mmap.mmap) -> None:
        self._door, self._memory = door, memory
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Queue[Piece | Failure]] = {}
        self.to: asyncio.StreamWriter | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._listening: asyncio.Task[None] | None = None

    def load(self) -> int:
        """How many requests it has under way."""
        return len(self._waiting)

    async def open(self, terms: tuple[Terms, dict[str, str]]) -> bool:
        """Waits until the other process can send; whether it does. Raises what it says that stands in the way."""
        source, to = await asyncio.open_connection(sock=self._door)
        self._writer = to
        post(to, terms)
        first = await receive(source)
        self._listening = asyncio.ensure_future(self._listen(source, to))
        if isinstance(first, Failure):
            raise first.error
        self.to = to if first else None
        return self.to is not None

    async def send(self, request: Request, files: Sequence[bytes], sink: Sink) -> Reply:
        """One request through the other process, which is there."""
        if self.to is None:
            raise ValueError("nobody is there")
        to, number = self.to, next(self._numbers)
        heard = self._waiting[number] = asyncio.Queue()
        post(to, Send(number, request, tuple(files)))
        try:
            return await self._heard(heard, sink, to)
        except BaseException:
            post(to, Stop(number))
            raise
        finally:
            del self._waiting[number]
            while not heard.empty():
                self._read(heard.get_nowait(), to)

    async def _heard(self, heard: "asyncio.Queue[Piece | Failure]", sink: Sink, to: asyncio.StreamWriter) -> Reply:
        """Hands a body on until the reply is there. A sink that takes no more has the other side stop too."""
        full: ImagepipeError | None = None
        while True:
            letter = await heard.get()
            if isinstance(letter, Failure):
                raise letter.error
            data = self._read(letter, to)
            try:
                if data and not full:
                    await sink.write(data)
            except ImagepipeError as error:
                full = error
                post(to, Stop(letter.number, error))
            if letter.reply:
                cut = full and letter.reply.complete
                return replace(letter.reply, complete=False, fault=f"bound: {full}") if cut else letter.reply

    def _read(self, letter: Piece | Failure, to: asyncio.StreamWriter) -> bytes:
        """What a letter brings, or what lies in its slot, which is then free."""
        if isinstance(letter, Failure) or letter.slot < 0:
            return b"" if isinstance(letter, Failure) else letter.data
        start = letter.slot * SLOT
        data = self._memory[start : start + letter.length]
        post(to, Taken(letter.slot))
        return data

    async def _listen(self, source: asyncio.StreamReader, to: asyncio.StreamWriter) -> None:
        while letter := await receive(source):
            if letter.number in self._waiting:
                self._waiting[letter.number].put_nowait(letter)
            else:
                self._read(letter, to)
        self.to = None
        for number, heard in self._waiting.items():
            heard.put_nowait(Piece(number, reply=Reply(sent=True, fault=_ENDED)))

    def hang_up(self) -> None:
        """Tells the other process to end, and with it whatever is under way."""
        with suppress(OSError):
            self._door.shutdown(socket.SHUT_RDWR)

    async def close(self) -> None:
        """Ends the connection, once the other process has."""
        if self._listening:
            await self._listening
        if self._writer:
            self._writer.close()
            with suppress(OSError):
                await self._writer.wait_closed()
        self._door.close()
