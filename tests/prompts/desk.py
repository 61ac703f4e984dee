"""What prompt tests write with: a tree held in memory, an asset in one call, and the rendered words."""

from collections.abc import Mapping
from typing import Any

from imagepipe.prompts.rendering import PromptProblem, Renderer
from imagepipe.values import Asset, Input, Prompt, Words, freeze

VARS = {
    "brand": "Fernhill",
    "palette": "warm ochre, slate blue",
    "year": 2026,
    "night": False,
    "strings": {"en": "Open daily", "de": "Täglich geöffnet"},
    "locale": "de",
    "colours": ["ochre", "slate", "chalk"],
    "nothing": None,
    "many": list(range(400)),
    "long": "a" * 30_000,
}


class Files:
    """A project's tree from a dictionary; remembers what was read."""

    def __init__(self, files: Mapping[str, str | bytes] | None = None) -> None:
        self.files = {name: text if isinstance(text, bytes) else text.encode() for name, text in (files or {}).items()}
        self.asked: list[str] = []

    def read(self, path: str) -> bytes:
        self.asked.append(path)
        if path not in self.files:
            raise FileNotFoundError(path)
        return self.files[path]

    def glob(self, pattern: str) -> tuple[str, ...]:
        return tuple(sorted(self.files))


def asset(use_case: str = "", *, extra: Any = None, more: Mapping[str, Any] | None = None, **fields: Any) -> Asset:
    """An asset with these prompt fields; `more` are its other values ("inputs": [(role, note)])."""
    given = dict(more or {})
    images = tuple(Input(role, image=f"refs/{role}.png", note=note) for role, note in given.pop("inputs", ()))
    fields.setdefault("request", "a mug")
    prompt = Prompt(use_case, freeze(fields), freeze(extra or {}))
    values = {name: freeze(value) for name, value in ({"vars": VARS} | given).items()}
    return Asset("mug", prompt, inputs=images, **values)


def words(item: Asset, files: Mapping[str, str | bytes] | None = None, **use_cases: Any) -> Words:
    return Renderer(Files(files), freeze(use_cases)).words(item)


def lines(item: Asset, files: Mapping[str, str | bytes] | None = None) -> list[str]:
    return words(item, files).text.split("\n")


def refused(item: Asset, files: Mapping[str, str | bytes] | None = None) -> PromptProblem:
    """The refusal that rendering ends in."""
    try:
        done = words(item, files)
    except PromptProblem as problem:
        return problem
    raise AssertionError(f"rendered: {done.text[:200]!r}")
