"""What can go wrong, as values with a place and a way out. Knows nothing of how they are shown."""

from collections.abc import Sequence
from typing import Literal

from imagepipe.frozen import frozen, quick

Severity = Literal["error", "warning", "note"]
Path = tuple[str | int, ...]


@quick
class Place:
    """Where in a file: `line` and `column` count from 1 (0: the whole file), `length` is what to underline,
    both in characters; `source` is the line itself, `path` the place in the document ("assets.mug.options.size")."""

    file: str
    line: int = 0
    column: int = 0
    length: int = 1
    source: str = ""
    path: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


def plain(text: str) -> str:
    """Words that quote what a stranger wrote: on one line, with nothing in them that a terminal would obey."""
    return text if text.isprintable() else "".join(c if c.isprintable() else "�" for c in text)


@frozen
class Problem:
    """A finding that knows its place in the asset's value but not in a file: what the rooms below `manifest` return.

    `path` is relative to the asset, as in ("options", "size"); `on_key` underlines the key instead of the value. `place`
    is set where the fault lies in a file beside the manifest, such as a template.
    """

    code: str
    path: Path
    message: str
    hint: str = ""
    severity: Severity = "error"
    on_key: bool = False
    place: Place | None = None


@frozen
class Finding:
    """One thing a person should know about a file. `code` is stable: `imagepipe explain CODE` tells more."""

    code: str
    message: str
    place: Place | None = None
    hint: str = ""
    severity: Severity = "error"


@frozen
class Explanation:
    """What `imagepipe explain CODE` prints: what the code means, an example that has the fault, and the fix."""

    means: str
    example: str
    fix: str


@frozen
class Question:
    """What a refusal asks a person: one of `choices` (a command-line option or command each)."""

    id: str
    choices: tuple[str, ...]


class ImagepipeError(Exception):
    """The base of every error meant for a person: what is wrong, where, what to do.

    `picture`: a PNG that shows what is wrong, where a step has one.
    """

    exit_code = 70
    picture: bytes = b""

    def __init__(self, message: str, *, place: Place | None = None, hint: str = "", code: str = "error") -> None:
        super().__init__(message)
        self.message, self.place, self.hint, self.code = message, place, hint, code

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The error as findings, so that every listing shows errors one way."""
        return (Finding(self.code, self.message, self.place, self.hint),)


class UsageError(ImagepipeError):
    """A wrong command line, or a project that is not there. Exit 2."""

    exit_code = 2


class ManifestError(ImagepipeError):
    """Everything wrong with a manifest, at once, in file order. Exit 2."""

    exit_code = 2

    def __init__(self, findings: Sequence[Finding]) -> None:
        self._findings = tuple(findings)
        first = self._findings[0]
        super().__init__(first.message, place=first.place, hint=first.hint, code=first.code)

    def __str__(self) -> str:
        told = [f"{item.place}: {item.message}" if item.place else item.message for item in self._errors()]
        return "\n".join(told) or self.message

    def _errors(self) -> list[Finding]:
        return [item for item in self._findings if item.severity == "error"]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings, errors and warnings."""
        return self._findings


class Refused(ImagepipeError):
    """Refused as a whole, before anything was sent: a cap, no `--yes`, a stale plan. Exit 4.

    `bill` tells what costs what, where that is the matter: (asset, USD at worst, None where unknown).
    """

    exit_code = 4

    def __init__(
        self,
        message: str,
        *,
        hint: str = "",
        code: str = "refused",
        question: Question | None = None,
        bill: Sequence[tuple[str, float | None]] = (),
    ) -> None:
        super().__init__(message, hint=hint, code=code)
        self.question, self.bill = question, tuple(bill)


class Busy(ImagepipeError):
    """Another build holds what is needed. Exit 5."""

    exit_code = 5


class Damaged(ImagepipeError):
    """The lock or the store cannot be read as what it should be; nothing was overwritten. Exit 6."""

    exit_code = 6


class ProviderStop(ImagepipeError):
    """The provider cannot be used at all: no key, account, quota. Exit 7."""

    exit_code = 7
