"""Keeps `assets.lock` up with what a build has done: now and then while it goes on, and at the end."""

import asyncio
import time
from dataclasses import dataclass

from imagepipe.errors import Busy, ImagepipeError
from imagepipe.events import Warned
from imagepipe.lock import Lock
from imagepipe.store.disk import DiskFault
from imagepipe.workspace.locking import LockFile, save_lock

BETWEEN, SELDOM, SHARE = 1.0, 30.0, 0.05
"""Seconds: the lock is written at most this often, and at the end; of a large project less often, down to the other, so that
writing takes no larger share of the time. What it does not say yet is in the store."""
_SAFE = "the pictures and their receipts are safe; once that is mended, `imagepipe build` writes the lock at no cost"


@dataclass(slots=True)
class LockKeeper:
    """The lock as it moves on, and as it was last written."""

    file: LockFile
    written: Lock
    lock: Lock
    at: float = 0.0
    took: float = 0.0

    async def save_now_and_then(self) -> None:
        """Writes, if something changed and the last time is long enough ago.

        Whatever stands in the way now is no reason to break off requests that are paid for: it is tried again later.
        """
        if self.lock is self.written or time.monotonic() - self.at < self.pause():
            return
        try:
            await asyncio.to_thread(self._save, 0.0)
        except (DiskFault, Busy):
            self.at = time.monotonic()

    def pause(self) -> float:
        """Seconds from one time to the next."""
        return min(max(BETWEEN, self.took / SHARE), SELDOM)

    def save(self) -> tuple[int, Warned] | None:
        """Writes what changed onto what the file says by now; an exit code and what to tell where that cannot be done."""
        try:
            self._save(self.file.timeout)
        except ImagepipeError as error:
            hint = f"{error.hint}; {_SAFE}" if error.hint else _SAFE
            return error.exit_code, Warned("lock-unwritten", f"the lock was not written: {error.message}", "", hint)
        return None

    def _save(self, timeout: float) -> None:
        if self.lock is not self.written:
            file, begun = LockFile(self.file.root, self.file.name, timeout), time.monotonic()
            self.written = self.lock = save_lock(file, self.written, self.lock)
            self.at = time.monotonic()
            self.took = self.at - begun
