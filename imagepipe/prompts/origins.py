"""Where each line of a prompt came from, for `show --explain`: author, layer, template, variable."""

from collections.abc import Mapping
from typing import Any

from imagepipe import plugins
from imagepipe.frozen import frozen
from imagepipe.prompts import substitution
from imagepipe.prompts.faults import Fault
from imagepipe.prompts.fields import INVARIANTS
from imagepipe.prompts.rendering import NoTree
from imagepipe.prompts.sources import Sources
from imagepipe.values import Asset, Words

_MADE_OF = {"constraints": (*INVARIANTS, "constraints"), "scene": ("scene",)}


@frozen
class Row:
    """One line of the prompt, the field it shows, and where that came from ("defaults, variable brand")."""

    text: str
    field: str
    origin: str


def explain(asset: Asset, words: Words, origins: Mapping[str, str]) -> tuple[Row, ...]:
    """Every line with its origin. `origins`: field ("subject", "extra.Camera", "inputs") → the layer it was written in;
    a field that is not in it counts as the author's."""
    known = {name: _origin(asset, name, origins) for name in dict.fromkeys(words.fields)}
    lines = words.text.split("\n")
    return tuple(Row(line, name, known[name]) for line, name in zip(lines, words.fields, strict=True))


def _origin(asset: Asset, name: str, origins: Mapping[str, str]) -> str:
    if name in ("template", "transparency"):
        return name
    parts: list[str] = []
    for field in _MADE_OF.get(name, (name,)):
        if (value := _value(asset, field)) is not None:
            parts += _of_field(value, origins.get(field, "author"), literal=asset.prompt.literal)
    if name in _MADE_OF and "chroma-key" in asset.transparency:
        parts.append("transparency")
    return ", ".join(dict.fromkeys(parts)) or origins.get(name, "author")


def _value(asset: Asset, field: str) -> Any:
    if field == "prompt":
        return asset.prompt.text
    if field == "inputs":
        return tuple(image.note for image in asset.inputs)
    if field.startswith("extra."):
        return asset.prompt.extra.get(field.removeprefix("extra."))
    return asset.prompt.fields.get(field)


def _of_field(value: Any, layer: str, *, literal: bool) -> list[str]:
    texts = [item for item in (value if isinstance(value, tuple) else (value,)) if isinstance(item, str)]
    if literal or all(substitution.is_plain(text) for text in texts):
        return layer.split(", ")
    variables = [f"variable {name}" for text in texts for name in _variables(text)]
    whole = all((parts := substitution.pieces(text)) and not "".join(parts[::3]).strip() for text in texts)
    return variables if whole else [*layer.split(", "), *variables]


def _variables(text: str) -> list[str]:
    parts = substitution.pieces(text)
    if parts is not None:
        return parts[1::3]
    try:
        names: list[str] = plugins.resolve("imagepipe.prompts.sandbox:Sandbox")(Sources(NoTree())).names(text)
    except Fault:
        return []
    return names
