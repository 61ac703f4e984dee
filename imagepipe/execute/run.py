"""What the attempts of one run share: two thread pools, the limiter, the budget, the retries, and a way to be heard."""

import asyncio
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import field
from typing import TypeVar

from imagepipe.events import Event
from imagepipe.execute.budget import Budget
from imagepipe.execute.halting import Halt
from imagepipe.execute.limits import Limiter
from imagepipe.execute.retries import Retries
from imagepipe.execute.work import Work
from imagepipe.frozen import frozen
from imagepipe.values import Asset, Decision, Entry, Recipe

T = TypeVar("T")
STORERS, KEEPERS, LAUNCHERS = 4, 2, 2
"""Threads that write to the store, and how many of them read and keep answers that last already: those have time; and
threads that have requests count as sent, which hold a slot meanwhile. More do no more, they take the interpreter from each
other."""


class Ended(Exception):
    """Raised where an asset's road ends early; carries the event that tells it."""

    def __init__(self, event: Event) -> None:
        super().__init__(str(event))
        self.event = event


@frozen
class Job:
    """One asset with what was decided about it."""

    asset: Asset
    decision: Decision

    @property
    def recipe(self) -> Recipe:
        """The request with its key; a decision to act on a request always has one."""
        if self.decision.recipe is None:
            raise ValueError(f"{self.asset.id}: {self.decision.action} without a recipe")
        return self.decision.recipe


@frozen
class Run:
    """The shared parts of one run. `disk` does every store write; `pixels` is as wide as the cores; `ahead`
    bounds how many requests are made ready before they have a slot, `roomy` names the assets that room is set aside for,
    `reserving` those that it is being asked for;
    `paid` names the receipts of this very run, `flying` the assets whose requests are on the wire, `targets` how many pictures a key is to have (made_from → count)."""

    work: Work
    emit: Callable[[Event], None]
    halt: Halt
    limiter: Limiter
    budget: Budget
    retries: Retries
    disk: ThreadPoolExecutor
    pixels: ThreadPoolExecutor
    leaving: ThreadPoolExecutor
    keeping: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(KEEPERS))
    ahead: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(1))
    roomy: set[str] = field(default_factory=set)
    reserving: set[str] = field(default_factory=set)
    paid: set[str] = field(default_factory=set)
    flying: dict[str, None] = field(default_factory=dict)
    targets: dict[str, int] = field(default_factory=dict)
    _keys: dict[str, list[Entry]] = field(default_factory=dict)

    def entry_with(self, asset: str, key: str, picture: str) -> Entry | None:
        """The lock's entry of a key that has a picture among its candidates: the asset's own, or of another name; of
        several the one that picked it."""
        own = self.work.entries.get(asset)
        named = [own] if own and own.made_from == key else self.by_key().get(key, ())
        having = [entry for entry in named if any(one.sha256 == picture for one in entry.candidates)]
        picked = (entry for entry in having if entry.picked and entry.picked.sha256 == picture)
        return next(picked, next(iter(having), None))

    def by_key(self) -> Mapping[str, Sequence[Entry]]:
        """The lock's entries by what they were made from; gone through once, when something moved."""
        if not self._keys:
            for one in self.work.entries.values():
                if not one.placeholder:
                    self._keys.setdefault(one.made_from, []).append(one)
        return self._keys

    async def on_disk(self, call: Callable[..., T], *arguments: object) -> T:
        """Runs a blocking call of the store or the project folder."""
        return await asyncio.get_running_loop().run_in_executor(self.disk, call, *arguments)

    async def on_leaving(self, call: Callable[..., T], *arguments: object) -> T:
        """Runs what has a request leave: whoever has a slot does not wait behind those that have none."""
        return await asyncio.get_running_loop().run_in_executor(self.leaving, call, *arguments)

    async def on_pixels(self, call: Callable[..., T], *arguments: object) -> T:
        """Runs work on pictures beside the event loop."""
        return await asyncio.get_running_loop().run_in_executor(self.pixels, call, *arguments)


@contextmanager
def opened(work: Work, requests: int, emit: Callable[[Event], None]) -> Iterator[Run]:
    """A run with its pools, which are emptied and closed at the end whatever happens."""
    halt = Halt(work.clock)
    limits = work.limits
    width = limits.pixel_width or os.cpu_count() or 1
    disk = ThreadPoolExecutor(limits.store_width or STORERS, "imagepipe-store")
    pixels = ThreadPoolExecutor(width, "imagepipe-pixels")
    leaving = ThreadPoolExecutor(LAUNCHERS, "imagepipe-launch")
    try:
        yield Run(
            work=work,
            emit=emit,
            halt=halt,
            limiter=Limiter(limits, work.clock, halt, requests),
            budget=Budget(work.money, limits, halt),
            retries=Retries(requests, limits, work.clock, halt),
            disk=disk,
            pixels=pixels,
            leaving=leaving,
            ahead=asyncio.Semaphore(1 + limits.jobs),
        )
    finally:
        pixels.shutdown(wait=True, cancel_futures=True)
        leaving.shutdown(wait=True, cancel_futures=True)
        disk.shutdown(wait=True, cancel_futures=True)
