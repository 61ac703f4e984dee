"""What to say of a name that has characters it may not have, and the nearest one that may stand there."""

import re

from imagepipe.manifest.nearness import cut

_ID = "._-"
_NAMES = {
    "^[a-z0-9][a-": (
        "an id has lower-case letters, digits, dot, underscore and hyphen, begins with a letter or digit, at most 100",
        _ID,
    ),
    "^[A-Za-z0-9]": ("a name here has letters, digits, underscore and hyphen, begins with a letter or digit", "_-"),
    "^[A-Za-z][A-": ("a name here has letters, digits and underscore and begins with a letter", "_"),
}
"""What begins a pattern for names: the rule in words, and what a name may have beside letters and digits."""
_LABEL = ("a label is one short line without a colon, at most 60 characters", "")


_TIGHT_COLON = re.compile(r"([A-Za-z_][\w.+-]*):(\S.*)")
_TIGHT_DASH = re.compile(r"-[^\W\d]")


def slip(name: str) -> str:
    """What to write where a name is none because a space is missing in its line, or is no plain one; "" elsewhere."""
    if name[:1].isspace() or name[:1] in ("\u200b", "\ufeff"):
        return (
            f"its line begins with U+{ord(name[0]):04X}, which is no plain space: indent with spaces from the keyboard"
        )
    if found := _TIGHT_COLON.fullmatch(name):
        return f"put a space after the colon: `{cut(found.group(1))}: {cut(found.group(2), 20)}`"
    return f"put a space after each `-`: `- {cut(name[1:])}`" if _TIGHT_DASH.match(name) else ""


def told(name: str, pattern: str) -> tuple[str, str]:
    """The rule that `name` breaks, by the pattern for such names, and what to write instead."""
    rule, kept = _NAMES.get(pattern[:12], _LABEL)
    if not kept:
        return rule, "as in extra: {Camera: 50mm lens}"
    lowered = name.lower() if kept == _ID else name
    tidy = "".join(c if c.isascii() and (c.isalnum() or c in kept) else kept[-1] for c in lowered).strip("-._")
    hint = f"write it as `{tidy[:60]}`" if tidy[:1].isalnum() and tidy != name else "choose another name"
    hint = slip(name) or hint
    return f"`{cut(name)}` cannot be used as a name: {rule}", hint
