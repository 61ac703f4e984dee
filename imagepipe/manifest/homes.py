"""Where a name belongs that means nothing where it stands: `size` goes under `options`, `model` beside it. Loaded only when
a name is refused."""

from collections.abc import Collection
from functools import cache
from typing import Any

from imagepipe import schemafiles
from imagepipe.errors import Path
from imagepipe.manifest.nearness import cut
from imagepipe.steps.catalogue import steps

_MARKS = {
    "manifest": "assets",
    "asset": "prompt",
    "prompt": "request",
    "options": "moderation",
    "output": "widths",
    "expect": "min_transparent",
    "input": "role",
}
"""What stands where: a field that no other place has, nor any step."""
_UNDER = {
    "prompt": "under `prompt`",
    "options": "under `options`",
    "output": "under an entry of `outputs`",
    "expect": "under `expect`",
    "input": "under an entry of `inputs`",
}
_MEANT = {
    ("asset", "format"): "the extension of `output` decides it: end the path in .webp, for example",
    ("options", "format"): "did you mean `output_format`?",
    ("options", "user"): "write `safety_identifier`, which took its place",
    ("output", "quality"): "it is an option of a step: write steps: [{encode: {quality: …}}]",
    ("output", "format"): "the extension of `path` decides it: end the path in .webp, for example",
    ("output", "size"): "write `width` and `height`",
    ("output", "file"): "write `path`",
    ("output", "output"): "write `path`",
    ("input", "file"): "write `image`",
    ("input", "path"): "write `image`",
    ("input", "id"): "write `asset`",
}
_OF_OTHERS = {
    "negative_prompt": "write what must not appear under `avoid`, in `prompt`",
    "negative": "write what must not appear under `avoid`, in `prompt`",
    "seed": "image models take no seed; raise `take` of the asset to ask anew",
    "aspect_ratio": "write the size in pixels under `options`: size: 1536x1024",
    "count": "how many candidates to ask for is `n`, under `options`",
    "filename": "the file to write is `output`",
}
"""What people know from elsewhere."""


def home(name: str, value: Any, known: Collection[str], path: Path) -> str:
    """Where to write `name` instead, for a place at `path` that has the fields `known`; "" where nobody knows."""
    here = next((place for place, mark in _MARKS.items() if mark in known), "")
    if not here:
        return ""
    if told := _MEANT.get((here, name)) or _OF_OTHERS.get(name):
        return told
    if here == "manifest" and isinstance(value, dict) and {"prompt", "output", "outputs", "extends"} & value.keys():
        return "write it under `assets`"
    if here != "prompt" and name in steps():
        return f"it is a step: write steps: [{{{name}: …}}]"
    return _inside(name, here) or _around(name, here, path)


def _inside(name: str, here: str) -> str:
    """Where the name belongs within an asset, unless it is the asset's own as well."""
    if here != "asset" and name in _fields("asset"):
        return ""
    place = next((place for place in _UNDER if place != here and name in _fields(place)), "")
    ending = " of an asset, or of `defaults`" if here == "manifest" else ""
    return f"write it {_UNDER[place]}{ending}" if place and name not in _fields(here) else ""


def _around(name: str, here: str, path: Path) -> str:
    """Where it belongs outside of the place that it stands in."""
    if name in _fields("asset"):
        if here == "manifest":
            return "write it into an asset, or under `defaults` for all of them"
        if here == "asset":
            return "write it into an asset"
        within = path[{"defaults": 1, "profiles": 2}.get(str(path[0]), 0) :]
        return f"write it beside `{cut(within[0])}`, not in it"
    return "write it at the top of the file" if here != "manifest" and name in _fields("manifest") else ""


@cache
def _fields(place: str) -> frozenset[str]:
    schema = schemafiles.schema("assets")
    return frozenset((schema if place == "manifest" else schema["$defs"][place])["properties"])
