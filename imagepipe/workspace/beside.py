"""Work in a second process that leaves nothing behind but a cache: on two cores it is done while this one goes on."""

import os
import threading
from collections.abc import Callable
from contextlib import suppress

_RUNNING: dict[str, int] = {}


def begin(name: str, work: Callable[[], object]) -> None:
    """Does `work` in a copy of this process, where that is possible and of use; else nothing, so that nobody may count on
    it. The copy says nothing and takes nothing from this process: whatever goes wrong in it, the work is not done."""
    if name in _RUNNING or not hasattr(os, "fork") or _cores() < 2 or threading.active_count() > 1:
        return
    with suppress(OSError):
        child = os.fork()
        if child:
            _RUNNING[name] = child
        else:
            _only(work)


def wait(name: str) -> None:
    """Returns when the work of that name is over; at once where none was begun."""
    child = _RUNNING.pop(name, None)
    if child is not None:
        with suppress(ChildProcessError):
            os.waitpid(child, 0)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _only(work: Callable[[], object]) -> None:
    """The life of the copy. It closes the terminal first: who reads our output must not wait for its end."""
    try:
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in range(3):
            os.dup2(nowhere, stream)
        work()
    finally:
        os._exit(0)
