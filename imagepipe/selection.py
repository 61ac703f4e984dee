"""SELECT on the command line: patterns → the assets meant. Never splits on commas, since ids of a matrix hold them."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import get_close_matches

from imagepipe.errors import UsageError
from imagepipe.frozen import frozen
from imagepipe.graph import Edges, ancestors, descendants
from imagepipe.paths import glob_pattern
from imagepipe.values import Asset

STATES = ("changed", "missing", "failed")


@frozen
class Field:
    """What patterns choose from. `states` holds, for an asset, those of STATES it is in, separated by spaces; `links`, for
    one with edits, the pictures that they begin from, which are chosen with it."""

    assets: Mapping[str, Asset]
    states: Mapping[str, str]
    edges: Edges
    links: Mapping[str, frozenset[str]]


def select(
    patterns: Iterable[str],
    assets: Sequence[Asset],
    *,
    states: Mapping[str, str] | None = None,
    edges: Edges | None = None,
    exclude: Iterable[str] = (),
) -> frozenset[str]:
    """The ids that `patterns` mean, less those of `exclude`; no pattern means all.

    A pattern is an id, the id of a matrix (all of its assets), a glob, `tag:x`, `path:GLOB` (of an output),
    `state:changed|missing|failed`, each with `+` before it for all it needs or behind it for all that need it.
    Raises UsageError for a pattern that can mean nothing, with the nearest name that does.
    """
    field = Field({asset.id: asset for asset in assets}, states or {}, edges or edges_of(assets), _links(assets))
    wanted = [_meant(pattern, field) for pattern in patterns]
    unwanted = [_meant(pattern, field) for pattern in exclude]
    chosen = frozenset(field.assets) if not wanted else frozenset().union(*wanted)
    return chosen.difference(*unwanted)


def edges_of(assets: Iterable[Asset]) -> dict[str, tuple[str, ...]]:
    """Asset id → the ids of the assets it takes as inputs."""
    return {asset.id: tuple(item.asset for item in asset.inputs if item.asset) for asset in assets}


def _links(assets: Iterable[Asset]) -> dict[str, frozenset[str]]:
    """Asset id → the ids of the chain that leads to it: "hero" → "hero#0", "hero#1"."""
    found: dict[str, set[str]] = {}
    for asset in assets:
        name, mark, _ = asset.id.partition("#")
        if mark:
            found.setdefault(name, set()).add(asset.id)
    return {name: frozenset(links) for name, links in found.items()}


def _meant(pattern: str, field: Field) -> frozenset[str]:
    name = pattern.removeprefix("+").removesuffix("+")
    found = _named(name, field)
    if field.links:
        found = found.union(*(field.links.get(id, ()) for id in found))
    up = ancestors(field.edges, found) if pattern.startswith("+") else frozenset()
    down = descendants(field.edges, found) if pattern.endswith("+") else frozenset()
    return found | up | down


def _named(name: str, field: Field) -> frozenset[str]:
    if name in field.assets:
        return frozenset({name})
    kind, colon, value = name.partition(":")
    if colon and kind in _KINDS:
        return _KINDS[kind](value, field)
    found = frozenset(id for id in field.assets if id.startswith(f"{name}@"))
    if not found and re.search(r"[*?]", name):
        found = _matching(name, field)
    if not found:
        raise _unknown("asset", name, [*field.assets, *{id.partition("@")[0] for id in field.assets}])
    return found


def _matching(pattern: str, field: Field) -> frozenset[str]:
    matches = glob_pattern(pattern).match
    return frozenset(id for id in field.assets if matches(id))


def _tagged(tag: str, field: Field) -> frozenset[str]:
    found = frozenset(asset.id for asset in field.assets.values() if tag in asset.tags)
    if not found:
        raise _unknown("tag", tag, {tag for asset in field.assets.values() for tag in asset.tags})
    return found


def _writing(pattern: str, field: Field) -> frozenset[str]:
    matches = glob_pattern(pattern).match
    found = frozenset(id for id, asset in field.assets.items() if any(matches(out.path) for out in asset.outputs))
    if not found:
        raise _unknown("output", pattern, [out.path for asset in field.assets.values() for out in asset.outputs])
    return found


def _in_state(state: str, field: Field) -> frozenset[str]:
    if state not in STATES:
        raise _unknown("state", state, STATES)
    return frozenset(id for id in field.assets if state in field.states.get(id, "").split())


_KINDS: dict[str, Callable[[str, Field], frozenset[str]]] = {"tag": _tagged, "path": _writing, "state": _in_state}


def _unknown(what: str, name: str, known: Iterable[str]) -> UsageError:
    names = sorted(set(known))
    near = get_close_matches(name, names, n=1)
    shown = ", ".join(f"`{each}`" for each in names[:8]) + (", …" if len(names) > 8 else "")
    hint = f"did you mean `{near[0]}`?" if near else f"known: {shown}" if names else "the manifest declares none"
    if "," in name and what == "asset":
        hint += " (several assets are given one by one, with spaces)"
    return UsageError(f"no {what} matches `{name}`", hint=hint, code=f"unknown-{what}")
