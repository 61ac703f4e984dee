"""Resolves a registry's dotted names when they are used: the one way in which imagepipe defers an import."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from imagepipe.errors import UsageError


def resolve(dotted: str) -> Any:
    """The module `a.b.c`, or the attribute `name` of it for `a.b.c:name`."""
    module, _, name = dotted.partition(":")
    found = import_module(module)
    return getattr(found, name) if name else found


def _entry_points(group: str) -> list[Any]:
    return list(resolve("importlib.metadata:entry_points")(group=group))


def pick(registry: Mapping[str, str], name: str, group: str) -> Any:
    """The member `name` of a registry, or of the entry points of `group`. Raises UsageError for an unknown name."""
    if name in registry:
        return resolve(registry[name])
    for point in _entry_points(group):
        if point.name == name:
            return point.load()
    raise UsageError(f"there is no {group.rsplit('.', 1)[-1].removesuffix('s')} named `{name}`", code="unknown-plugin")


def names(registry: Mapping[str, str], group: str) -> tuple[str, ...]:
    """Every name that `pick` knows, built-in ones first."""
    found = {point.name for point in _entry_points(group)}
    return (*registry, *sorted(found - set(registry)))
