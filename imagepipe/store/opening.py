"""The store's door: opens a folder as what was paid for. A store that is only read makes nothing on the disk."""

import contextlib
import json
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from types import TracebackType

from imagepipe.digest import digest_bytes, digest_text
from imagepipe.errors import Busy, Damaged, Finding
from imagepipe.store import blobs, pending, receipts
from imagepipe.store.disk import ensure_folder, explained, remove, write_atomic
from imagepipe.store.layout import FORMAT_VERSION, Layout
from imagepipe.store.locks import LEAST, Held, is_held, lock_file
from imagepipe.store.pending import Pending
from imagepipe.store.records import to_text
from imagepipe.store.spools import Spool, remove_pair, reserve
from imagepipe.values import Intent, Receipt, Refusal


def open_store(root: Path) -> "DiskStore":
    """The store in `root`, which need not exist. Raises Damaged (exit 6) for one of a later version."""
    layout = Layout(root)
    try:
        text = layout.format.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return DiskStore(layout, fresh=True)
    except OSError as error:
        raise Damaged(f"cannot read {layout.format}: {error.strerror}", code="store-unreadable") from error
    _check_format(layout, text)
    return DiskStore(layout, fresh=False)


def _check_format(layout: Layout, text: bytes) -> None:
    try:
        version = json.loads(text)["imagepipe-store"]
    except (ValueError, TypeError, KeyError, RecursionError):
        version = None
    if type(version) is not int or version < 1:
        hint = f'if it is one, write {{"imagepipe-store": {FORMAT_VERSION}}} into that file'
        raise Damaged(f"{layout.format} does not say that this is a store", hint=hint, code="store-damaged")
    if version > FORMAT_VERSION:
        what = f"the store {layout.root} was written by a newer imagepipe (format {version}, this one reads "
        raise Damaged(f"{what}{FORMAT_VERSION})", hint="upgrade imagepipe; nothing was changed", code="store-newer")


