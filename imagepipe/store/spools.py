"""One request's answer on its way to the store: a preallocated file with a region in front and the body behind it.

The region holds the footer, written with the last of the body: its length and sha256, status, request id, headers, under a
checksum of its own. A torn footer or body therefore never passes for a whole one. Knows nothing of what a body means.

The file is reserved under a temporary name and gets its own as the request is sent: requests are made ready while they
wait for their turn, and one that never had it owes nothing.
"""

import contextlib
import hashlib
import json
import os
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from imagepipe.contracts import Reply
from imagepipe.errors import Finding, ImagepipeError
from imagepipe.frozen import frozen
from imagepipe.store.disk import (
    TEMPORARY,
    create,
    ensure_folder,
    explained,
    fsync_file,
    fsync_folder,
    is_ours,
    preallocate,
    remove,
    reopen,
    replace,
    rescue_folders,
    size_text,
    write_atomic,
)
from imagepipe.store.writing import BLOCK, write_past_cache
from imagepipe.values import freeze

REGION = BLOCK
AT_ONCE = 4 << 20
"""Bytes of a body that go to the disk together: what ends before it has so many goes there with its footer."""
_MAGIC = b"imagepipe spool 1\n"
_PIECE = 1 << 20


@frozen
class Answer:
    """What a whole spool says: the reply, and where its body lies. `length` in bytes."""

    path: Path
    reply: Reply
    length: int

    def body(self) -> bytes:
        """The body's bytes."""
        with self.path.open("rb") as file:
            file.seek(REGION)
            return file.read(self.length)


def footer(reply: Reply, length: int, digest: str) -> bytes:
    """The bytes of the region: fixed-width checksum, then JSON, then zeros. Headers that do not fit are left out."""
    data: dict[str, Any] = {"length": length, "sha256": digest, "status": reply.status, "request_id": reply.request_id}
    text = json.dumps(data | {"headers": {str(k): str(v) for k, v in reply.headers.items()}}).encode("ascii")
    if len(text) > REGION - 128:
        text = json.dumps(data | {"request_id": reply.request_id[:200], "headers": {}}).encode("ascii")
    check = hashlib.sha256(text).hexdigest().encode("ascii")
    return (_MAGIC + check + b" %05d\n" % len(text) + text).ljust(REGION, b"\0")


def read_footer(region: bytes) -> dict[str, Any] | None:
    """The footer in a region, None where there is none, or a torn one."""
    head, rest = region[: len(_MAGIC) + 71], region[len(_MAGIC) + 71 :]
    check, _, length = head[len(_MAGIC) :].partition(b" ")
    if not head.startswith(_MAGIC) or not length.strip().isdigit():
        return None
    text = rest[: int(length)]
    if hashlib.sha256(text).hexdigest().encode("ascii") != check:
        return None
    data: dict[str, Any] = json.loads(text)
    return data


def read_answer(path: Path) -> Answer | None:
    """The whole answer in a spool, None where its end is not there. Raises OSError."""
    with path.open("rb") as file:
        data = read_footer(file.read(REGION))
        if data is None:
            return None
        hasher, left = hashlib.sha256(), data["length"]
        while left and (piece := file.read(min(left, _PIECE))):
            hasher.update(piece)
            left -= len(piece)
    if left or hasher.hexdigest() != data["sha256"]:
        return None
    reply = Reply(data["status"], freeze(data["headers"]), data["request_id"], complete=True, sent=True)
    return Answer(path, reply, data["length"])


def rescued(name: str) -> Answer | None:
    """The whole answer that was saved in a rescue folder when the disk under its spool failed; None without one."""
    for folder in rescue_folders():
        if is_ours(folder / name) and (found := read_answer(folder / name)):
            return found
    return None


