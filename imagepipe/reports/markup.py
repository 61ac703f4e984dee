"""HTML put together piece by piece: text is escaped where it goes in, so that nothing has to be remembered."""

from collections.abc import Iterable
from html import escape

from imagepipe.reports.safetext import block

_VOID = frozenset({"img", "input", "meta", "link", "br", "hr"})


class Html(str):
    """Text that is HTML already: made by `tag` and `raw` alone."""

    __slots__ = ()


Child = str | Iterable["Child"]
Attribute = str | int | float | bool | None


def raw(text: str) -> Html:
    """Our own text, as it is: styles and scripts."""
    return Html(text)


def tag(name: str, /, *children: Child, **attributes: Attribute) -> Html:
    """An element. `class_` and `for_` lose their underscore, others become hyphens; True is an attribute without a value,
    False and None are left out. Text among the children is escaped, and what would steer a reader is made visible."""
    head = "".join(_attribute(key, value) for key, value in attributes.items())
    if name in _VOID:
        return Html(f"<{name}{head}>")
    return Html(f"<{name}{head}>{joined(children)}</{name}>")


def joined(children: Child) -> Html:
    """Children one after the other."""
    if isinstance(children, Html):
        return children
    if isinstance(children, str):
        return Html(escape(block(children), quote=True))
    return Html("".join(joined(child) for child in children))


def _attribute(key: str, value: Attribute) -> str:
    if value is False or value is None:
        return ""
    name = key.rstrip("_").replace("_", "-")
    if value is True:
        return f" {name}"
    text = value if isinstance(value, Html) else escape(block(str(value)), quote=True)
    return f' {name}="{text}"'
