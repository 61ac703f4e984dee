"""One paid request after the other through the real store, for a process that is killed or whose system calls fail.

    python -m tests.faults.store_driver FOLDER NUMBER

What happened in the outside world is told by symbolic links in FOLDER/told: system calls that the store does not make,
so that they are neither killed nor failed. `sent-NAME` is made just before the answer arrives, `received-NAME` once
`finish` has returned, `settled-NAME` once the request was dropped. A second run adopts what the first one left.
"""

import os
import sys
from pathlib import Path

from imagepipe.digest import digest_bytes
from imagepipe.store.disk import DiskFault
from imagepipe.store.opening import DiskStore, open_store
from imagepipe.store.pending import State
from imagepipe.values import Candidate, Intent, Receipt
from tests.store import samples


def picture(name: str) -> bytes:
    """The picture that the provider returns for an asset."""
    return name.encode() * (
        2000 if name.endswith("0") else 720_000
    )  # the large ones pass the cache, and begin before they end


def answer(name: str) -> bytes:
    """The body it comes in."""
    return b"body of " + picture(name)


def intent(name: str) -> Intent:
    """The request of an asset."""
    candidate = Candidate(digest_bytes(picture(name)), 1, 1, "png", "kept")
    return Intent(name, samples.key(name), name, 0.5, "test", samples.receipt(name, name, candidates=(candidate,)))


def tell(folder: Path, what: str) -> None:
    """Notes what happened where no fault reaches."""
    os.symlink("-", folder / "told" / what)


def keep(store: DiskStore, body: bytes, receipt: Receipt) -> None:
    """An answer into the store: the picture, then its receipt."""
    store.put_blob(body.removeprefix(b"body of "))
    store.put_receipt(receipt)


def pay(folder: Path, store: DiskStore, name: str) -> None:
    """One paid request, in the order of the money rules."""
    with store.lock_key(samples.key(name)):
        if store.receipts(samples.key(name)) or store.doubts(samples.key(name)):
            return
        body = answer(name)
        spool = store.begin(intent(name), len(body)).launch()
        tell(folder, f"sent-{name}")
        for start in range(0, len(body), 6000):
            spool.write(body[start : start + 6000])
        finding = spool.finish(200, "req", {})
        if finding:
            print(finding.code)
        tell(folder, f"received-{name}")
        keep(store, spool.body(), intent(name).receipt)
        spool.drop()
        tell(folder, f"settled-{name}")


def adopt(store: DiskStore) -> None:
    """What start-up does: answers that were received whole go into the store, what was never sent is forgotten."""
    for item in store.pending():
        if item.state is State.COMPLETE and not item.live:
            keep(store, item.body(), item.intent.receipt)
            store.settle(item.intent.id)
    store.discard_unsent()


def main() -> int:
    """Exit 0 when done, 3 when the disk refused (its words on standard output)."""
    folder, number = Path(sys.argv[1]), int(sys.argv[2])
    store = open_store(folder / "store")
    worst = 0
    for name in (f"asset{count}" for count in range(number)):
        try:
            adopt(store)
            pay(folder, store, name)
        except DiskFault as fault:
            print(fault.code, fault.message)
            worst = 3
    return worst


if __name__ == "__main__":
    sys.exit(main())
