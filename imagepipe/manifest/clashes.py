"""Two assets that write one file: told at the one that should have a path of its own, with the way to get it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from imagepipe.errors import Path, Problem
from imagepipe.manifest.expanding import Expansion
from imagepipe.manifest.layers import AUTHOR
from imagepipe.manifest.nearness import cut, listed
from imagepipe.manifest.outputs import entry_of


def report(expansion: Expansion, asset: str, path: Path, file: str, other: tuple[str, str]) -> None:
    """Notes that `asset` writes `file` at `path`, and that another does: its id, and its spelling of the file."""
    path = _declared(expansion, asset, path)
    own, theirs = expansion.written_as(asset), expansion.written_as(other[0])
    inherited = [name for name in dict.fromkeys((own, theirs)) if _label(expansion, name, path) != AUTHOR]
    if own == theirs and (axes := _unnamed(expansion.layers.merged(own), path)):
        message = "several assets of the matrix would write one file"
        hint = f"put {listed([f'{{{axis}}}' for axis in axes])} into the path"
        expansion.report(asset, Problem("duplicate-output", path, message, hint))
    elif own != theirs and inherited:
        if not any(problem.code == "extends-cycle" for _, problem in expansion.problems):
            expansion.report(inherited[0], _inherited(expansion, inherited[0], path, file))
    elif asset == other[0]:
        hint = "give each file a path of its own"
        expansion.report(asset, Problem("duplicate-output", path, f"`{cut(file)}` is written twice", hint))
    else:
        expansion.report(asset, _twice(path, file, other))


def counted(expansion: Expansion, asset: str, problem: Problem) -> None:
    """Notes a problem of an asset as it was made, whose outputs are counted file by file."""
    expansion.report(asset, replace(problem, path=_declared(expansion, asset, problem.path)))


def _declared(expansion: Expansion, asset: str, path: Path) -> Path:
    """A path among the files of an asset as one among the entries that are written."""
    if path[:1] != ("outputs",) or len(path) < 2 or not isinstance(path[1], int):
        return path
    return ("outputs", entry_of(expansion.layers.merged(expansion.written_as(asset)), path[1]), *path[2:])


def _unnamed(spec: Mapping[str, Any], path: Path) -> list[str]:
    """The axes of a matrix that the path written there does not name."""
    many = [axis for axis, values in spec.get("matrix", {}).items() if len(values) > 1]
    written = spec.get("output") or spec.get("outputs", ()) if path[0] == "outputs" else spec.get("originals", "")
    entry = (
        written[path[1]] if isinstance(written, list) and isinstance(path[1], int) and path[1] < len(written) else ""
    )
    return [axis for axis in many if f"{{{axis}}}" not in str(entry or written)]


def _label(expansion: Expansion, name: str, path: Path) -> str:
    """What gives an asset the file at `path`, or the files it has instead."""
    return expansion.layers.label(name, path[:1])


def _inherited(expansion: Expansion, name: str, path: Path, file: str) -> Problem:
    kind, _, base = _label(expansion, name, path).partition(" ")
    source = f"`{cut(base)}`, which it extends" if kind == "extends" else f"the {kind}{base and f' `{cut(base)}`'}"
    message = f"`{name}` would write `{cut(file)}` too: it has that from {source}"
    hint = f"add `{'originals' if path[0] == 'originals' else 'output'}: …` to it"
    if kind == "extends" and base not in expansion.abstract:
        hint += f", or `abstract: true` to `{cut(base)}` if that is not to be built"
    elif kind != "profile":
        hint += ", or put {id} into the path there"
    return Problem("duplicate-output", (), message, hint, on_key=True)


def _twice(path: Path, name: str, other: tuple[str, str]) -> Problem:
    asset, before = other
    same = "" if name == before else f", spelled `{cut(before)}` there (one file on macOS and Windows)"
    return Problem(
        "duplicate-output", path, f"`{cut(name)}` is already written by `{asset}`{same}", "give each file one asset"
    )