class DiskStore:
    """Blobs, receipts, refusals and the journal of paid requests in one folder; a `contracts.Store` that also writes.

    Safe to use from several threads. `findings` gathers what a person should know: damaged things set aside.
    """

    def __init__(self, layout: Layout, fresh: bool) -> None:
        self.layout, self.fresh = layout, fresh
        self.findings: list[Finding] = []
        self._use: Held | None = None
        self._gate = threading.Lock()
        self._keys: dict[str, Held] = {}
        self._mine: set[str] = set()

    def keys(self) -> frozenset[str]:
        """Every key that has a receipt, by name alone."""
        return receipts.keys(self.layout)

    def receipts(self, key: str) -> tuple[Receipt, ...]:
        """All paid answers under a key, oldest first. Unreadable ones go to quarantine and are told in `findings`."""
        return receipts.read(self.layout, key, self.findings.append)

    def all_receipts(self) -> Iterator[Receipt]:
        """Every receipt, key by key: what a lost lock and the cost report are made from."""
        for key in sorted(self.keys()):
            yield from self.receipts(key)

    def put_receipt(self, receipt: Receipt) -> None:
        """Keeps a receipt for ever, synced. Raises DiskFault."""
        self._in_use()
        write_atomic(self.layout.receipt(receipt.key, receipt.id), to_text(receipt))

    def has_blob(self, digest: str) -> bool:
        """Whether bytes of this name are here; `blob` verifies them."""
        return self.layout.blob(digest).exists()

    def blob(self, digest: str) -> bytes:
        """The bytes, verified. Damaged ones go to quarantine. Raises FileNotFoundError."""
        return blobs.read(self.layout, digest, self.findings.append)

    def put_blob(self, data: bytes, durable: bool = True, digest: str = "") -> str:
        """Keeps bytes and returns their digest; whoever has just computed it passes it. Raises DiskFault."""
        self._in_use()
        return blobs.put(self.layout, data, durable, self.findings.append, digest)

    def put_rejected(self, body: bytes) -> str:
        """Keeps an answer that could not be used, and returns its digest. Raises DiskFault."""
        self._in_use()
        digest = digest_bytes(body)
        write_atomic(self.layout.rejected(digest), body)
        return digest

    def rejected(self, digest: str) -> bytes:
        """An answer that could not be used, as it came. Raises FileNotFoundError."""
        return self.layout.rejected(digest).read_bytes()

    def refusal(self, key: str) -> Refusal | None:
        """The remembered refusal of a key."""
        return receipts.read_refusal(self.layout, key, self.findings.append)

    def remember_refusal(self, refusal: Refusal) -> None:
        """Keeps a refusal, so that the request is not sent again by itself. Raises DiskFault."""
        self._in_use()
        write_atomic(self.layout.refusal(refusal.key), to_text(refusal))

    def forget_refusal(self, key: str) -> None:
        """Forgets a refusal, if there is one. Raises DiskFault."""
        with explained(self.layout.refusal(key)):
            remove(self.layout.refusal(key))

    def begin(self, intent: Intent, size: int, limit: int = 0) -> Spool:
        """Writes down that a request is to be sent, and makes room for `size` bytes of answer, all synced; it counts as
        unsent until `Spool.launch`.

        What can fail for want of space or permission fails here, with nothing left behind: DiskFault. The spool takes
        up to `limit` bytes (0: `size`). The caller holds the key's lock.
        """
        self._in_use()
        path, note = self.layout.spool(intent.id), self.layout.intent(intent.id)
        self._mine.add(intent.id)
        try:
            write_atomic(note, to_text(intent))
            with explained(path, size):
                reserve(path, size)
        except BaseException:
            self._mine.discard(intent.id)
            with contextlib.suppress(OSError):
                remove(note)
            raise
        return Spool(path, note, limit or size, partial(self._mine.discard, intent.id))

    def pending(self) -> tuple[Pending, ...]:
        """Every request whose end is not in the store yet: unsent, in doubt (partial), or answered (complete)."""
        return pending.look(self.layout, self._is_live, self.findings.append)

    def left(self, key: str) -> tuple[Pending, ...]:
        """What is pending under one key and no running process is at."""
        return pending.under(self.layout, key, frozenset(self._mine), self._is_live, self.findings.append)

    def look_again(self, intent_id: str) -> Pending | None:
        """One of `pending` as it is now, for who has just got its key's lock. None where it is gone."""
        return pending.look_at(self.layout, intent_id, self._is_live, self.findings.append)

    def doubts(self, key: str = "") -> tuple[Intent, ...]:
        """Requests under a key (all, without one) that were sent, whose end is unknown and that no process is at."""
        return tuple(item.intent for item in self.pending() if item.in_doubt and key in ("", item.intent.key))

    def remark(self, intent: Intent) -> None:
        """Writes down anew what is known of a pending request, for whoever finds it later. Raises DiskFault."""
        write_atomic(self.layout.intent(intent.id), to_text(intent))

    def settle(self, intent_id: str) -> None:
        """Removes a pending request, spool and intent; for after it is in the ledger or its receipt is written."""
        with explained(self.layout.spool(intent_id)):
            remove_pair(self.layout.spool(intent_id), self.layout.intent(intent_id))

    def discard_unsent(self) -> int:
        """Removes what owes nothing: intents that were never sent, and leftovers whose receipt is there. How many."""
        gone = sum(remove(path) for path in pending.settled(self.layout))
        for path in tuple(self.layout.intents.glob("*.json")):
            with contextlib.suppress(Busy):
                gone += self._discard(path)
        return gone

    def _discard(self, path: Path) -> bool:
        ident = path.stem
        intent = pending.read_intent(self.layout, ident, self.findings.append)
        if intent is None or self._is_live(intent):
            return False
        with contextlib.nullcontext() if self._holds(intent.key) else self.try_lock_key(intent.key):
            owes = not pending.is_settled(self.layout, intent) and pending.was_sent(self.layout, ident)
            if not owes:
                self.settle(ident)
            return not owes

    def lock_key(self, key: str, timeout: float = 0.0, what: str = "", least: float = LEAST) -> Held:
        """The lock from looking a key up to writing its receipt; a context manager. Waits, sleeping, up to `timeout`
        seconds: where waiting must not hold others up, call `try_lock_key` again and again. Raises errors.Busy."""
        self._in_use()
        held = lock_file(self.layout.key_lock(key), timeout, what=what or f"the request {key[:19]}…", least=least)
        self._keys[key] = held
        return held

    def try_lock_key(self, key: str, what: str = "", *, patient: bool = True) -> Held:
        """`lock_key` without waiting. Raises errors.Busy where another thread or process holds it; without patience also
        where one only looks whether somebody does."""
        return self.lock_key(key, 0.0, what, LEAST if patient else 0.0)

    def fingerprint(self) -> str:
        """A digest that changes with whatever here can change a plan: receipts, refusals and pending requests."""
        waiting = [(item.intent.id, item.state, item.live) for item in self.pending()]
        return digest_text(repr((receipts.names(self.layout), receipts.refusals(self.layout), waiting)))

    def alone(self, timeout: float = 0.0) -> Held:
        """The whole store, with nobody writing: for `gc`. Gives up this store's own use. Raises errors.Busy."""
        self.close()
        return lock_file(self.layout.use_lock, timeout, what=f"the store {self.layout.root}")

    def close(self) -> None:
        """Lets others have the store alone. A store that is used again takes part again."""
        with self._gate:
            held, self._use = self._use, None
            if held:
                held.release()

    def __enter__(self) -> "DiskStore":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _holds(self, key: str) -> bool:
        held = self._keys.get(key)
        return held is not None and held.held

    def _is_live(self, intent: Intent) -> bool:
        if intent.id in self._mine:
            return True
        return not self._holds(intent.key) and is_held(self.layout.key_lock(intent.key))

    def _in_use(self) -> None:
        """Before anything is written: the store exists, and `gc` is not at it."""
        with self._gate:
            if self._use is None:
                with explained(self.layout.root):
                    ensure_folder(self.layout.root)
                self._use = lock_file(self.layout.use_lock, 5.0, shared=True, what=f"the store {self.layout.root}")
                if not self.layout.format.exists():
                    text = json.dumps({"imagepipe-store": FORMAT_VERSION}) + "\n"
                    write_atomic(self.layout.format, text.encode("ascii"))
