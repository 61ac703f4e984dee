"""What a build knows and may do, as one frozen value of functions and values; `execute` reaches nothing else.

It does not know where manifests, locks or configuration come from: whoever builds the value does.
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import field
from datetime import UTC, datetime
from secrets import token_hex
from typing import Any, Protocol

from imagepipe.contracts import ChargeOf, Dialect, Provider, Reply, StepContext, Store
from imagepipe.errors import Finding
from imagepipe.frozen import frozen
from imagepipe.settings.values import Cap
from imagepipe.store.ledger import Spending
from imagepipe.values import EMPTY, Asset, Decision, Entry, Intent, Receipt, Refusal, Request


def utc_now() -> str:
    """The time as the lock writes it: ISO 8601, UTC, whole seconds."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def new_id() -> str:
    """A name for a request: unique, and sorted by when it was made within one second of the clock."""
    return f"{time.time_ns():016x}-{token_hex(4)}"


class Spool(Protocol):
    """A preallocated file that takes one answer while it arrives, and keeps it in memory too."""

    def launch(self) -> object:
        """From now on the request counts as sent."""
        ...

    def write(self, piece: bytes) -> None:
        """Appends a piece of the body."""
        ...

    def finish(self, status: int, request_id: str, headers: Mapping[str, Any]) -> Finding | None:
        """Writes the footer and syncs: from now on the answer outlives everything. A finding where it was hard."""
        ...

    def body(self) -> bytes:
        """The body received so far."""
        ...

    def leave(self) -> None:
        """Stops receiving: the request stays in doubt."""
        ...

    def drop(self, *, settled: bool = False) -> None:
        """Removes the spool and its intent. `settled`: there is a receipt."""
        ...


class Pending(Protocol):
    """What an earlier build left behind: an intent, and how far its answer came (unsent, partial or complete).

    `live`: a running process is at it.
    """

    @property
    def intent(self) -> Intent:
        """The request."""
        ...

    @property
    def state(self) -> str:
        """unsent | complete | partial."""
        ...

    @property
    def live(self) -> bool:
        """Whether a running process is at it."""
        ...

    @property
    def in_doubt(self) -> bool:
        """Whether it was sent, nobody is at it, and what it came to is unknown."""
        ...

    @property
    def reply(self) -> Reply:
        """What a complete answer said."""
        ...

    def body(self) -> bytes:
        """The body of a complete answer."""
        ...


class Held(Protocol):
    """A kernel lock that is held."""

    def release(self) -> None:
        """Gives it up; from any thread."""
        ...


class PaidStore(Store, Protocol):
    """The store with its writes; all of them block and are called on the executor that execute owns."""

    def try_lock_key(self, key: str, *, patient: bool = True) -> Held:
        """The kernel lock of a key at once, or errors.Busy; without patience also where one only looks at it."""
        ...

    def put_blob(self, data: bytes, durable: bool = True, digest: str = "") -> str:
        """Keeps bytes under their digest, which it returns; one that was just computed is passed."""
        ...

    def put_rejected(self, body: bytes) -> str:
        """Keeps an answer that could not be used, and returns its digest."""
        ...

    def put_receipt(self, receipt: Receipt) -> None:
        """Keeps a paid answer."""
        ...

    def begin(self, intent: Intent, size: int, limit: int = 0) -> Spool:
        """Writes and syncs the intent, then preallocates a spool of `size` bytes that takes up to `limit`; unsent as yet."""
        ...

    def pending(self) -> Sequence[Pending]:
        """Every intent that is not settled."""
        ...

    def left(self, key: str) -> Sequence[Pending]:
        """Every intent under one key that is not settled and that nobody is at."""
        ...

    def look_again(self, intent_id: str) -> Pending | None:
        """One of them as it is now."""
        ...

    def remark(self, intent: Intent) -> None:
        """Writes an intent down anew, with why its end is not known."""
        ...

    def settle(self, intent_id: str) -> None:
        """Removes an intent and its spool: its sum is accounted for elsewhere."""
        ...

    def discard_unsent(self) -> int:
        """Removes what owes nothing."""
        ...

    def remember_refusal(self, refusal: Refusal) -> None:
        """Notes that a key is refused for good, or that a picture is not what is wanted of it."""
        ...

    def forget_refusal(self, key: str) -> None:
        """Takes such a note back."""
        ...


