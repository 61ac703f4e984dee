"""Frozen values: what `dataclass(frozen=True, slots=True)` makes, made in a third of the time.

Every command begins by making some hundred classes. The standard decorator compiles six functions for each; here they
share all but `__init__`. Fields, `replace`, patterns, copies and pickles are those of a dataclass.
"""

from collections.abc import Callable
from dataclasses import MISSING, Field, FrozenInstanceError, dataclass, field, fields
from operator import attrgetter
from types import FunctionType
from typing import Any, TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen(cls: type[T]) -> type[T]:
    """A frozen, slotted dataclass. Of what fields can say of themselves it takes defaults alone."""
    return _made(cls, quick=False)


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def quick(cls: type[T]) -> type[T]:
    """The same for values that are made by the ten thousand.

    A frozen value asks `object.__setattr__` for each field. This one begins as an object of an open class with the same
    slots, is filled in there, and gets its own class at the end.
    """
    return _made(cls, quick=True)


def _made(cls: type[T], quick: bool) -> type[T]:
    own: Any = dataclass(init=False, repr=False, eq=False, slots=True)(cls)
    of = fields(own)
    own._values = _values_of([one.name for one in of])
    own.__init__ = _init(own, of, quick)
    for method in _METHODS:
        if method.__name__ not in cls.__dict__:
            setattr(own, method.__name__, method)
    made: type[T] = own
    return made


def _values_of(names: list[str]) -> Callable[[Any], tuple[Any, ...]]:
    """What gives the values of a value's fields."""
    if len(names) > 1:
        return attrgetter(*names)
    return staticmethod(lambda value: tuple(getattr(value, name) for name in names))


def _init(cls: Any, of: tuple["Field[Any]", ...], quick: bool) -> Any:
    """An `__init__` with the parameters of a dataclass's."""
    given: dict[str, Any] = {"_MISSING": MISSING, "_set": object.__setattr__, "_Own": cls}
    given["_Open"] = type(cls.__name__, (), {"__slots__": cls.__slots__}) if quick else None
    asked, lines = ["self"], ["_set(self, '__class__', _Open)"] if quick else []
    for one in of:
        name = value = one.name
        if one.default_factory is not MISSING:
            given[f"_{name}"], value = one.default_factory, f"_{name}() if {name} is _MISSING else {name}"
            asked.append(f"{name}=_MISSING")
        elif one.default is not MISSING:
            given[f"_{name}"] = one.default
            asked.append(f"{name}=_{name}")
        else:
            asked.append(name)
        lines.append(f"self.{name} = {value}" if quick else f"_set(self, '{name}', {value})")
    lines += ["self.__class__ = _Own"] if quick else []
    lines += ["self.__post_init__()"] if hasattr(cls, "__post_init__") else []
    text = "\n ".join([f"def __init__({', '.join(asked)}):", *(lines or ["pass"])])
    exec(text, given)  # noqa: S102 # nosec B102 # of field names alone, as dataclasses makes its own
    made = given["__init__"]
    made.__qualname__ = f"{cls.__qualname__}.__init__"
    made.__annotations__ = {one.name: one.type for one in of} | {"return": None}
    return made


class _Shared:
    """The methods that all frozen values have."""

    def __eq__(self: Any, other: Any) -> Any:
        return self._values(self) == other._values(other) if other.__class__ is self.__class__ else NotImplemented

    def __hash__(self: Any) -> int:
        return hash(self._values(self))

    def __repr__(self: Any) -> str:
        told = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.__match_args__)
        return f"{self.__class__.__qualname__}({told})"

    def __setattr__(self: Any, name: str, value: object) -> None:
        raise FrozenInstanceError(f"cannot assign to field {name!r}")

    def __delattr__(self: Any, name: str) -> None:
        raise FrozenInstanceError(f"cannot delete field {name!r}")

    def __getstate__(self: Any) -> tuple[Any, ...]:
        state: tuple[Any, ...] = self._values(self)
        return state

    def __setstate__(self: Any, state: tuple[Any, ...]) -> None:
        for name, value in zip(self.__match_args__, state, strict=True):
            object.__setattr__(self, name, value)


_METHODS = [method for method in vars(_Shared).values() if isinstance(method, FunctionType)]
