"""How names are looked up and values printed, the same with and without Jinja: maps by key, lists by number, no methods."""

from collections.abc import Mapping
from typing import Any

from imagepipe.prompts.faults import Fault, Unknown
from imagepipe.prompts.fields import Field


def entry(holder: Any, name: Any) -> Any:
    """`holder.name` or `holder[name]`: an entry of a map, or an item of a list by its number. Raises Unknown.

    Attributes of Python objects do not exist here, so there is nothing to climb from a value to the interpreter.
    """
    if isinstance(holder, Mapping) and isinstance(name, str):
        if name in holder:
            return holder[name]
        raise Unknown(name, map(str, holder))
    if isinstance(holder, list | tuple | Field) and isinstance(name, int) and not isinstance(name, bool):
        if 0 <= name < len(holder):
            return holder[name]
        raise Unknown(name, (f"items 0 to {len(holder) - 1}",) if len(holder) else ())
    raise Unknown(name, (), "only maps and lists have entries; a filter is written {{ name | upper }}")


def text_of(value: Any) -> str:
    """A value as it is printed. Raises Fault for what has no plain text (a map, a list, null)."""
    if isinstance(value, str):
        return value
    if isinstance(value, Field):
        return value.piece
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return _number(value)
    raise Fault("unprintable-value", *_unprintable(value))


def _number(value: float) -> str:
    try:
        return str(value)
    except ValueError:
        raise Fault("unprintable-value", "this number is too long to print", 'write it as text, in "quotes"') from None


def _unprintable(value: Any) -> tuple[str, str]:
    if isinstance(value, Mapping):
        return "this is a map, which has no text of its own", "name one of its entries: " + ", ".join(map(str, value))[
            :200
        ]
    if isinstance(value, list | tuple):
        return "this is a list, which has no text of its own", 'print it with `| join(", ")`'
    return ("this is null, which has no text", "give it a value") if value is None else ("this has no text", "")
