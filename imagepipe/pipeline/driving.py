"""Runs an asynchronous road for a caller who has no event loop: on a thread of its own, its events handed over in order."""

import asyncio
import queue
import signal
import threading
from collections.abc import AsyncGenerator, Callable, Generator, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager
from types import FrameType

from imagepipe.events import Event

GATHER = 0.01
"""Seconds for which events are gathered before they are handed over: waking another thread for each of them costs more than
what it does with them."""

Road = Callable[[asyncio.Event], AsyncGenerator[Event, None]]


class _End:
    """The road is over; `error` is what it raised."""

    def __init__(self, error: BaseException | None) -> None:
        self.error = error


Heard = queue.SimpleQueue[list[Event | _End]]


class _Post:
    """Gathers what happens within a moment for the other thread."""

    def __init__(self, heard: Heard) -> None:
        self._heard = heard
        self._gathered: list[Event | _End] = []

    def add(self, item: Event | _End) -> None:
        """Hands it over a moment later, with what comes until then; the end at once."""
        self._gathered.append(item)
        if isinstance(item, _End):
            self._send()
        elif len(self._gathered) == 1:
            asyncio.get_running_loop().call_later(GATHER, self._send)

    def _send(self) -> None:
        gathered, self._gathered = self._gathered, []
        self._heard.put(gathered)


def driven(road: Road) -> Generator[Event, None, None]:
    """The events of `road(stopping)`. The loop goes on while the caller looks at an event.

    On the main thread the first Ctrl-C sets `stopping`, the next one raises KeyboardInterrupt. Closing the iterator, or an
    error in the caller, cancels the road and waits until it has put away what it holds.
    """
    heard: Heard = queue.SimpleQueue()
    loop = asyncio.new_event_loop()
    stopping = asyncio.Event()
    task = loop.create_task(_walk(road, stopping, heard))
    thread = threading.Thread(target=_run, args=(loop, task), name="imagepipe-build", daemon=True)

    def stop() -> None:
        loop.call_soon_threadsafe(stopping.set)

    with _interrupts(stop):
        thread.start()
        try:
            yield from _told(heard)
        finally:
            if thread.is_alive():
                loop.call_soon_threadsafe(task.cancel)
            thread.join()


def _told(heard: Heard) -> Iterator[Event]:
    while True:
        for item in heard.get():
            if not isinstance(item, _End):
                yield item
            elif item.error:
                raise item.error
            else:
                return


async def _walk(road: Road, stopping: asyncio.Event, heard: Heard) -> None:
    error: BaseException | None = None
    post = _Post(heard)
    events = road(stopping)
    try:
        async for event in events:
            post.add(event)
    except BaseException as raised:  # noqa: BLE001 - handed to the caller's thread, which raises it
        error = raised
    finally:
        await events.aclose()
        post.add(_End(None if isinstance(error, asyncio.CancelledError | CancelledError) else error))


def _run(loop: asyncio.AbstractEventLoop, task: "asyncio.Task[None]") -> None:
    asyncio.set_event_loop(loop)
    try:
        loop.run_until_complete(task)
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.run_until_complete(loop.shutdown_default_executor())
    except asyncio.CancelledError:
        pass
    finally:
        loop.close()


@contextmanager
def _interrupts(stop: Callable[[], None]) -> Iterator[None]:
    """The first Ctrl-C stops, the next raises; elsewhere than on the main thread signals are not ours."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    pressed = 0

    def on_interrupt(number: int, frame: FrameType | None) -> None:
        nonlocal pressed
        pressed += 1
        if pressed > 1:
            raise KeyboardInterrupt
        stop()

    before = signal.signal(signal.SIGINT, on_interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
