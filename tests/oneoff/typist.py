"""Runs a one-off command line in this process, in a folder of its own: quick enough for tables."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from imagepipe.cli.program import run


@dataclass(frozen=True, slots=True)
class Typist:
    """Types command lines in `folder`."""

    folder: Path
    capture: pytest.CaptureFixture[str]

    def types(self, *arguments: str) -> tuple[int, str, str]:
        """Exit code, standard output, standard error."""
        code = run(arguments)
        told = self.capture.readouterr()
        return code, told.out, told.err

    def payload(self, *arguments: str) -> Any:
        """What `--dry-run` prints, parsed; nothing may have been made."""
        before = self.files
        code, out, err = self.types(*arguments, "--dry-run")
        assert code == 0, err
        assert self.files == before, "a dry run creates nothing"
        return json.loads(out)

    def refusal(self, *arguments: str) -> str:
        """The message of a command line that is refused with exit 2, before anything was made."""
        before = self.files
        code, out, err = self.types(*arguments)
        assert (code, out) == (2, ""), (code, out, err)
        assert self.files == before, "what is refused makes nothing"
        return err

    @property
    def files(self) -> list[str]:
        """Every file and folder."""
        return sorted(str(path.relative_to(self.folder)) for path in self.folder.rglob("*"))
