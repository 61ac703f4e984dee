"""Renders an asset's prompt: its fields with the asset's variables, then its lines by its template. Deterministic."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from imagepipe.contracts import Tree
from imagepipe.errors import Problem
from imagepipe.prompts import keycolour, layout, wording
from imagepipe.prompts.faults import Fault, PromptProblem
from imagepipe.prompts.fields import INVARIANTS, LABELS, Field
from imagepipe.prompts.sources import Sources
from imagepipe.prompts.usecases import USE_CASES
from imagepipe.prompts.writing import Writer
from imagepipe.values import EMPTY, Asset, FrozenMap, Words

__all__ = ["BASE", "PLAIN", "NoTree", "PromptProblem", "Renderer", "key_colour"]

BASE = "imagepipe/base.j2"
PLAIN = frozenset({BASE, *(case.template for case in USE_CASES.values())})
"""Built-in templates that give the labelled lines and nothing else: rendered here, without Jinja. A test holds it."""


class NoTree:
    """The tree of text that has no files beside it."""

    def read(self, path: str) -> bytes:
        """Never finds a file."""
        raise FileNotFoundError(path)

    def glob(self, pattern: str) -> tuple[str, ...]:
        """Never finds a file."""
        return ()


@dataclass(slots=True)
class Renderer:
    """Renders the prompts of one project. `use_cases` are the project's own: slug → {template, description, edit}."""

    tree: Tree
    use_cases: FrozenMap = EMPTY
    writer: Writer = field(init=False)

    def __post_init__(self) -> None:
        self.writer = Writer(Sources(self.tree))

    @property
    def read(self) -> Mapping[str, str]:
        """The project's template files read so far: path → digest."""
        return self.writer.sources.read

    def words(self, asset: Asset) -> Words:
        """The prompt as it is sent, with the field of each line. Raises PromptProblem with all that is wrong."""
        if asset.prompt.text is not None and not asset.template:
            return self._sentence(asset)
        written = self.writer.written(asset)
        key = _key_colour(asset, written)
        given = wording.lines(asset, written, key)
        name = self._template_of(asset)
        if name in PLAIN:
            return layout.labelled(given, key)
        try:
            pieces = self.writer.sandbox.template(name, _scope(asset, given, written))
        except Fault as fault:
            raise PromptProblem([fault.problem(("template",))], fault.place) from None
        return layout.finished(layout.lines_of(pieces), key)

    def _sentence(self, asset: Asset) -> Words:
        """A plain-string or `file:` prompt: rendered, no labels."""
        try:
            text = self.writer.rendered(asset, asset.prompt.text, asset.prompt.source)
        except Fault as fault:
            raise PromptProblem([fault.problem(("prompt",))], fault.place) from None
        if not text.strip():
            raise PromptProblem([layout.blank_request(("prompt",))])
        lines = [("prompt", line) for line in text.rstrip("\n").split("\n")]
        if key := _key_colour(asset, {"request": (text,)}):
            lines.append(("transparency", f"Scene/backdrop: {wording.backdrop(key)}"))
            lines.append(("transparency", f"Constraints: {'; '.join(wording.clearance(key))}"))
        return layout.finished(lines, key)

    def _template_of(self, asset: Asset) -> str:
        if asset.template:
            return asset.template
        own = self.use_cases.get(asset.prompt.use_case)
        if own is not None:
            return str(own.get("template") or BASE)
        known = USE_CASES.get(asset.prompt.use_case)
        return known.template if known else BASE


def key_colour(asset: Asset) -> str:
    """The chroma-key colour of an asset as "#rrggbb", `auto` chosen from its words; "" where it has none.

    Raises PromptProblem where the words cannot be rendered, or the colour written is none.
    """
    if "chroma-key" not in asset.transparency:
        return ""
    return _key_colour(asset, Writer(Sources(NoTree())).written(asset))


def _key_colour(asset: Asset, written: wording.Written) -> str:
    if "chroma-key" not in asset.transparency:
        return ""
    options = asset.transparency["chroma-key"]
    key = str(options.get("key", "auto")) if isinstance(options, Mapping) else "auto"
    if key in ("", "auto"):
        return keycolour.choose(text for name in keycolour.COLOUR_WORDS for text in written.get(name, ()))
    if not re.fullmatch("#[0-9a-fA-F]{6}", key):
        path = ("transparency", "chroma-key", "key")
        message = f"`{key[:40]}` is not a colour: the key is `auto` or six digits"
        raise PromptProblem([Problem("key-colour", path, message, 'as in key: "#00ff00"')])
    return key.lower()


def _scope(asset: Asset, given: Mapping[str, tuple[str, ...]], written: wording.Written) -> dict[str, Any]:
    """What a template may name: every field (blank where not given), `extra`, and the asset's variables."""
    fields: dict[str, Any] = {name: Field(name, given.get(name, ())) for name in LABELS}
    fields |= {name: Field("constraints", written.get(name, ())) for name in INVARIANTS}
    extra = {
        name.removeprefix("extra."): Field(name, items) for name, items in given.items() if name.startswith("extra.")
    }
    return {**asset.vars, **fields, "extra": extra, "vars": asset.vars}
