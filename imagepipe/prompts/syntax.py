"""What Jinja says of a text that it cannot read, in the words of a person who writes prompts."""

import re
from collections.abc import Callable

from imagepipe.prompts.faults import meant

Told = tuple[str, str]
"""What is wrong, and what to do."""
_BRACES = "for braces as text write {% raw %}{{ … }}{% endraw %}"
_TAGS = ("if", "elif", "else", "endif", "for", "endfor", "include", "extends", "block", "endblock", "raw", "endraw")
_MARKS = {"print statement": ("{{", "}}"), "statement block": ("{%", "%}")}


def told(words: str) -> Told:
    """Jinja's words as they are told; those that nobody has met yet as they are."""
    for pattern, say in _RULES:
        if found := re.search(pattern, words):
            return say(found)
    return words, _BRACES


def _open(found: re.Match[str]) -> Told:
    start, end = _MARKS[found.group(1)]
    return f"`{start}` is never closed", f"close it with `{end}`; {_BRACES}"


def _empty(found: re.Match[str]) -> Told:
    if found.group(1) == "statement block":
        return "a condition or a list is missing here", "as in {% if night %} or {% for item in items %}"
    return "nothing stands here between `{{` and `}}`", f"name a variable: {{{{ brand }}}}; {_BRACES}"


def _stray(found: re.Match[str]) -> Told:
    hint = "one name stands between `{{` and `}}`, with filters after it: {{ brand | upper }}"
    return f"`{found.group(1)}` cannot stand here", hint


def _unclosed(found: re.Match[str]) -> Told:
    tag = found.group(1)
    return f"`{{% {tag} %}}` is never closed", f"end it with {{% end{tag} %}}"


def _tag(found: re.Match[str]) -> Told:
    tag = found.group(1)
    if tag in _TAGS:
        start = tag.removeprefix("end") if tag.startswith("end") else "if"
        return f"`{{% {tag} %}}` belongs to nothing", f"there is no {{% {start} %}} before it that is still open"
    return f"there is no tag `{tag}`", meant(tag, _TAGS) or "tags are " + ", ".join(_TAGS[:1] + _TAGS[4:5] + _TAGS[6:])


_RULES: tuple[tuple[str, Callable[[re.Match[str]], Told]], ...] = (
    (r"^unexpected end of template, expected 'end of (print statement|statement block)'", _open),
    (r"^unexpected '}'", lambda _: ("a `}` is missing here", "end it with `}}`")),
    (r"^Expected an expression, got 'end of (print statement|statement block)'", _empty),
    (r"^expected token 'end of print statement', got '(.+)'", _stray),
    (r"^unexpected char [\"'](.+)[\"'] at", _stray),
    (r"^Unexpected end of template\..* is '(\w+)'", _unclosed),
    (r"^Missing end of (raw) directive", _unclosed),
    (r"^Encountered unknown tag '(\w+)'", _tag),
    (r"^Missing end of comment tag", lambda _: ("`{#` is never closed", "close it with `#}`")),
)
