"""Why nothing new is sent, once there is a reason; whoever waits before sending waits through here."""

import asyncio
from collections.abc import Awaitable

from imagepipe.execute.work import Clock


class Stopped(Exception):
    """Raised where a request was about to go out and may not any more; carries the reason."""


class Halt:
    """The reasons not to send: for one model, or for the whole run. The first reason for the run stays."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._event = asyncio.Event()
        self._models: dict[str, str] = {}
        self.reason, self.exit_code = "", 0

    def run(self, reason: str, exit_code: int) -> None:
        """Nothing new from now on; what is in flight is kept."""
        if not self._event.is_set():
            self.reason, self.exit_code = reason, exit_code
            self._event.set()

    def model(self, model: str, reason: str) -> None:
        """Nothing new of this model."""
        self._models.setdefault(model, reason)

    def why(self, model: str = "") -> str:
        """The reason why a request of `model` may not be sent, or ""."""
        return self.reason or self._models.get(model, "")

    def check(self, model: str = "") -> None:
        """Raises Stopped where there is a reason."""
        if reason := self.why(model):
            raise Stopped(reason)

    async def race(self, waited: Awaitable[object]) -> None:
        """Waits for something, or raises Stopped as soon as the run stops."""
        task, stop = asyncio.ensure_future(waited), asyncio.ensure_future(self._event.wait())
        try:
            await asyncio.wait((task, stop), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in (task, stop):
                one.cancel()
            await asyncio.gather(task, stop, return_exceptions=True)
        self.check()

    async def pause(self, seconds: float) -> None:
        """Sleeps, or raises Stopped as soon as the run stops."""
        await self.race(self._clock.sleep(seconds))
