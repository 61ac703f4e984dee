"""The filters of templates: small, pure, and bounded before they make anything large."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from jinja2.runtime import Undefined

from imagepipe.prompts.faults import MAX_TEXT, Fault, too_long
from imagepipe.prompts.fields import Field
from imagepipe.prompts.lookup import text_of

_MAX_INDENT = 40


def _text(value: Any) -> str:
    text = text_of(value)
    if len(text) > MAX_TEXT:
        raise too_long(len(text))
    return text


def _items(value: Any) -> Sequence[Any]:
    if isinstance(value, Field):
        return tuple(value)
    if isinstance(value, Mapping):
        return tuple(value)
    if isinstance(value, list | tuple):
        return value
    raise Fault("unprintable-value", "this filter wants a list", "a text has no items")


def _upper(value: Any) -> str:
    return _text(value).upper()


def _lower(value: Any) -> str:
    return _text(value).lower()


def _capitalize(value: Any) -> str:
    return _text(value).capitalize()


def _title(value: Any) -> str:
    return " ".join(word[:1].upper() + word[1:].lower() for word in _text(value).split(" "))


def _trim(value: Any) -> str:
    return _text(value).strip()


def _replace(value: Any, old: Any, new: Any) -> str:
    text, was, to = _text(value), _text(old), _text(new)
    if not was:
        raise Fault("template-failed", "`replace` wants a text to look for", 'as in | replace("mug", "cup")')
    size = len(text) + text.count(was) * (len(to) - len(was))
    if size > MAX_TEXT:
        raise too_long(size)
    return text.replace(was, to)


def _indent(value: Any, width: Any = 4, first: Any = False) -> str:
    if not isinstance(width, int) or not 0 <= width <= _MAX_INDENT:
        raise Fault("template-limit", f"`indent` wants a width from 0 to {_MAX_INDENT}", "as in | indent(2)")
    lines = _text(value).split("\n")
    if len(lines) * width > MAX_TEXT:
        raise too_long(len(lines) * width)
    pad = " " * width
    body = [pad + line if line else line for line in lines[1:]]
    return "\n".join([(pad if first else "") + lines[0], *body])


def _join(value: Any, between: Any = "") -> str:
    parts, glue = [text_of(item) for item in _items(value)], _text(between)
    size = sum(map(len, parts)) + len(glue) * len(parts)
    if size > MAX_TEXT:
        raise too_long(size)
    return glue.join(parts)


def _length(value: Any) -> int:
    return len(value) if isinstance(value, str) else len(_items(value))


def _first(value: Any) -> Any:
    return _end(value, 0)


def _last(value: Any) -> Any:
    return _end(value, -1)


def _end(value: Any, at: int) -> Any:
    items = value if isinstance(value, str) else _items(value)
    if not items:
        raise Fault("template-failed", "there is no first or last item in an empty list", "ask first: {% if list %}")
    return items[at]


def _sort(value: Any) -> list[str]:
    return sorted(text_of(item) for item in _items(value))


def _unique(value: Any) -> list[Any]:
    return list(dict.fromkeys(text_of(item) for item in _items(value)))


def _default(value: Any, default_value: Any = "", boolean: Any = False) -> Any:
    return default_value if isinstance(value, Undefined) or (boolean and not value) else value


FILTERS: dict[str, Callable[..., Any]] = {
    "capitalize": _capitalize,
    "default": _default,
    "first": _first,
    "indent": _indent,
    "join": _join,
    "last": _last,
    "length": _length,
    "lower": _lower,
    "replace": _replace,
    "sort": _sort,
    "title": _title,
    "trim": _trim,
    "unique": _unique,
    "upper": _upper,
}
"""Name → function, the value first. `default` alone is handed undefined values."""
