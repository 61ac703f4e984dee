"""Order, circles and relatives in a graph of names."""

import pytest

from imagepipe.graph import CycleError, ancestors, descendants, order, turned

DIAMOND = {"page": ["left", "right"], "left": ["hero"], "right": ["hero"], "hero": [], "alone": []}


@pytest.mark.parametrize(
    ("edges", "expected"),
    [
        ({}, ()),
        ({"b": [], "a": []}, ("b", "a")),
        ({"cut": ["hero"], "hero": []}, ("hero", "cut")),
        (DIAMOND, ("hero", "left", "right", "page", "alone")),
        ({"cut": ["brand:logo", "hero", "hero"], "hero": ()}, ("hero", "cut")),
    ],
)
def test_what_is_needed_comes_first_and_the_rest_as_declared(
    edges: dict[str, list[str]], expected: tuple[str, ...]
) -> None:
    assert order(edges) == expected


@pytest.mark.parametrize(
    ("edges", "members"),
    [
        ({"a": ["a"]}, ("a",)),
        ({"a": ["b"], "b": ["a"]}, ("a", "b")),
        ({"out": ["a"], "a": ["b"], "b": ["c"], "c": ["a"]}, ("a", "b", "c")),
    ],
)
def test_a_circle_is_named_without_those_that_only_lead_to_it(
    edges: dict[str, list[str]], members: tuple[str, ...]
) -> None:
    with pytest.raises(CycleError) as error:
        order(edges)
    assert error.value.members == members
    assert error.value.exit_code == 2
    assert " → ".join((*members, members[0])) in error.value.message


def test_a_chain_longer_than_the_stack() -> None:
    chain = {str(n): [str(n + 1)] for n in range(50_000)} | {"50000": []}
    assert order(chain)[0] == "50000"
    assert len(ancestors(chain, ["0"])) == 50_000


def test_relatives() -> None:
    assert ancestors(DIAMOND, ["page"]) == {"left", "right", "hero"}
    assert ancestors(DIAMOND, ["hero", "unknown"]) == frozenset()
    assert descendants(DIAMOND, ["hero"]) == {"left", "right", "page"}
    assert turned(DIAMOND)["hero"] == ("left", "right")
