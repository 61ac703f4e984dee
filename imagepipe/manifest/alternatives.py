"""What to say where a schema allows one of several sets of names, and none or too many are given."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Told = tuple[str, str]
"""What is wrong, and what to do."""
_Branch = Mapping[str, Any]


def told(branches: Sequence[_Branch], given: Mapping[str, Any]) -> Told:
    """Of `branches`, each with the names it needs and those it cannot stand beside, exactly one is to fit `given`."""
    sets = [tuple(_needed(branch)) for branch in branches]
    met = [at for at, names in enumerate(sets) if any(name in given for name in names)]
    if not met:
        listed = ", ".join(f"`{name}`" for names in sets for name in names)
        return f"one of {listed} is missing", f"add `{sets[0][0]}: …`"
    if len(met) > 1:
        names = [next(name for name in sets[at] if name in given) for at in met]
        return " and ".join(f"`{name}`" for name in names) + " do not go together", "keep one of them"
    own = next(name for name in sets[met[0]] if name in given)
    other = next((name for name in _barred(branches[met[0]]) if name in given), "")
    return f"`{other}` does not go with `{own}`", f"take `{other}` out"


def _needed(branch: _Branch) -> Iterator[str]:
    yield from branch.get("required", ())
    for inner in branch.get("anyOf", ()):
        yield from _needed(inner)


def _barred(branch: _Branch) -> Iterator[str]:
    yield from _needed(branch.get("not", {}))
