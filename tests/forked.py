"""The program in a process of its own that begins with its imports done, which is most of what a short command costs.

A process that has imported everything and done nothing forks a child for each command line. The child has its own
streams, environment and exit code, and runs the same `main` as `python -m imagepipe`. What is imported when is another
matter: tests of that, and tests that signal, start an interpreter.
"""

import multiprocessing
import os
import pkgutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

_SECONDS = 100
_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload([__name__, "tests.preloaded"])


@dataclass(frozen=True, slots=True)
class Done:
    """How a command ended; `code` is negative where a signal ended it."""

    code: int
    out: str
    err: str


def imported() -> None:
    """Imports the program whole, and what it imports only when it needs it."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # a process with threads should not fork
    for name in ("openai", "openai.resources", "jsonschema", "jinja2.sandbox", "rich.console", "numpy", "PIL.Image"):
        import_module(name)
    package = import_module("imagepipe")
    for module in pkgutil.walk_packages(package.__path__, "imagepipe."):
        import_module(module.name)


def run(arguments: Sequence[str], *, folder: Path, env: Mapping[str, str]) -> Done:
    """Runs `imagepipe ARGUMENTS` in `folder` to its end. Raises TimeoutError."""
    with TemporaryDirectory(prefix="imagepipe-run-") as name:
        streams = (os.path.join(name, "out"), os.path.join(name, "err"))
        process = _FORKS.Process(target=_child, args=(list(arguments), str(folder), dict(env), streams))
        process.start()
        process.join(_SECONDS)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise TimeoutError(f"imagepipe {' '.join(arguments)} did not end within {_SECONDS} seconds")
        out, err = (Path(path).read_text(encoding="utf-8") for path in streams)
        return Done(process.exitcode, out, err)


def _child(arguments: list[str], folder: str, env: dict[str, str], streams: tuple[str, str]) -> None:
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(env)
    _redirected(streams)
    sys.argv = ["imagepipe", *arguments]
    sys.exit(import_module("imagepipe.__main__").main())


def _redirected(streams: tuple[str, str]) -> None:
    """Standard streams as a shell gives them: nothing in, two files out."""
    names = (os.devnull, *streams)
    for number, path in enumerate(names):
        opened = os.open(path, os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT)
        os.dup2(opened, number)
        os.close(opened)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115
