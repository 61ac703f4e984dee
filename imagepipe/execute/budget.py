"""The money of a run: reserved at worst price before sending, settled on usage, in doubt counted as spent."""

import asyncio
from collections import defaultdict

from imagepipe.errors import ImagepipeError
from imagepipe.execute.halting import Halt
from imagepipe.execute.work import Limits, Money
from imagepipe.settings.values import Cap, smallest
from imagepipe.values.dollars import usd


class OverCap(ImagepipeError):
    """A request that a cap does not allow; nothing was sent."""

    exit_code = 4


class Budget:
    """What may still be spent, in USD. A request that would fit if those in flight turn out cheaper waits for them."""

    def __init__(self, money: Money, limits: Limits, halt: Halt) -> None:
        self._money, self._max, self._halt = money, limits.max_requests, halt
        self._caps = [cap for per in ("build", "asset", "day") if (cap := smallest(money.caps, per))]
        self._settled: defaultdict[str, float] = defaultdict(float)
        self._reserved: defaultdict[str, float] = defaultdict(float)
        self._changed = asyncio.Event()
        self.usd = self.in_doubt = self.today = self._earlier = 0.0
        self.requests = 0

    async def reserve(self, asset: str, worst: float | None) -> float:
        """Sets `worst` aside and counts a request; returns the sum. Raises OverCap naming the cap, or Stopped."""
        if self._max is not None and self.requests >= self._max:
            raise OverCap(
                f"the limit of {self._max} requests is used up",
                hint="raise --max-requests, or build the rest later",
                code="max-requests",
            )
        self._check_known(worst)
        while cap := self._broken(asset, worst or 0.0):
            if not any(self._reserved.values()):
                raise _over(cap, worst or 0.0, self._spent(cap, asset))
            self._changed.clear()
            await self._halt.race(self._changed.wait())
        self.requests += 1
        self._reserved[asset] += worst or 0.0
        return worst or 0.0

    def settle(self, asset: str, reserved: float, usd: float) -> None:
        """The request is over and cost `usd`: 0 where it was not sent or not billed."""
        self._release(asset, reserved)
        self._settled[asset] += usd
        self.usd += usd

    def doubt(self, asset: str, worst: float) -> None:
        """The request's end is unknown: its worst cost counts as spent."""
        self._release(asset, worst)
        self._settled[asset] += worst
        self.in_doubt += worst

    def count_doubt(self, asset: str, worst: float) -> None:
        """A request of an earlier build whose end is unknown counts against the caps as well; against a day's cap it does
        by the ledger, on the day it was made."""
        self._settled[asset] += worst
        self.in_doubt += worst
        self._earlier += worst

    def unsent(self, asset: str, reserved: float) -> None:
        """Nothing was sent after all: the sum and the request are free again."""
        self.requests -= 1
        self.settle(asset, reserved, 0.0)

    def _release(self, asset: str, reserved: float) -> None:
        self._reserved[asset] = max(0.0, self._reserved[asset] - reserved)
        if self._reserved[asset] < 1e-12:
            del self._reserved[asset]
        self._changed.set()

    def _check_known(self, worst: float | None) -> None:
        if worst is None and self._caps and not self._money.allow_unknown:
            raise OverCap(
                f"the price of this request is not known, and {self._caps[0].name} caps the build",
                hint="--allow-unknown-price sends it all the same",
                code="unknown-price",
            )

    def _broken(self, asset: str, worst: float) -> Cap | None:
        return next((cap for cap in self._caps if self._used(cap, asset) + worst > cap.usd + 1e-9), None)

    def _used(self, cap: Cap, asset: str) -> float:
        reserved = self._reserved.get(asset, 0.0) if cap.per == "asset" else sum(self._reserved.values())
        return self._spent(cap, asset) + reserved

    def _spent(self, cap: Cap, asset: str) -> float:
        if cap.per == "asset":
            return self._settled[asset]
        return self.usd + self.in_doubt + (self.today - self._earlier if cap.per == "day" else 0.0)


_OF = {"build": "this build", "asset": "this asset", "day": "today"}


def _over(cap: Cap, worst: float, spent: float) -> OverCap:
    return OverCap(
        f"up to {usd(worst)} more would break the cap of {usd(cap.usd)} for {_OF[cap.per]} "
        f"({cap.name}; {usd(spent)} spent)",
        hint=f"raise {cap.name}, or build fewer assets at once",
        code="over-cap",
    )
