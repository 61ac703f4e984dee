"""From lines to the finished prompt: labels put on, a template's output cut into lines, bounds checked."""

from collections.abc import Iterable, Mapping

from imagepipe.errors import Problem
from imagepipe.prompts.faults import MAX_PROMPT, PromptProblem
from imagepipe.prompts.fields import LABELS, Piece, joined
from imagepipe.prompts.texts import clean
from imagepipe.values import Words

Line = tuple[str, str]
"""The field a line came from ("template" where a template wrote it), and its text."""


def labelled(given: Mapping[str, tuple[str, ...]], key: str = "") -> Words:
    """What the built-in base template gives, made without Jinja; `key` and what is raised as of `finished`."""
    texts = [
        f"{LABELS.get(name) or name.removeprefix('extra.')}: {items[0] if len(items) == 1 else joined(name, items)}"
        for name, items in given.items()
    ]
    text = "\n".join(texts)
    if text.count("\n") >= len(texts):
        return finished(
            [(name, line) for name, said in zip(given, texts, strict=True) for line in said.split("\n")], key
        )
    return _words(text, tuple(given), key)


def lines_of(pieces: Iterable[str]) -> list[Line]:
    """The lines of a template's output, each with the first field printed on it."""
    lines = [["", ""]]
    for piece in pieces:
        name = piece.field if isinstance(piece, Piece) else ""
        for at, part in enumerate(piece.split("\n")):
            if at:
                lines.append(["", ""])
            lines[-1][0] = lines[-1][0] or name
            lines[-1][1] += part
    return [(name or "template", clean(text)) for name, text in lines]


def finished(lines: list[Line], key: str = "") -> Words:
    """The prompt, blank lines around it taken off; `key` is its key colour. Raises PromptProblem: empty, too long, not
    text."""
    start, end = 0, len(lines)
    while end and not lines[end - 1][1].strip():
        end -= 1
    while start < end and not lines[start][1].strip():
        start += 1
    fields, texts = zip(*lines[start:end], strict=True) if start < end else ((), ())
    return _words("\n".join(texts), fields, key)


def _words(text: str, fields: tuple[str, ...], key: str) -> Words:
    if fault := _unfit(text):
        raise PromptProblem([fault])
    return Words(text, fields, key)


def _unfit(text: str) -> Problem | None:
    if not text:
        return blank_request(("prompt",))
    if len(text) > MAX_PROMPT:
        message = f"the prompt has {len(text):,} characters; at most {MAX_PROMPT:,} are allowed"
        return Problem("prompt-too-long", ("prompt",), message, "shorten it")
    if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
        message = "the prompt holds half of a surrogate pair, which is not text"
        return Problem("prompt-not-text", ("prompt",), message, "remove it")
    return None


def blank_request(path: tuple[str, ...]) -> Problem:
    """The problem of a prompt that asks for nothing."""
    return Problem("blank-request", path, "the prompt has no `request`", "say in a sentence what the picture shows")
