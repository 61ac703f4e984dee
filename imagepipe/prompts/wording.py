"""The words of each line: lists joined, text quoted, inputs listed, invariants and the key colour put where they belong."""

from collections.abc import Iterable, Mapping, Sequence

from imagepipe.prompts.fields import AFTER_EXTRA, BEFORE_EXTRA, LABELS
from imagepipe.prompts.texts import quoted, spelled
from imagepipe.values import Asset, Input

Written = Mapping[str, tuple[str, ...]]
"""Field name → its texts, rendered, blank ones left out. Extra lines are "extra.LABEL", notes of inputs "note.0"."""

_APART = ("mask", "markup")


def verbatim(texts: Sequence[str], spell: bool) -> tuple[str, ...]:
    """Each text in quotes, once; with `spell` the letters after it."""
    return tuple(quoted(text) + (f" (spelled {spelled(text)})" if spell else "") for text in texts)


def inputs(images: Sequence[Input], written: Written) -> tuple[str, ...]:
    """ "Image 1: role (note)" for each image sent; a mask or markup is sent beside them and has no number."""
    lines, number = [], 0
    for at, image in enumerate(images):
        number += image.role not in _APART
        name = image.role.capitalize() if image.role in _APART else f"Image {number}: {image.role}"
        note = "; ".join(written.get(f"note.{at}", ()))
        lines.append(f"{name} ({note})" if note else name)
    return tuple(lines)


def invariants(written: Written) -> tuple[str, ...]:
    """What an edit may change and must keep, as constraints."""
    changed = tuple(f"change only {item}" for item in written.get("change", ()))
    return changed + tuple(f"keep {item} unchanged" for item in written.get("keep", ()))


def backdrop(key: str) -> str:
    """The scene of a picture whose background will be removed."""
    return f"a perfectly flat, solid {key} chroma-key background, edge to edge"


def clearance(key: str) -> tuple[str, ...]:
    """The constraints of a picture whose background will be removed."""
    return (
        f"the background is one uniform {key} without shadow, gradient, texture, reflection or floor",
        f"crisp edges and clear space around the subject; no {key} anywhere in the subject",
    )


def lines(asset: Asset, written: Written, key: str) -> dict[str, tuple[str, ...]]:
    """Line name → its items, in the order of the lines, given ones alone. `key` is the key colour, or ""."""
    items = dict(written)
    if asset.prompt.use_case:
        items["use_case"] = (asset.prompt.use_case,)
    if asset.inputs:
        items["inputs"] = inputs(asset.inputs, written)
    if "text" in written:
        items["text"] = verbatim(written["text"], _is_true(asset.prompt.fields.get("spell")))
    if "change" in written or "keep" in written:
        items["constraints"] = invariants(written) + written.get("constraints", ())
    if key:
        items["scene"] = (*written.get("scene", ()), backdrop(key))
        items["constraints"] = items.get("constraints", ()) + clearance(key)
    order: Iterable[str] = LABELS
    if asset.prompt.extra:
        order = (*BEFORE_EXTRA, *(f"extra.{label}" for label in asset.prompt.extra), *AFTER_EXTRA)
    return {name: items[name] for name in order if name in items}


def _is_true(value: object) -> bool:
    return value is True or value == "true"
