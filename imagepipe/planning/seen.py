"""What a plan is decided from beside manifest and lock: the project's files and the store, looked at when asked for."""

from collections.abc import Callable, Container, Iterator, Mapping
from typing import TypeVar

from imagepipe.frozen import frozen
from imagepipe.values import EMPTY, Intent, Receipt, Refusal

T = TypeVar("T")


class Looked(Mapping[str, T]):
    """A mapping over a look-up: `look(name)` is asked once a name and answers None where there is nothing."""

    __slots__ = ("_known", "_look")

    def __init__(self, look: Callable[[str], T | None]) -> None:
        self._look = look
        self._known: dict[str, T | None] = {}

    def __getitem__(self, name: str) -> T:
        if name not in self._known:
            self._known[name] = self._look(name)
        found = self._known[name]
        if found is None:
            raise KeyError(name)
        return found

    def __iter__(self) -> Iterator[str]:
        return (name for name, found in self._known.items() if found is not None)

    def __len__(self) -> int:
        return sum(1 for _ in self)


@frozen
class Seen:
    """`files`: path → digest of the project file there (absent: no file). Of the store: `receipts`, `doubts` and
    `refusals` by key, `blobs` the digests it holds, `received` those that receipts name, also of pictures it has let go.
    `at_hand`: digest → a project file that holds those bytes, beside the files the lock names, which the plan looks
    through itself. `imports`: "name:id" → digest of that import."""

    files: Mapping[str, str]
    receipts: Mapping[str, tuple[Receipt, ...]] = EMPTY
    blobs: Container[str] = frozenset()
    received: Container[str] = frozenset()
    doubts: Mapping[str, tuple[Intent, ...]] = EMPTY
    refusals: Mapping[str, Refusal] = EMPTY
    at_hand: Mapping[str, str] = EMPTY
    imports: Mapping[str, str] = EMPTY