class Spool:
    """An answer being received. Everything is kept in memory too, until it is dropped: a disk that fails after the
    preallocation (some file systems promise and then refuse) costs nothing."""

    __slots__ = (
        "_body", "_broken", "_fd", "_hasher", "_left", "_length", "_limit", "_on_disk", "_over", "_pieces", "_unwritten",
        "_using", "intent_path", "path",
    )  # fmt: skip

    def __init__(self, path: Path, intent_path: Path, limit: int, left: Callable[[], None]) -> None:
        """`path` was reserved; `limit` bounds the body in bytes; `left` is called when it is let go."""
        self._fd, self.path, self.intent_path, self._limit, self._left = -1, path, intent_path, limit, left
        self._pieces: list[bytes] = []
        self._unwritten: list[bytes] = []
        self._body: bytes | None = None
        self._using, self._over = threading.Lock(), False
        self._hasher, self._length, self._on_disk, self._broken = hashlib.sha256(), 0, 0, ""

    def launch(self) -> "Spool":
        """The request is about to be sent, and counts as sent once this returns: its spool has its name, synced.

        Raises DiskFault; then nothing may be sent, and it is to be dropped.
        """
        with explained(self.path):
            replace(reserved(self.path), self.path)
            fsync_folder(self.path.parent)
            self._fd = reopen(self.path)
        return self

    def write(self, piece: bytes) -> None:
        """Takes the next piece. Raises ImagepipeError past the bound; never for the disk's faults (see `finish`)."""
        if self._length + len(piece) > self._limit:
            raise ImagepipeError(
                f"the answer is larger than {size_text(self._limit)} and was cut off",
                hint="the provider sent far more than was asked for; the request counts as in doubt",
                code="answer-too-large",
            )
        self._length += len(piece)
        self._pieces.append(piece)
        self._unwritten.append(piece)
        self._hasher.update(piece)
        if self._length - self._on_disk >= AT_ONCE:
            waiting = b"".join(self._unwritten)
            whole = len(waiting) // BLOCK * BLOCK
            self._put((REGION + self._on_disk, (memoryview(waiting)[:whole],)))
            self._on_disk, self._unwritten = self._on_disk + whole, [waiting[whole:]]

    def _put(self, *parts: tuple[int, Sequence[bytes | memoryview]], synced: bool = False) -> None:
        """Writes pieces at their places. Whoever lets the spool go meanwhile does not close the file under our hands: its
        number would be another one's by then."""
        with self._using:
            if not self._broken and not self._over:
                try:
                    for at, pieces in parts:
                        os.lseek(self._fd, at, os.SEEK_SET)
                        write_past_cache(self._fd, pieces)
                    if synced:
                        fsync_file(self._fd)
                except OSError as error:
                    self._broken = error.strerror or str(error)
        if self._over:
            self._close()

    def finish(self, status: int, request_id: str, headers: Mapping[str, Any]) -> Finding | None:
        """Writes the footer and returns once all of it is on the disk.

        A disk that fails is not asked again: a new file is written, then one in a rescue folder; the finding names it.
        """
        end = footer(Reply(status, freeze(headers), request_id), self._length, self._hasher.hexdigest())
        if self._on_disk:
            self._put((REGION + self._on_disk, self._unwritten), (0, (end,)), synced=True)
        else:
            self._put((0, (end, *self._unwritten)), synced=True)
        self._unwritten = []
        self._close()
        return self._save(end) if self._broken else None

    def _save(self, end: bytes) -> Finding | None:
        whole = end + self.body()
        with contextlib.suppress(ImagepipeError):
            write_atomic(self.path, whole)
            return None
        for folder in rescue_folders():
            place = folder / self.path.name
            with contextlib.suppress(ImagepipeError):
                write_atomic(place, whole)
                hint = "once the disk is well again, build: it will be taken from there"
                what = f"the disk failed ({self._broken}); a received answer was saved as {place}"
                return Finding("answer-rescued", what, hint=hint, severity="warning")
        what = f"the disk failed ({self._broken}) and a received answer could be saved nowhere"
        return Finding("answer-unsaved", what, hint="it goes on in memory; do not stop this build", severity="warning")

    def body(self) -> bytes:
        """All that was received so far."""
        if self._body is None or len(self._body) != self._length:
            self._body = b"".join(self._pieces)
            self._pieces = [self._body]
        return self._body

    def leave(self) -> None:
        """Stops receiving; the file stays as it is and the request is in doubt until it is settled."""
        self._close()
        self._pieces, self._unwritten, self._body = [], [], None
        self._left()

    def drop(self, *, settled: bool = False) -> None:
        """The request owes nothing any more: spool, then intent are removed. Raises DiskFault.

        One that is `settled` has its receipt: whatever of the two a power cut brings back is known to be left over.
        """
        self._close()
        with explained(self.path):
            remove_pair(self.path, self.intent_path, rescued=bool(self._broken), settled=settled)
        self.leave()

    def _close(self) -> None:
        """Now, or by whoever is writing, once that is done."""
        self._over = True
        if self._using.acquire(blocking=False):
            fd, self._fd = self._fd, -1
            if fd >= 0:
                with contextlib.suppress(OSError):
                    os.close(fd)
            self._using.release()


def remove_pair(spool: Path, intent: Path, *, rescued: bool = True, settled: bool = False) -> None:
    """Removes a spool for good, then its intent; an intent that a power cut brings back is one provably unsent, or one
    whose request is `settled`. Where the answer may have been `rescued`, it goes from there too."""
    for folder in rescue_folders() if rescued else ():
        if is_ours(folder / spool.name):
            remove(folder / spool.name)
    if not remove(spool):
        remove(reserved(spool))
    elif not settled:
        fsync_folder(spool.parent)
    remove(intent)


def reserved(spool: Path) -> Path:
    """Where a spool lies until its request is sent: a temporary file like any other."""
    return spool.parent / f"{TEMPORARY}{spool.name}"


def reserve(spool: Path, size: int) -> None:
    """Room for `size` bytes of body under the spool's temporary name, synced. Leaves nothing behind. Raises OSError."""
    path = reserved(spool)
    try:
        fd = create(path)
    except FileNotFoundError:
        ensure_folder(path.parent)
        fd = create(path)
    try:
        preallocate(fd, REGION + size)
        fsync_file(fd)
    except BaseException:
        with contextlib.suppress(OSError):
            path.unlink()
        raise
    finally:
        os.close(fd)
