"""Values made quickly are the values that dataclasses makes: same fields, defaults, equality, and as frozen."""

import copy
import pickle
from dataclasses import FrozenInstanceError, dataclass, replace

import pytest

from imagepipe.frozen import quick


@quick
@dataclass(frozen=True, slots=True)
class Sign:
    text: str
    size: int = 3
    marks: tuple[str, ...] = ()


def test_it_is_made_like_any_dataclass() -> None:
    made = Sign("open", marks=("!",))
    assert (made.text, made.size, made.marks) == ("open", 3, ("!",))
    assert type(made) is Sign
    assert made == Sign("open", 3, ("!",)) != Sign("open")
    assert {made: 1}[Sign("open", 3, ("!",))] == 1
    assert repr(made) == "Sign(text='open', size=3, marks=('!',))"


def test_it_is_frozen_once_it_is_made() -> None:
    made = Sign("open")
    with pytest.raises(FrozenInstanceError):
        made.text = "shut"  # type: ignore[misc]
    with pytest.raises((FrozenInstanceError, AttributeError, TypeError)):
        made.more = 1  # type: ignore[attr-defined]
    with pytest.raises(TypeError, match=r"Sign\.__init__\(\) missing 1 required positional argument: 'text'"):
        Sign()  # type: ignore[call-arg]


def test_it_is_replaced_copied_and_pickled() -> None:
    made = Sign("open", 4)
    assert replace(made, text="shut") == Sign("shut", 4)
    assert copy.copy(made) == made
    assert pickle.loads(pickle.dumps(made)) == made
