"""Order in a graph of names: who needs whom, what comes first. Knows nothing of assets or of building."""

from collections.abc import Iterable, Mapping

from imagepipe.errors import ImagepipeError

Edges = Mapping[str, Iterable[str]]
"""Name → the names it needs. A needed name that is no key of the mapping stands outside the graph and is ignored."""


class CycleError(ImagepipeError):
    """Names that need each other; `members` in the order of the circle, each needing the next. Exit 2."""

    exit_code = 2

    def __init__(self, members: tuple[str, ...]) -> None:
        circle = " → ".join((*members, members[0]))
        hint = "let one of them take its input from a file, or drop that input"
        super().__init__(f"these assets need each other: {circle}", hint=hint, code="cycle")
        self.members = members


def order(edges: Edges) -> tuple[str, ...]:
    """Every name after all that it needs, otherwise in the order given. Raises CycleError naming the members."""
    done: dict[str, bool] = {}
    for start in edges:
        if start not in done:
            _visit(start, edges, done)
    return tuple(done)


def _visit(start: str, edges: Edges, done: dict[str, bool]) -> None:
    """Depth first with a stack of our own, since a chain may be longer than Python's recursion goes."""
    road = {start: iter(tuple(edges[start]))}
    while road:
        name, needs = next(reversed(road.items()))
        following = next((need for need in needs if need in edges and need not in done), None)
        if following is None:
            done[name] = True
            del road[name]
        elif following in road:
            names = list(road)
            raise CycleError(tuple(names[names.index(following) :]))
        else:
            road[following] = iter(tuple(edges[following]))


def ancestors(edges: Edges, names: Iterable[str]) -> frozenset[str]:
    """All that `names` need, directly or through others, without `names` themselves (unless one needs another)."""
    found: set[str] = set()
    waiting = [need for name in names for need in edges.get(name, ())]
    while waiting:
        name = waiting.pop()
        if name in edges and name not in found:
            found.add(name)
            waiting.extend(edges[name])
    return frozenset(found)


def descendants(edges: Edges, names: Iterable[str]) -> frozenset[str]:
    """All that need `names`, directly or through others."""
    return ancestors(turned(edges), names)


def turned(edges: Edges) -> dict[str, tuple[str, ...]]:
    """The graph with every arrow turned round: name → those that need it."""
    users: dict[str, list[str]] = {name: [] for name in edges}
    for name, needs in edges.items():
        for need in needs:
            if need in users:
                users[need].append(name)
    return {name: tuple(found) for name, found in users.items()}
