"""What can go wrong while a prompt is rendered, before it has a place; and the bounds that keep rendering small."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from imagepipe.errors import ImagepipeError, Path, Place, Problem, plain

MAX_PROMPT = 32_000
"""Characters a rendered prompt may have (the Image API's limit)."""
MAX_TEXT = 200_000
"""Characters any text may have while it is being made: well past a prompt, far from hurting."""
MAX_STEPS = 100_000
"""Passes that all loops of one rendering may take together."""
MAX_WORK = 2_500_000
"""Loop passes weighted by what stands in the loop, plus characters that filters made: about half a second."""


class PromptProblem(ImagepipeError):
    """Everything wrong with one asset's prompt; `place` is set where a template file is at fault. Exit 2."""

    exit_code = 2

    def __init__(self, problems: Sequence[Problem], place: Place | None = None) -> None:
        first = problems[0]
        super().__init__(first.message, place=place, hint=first.hint, code=first.code)
        self.problems = tuple(problems)


class Fault(Exception):
    """One thing wrong with a field or a template; `place` is set where it lies in a template file."""

    def __init__(self, code: str, message: str, hint: str = "", place: Place | None = None) -> None:
        super().__init__(message)
        self.code, self.message, self.hint, self.place = code, plain(message), plain(hint), place

    def problem(self, path: Path) -> Problem:
        """The fault as a problem of an asset; a fault in a template file names file and line in its message."""
        where = f"{self.place.file}:{self.place.line}: " if self.place else ""
        return Problem(self.code, path, where + self.message, self.hint)


class Unknown(Fault):
    """A name that is not defined: a variable (`among` unknown yet), or an entry of a map or list."""

    def __init__(self, name: object, among: Iterable[str] | None = None, hint: str = "") -> None:
        self.name = str(name)[:80]
        self.top = among is None
        listed = sorted(among or ())
        hint = hint or meant(self.name, listed) or ("it has " + ", ".join(listed[:8]) if listed else "it is empty")
        super().__init__("undefined-variable", f"there is no entry `{self.name}` here", hint)

    def within(self, scope: Iterable[str]) -> Fault:
        """The fault worded for a variable, now that the names in scope are known."""
        if not self.top:
            return self
        self.message = f"`{self.name}` is not defined"
        self.hint = (
            meant(self.name, scope) or "declare it under `vars`, or write {% raw %} around text that is no variable"
        )
        return self


def meant(name: str, known: Iterable[str]) -> str:
    """ "did you mean `…`?", or "" where nothing is near."""
    near = get_close_matches(name, sorted(set(known)), n=1, cutoff=0.6)
    return f"did you mean `{near[0]}`?" if near else ""


def too_long(size: int) -> Fault:
    """The fault of a text that outgrew `MAX_TEXT`."""
    return Fault(
        "template-limit",
        f"the text grows past {MAX_TEXT:,} characters ({size:,})",
        "shorten it: a prompt has at most 32,000",
    )
