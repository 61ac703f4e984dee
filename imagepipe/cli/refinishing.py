"""Making an asset's files after a decision about its pictures: the ordinary road, which may not pay."""

from collections.abc import Iterable
from typing import Any

import imagepipe
from imagepipe.events import BuildFinished, Event, Failed, Published
from imagepipe.frozen import frozen
from imagepipe.pipeline.options import BuildOptions
from imagepipe.reports.safetext import line
from imagepipe.values import Manifest


@frozen
class Finished:
    """What came of making the files: the paths written, what failed, the exit code."""

    files: tuple[str, ...] = ()
    failed: tuple[Failed, ...] = ()
    code: int = 0

    @property
    def told(self) -> list[str]:
        """A line for each file and fault."""
        failed = [f"  {line(one.message)}" + (f"\n  → {line(one.hint)}" if one.hint else "") for one in self.failed]
        return [*(f"  wrote {line(path)}" for path in self.files), *failed]

    @property
    def data(self) -> dict[str, Any]:
        """The same as plain data."""
        failed = [{"code": event.code, "message": event.message, "hint": event.hint} for event in self.failed]
        return {"files": list(self.files), "failed": failed}


def finish(manifest: Manifest, asset: str) -> Finished:
    """Makes the asset's files, free. Raises as `imagepipe.build` does."""
    events = tuple(imagepipe.build(manifest, select=(asset,), options=BuildOptions(frozen=True)))
    failed = tuple(event for event in events if isinstance(event, Failed))
    code = next((event.exit_code for event in events if isinstance(event, BuildFinished)), 0)
    return Finished(_written(events), failed, code)


def _written(events: Iterable[Event]) -> tuple[str, ...]:
    return tuple(path for event in events if isinstance(event, Published) for path in event.written)
