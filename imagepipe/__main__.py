"""The program's door: answers `--version` before anything else is imported, then hands over to the command line."""

import atexit
import gc
import os
import sys
import threading
from contextlib import suppress
from importlib import import_module
from typing import NoReturn

from imagepipe import __version__

_RARELY = (1_000_000, 50, 100)
"""A command makes many values that live until it ends: looking through them for garbage took half of its time."""


def main() -> int:
    """Runs the command line of this process and returns its exit code (docs/exit-codes.md)."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        sys.stdout.write(f"imagepipe {__version__}\n")
        return 0
    gc.set_threshold(*_RARELY)
    if sys.argv[1:] == ["plan"] and import_module("imagepipe.cli.atonce").answered(os.environ, sys.stdout):
        return 0
    code: int = import_module("imagepipe.cli.program").run(sys.argv[1:])
    return code


def process() -> NoReturn:
    """Runs the command line as a process of its own, which it ends without taking the values of a big project apart."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:  # closed by our caller: what is opened next would be taken for it
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115
    try:
        code = main()
    except KeyboardInterrupt:  # before anything that would say so was loaded
        sys.exit(130)
    if code == 0 and threading.active_count() == 1:
        atexit._run_exitfuncs()
        with suppress(OSError, ValueError):  # closed by who reads it: the usual end tells
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
    sys.exit(code)


if __name__ == "__main__":
    process()
