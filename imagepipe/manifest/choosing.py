"""Where a project's files say which candidate an asset is, and the one edit that says another."""

from collections.abc import Mapping
from typing import Any

from imagepipe.contracts import Tree
from imagepipe.errors import Path, UsageError
from imagepipe.manifest import expanding
from imagepipe.manifest.layers import Layers
from imagepipe.manifest.naming import declared_id
from imagepipe.manifest.remodelling import sources_of
from imagepipe.yamltext.editing import Uneditable, put

Spot = tuple[int, Path]


def with_pick(tree: Tree, file: str, asset: str, number: int, profile: str = "") -> tuple[str, bytes, bytes] | None:
    """The file that says `pick:` for `asset`, its bytes and those that say `number` instead; None where none says it.

    Raises UsageError where other assets have it from the same place, or the file cannot be edited.
    """
    sources = sources_of(tree, file)
    layers = expanding.gather(list(sources), profile, [])
    name = declared_id(asset)
    spot = _spot(layers, name)
    if spot is None:
        return None
    source = sources[spot[0]]
    if name != asset.partition("#")[0] or spot[1][:2] != ("assets", name):
        hint = f"write `pick: {number}` into {asset} itself, or take it out there"
        raise UsageError(f"{asset} has its `pick` from a place that others share", hint=hint, code="pick-shared")
    try:
        return source.file, source.data, put(source.data, {spot[1]: str(number)})
    except Uneditable as error:
        hint = f"write `pick: {number}` by hand"
        raise UsageError(f"{source.file} cannot be edited: {error}", hint=hint, code="pick-shared") from None


def _spot(layers: Layers, name: str) -> Spot | None:
    found: Spot | None = None
    for layer in layers.of(name):
        value: Mapping[str, Any] = layer.value
        if value.get("pick") is not None:
            found = layer.source, (*layer.base, "pick")
    return found
