"""Work in a second process that leaves nothing behind but a cache: on two cores it is done while this one goes on."""

import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress

_RUNNING: dict[str, tuple[int, int]] = {}
"""Name → process, and when it was begun (ns)."""


def begin(name: str, work: Callable[[], object]) -> None:
    """Does `work` in a copy of this process, where that is possible and of use; else nothing, so that nobody may count on
    it. The copy says nothing and takes nothing from this process: whatever goes wrong in it, the work is not done."""
    if name in _RUNNING or not hasattr(os, "fork") or _cores() < 2 or threading.active_count() > 1:
        return
    since = time.time_ns()
    with suppress(OSError):
        child = os.fork()
        if child:
            _RUNNING[name] = (child, since)
        else:
            _only(work)


def wait(name: str) -> int:
    """Returns when the work of that name is over, with the time at which it was begun (ns); at once, and 0, where none was
    begun. It is told once, and 0 is told of work that went wrong."""
    child, since = _RUNNING.pop(name, (0, 0))
    with suppress(ChildProcessError):
        return since if child and os.waitpid(child, 0)[1] == 0 else 0
    return 0


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _only(work: Callable[[], object]) -> None:
    """The life of the copy. It closes the terminal first: who reads our output must not wait for its end."""
    code = 1
    try:
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in range(3):
            os.dup2(nowhere, stream)
        work()
        code = 0
    finally:
        os._exit(code)
