"""The nearest right name for a wrong one. Knows nothing of what the names are for."""

from collections.abc import Iterable
from difflib import get_close_matches
from itertools import islice

_SHOWN = 60
_COMPARED = 200


def meant(name: str, known: Iterable[str]) -> str:
    """ "did you mean `…`?", or "" where nothing is near."""
    names = list(known)
    if len(name) > _SHOWN:
        return ""
    if len(names) > _COMPARED:
        names = list(islice((other for other in names if _looks_like(name, other)), _COMPARED))
    near = get_close_matches(name.lower(), names, n=1, cutoff=0.6)
    return f"did you mean `{near[0]}`?" if near else ""


def _looks_like(name: str, other: str) -> bool:
    """A cheap look before the thorough comparison, which thousands of names would make slow."""
    return abs(len(name) - len(other)) <= 2 and (name[:3] == other[:3] or name[-3:] == other[-3:])


def listed(known: Iterable[str], most: int = 12) -> str:
    """Names for a hint: `a`, `b`, `c`, … at most `most` of them."""
    names = list(known)
    return ", ".join(f"`{name}`" for name in names[:most]) + (", …" if len(names) > most else "")


def cut(text: object, most: int = _SHOWN) -> str:
    """Text from a manifest as a message may quote it: one line, control characters shown as such, cut short."""
    plain = "".join(c if c.isprintable() else "�" for c in str(text)[: most + 1])
    return plain if len(plain) <= most else plain[:most] + "…"
