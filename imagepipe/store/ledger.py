"""What was spent each day, over all projects of a user: one JSON line a charge, one file a month, only ever added to."""

import json
import re
import threading
from collections import deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from imagepipe.frozen import frozen
from imagepipe.store.disk import append_durable, ensure_folder, explained
from imagepipe.store.locks import lock_file
from imagepipe.store.records import plain

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@frozen
class Spending:
    """One charge: `day` as YYYY-MM-DD, `usd` (None: the price is unknown), `id` that of the request's intent, `home` the
    folder of the project that sent it.

    A later entry of the same id takes an earlier one's place: a doubt that is settled, or a crash between ledger and
    store, counts once. `in_doubt` is at worst cost.
    """

    day: str
    usd: float | None
    kind: Literal["settled", "in_doubt"]
    project: str = ""
    asset: str = ""
    id: str = ""
    home: str = ""


@dataclass(slots=True)
class _Line:
    """A line on its way into the ledger: whether it is there, or why not."""

    path: Path
    text: bytes
    done: bool = False
    error: BaseException | None = None


class Ledger:
    """The ledger in `folder` (the user's data folder), which need not exist."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._turn = threading.Lock()  # Threads of one build queue here; the file's lock is for other processes.
        self._waiting: deque[_Line] = deque()

    def append(self, entry: Spending, timeout: float = 10.0) -> None:
        """Adds an entry, synced. Raises DiskFault, errors.Busy after `timeout` seconds, ValueError for a bad day."""
        text = json.dumps(plain(entry), ensure_ascii=True, allow_nan=False) + "\n"
        line = _Line(self._file(entry.day), text.encode("ascii"))
        self._waiting.append(line)
        with self._turn:
            if not line.done:  # Whoever had the turn before may have written it along: many lines wait for one sync.
                self._write([self._waiting.popleft() for _ in range(len(self._waiting))], timeout)
        if line.error:
            raise line.error

    def _write(self, lines: list[_Line], timeout: float) -> None:
        try:
            with explained(self.folder, sum(len(line.text) for line in lines)):
                ensure_folder(self.folder)
                with lock_file(self.folder / "ledger.lock", timeout, what="the spending ledger"):
                    for path in dict.fromkeys(line.path for line in lines):
                        append_durable(path, b"".join(line.text for line in lines if line.path == path))
        except BaseException as error:
            for line in lines:  # each of those who wait raises it
                line.error = error
            raise
        finally:
            for line in lines:
                line.done = True

    def spent(self, day: str) -> float:
        """USD of a day, settled and in doubt. Unknown prices count as nothing here; torn lines are passed over."""
        return sum(entry.usd or 0.0 for entry in self.entries(day))

    def entries(self, day: str) -> tuple[Spending, ...]:
        """The entries that count for a day, oldest first."""
        last: dict[str, Spending] = {}
        for number, entry in enumerate(_read(self._file(day))):
            last[entry.id or f"line {number}"] = entry
        return tuple(entry for entry in last.values() if entry.day == day)

    def let_go(self, project: str, known: Collection[str], home: str = "") -> tuple[Spending, ...]:
        """What a project's requests may have cost that were in doubt and are not pending any more, over all days: those
        of ids that are not `known` from elsewhere. A project without a name is known by its folder, `home`."""
        last = {entry.id: entry for path in sorted(self.folder.glob("ledger-*.jsonl")) for entry in _read(path)}
        return tuple(
            entry
            for entry in last.values()
            if entry.kind == "in_doubt" and entry.id not in known and _is_of(entry, project, home)
        )

    def homes(self) -> dict[str, str]:
        """Id of a request → the folder of the project that sent it, for all that this machine's ledger knows."""
        entries = (entry for path in sorted(self.folder.glob("ledger-*.jsonl")) for entry in _read(path))
        return {entry.id: entry.home for entry in entries if entry.home}

    def _file(self, day: str) -> Path:
        if not _DAY.fullmatch(day):
            raise ValueError(f"not a day (YYYY-MM-DD): {day[:40]!r}")
        return self.folder / f"ledger-{day[:7]}.jsonl"


def _is_of(entry: Spending, project: str, home: str) -> bool:
    return entry.project == project if project or not home else entry.home == home


def _read(path: Path) -> Iterator[Spending]:
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        return
    for line in text.splitlines():
        entry = _entry(line)
        if entry is not None:
            yield entry


def _entry(line: bytes) -> Spending | None:
    """The entry in a line; None for a torn or foreign one."""
    try:
        data: Any = json.loads(line)
        day, usd, kind = data["day"], data["usd"], data["kind"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    if not isinstance(day, str) or kind not in ("settled", "in_doubt"):
        return None
    if usd is not None and type(usd) not in (int, float):
        return None
    project, asset, ident, home = (str(data.get(name, "")) for name in ("project", "asset", "id", "home"))
    return Spending(day, usd, kind, project, asset, ident, home)
