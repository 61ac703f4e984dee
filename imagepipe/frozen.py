"""Frozen values that are made by the ten thousand: filled in as fast as open ones, and frozen from then on."""

from dataclasses import MISSING, fields
from typing import Any, TypeVar

T = TypeVar("T")


def quick(cls: type[T]) -> type[T]:
    """A frozen, slotted dataclass that is made in a third of the time. Its fields have plain defaults or none.

    The `__init__` of a frozen dataclass asks `object.__setattr__` for each field. This one makes the new value an object
    of an open class with the same slots, sets them, and gives it back its own class at the end.
    """
    own: Any = cls
    names = [field.name for field in fields(own)]
    given: dict[str, Any] = {f"_{field.name}": field.default for field in fields(own)}
    given |= {"_turn": object.__setattr__, "_Open": type(cls.__name__, (), {"__slots__": own.__slots__}), "_Own": cls}
    asked = ", ".join(f.name if f.default is MISSING else f"{f.name}=_{f.name}" for f in fields(own))
    lines = [f"def __init__(self, {asked}):", "_turn(self, '__class__', _Open)"]
    lines += [f"self.{name} = {name}" for name in names] + ["self.__class__ = _Own"]
    exec("\n ".join(lines), given)  # noqa: S102 # nosec B102 # of field names alone, as dataclasses makes its own
    made = given["__init__"]
    made.__qualname__, made.__annotations__ = own.__init__.__qualname__, own.__init__.__annotations__
    own.__init__ = made
    return cls
