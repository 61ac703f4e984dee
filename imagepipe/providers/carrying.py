"""The processes behind a courier: a provider that hears what to send, and puts what comes where the courier reads it."""

import asyncio
import gc
import mmap
import os
import signal
import socket
from collections.abc import Iterable, Mapping
from queue import LifoQueue
from typing import NoReturn

from imagepipe.contracts import Provider, Sink, Terms
from imagepipe.errors import ImagepipeError
from imagepipe.plugins import pick
from imagepipe.providers import PROVIDERS, provider
from imagepipe.providers.letters import MEMORY, SLOT, SLOTS, Failure, Piece, Send, Stop, Taken, post, receive


def main(kind: str, shared: int, *doors: int) -> NoReturn:
    """Serves the other ends of the sockets `doors`, each in a process of its own, until they are closed; what is under way
    then ends. `shared` is the memory that all have, `kind` the provider's."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever sent us decides what Ctrl-C means
    gc.disable()  # what is loaded stays: looking through it for garbage took a tenth of the time
    pick(PROVIDERS, kind, "imagepipe.providers")  # once, for all of them
    gc.freeze()
    gc.enable()
    memory, others = mmap.mmap(shared, MEMORY), []
    for number in range(1, len(doors)):
        others.append(os.fork())
        if not others[-1]:
            _live(number, doors, memory)
    _live(0, doors, memory, others)


def _live(number: int, doors: tuple[int, ...], memory: mmap.mmap, others: Iterable[int] = ()) -> NoReturn:
    """The life of one of the processes. It waits for the `others` that it has begun, so that they are counted as ours."""
    for door in doors[:number] + doors[number + 1 :]:
        os.close(door)
    try:
        asyncio.run(_serve(socket.socket(fileno=doors[number]), memory, range(number, SLOTS, len(doors)), others))
    finally:
        os._exit(0)


async def _serve(door: socket.socket, memory: mmap.mmap, slots: Iterable[int], others: Iterable[int]) -> None:
    source, to = await asyncio.open_connection(sock=door)
    terms, env = await receive(source)
    made = _made(terms, env)
    if isinstance(made, Exception):
        post(to, Failure(0, made))
        await to.drain()
    else:
        carrier = _Carrier(made, to, memory, slots)
        post(to, Piece(0))
        while letter := await receive(source):
            carrier.read(letter)
    for other in others:
        os.waitpid(other, 0)
    os._exit(0)  # with it go connections and what is under way: nobody waits for it


def _made(terms: Terms, env: Mapping[str, str]) -> Provider | Exception:
    try:
        return provider(terms, env)
    except ImagepipeError as error:
        return error


class _Carrier:
    """The requests under way, by number, and the slots that are free."""

    def __init__(self, made: Provider, to: asyncio.StreamWriter, memory: mmap.mmap, slots: Iterable[int]) -> None:
        self.to, self.memory, self._provider = to, memory, made
        self.free: LifoQueue[int] = LifoQueue()  # the last one's pages are there already
        for slot in slots:
            self.free.put_nowait(slot)
        self.full: dict[int, Exception] = {}
        self._tasks: dict[int, asyncio.Task[None]] = {}

    def read(self, letter: Send | Stop | Taken) -> None:
        """Does what a letter says."""
        match letter:
            case Send(number):
                self._tasks[number] = asyncio.ensure_future(self._send(letter))
            case Stop(number, error) if number in self._tasks:
                if error:
                    self.full[number] = error
                else:
                    self._tasks[number].cancel()
            case Taken(slot):
                self.free.put_nowait(slot)

    async def _send(self, letter: Send) -> None:
        sink = _Slots(self, letter.number)
        try:
            reply = await self._provider.send(letter.request, letter.files, sink)
        except Exception as error:  # noqa: BLE001 - told where it is understood
            known = isinstance(error, ImagepipeError)
            post(self.to, Failure(letter.number, error if known else RuntimeError(f"{type(error).__name__}: {error}")))
        else:
            post(self.to, Piece(letter.number, sink.slot, sink.length, reply=reply))
            sink.slot = -1
        finally:
            self._tasks.pop(letter.number, None)
            self.full.pop(letter.number, None)
            if sink.slot >= 0:
                self.free.put_nowait(sink.slot)


class _Slots(Sink):
    """Puts a body into one slot after another."""

    def __init__(self, carrier: _Carrier, number: int) -> None:
        self._carrier, self._number = carrier, number
        self.slot, self.length = -1, 0

    async def write(self, piece: bytes) -> None:
        """Takes the next piece; one for which no slot is free goes with the letter, since whoever has the slots may have
        fallen silent. Raises what the other side's sink has raised."""
        if error := self._carrier.full.get(self._number):
            raise error
        rest = memoryview(piece)
        while rest:
            if self.slot < 0 and self._carrier.free.empty():
                return post(self._carrier.to, Piece(self._number, data=bytes(rest)))
            if self.slot < 0:
                self.slot, self.length = self._carrier.free.get_nowait(), 0
            start = self.slot * SLOT + self.length
            part = rest[: SLOT - self.length]
            self._carrier.memory[start : start + len(part)] = part
            self.length += len(part)
            rest = rest[len(part) :]
            if self.length == SLOT:
                post(self._carrier.to, Piece(self._number, self.slot, SLOT))
                self.slot, self.length = -1, 0
