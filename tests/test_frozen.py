"""Frozen values are those that dataclasses make: same fields, defaults, equality, copies, and as frozen."""

import copy
import inspect
import pickle
from dataclasses import FrozenInstanceError, dataclass, field, fields, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagepipe.frozen import frozen, quick


@quick
class Sign:
    text: str
    size: int = 3
    marks: tuple[str, ...] = ()


@frozen
class Board:
    text: str
    size: int = 3
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Standard:
    text: str
    size: int = 3
    marks: tuple[str, ...] = ()


@frozen
class Named(Board):
    name: str = ""
    found: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.found.append(self.name)

    def __repr__(self) -> str:
        return f"<{self.name}>"


@frozen
class Alone:
    text: str


@frozen
class Nothing:
    pass


BOTH = pytest.mark.parametrize("kind", [Sign, Board])


@BOTH
def test_it_is_made_like_any_dataclass(kind: Any) -> None:
    made = kind("open", marks=("!",))
    assert (made.text, made.size, made.marks) == ("open", 3, ("!",))
    assert type(made) is kind
    assert made == kind("open", 3, ("!",)) != kind("open")
    assert made != Standard("open", 3, ("!",))
    assert {made: 1}[kind("open", 3, ("!",))] == 1
    assert repr(made) == f"{kind.__name__}(text='open', size=3, marks=('!',))"
    assert str(inspect.signature(kind)) == str(inspect.signature(Standard))


@BOTH
def test_it_is_frozen_once_it_is_made(kind: Any) -> None:
    made = kind("open")
    with pytest.raises(FrozenInstanceError):
        made.text = "shut"
    with pytest.raises(FrozenInstanceError):
        del made.text
    with pytest.raises((FrozenInstanceError, AttributeError, TypeError)):
        made.more = 1
    assert not hasattr(made, "__dict__")
    says = rf"{kind.__name__}\.__init__\(\) missing 1 required positional argument: 'text'"
    with pytest.raises(TypeError, match=says):
        kind()
    with pytest.raises(TypeError, match="unexpected keyword argument 'colour'"):
        kind("open", colour="red")


@BOTH
def test_it_is_replaced_copied_and_pickled(kind: Any) -> None:
    made = kind("open", 4)
    assert replace(made, text="shut") == kind("shut", 4)
    assert copy.copy(made) == copy.deepcopy(made) == made
    assert all(pickle.loads(pickle.dumps(made, version)) == made for version in range(2, pickle.HIGHEST_PROTOCOL + 1))
    match made:
        case Sign(text, size) | Board(text, size):
            assert (text, size) == ("open", 4)


@given(st.lists(st.tuples(st.text(), st.integers(), st.tuples(st.text())), max_size=4))
def test_equality_and_hashes_are_those_of_a_dataclass(given: list[tuple[str, int, tuple[str]]]) -> None:
    rows = [(Board(*one), Sign(*one), Standard(*one)) for one in given]
    for board, sign, standard in rows:
        for other in rows:
            assert (board == other[0]) == (sign == other[1]) == (standard == other[2])
        assert hash(board) == hash(sign) == hash(standard)


def test_a_class_may_build_on_another_and_have_methods_of_its_own() -> None:
    made = Named("open", name="door")
    assert [one.name for one in fields(made)] == ["text", "size", "marks", "name", "found"]
    assert (made.found, Named("open").found) == (["door"], [""])
    assert repr(made) == "<door>"
    assert made != Board("open")


def test_one_field_or_none() -> None:
    assert (Alone("a"), Nothing()) == (Alone("a"), Nothing())
    assert Alone("a") != Alone("b")
    assert len({Alone("a"), Alone("a"), Nothing(), Nothing()}) == 2
    assert (repr(Alone("a")), repr(Nothing())) == ("Alone(text='a')", "Nothing()")
    assert pickle.loads(pickle.dumps((Alone("a"), Nothing()))) == (Alone("a"), Nothing())
