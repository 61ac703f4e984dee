"""The program's door: answers `--version` before anything else is imported, then hands over to the command line."""

import gc
import sys
from importlib import import_module

from imagepipe import __version__

_RARELY = (100_000, 50, 100)
"""A command makes many values that live until it ends: looking through them for garbage took half of its time."""


def main() -> int:
    """Runs the command line of this process and returns its exit code (docs/exit-codes.md)."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        sys.stdout.write(f"imagepipe {__version__}\n")
        return 0
    gc.set_threshold(*_RARELY)
    code: int = import_module("imagepipe.cli.program").run(sys.argv[1:])
    return code


if __name__ == "__main__":
    sys.exit(main())
