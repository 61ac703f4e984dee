"""Renders the texts an author wrote, field by field: as they are, by substitution, or in the sandbox."""

from dataclasses import dataclass, field
from typing import Any

from imagepipe import plugins
from imagepipe.errors import Path, Problem
from imagepipe.prompts import substitution
from imagepipe.prompts.faults import MAX_TEXT, Fault, PromptProblem, too_long
from imagepipe.prompts.fields import LABELS, WRITTEN
from imagepipe.prompts.layout import blank_request
from imagepipe.prompts.sources import Sources
from imagepipe.prompts.texts import clean
from imagepipe.prompts.wording import Written
from imagepipe.values import EMPTY, Asset, FrozenMap

_MAX_LABEL = 60
_MAX_PARSED = 20_000
_WRITTEN = frozenset(WRITTEN)
_TAKEN = {label.lower() for label in LABELS.values()}

Source = tuple[str, Path, Any]
"""One text the author wrote: its name, its path in the asset, a text or a tuple of texts."""


@dataclass(slots=True)
class Writer:
    """Renders fields; Jinja is loaded when the first text needs it."""

    sources: Sources
    engine: Any = field(init=False, default=None)
    parsed: dict[str, list[str] | None] = field(init=False, default_factory=dict)
    plain: dict[Any, tuple[str, ...]] = field(init=False, default_factory=dict)
    """Texts and lists of texts that hold nothing to fill in, as they are in a prompt: many assets say the same."""
    scope: FrozenMap = field(init=False, default=EMPTY)
    filled: dict[str, str] = field(init=False, default_factory=dict)
    """Texts with the variables of `scope` filled in."""
    told: dict[str, tuple[str, ...]] = field(init=False, default_factory=dict)
    """Like `plain`, of texts that hold variables, as they are in `scope`."""

    @property
    def sandbox(self) -> Any:
        """The Jinja sandbox."""
        if self.engine is None:
            self.engine = plugins.resolve("imagepipe.prompts.sandbox:Sandbox")(self.sources)
        return self.engine

    def written(self, asset: Asset) -> Written:
        """The fields rendered, blank ones left out. Raises PromptProblem with all that is wrong."""
        prompt, plain = asset.prompt, self.plain
        self._enter(asset)
        told = {} if prompt.literal else self.told
        problems = [fault for label in prompt.extra if (fault := _label_fault(label))] if prompt.extra else []
        done: dict[str, tuple[str, ...]] = {}
        for name, value in prompt.fields.items():
            if name in _WRITTEN:
                texts = (plain.get(value) or told.get(value)) if name != "text" else None
                if texts is None:
                    texts = self._texts(asset, (name, ("prompt", name), value), problems)
                if texts:
                    done[name] = texts
        for source in _beside(asset):
            if texts := self._texts(asset, source, problems):
                done[source[0]] = texts
        path = ("prompt",) if prompt.text is not None else ("prompt", "request")
        if "request" not in done and not any(problem.path[: len(path)] == path for problem in problems):
            problems.append(blank_request(path))
        if problems:
            raise PromptProblem(problems)
        return done

    def _enter(self, asset: Asset) -> None:
        """Forgets what was filled in with other variables."""
        if asset.vars is not self.scope or len(self.filled) >= _MAX_PARSED:
            self.scope, self.filled, self.told = asset.vars, {}, {}

    def _texts(self, asset: Asset, source: Source, problems: list[Problem]) -> tuple[str, ...]:
        name, path, value = source
        many = isinstance(value, tuple)
        texts = []
        for at, item in enumerate(value if many else (value,)):
            try:
                text = self.rendered(asset, item)
            except Fault as fault:
                problems.append(fault.problem((*path, at) if many else path))
                continue
            text = text.rstrip("\n") if name == "text" else text.strip()
            if text and not text.isspace():
                texts.append(text)
        found = tuple(texts)
        if name != "text" and _is_settled(value):
            if len(self.plain) >= _MAX_PARSED:
                self.plain.clear()
            self.plain[value] = found
        elif name != "text" and found and type(value) is str and not asset.prompt.literal:
            self.told[value] = found
        return found

    def rendered(self, asset: Asset, item: Any, file: str = "") -> str:
        """One text rendered with the asset's variables; `file` is the one it came from. Raises Fault."""
        text = clean(item if isinstance(item, str) else str(item))
        if len(text) > MAX_TEXT:
            raise too_long(len(text))
        if asset.prompt.literal or substitution.is_plain(text):
            return text
        self._enter(asset)
        known = self.filled.get(text)
        if known is None or file:
            known = self.filled[text] = clean(self._filled(asset, text, file))
        return known

    def _filled(self, asset: Asset, text: str, file: str) -> str:
        parts = self._parts(text)
        if parts is None or file:
            return str(self.sandbox.field(text, asset.vars, *([file] if file else [])))
        return substitution.fill(parts, asset.vars)

    def _parts(self, text: str) -> list[str] | None:
        if text not in self.parsed:
            if len(self.parsed) >= _MAX_PARSED:
                self.parsed.clear()
            self.parsed[text] = substitution.pieces(text)
        return self.parsed[text]


def _is_settled(value: Any) -> bool:
    """Whether a text, or a list of them, has nothing to fill in."""
    if type(value) is str:
        return "{" not in value
    return type(value) is tuple and all(type(item) is str and "{" not in item for item in value)


def _beside(asset: Asset) -> list[Source]:
    """What is written beside the fields: a prompt that is one text, further lines, notes of inputs."""
    prompt = asset.prompt
    found: list[Source] = [("request", ("prompt",), prompt.text)] if prompt.text is not None else []
    if prompt.extra:
        found += [(f"extra.{label}", ("prompt", "extra", label), value) for label, value in prompt.extra.items()]
    if asset.inputs:
        notes = [(at, image.note) for at, image in enumerate(asset.inputs) if image.note]
        found += [(f"note.{at}", ("inputs", at, "note"), note) for at, note in notes]
    return found


def _label_fault(label: str) -> Problem | None:
    path = ("prompt", "extra", label)
    if label.strip().lower() in _TAKEN:
        field_name = next(name for name, taken in LABELS.items() if taken.lower() == label.strip().lower())
        hint = f"write it as the field `{field_name}`"
        return Problem("extra-label", path, f"`{label}` is a line of its own already", hint, on_key=True)
    if not label.strip() or "\n" in label or ":" in label or len(label) > _MAX_LABEL:
        message = f"a label is one short line without a colon, at most {_MAX_LABEL} characters"
        return Problem("extra-label", path, message, "as in extra: {Camera: 50mm lens}", on_key=True)
    return None
