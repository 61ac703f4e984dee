"""What a courier and the process that it stands for write to each other, and where the bodies lie meanwhile."""

import asyncio
import pickle  # nosec B403 # between two processes of ours, over a socket that nobody else has
from collections.abc import Sequence
from typing import Any

from imagepipe.contracts import Reply
from imagepipe.frozen import frozen
from imagepipe.values import Request

SLOT = 4 << 20
"""Bytes of one slot of the memory that both share: what is handed over at once."""
SLOTS = 64
"""A slot is taken as a body begins to come and free again as soon as it was read: there are far fewer than requests."""
MEMORY = SLOT * SLOTS
_LENGTH = 8


@frozen
class Send:
    """Send this, and tell of it under this number."""

    number: int
    request: Request
    files: Sequence[bytes]


@frozen
class Stop:
    """Nobody waits for this request any more; or, with an error, for more of its body: the next piece meets that."""

    number: int
    error: Exception | None = None


@frozen
class Taken:
    """What lay in this slot was read."""

    slot: int


@frozen
class Piece:
    """The next piece of a body, `length` bytes in a slot; where none was free it is `data`. The last one comes with the
    reply."""

    number: int
    slot: int = -1
    length: int = 0
    data: bytes = b""
    reply: Reply | None = None


@frozen
class Failure:
    """A request ended in an error; number 0: none can be made."""

    number: int
    error: Exception


def post(to: asyncio.StreamWriter, letter: object) -> None:
    """Sends a letter, in the order of calls; what cannot be sent any more is dropped."""
    text = pickle.dumps(letter, pickle.HIGHEST_PROTOCOL)
    to.write(len(text).to_bytes(_LENGTH, "big") + text)


async def receive(source: asyncio.StreamReader) -> Any:
    """The next letter, None once the other side has ended, or writes what cannot be read."""
    try:
        length = int.from_bytes(await source.readexactly(_LENGTH), "big")
        return pickle.loads(await source.readexactly(length))  # noqa: S301 # nosec B301
    except (asyncio.IncompleteReadError, ConnectionError, pickle.UnpicklingError, TypeError, AttributeError):
        return None
