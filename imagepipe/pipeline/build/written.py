"""What a build wrote itself it need not read again to know what it is: as git after a checkout, it goes by the stat."""

import time
from dataclasses import replace
from pathlib import Path

from imagepipe.events import Event, Published
from imagepipe.pipeline.ground import Ground
from imagepipe.workspace.digests import Digests, Row, print_of
from imagepipe.workspace.publishing import Put

_SECOND = 1_000_000_000


class Written:
    """The files of one build, from the moment each was put in its place."""

    def __init__(self) -> None:
        self._put: dict[str, Put] = {}
        self._digests: dict[str, str] = {}

    def note(self, path: str, put: Put) -> None:
        """How a file looked as it was written; from any thread."""
        self._put[path] = put

    def hear(self, event: Event) -> None:
        """Learns what was in the files."""
        if isinstance(event, Published):
            files = event.entry.files
            self._digests.update((path, files[path].sha256) for path in event.written if path in files)

    def rows(self, root: Path) -> dict[str, Row]:
        """The files that are still as they were written, for Digests."""
        found = ((path, self._row(f"{root}/{path}", path)) for path in self._digests)
        return {path: row for path, row in found if row}

    def _row(self, full: str, path: str) -> Row | None:
        """None where the file may be another one, or the file system's clock is too coarse to tell."""
        put, now = self._put.get(path), time.time_ns()
        seen = print_of(full)
        size, modified, changed, inode = seen
        if put is None or (size, modified, inode) != (put.size, put.modified, put.inode) or changed > put.at:
            return None
        return (seen, now, self._digests[path]) if modified % _SECOND else None

    def believed(self, fresh: Ground) -> Ground:
        """A ground on which these files are known."""
        digests = _Knowing(fresh.root, self.rows(fresh.root))
        return replace(fresh, digests=digests, seen=replace(fresh.seen, files=digests))


class _Knowing(Digests):
    """The digests of a project of which some are known from the start."""

    def __init__(self, root: Path, rows: dict[str, Row]) -> None:
        super().__init__(root)
        self._now.update(rows)