@frozen
class Clock:
    """Time and chance, so that tests need neither."""

    now: Callable[[], str] = utc_now
    new_id: Callable[[], str] = new_id
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    random: Callable[[], float] = random.random
    timeout: Callable[[float], AbstractAsyncContextManager[Any]] = asyncio.timeout


@frozen
class Limits:
    """How much at once. `deadline` and `lock_timeout` in seconds; `retry_in_doubt` re-sends after no answer at all;
    `attempts` tries of one request in all (0: as many as the retry rules allow); `store_width` threads write to the
    store (0: as many as serve), `pixel_width` work on pictures (0: one a core)."""

    jobs: int = 5
    images_per_minute: float | None = None
    max_requests: int | None = None
    deadline: float = 900.0
    lock_timeout: float = 60.0
    retry_in_doubt: int = 0
    attempts: int = 0
    store_width: int = 0
    pixel_width: int = 0


def _no_record(spending: Spending) -> None:
    """No ledger is kept."""


@frozen
class Money:
    """The caps in force, what today has cost already in USD, and where each sum is noted.

    `record` gets each request's cost under its intent's id, without the project's name: "in_doubt" at worst, "settled"
    when it is known; it may block and is called on the store's executor. `spent_today` is asked once, at the start.
    """

    caps: tuple[Cap, ...] = ()
    allow_unknown: bool = False
    spent_today: Callable[[], float] = float
    record: Callable[[Spending], None] = _no_record


@frozen
class Route:
    """Where a request goes. `name` is the provider that is asked, which under `--provider placeholder` is not the
    request's own; `dialect` reads its answers."""

    name: str
    provider: Provider
    dialect: Dialect


def _context(asset: Asset) -> StepContext:
    """A step knows for whom it works."""
    return StepContext(asset.id)


def _not_kept(asset: str, picture: bytes) -> str:
    return ""


async def _nothing() -> None:
    """Nobody has to be told."""


def _everyones(intent: Intent) -> bool:
    """A store of one project."""
    return True


@frozen
class Work:
    """Everything `execute` needs beside the plan.

    `route_of(request)` and `dialect_of(provider name, for spools)` resolve providers; whoever made them closes them, and is
    told by `hang_up` that nothing more is sent.
    `read_inputs(asset, request)` gives the bytes of `request.inputs` in order; `read_raw(digest, source)` a raw picture
    from the project file `source`, or from the store where that is "" (FileNotFoundError); `read_file(path)` a project
    file. `publish(asset, {path: bytes})` writes an asset's files and returns the paths that changed; `drop(asset,
    orphans)` deals with files that nothing writes any more and returns (removed, left). `decide(asset, {input asset:
    entry})` decides a WAIT row again. `version_of(step)` is what the plan was made with; `entries` the lock as it was.
    `keep_failed(asset, png)` keeps a picture of what is wrong and returns its path, "" where that failed.
    `home` is the folder of the project, and `ours` tells whether a request in the store is of it.
    `again` and `retry_failed` name assets that are asked anew whatever is paid already. The first Ctrl-C sets
    `stopping`, on the loop that runs `execute`.
    """

    run: str
    assets: Mapping[str, Asset]
    store: PaidStore
    route_of: Callable[[Request], Route]
    dialect_of: Callable[[str], Dialect]
    read_inputs: Callable[[str, Request], Sequence[bytes]]
    read_raw: Callable[[str, str], bytes]
    read_file: Callable[[str], bytes]
    publish: Callable[[str, Mapping[str, bytes]], tuple[str, ...]]
    decide: Callable[[str, Mapping[str, Entry]], Decision]
    drop: Callable[[str, tuple[str, ...]], tuple[tuple[str, ...], tuple[str, ...]]]
    charge: ChargeOf
    version_of: Callable[[str], int]
    step_context: Callable[[Asset], StepContext] = _context
    keep_failed: Callable[[str, bytes], str] = _not_kept
    entries: Mapping[str, Entry] = EMPTY
    again: frozenset[str] = frozenset()
    retry_failed: frozenset[str] = frozenset()
    fail_fast: bool = False
    hang_up: Callable[[], Awaitable[None]] = _nothing
    home: str = ""
    ours: Callable[[Intent], bool] = _everyones
    money: Money = Money()
    limits: Limits = Limits()
    clock: Clock = Clock()
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
