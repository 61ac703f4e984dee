"""What a build knows and may do, as one frozen value of functions and values; `execute` reaches nothing else.

It does not know where manifests, locks or configuration come from: whoever builds the value does.
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal, Protocol

from imagepipe.contracts import ChargeOf, Dialect, Measure, Provider, Store
from imagepipe.values import EMPTY, Asset, Decision, Entry, Intent, Receipt, Refusal, Request


def utc_now() -> str:
    """The time as the lock writes it: ISO 8601, UTC, whole seconds."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Spool(Protocol):
    """A preallocated file that takes one answer while it arrives."""

    def write(self, piece: bytes) -> None:
        """Appends a piece of the body."""
        ...

    def finish(self, status: int, request_id: str, headers: Mapping[str, Any]) -> None:
        """Writes the footer and syncs: from now on the answer outlives everything."""
        ...

    def body(self) -> bytes:
        """The body received so far."""
        ...

    def drop(self) -> None:
        """Removes the spool and its intent."""
        ...


class Pending(Protocol):
    """What an earlier build left behind: an intent, and how far its answer came."""

    @property
    def intent(self) -> Intent:
        """The request."""
        ...

    @property
    def state(self) -> str:
        """unsent | complete | partial."""
        ...

    @property
    def status(self) -> int:
        """The HTTP status of a complete answer."""
        ...

    @property
    def request_id(self) -> str:
        """The provider's name for it."""
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

    def try_lock_key(self, key: str) -> Held:
        """The kernel lock of a key at once, or errors.Busy."""
        ...

    def put_blob(self, data: bytes, durable: bool = True) -> str:
        """Keeps bytes under their digest, which it returns."""
        ...

    def put_receipt(self, receipt: Receipt) -> None:
        """Keeps a paid answer."""
        ...

    def begin(self, intent: Intent, size: int) -> Spool:
        """Writes and syncs the intent, then preallocates a spool of `size` bytes."""
        ...

    def pending(self) -> Sequence[Pending]:
        """Every intent that is there."""
        ...

    def settle(self, intent_id: str) -> None:
        """Removes an intent and its spool: its sum is accounted for elsewhere."""
        ...

    def remember_refusal(self, refusal: Refusal) -> None:
        """Notes that a key is refused for good."""
        ...

    def forget_refusal(self, key: str) -> None:
        """Takes such a note back."""
        ...


@dataclass(frozen=True, slots=True)
class Clock:
    """Time and chance, so that tests need neither."""

    now: Callable[[], str] = utc_now
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    random: Callable[[], float] = random.random
    timeout: Callable[[float], AbstractAsyncContextManager[Any]] = asyncio.timeout


@dataclass(frozen=True, slots=True)
class Limits:
    """How much at once. `deadline` and `lock_timeout` in seconds; `retry_in_doubt` re-sends after no answer at all;
    `store_width` threads write to the store, `pixel_width` work on pictures (0: one a core)."""

    jobs: int = 5
    images_per_minute: float | None = None
    max_requests: int | None = None
    deadline: float = 900.0
    lock_timeout: float = 60.0
    retry_in_doubt: int = 0
    store_width: int = 4
    pixel_width: int = 0


@dataclass(frozen=True, slots=True)
class Cap:
    """An upper bound in USD at worst price, and the name of whoever set it ("--max-cost", "config.toml per_day")."""

    name: str
    usd: float
    per: Literal["build", "asset", "day"] = "build"


def _no_record(asset: str, usd: float, kind: str) -> None:
    """No ledger is kept."""


@dataclass(frozen=True, slots=True)
class Money:
    """The caps in force, what today has cost already, and where each sum is noted: `record(asset, usd, kind)` with kind
    "paid" or "in doubt", called on the store's executor."""

    caps: tuple[Cap, ...] = ()
    allow_unknown: bool = False
    spent_today: float = 0.0
    record: Callable[[str, float, str], None] = _no_record


@dataclass(frozen=True, slots=True)
class Route:
    """Where a request goes. `name` is the provider that is asked, which under `--provider placeholder` is not the
    request's own; `dialect` reads its answers."""

    name: str
    provider: Provider
    dialect: Dialect


@dataclass(frozen=True, slots=True)
class Work:
    """Everything `execute` needs beside the plan.

    `entries` is the lock as it was. `route_of` and `dialect_of` (by provider name, for spools) resolve providers;
    whoever made them closes them. `read_inputs(asset, request)` gives the bytes of `request.inputs` in order,
    `read_raw(digest)` a raw picture from the store or the project (FileNotFoundError). `publish(asset, {path: bytes})`
    writes an asset's files and returns the paths that changed; `drop(asset)` returns (removed, left) files of an asset
    that left the manifest. `decide(asset, {input asset: entry})` decides a WAIT row again. `again` and `retry_failed`
    name assets that are asked anew whatever is paid already. `stopping` is set by the first Ctrl-C.
    """

    run: str
    assets: Mapping[str, Asset]
    store: PaidStore
    route_of: Callable[[Request], Route]
    dialect_of: Callable[[str], Dialect]
    read_inputs: Callable[[str, Request], Sequence[bytes]]
    read_raw: Callable[[str], bytes]
    publish: Callable[[str, Mapping[str, bytes]], tuple[str, ...]]
    decide: Callable[[str, Mapping[str, Entry]], Decision]
    drop: Callable[[str], tuple[tuple[str, ...], tuple[str, ...]]]
    measure: Measure
    charge: ChargeOf
    entries: Mapping[str, Entry] = EMPTY
    profile: str = ""
    again: frozenset[str] = frozenset()
    retry_failed: frozenset[str] = frozenset()
    fail_fast: bool = False
    money: Money = Money()
    limits: Limits = Limits()
    clock: Clock = Clock()
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
