"""A provider in processes of its own: reading many large answers takes a core, which here the store's work needs too.

The courier keeps the contract of a provider. The other processes hold the key, the SDK and the connections; bodies come
through memory that all share. Where there are no such processes, or one has ended, requests go out from here.
"""

import asyncio
import itertools
import mmap
import os
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
_PATIENCE = 5.0
_ENDED = "reset: the process that sends for this one has ended"


def make(terms: Terms, env: Mapping[str, str]) -> Provider:
    """A courier for a provider with a key; the provider itself where this system has no memory to share, or no second
    process is to be had. Raises ProviderStop where there is no key."""
    key_of(terms, env)
    try:
        return Courier(terms, env)
    except (OSError, ValueError, AttributeError):
        return provider(terms, env)


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
            self._process = _begun(terms.kind, shared, numbers)
            ours.pop_all()
        self._lines = [_Line(door, self._memory, self._terms) for door in doors]

    async def send(self, request: Request, files: Sequence[bytes], sink: Sink) -> Reply:
        """One request; see contracts.Provider."""
        line = min(self._lines, key=_Line.load)
        if await line.is_open():
            return await line.send(request, files, sink)
        self._own = self._own or provider(*self._terms)
        return await self._own.send(request, files, sink)

    async def close(self) -> None:
        """Ends connections, and the other processes."""
        for line in self._lines:
            await line.close()
        try:
            await asyncio.to_thread(self._process.wait, _PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            await asyncio.to_thread(self._process.wait)
        self._memory.close()
        if self._own:
            await self._own.close()


def _begun(kind: str, shared: int, doors: Sequence[int]) -> "subprocess.Popen[bytes]":
    """Our interpreter with our path, and nothing of the folder that it is begun in."""
    alone = "-I" if sys.flags.isolated else "-P"
    numbers = [str(number) for number in (shared, *doors)]
    command = [sys.executable, alone, "-c", _CODE, kind, *numbers, "\n".join(sys.path)]
    nowhere = subprocess.DEVNULL
    # In a group of its own, so that Ctrl-C reaches us alone.
    return subprocess.Popen(  # noqa: S603 # nosec B603
        command, pass_fds=(shared, *doors), stdin=nowhere, stdout=nowhere, stderr=nowhere, process_group=0
    )


class _Line:
    """The way to one of the processes, and the requests that it has under way."""

    def __init__(self, door: socket.socket, memory: mmap.mmap, terms: tuple[Terms, dict[str, str]]) -> None:
        self._door, self._memory, self._terms = door, memory, terms
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Queue[Piece | Failure]] = {}
        self._asked = 0
        self._to: asyncio.StreamWriter | None = None
        self._connected: asyncio.Task[None] | None = None
        self._listening: asyncio.Task[None] | None = None

    def load(self) -> int:
        """How much it has to do."""
        return self._asked

    async def is_open(self) -> bool:
        """Waits until the other process can send; whether it does. Raises ProviderStop where it says that nobody can."""
        self._asked += 1
        try:
            self._connected = self._connected or asyncio.ensure_future(self._connect())
            await asyncio.shield(self._connected)
        finally:
            self._asked -= 1
        return self._to is not None

    async def send(self, request: Request, files: Sequence[bytes], sink: Sink) -> Reply:
        """One request through the other process, which `is_open`."""
        if self._to is None:
            raise ValueError("nobody is there")
        to, number = self._to, next(self._numbers)
        heard = self._waiting[number] = asyncio.Queue()
        self._asked += 1
        post(to, Send(number, request, tuple(files)))
        try:
            return await self._heard(heard, sink, to)
        except BaseException:
            post(to, Stop(number))
            raise
        finally:
            self._asked -= 1
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
        """What lies in a letter's slot, which is then free."""
        if isinstance(letter, Failure) or letter.slot < 0:
            return b""
        start = letter.slot * SLOT
        data = self._memory[start : start + letter.length]
        post(to, Taken(letter.slot))
        return data

    async def _connect(self) -> None:
        source, to = await asyncio.open_connection(sock=self._door)
        post(to, self._terms)
        first = await receive(source)
        self._listening = asyncio.ensure_future(self._listen(source, to))
        if isinstance(first, Failure):
            raise first.error
        self._to = to if first else None

    async def _listen(self, source: asyncio.StreamReader, to: asyncio.StreamWriter) -> None:
        while letter := await receive(source):
            if letter.number in self._waiting:
                self._waiting[letter.number].put_nowait(letter)
            else:
                self._read(letter, to)
        self._to = None
        for number, heard in self._waiting.items():
            heard.put_nowait(Piece(number, reply=Reply(sent=True, fault=_ENDED)))
        to.close()

    async def close(self) -> None:
        """Ends the connection, and with it whatever is under way."""
        with suppress(OSError):
            self._door.shutdown(socket.SHUT_RDWR)
        if self._connected:
            await asyncio.wait((self._connected,))
        if self._listening:
            await self._listening
        else:
            self._door.close()
