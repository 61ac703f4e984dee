"""Mappings that cannot change, and JSON-like data as such."""

from collections.abc import ItemsView, Iterator, Mapping, ValuesView
from typing import Any


class FrozenMap(Mapping[str, Any]):
    """A mapping that cannot change: hashable, ordered as given, equal to any mapping of the same content."""

    __slots__ = ("_data",)

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        self._data: dict[str, Any] = dict(data._data if type(data) is FrozenMap else data) if data else {}

    def __getitem__(self, name: str) -> Any:
        return self._data[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._data)

    def __len__(self) -> int:
        return len(self._data)

    def __contains__(self, name: object) -> bool:
        return name in self._data

    def items(self) -> ItemsView[str, Any]:
        """The entries in order, without the detour through `__getitem__` that Mapping would take for each."""
        return self._data.items()

    def values(self) -> ValuesView[Any]:
        """The values in order, as straight as `items`."""
        return self._data.values()

    def get(self, name: str, default: Any = None) -> Any:
        """The value of a name, or `default`."""
        return self._data.get(name, default)

    def __eq__(self, other: object) -> bool:
        return self._data == other._data if type(other) is FrozenMap else super().__eq__(other)

    def __hash__(self) -> int:
        return hash(frozenset(self._data.items()))

    def __repr__(self) -> str:
        return f"FrozenMap({self._data!r})"


EMPTY = FrozenMap()


def freeze(value: Any) -> Any:
    """JSON-like data as values: dict → FrozenMap, list → tuple, all the way down."""
    if isinstance(value, Mapping):
        return FrozenMap({name: freeze(item) for name, item in value.items()}) if value else EMPTY
    if isinstance(value, list | tuple):
        return tuple(freeze(item) for item in value)
    return value


def thaw(value: Any) -> Any:
    """The reverse of `freeze`: plain dictionaries and lists, for JSON."""
    if isinstance(value, Mapping):
        return {name: thaw(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [thaw(item) for item in value]
    return value
