"""Ids of a matrix, and placeholders in paths: `{id}`, `{width}`, `{locale}`."""

import re
from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

from imagepipe.errors import Problem
from imagepipe.manifest.nearness import cut, listed, meant
from imagepipe.yamltext import text_of

MAX_COMBINATIONS = 10_000
LEFT = frozenset({"index", "cell"})
"""Placeholders that only the making of the files can fill."""

_OF_ENTRY = {
    "width": "it comes from `width` or `widths` of the same entry of `outputs`",
    "density": "it comes from `densities` of the same entry of `outputs`",
    "format": "it comes from `formats` of the same entry of `outputs`",
}
_PLACEHOLDER = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")


def declared_id(id: str) -> str:
    """The id under which an asset stands in its file: "sign" for "sign@en,light" and for "sign@en,light#1"."""
    return id.partition("@")[0].partition("#")[0]


def edit_of(id: str) -> int | None:
    """Which edit of a chain an id means: 0 for the picture before all edits, None for an asset itself."""
    number = id.rpartition("#")[2]
    return int(number) if "#" in id and number.isdecimal() else None


class Misnamed(Exception):
    """A placeholder that means nothing here."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message, self.hint = message, hint


def filled(path: str, names: Mapping[str, str]) -> str:
    """The path with its placeholders filled, `{index}` and `{cell}` left in. Raises Misnamed."""
    if "{" not in path and "}" not in path:
        return path
    if "{{" in path or "{%" in path:
        raise Misnamed(f"`{cut(path)}` is a path, where templates are not filled", "write one pair of braces: {name}")

    def value(found: re.Match[str]) -> str:
        name = found.group(1)
        if name in LEFT:
            return found.group()
        if name in names:
            return names[name]
        known = sorted({*names, *LEFT})
        hint = _OF_ENTRY.get(name) or meant(name, known) or f"known here: {listed(known)}"
        raise Misnamed(f"there is no `{{{cut(name)}}}` here", hint)

    rest = _PLACEHOLDER.sub("", path)
    if "{" in rest or "}" in rest:
        raise Misnamed(f"`{cut(path)}` has a brace without its partner", "write {name}")
    return _PLACEHOLDER.sub(value, path)


def combinations(value: Mapping[str, Any], report: list[Problem]) -> Iterator[tuple[str, dict[str, str]]]:
    """Each combination of an asset's matrix: the end of its id ("@en,light", or "") and axis → value."""
    matrix = value.get("matrix")
    if not matrix:
        if value.get("exclude"):
            report.append(
                Problem("exclude-without-matrix", ("exclude",), "there is no matrix to leave anything out of")
            )
        yield "", {}
        return
    axes = {axis: [text_of(item) for item in items] for axis, items in matrix.items()}
    size = 1
    for axis, values in axes.items():
        size *= len(values)
        if len(set(values)) < len(values):
            report.append(Problem("repeated-value", ("matrix", axis), "this axis names a value twice", "keep one"))
            axes[axis] = list(dict.fromkeys(values))
    if size > MAX_COMBINATIONS:
        message = f"this matrix has {size:,} combinations; at most {MAX_COMBINATIONS:,} are made"
        report.append(Problem("matrix-too-big", ("matrix",), message, "split the asset", on_key=True))
        return
    left_out = _exclusions(value.get("exclude", ()), axes, report)
    some = False
    for items in product(*axes.values()):
        names = dict(zip(axes, items, strict=True))
        if not any(rule.items() <= names.items() for rule in left_out):
            some = True
            yield "@" + ",".join(items), names
    if not some:
        report.append(
            Problem("empty-matrix", ("exclude",), "every combination is left out", "leave some in", on_key=True)
        )


def _exclusions(rules: Any, axes: Mapping[str, list[str]], report: list[Problem]) -> list[dict[str, str]]:
    found = []
    for at, rule in enumerate(rules):
        texts = {axis: text_of(item) for axis, item in rule.items()}
        for axis, item in texts.items():
            path = ("exclude", at, axis)
            if axis not in axes:
                hint = meant(axis, axes) or f"the axes are {listed(axes)}"
                report.append(Problem("unknown-axis", path, f"the matrix has no axis `{cut(axis)}`", hint, on_key=True))
            elif item not in axes[axis]:
                hint = meant(item, axes[axis]) or f"its values are {listed(axes[axis])}"
                report.append(Problem("unknown-axis", path, f"the axis `{axis}` has no value `{cut(item)}`", hint))
        found.append(texts)
    return found
