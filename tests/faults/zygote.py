"""A process that has imported all of imagepipe and forks a child for each command line, so that a point costs
milliseconds: `python -m tests.faults.zygote` takes one JSON object a line and answers one.

    {"folder": …, "args": […], "strace": […] or null, "die": N or null, "sick": N or null}  →  {"code": …, "said": …}

The child is the real program with three things exchanged: the provider (`paying`), and threads and the event loop's own
thread, whose work is done at once and in place. So all system calls come from one thread, always in the same order, and
can be counted. `strace` attaches before the command begins; without it, `die` kills at the Nth change of the disk, and
from the Nth on that of the store is `sick`: whatever would change it fails.
"""

import asyncio
import ctypes
import errno
import io
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import traceback
from collections.abc import AsyncGenerator, Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import imagepipe.pipeline.build as building
from imagepipe.cli import program
from imagepipe.execute import run
from imagepipe.providers import PROVIDERS
from imagepipe.store import spools
from tests.faults.paying import TOLD, note

PTRACER, ANYONE = 0x59616D61, ctypes.c_ulong(-1)
CHANGES = ("write", "fsync", "rename", "replace", "mkdir", "unlink", "posix_fallocate")


class InPlace:
    """An executor that does what it is given at once."""

    def __init__(self, width: int = 1, name: str = "") -> None:
        self.width = width

    def submit(self, call: Callable[..., Any], *arguments: Any) -> "Future[Any]":
        done: Future[Any] = Future()
        try:
            done.set_result(call(*arguments))
        except BaseException as error:  # noqa: BLE001 - handed to whoever waits for it
            done.set_exception(error)
        return done

    def shutdown(self, wait: bool = True, cancel_futures: bool = False) -> None:
        """Nothing is ever left."""


async def _at_once(call: Callable[..., Any], *arguments: Any) -> Any:
    return call(*arguments)


def _driven(road: Callable[[asyncio.Event], AsyncGenerator[Any, None]]) -> Iterator[Any]:
    async def walk() -> list[Any]:
        return [event async for event in road(asyncio.Event())]

    yield from asyncio.run(walk())


def prepare() -> None:
    """Exchanges what makes counting impossible."""
    PROVIDERS["openai"] = "tests.faults.paying:make"
    run.ThreadPoolExecutor = InPlace  # type: ignore[assignment, misc]
    asyncio.to_thread = _at_once  # type: ignore[assignment]
    building.driven = _driven
    finish = spools.Spool.finish

    def told(spool: spools.Spool, *arguments: Any) -> Any:
        found = finish(spool, *arguments)
        if not found or found.code != "answer-unsaved":  # which nobody can keep where no disk takes anything
            note("received", spool.path.name)
        return found

    spools.Spool.finish = told  # type: ignore[method-assign]


def surroundings(folder: Path) -> dict[str, str]:
    """The environment of a command in a world: its own home, store, books and notes."""
    return {
        "HOME": str(folder / "home"),
        "IMAGEPIPE_CONFIG": str(folder / "home" / "config.toml"),
        "IMAGEPIPE_DATA": str(folder / "home" / "data"),
        "IMAGEPIPE_STORE": str(folder / "store"),
        "TMPDIR": str(folder / "home"),
        "OPENAI_API_KEY": "sk-canary-7f3a91c2e5d84b60",
        TOLD: str(folder / "told"),
    }


def _die_at(count: int) -> None:
    """Ends the process without a word at the Nth change of the disk, before it is made."""
    left = [count]

    def counting(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **more: Any) -> Any:
            left[0] -= 1
            if left[0] == 0:
                os._exit(137)
            return real(*arguments, **more)

        return call

    for name in CHANGES:
        setattr(os, name, counting(getattr(os, name)))


def _sicken(count: int, store: str) -> None:
    """From the Nth change of the disk on, every change of a file in the store is an error of its disk."""
    left = [count]

    def failing(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(where: Any, *arguments: Any, **more: Any) -> Any:
            left[0] -= 1
            path = os.readlink(f"/proc/self/fd/{where}") if isinstance(where, int) else os.fspath(where)
            if left[0] <= 0 and path.startswith(store):
                raise OSError(errno.EIO, "Input/output error", path)
            return real(where, *arguments, **more)

        return call

    for name in CHANGES:
        setattr(os, name, failing(getattr(os, name)))


def command(folder: Path, args: list[str]) -> int:
    """One command line of the real program, its streams kept in memory and written down at the end."""
    os.environ.update(surroundings(folder))
    tempfile.tempdir = None
    sys.stdout, sys.stderr = io.StringIO(), io.StringIO()
    threading.excepthook = lambda args: None
    code = program.run(["-C", str(folder / "project"), *args])
    said = sys.stdout.getvalue() + sys.stderr.getvalue()  # type: ignore[attr-defined]
    os.symlink(said[-3500:] or "-", folder / "said")
    return code


def _child(order: dict[str, Any], gate: int) -> None:
    folder, code = Path(order["folder"]), 99
    try:
        os.read(gate, 1)
        signal.alarm(order.get("patience", 15))
        if order.get("die"):
            _die_at(order["die"])
        if order.get("sick"):
            _sicken(order["sick"], str(folder / "store"))
        code = command(folder, order["args"])
    except BaseException:  # noqa: BLE001 - the last frame of a process
        os.symlink(traceback.format_exc()[-3500:], folder / "said")
    os._exit(code)


def _traced(pid: int, options: list[str]) -> "subprocess.Popen[str]":
    tracer = subprocess.Popen(["strace", "-f", *options, "-p", str(pid)], stderr=subprocess.PIPE, text=True)
    assert tracer.stderr
    line = tracer.stderr.readline()
    if "attached" not in line:
        raise RuntimeError(f"strace: {line}{tracer.stderr.read()}")
    return tracer


def perform(order: dict[str, Any]) -> dict[str, Any]:
    """Forks, waits, and tells what became of it."""
    said = Path(order["folder"]) / "said"
    said.unlink(missing_ok=True)
    ready, gate = os.pipe()
    pid = os.fork()
    if pid == 0:
        ctypes.CDLL(None).prctl(PTRACER, ANYONE, 0, 0, 0)
        _child(order, ready)
    tracer = _traced(pid, order["strace"]) if order.get("strace") else None
    os.write(gate, b"g")
    _, status = os.waitpid(pid, 0)
    if tracer:
        tracer.communicate(timeout=30)
    os.close(ready)
    os.close(gate)
    text = os.readlink(said) if said.is_symlink() else ""
    return {"code": os.waitstatus_to_exitcode(status), "said": text}


def main() -> None:
    """Serves until its standard input ends."""
    prepare()
    for line in sys.stdin:
        order = json.loads(line)
        done = {"code": command(Path(order["folder"]), order["args"])} if order.get("here") else perform(order)
        os.write(1, json.dumps(done).encode() + b"\n")


if __name__ == "__main__":
    main()
