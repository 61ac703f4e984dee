"""The registry: every known model by id, snapshot or alias, and what to say of an id that is not there."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from imagepipe.errors import Problem
from imagepipe.frozen import frozen
from imagepipe.models.capabilities import Model, Parameter
from imagepipe.models.entries import model_of, parameter_of
from imagepipe.models.overrides import faults, merged
from imagepipe.values import EMPTY, FrozenMap, thaw

_WELL_FORMED = re.compile(r"gpt-image-\d+(\.\d+)*(-[a-z0-9]+)*")
_DATED = re.compile(r"-\d{4}-\d{2}-\d{2}\Z")
_ENTRY_HINT = "add it under `models:` (`{0}: {{like: {1}}}`), or under `[models]` in your config.toml"


@frozen
class Found:
    """What the registry says of an id: its model where it has rules to offer, and problems with path ("model",)."""

    model: Model | None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Registry:
    """Known models in the order of the data file, user entries after. `index` also knows snapshots and aliases;
    `problems` are the faults of user entries, with paths from `models:` on; entries with faults are left out."""

    checked: date
    default: str
    newest: Model
    models: Mapping[str, Model]
    index: Mapping[str, Model]
    parameters: Mapping[str, Parameter]
    problems: tuple[Problem, ...] = ()

    def find(self, id: str) -> Found:
        """The model of an id. An unknown `gpt-image-<version>…` comes with a warning and the newest family's rules, at an
        unknown price; any other unknown id is an error with the nearest name or the way to a registry entry."""
        model = self.index.get(id)
        return Found(model) if model else _stranger(self, id)


def registry(overrides: FrozenMap = EMPTY) -> Registry:
    """The built-in registry with a user's entries on top (id → capabilities, frozen). Same overrides, same object."""
    return _built(overrides)


@lru_cache(maxsize=16)
def _built(overrides: FrozenMap) -> Registry:
    return registry_from(json.loads(_data_text()), thaw(overrides))


def _data_text() -> str:
    return Path(__file__).with_name("registry.json").read_text(encoding="utf-8")


def registry_from(data: Mapping[str, Any], overrides: Mapping[str, Any]) -> Registry:
    """A registry of data in the form of `schemas/models.schema.json` and of users' entries."""
    families = data["families"]
    raws = {name: {**families[entry["family"]], **entry} for name, entry in data["models"].items()}
    problems = [fault for name, entry in overrides.items() for fault in faults(name, entry)]
    refused = {problem.path[1] for problem in problems}
    for name, entry in overrides.items():
        if name not in refused:
            problems += _override(raws, families, name, entry)
    models = {name: model_of(name, raw) for name, raw in raws.items()}
    newest = {**families[data["newest"]], "family": data["newest"]}
    newest |= {"prices": None, "confidence": dict.fromkeys(newest["confidence"], "estimated")}
    return Registry(
        date.fromisoformat(data["checked"]),
        data["default"],
        model_of("", newest, listed=False),
        MappingProxyType(models),
        MappingProxyType(_index(models)),
        MappingProxyType({name: parameter_of(name, raw) for name, raw in data["parameters"].items()}),
        tuple(problems),
    )


def _override(
    raws: dict[str, dict[str, Any]], families: Mapping[str, Any], name: str, entry: Mapping[str, Any]
) -> list[Problem]:
    """Puts a user's entry into `raws`: over the entry of that id, over the one it is `like`, or over the cautious
    rules of a compatible server. Returns a problem where `like` names nobody."""
    said = dict(entry)
    like = said.pop("like", None)
    if like is not None and like not in raws:
        near = get_close_matches(like, raws, 1)
        hint = f"did you mean `{near[0]}`?" if near else f"known: {', '.join(raws)}"
        return [Problem("invalid-model-entry", ("models", name, "like"), f"there is no model `{like}`", hint)]
    compatible = {**families["compatible"], "family": "compatible"}
    raws[name] = merged(_shared(raws[like]) if like else raws.get(name, compatible), said)
    return []


def _shared(raw: Mapping[str, Any]) -> dict[str, Any]:
    """What a model passes on to one that is like it: all but its own aliases."""
    return {**raw, "aliases": []}


def _index(models: Mapping[str, Model]) -> dict[str, Model]:
    """Ids first: an alias or a snapshot never hides one. A snapshot's model carries the snapshot's id."""
    found: dict[str, Model] = {}
    for model in models.values():
        for other in (*model.snapshots, *model.aliases):
            found.setdefault(other, replace(model, id=other, snapshots=(other,), aliases=()))
    return found | dict(models)


@lru_cache(maxsize=1024)
def _stranger(registry: Registry, id: str) -> Found:
    if not _WELL_FORMED.fullmatch(id):
        return Found(None, (_unknown(registry, id),))
    family = _DATED.sub("", id)
    variants = [name for name in registry.models if name.rpartition("-")[0] == family]
    if variants and family not in registry.models:
        message = f"there is no model `{id}`: this family comes in variants"
        return Found(None, (Problem("model-without-variant", ("model",), message, f"write {_either(variants)}"),))
    near = [name for name in get_close_matches(id, registry.index, 1, 0.9) if _version(name) == _version(id)]
    hint = f"did you mean `{near[0]}`?" if near else "state its capabilities under `models:` once they are known"
    rules = f"checked by the rules of the {registry.newest.family} family, price unknown"
    message = f"`{id}` is not in the registry of {registry.checked}: {rules}"
    problem = Problem("unlisted-model", ("model",), message, hint, "warning")
    return Found(replace(registry.newest, id=id), (problem,))


def _version(id: str) -> str:
    return "-".join(id.split("-")[:3])


def _unknown(registry: Registry, id: str) -> Problem:
    near = get_close_matches(id.lower(), registry.index, 1, 0.75)
    if near:
        return Problem("unknown-model", ("model",), f"there is no model `{id}`", f"did you mean `{near[0]}`?")
    hint = _ENTRY_HINT.format(id if id.isascii() and id.isprintable() else "ID", registry.default)
    return Problem("unknown-model", ("model",), f"`{id}` needs a registry entry", hint)


def _either(names: list[str]) -> str:
    quoted = [f"`{name}`" for name in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} or {quoted[-1]}"
