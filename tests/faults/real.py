"""The real program against the loopback server: small projects, and a reckoning of what the server billed."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from imagepipe.store.opening import DiskStore, open_store
from imagepipe.store.pending import State
from tests.faults.worlds import Damage, booked, is_kept
from tests.project import Project
from tests.server import ImageServer

HEAD = "version: 1\nproject: shop\nassets:\n"
ASSET = "  {id}:\n    prompt: picture of {id}\n    options: {{size: 1024x640, quality: low{more}}}\n    output: out/{id}.png\n"


def project(root: Path, ids: Iterable[str], more: str = "") -> Project:
    """A project of plain assets, called by their ids."""
    return Project(root).write(HEAD + "".join(ASSET.format(id=id, more=more) for id in ids))


def store_of(of: Project) -> DiskStore:
    """Its store, opened anew."""
    return open_store(of.root / ".imagepipe" / "store")


def reckon(of: Project, api: ImageServer, data: Path) -> Damage:
    """What the server billed against what store and books know of; a whole answer must be kept."""
    found, store = Damage(), store_of(of)
    receipts = list(store.all_receipts())
    pending = [item for item in store.pending() if item.state is not State.UNSENT]
    known = {item.id: item.asset for item in receipts} | {item.intent.id: item.intent.asset for item in pending}
    known |= booked(data)
    told = Counter(known.values())
    billed = Counter(item.prompt.removeprefix("picture of ") for item in api.charges)
    found.unreported += [f"{id}: billed {n}, {told[id]} known" for id, n in billed.items() if n > told[id]]
    found.lost += [
        f"{item.asset}: a receipt whose pictures are not here" for item in receipts if not is_kept(store, item)
    ]
    lock = of.root / "assets.lock"
    found.invalid += [] if not lock.exists() or of.lock["version"] == 1 else ["the lock"]
    return found
