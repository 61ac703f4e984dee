"""Receipts and refusals by key: found by their names, read strictly, set aside when they cannot be."""

import os
from pathlib import Path

from imagepipe.errors import Finding
from imagepipe.store.layout import Layout, key_of_receipt
from imagepipe.store.quarantine import Tell, set_aside
from imagepipe.store.records import Unreadable, from_text
from imagepipe.values import Receipt, Refusal


def names(layout: Layout) -> list[str]:
    """The file names of all receipts, sorted."""
    folder = os.path.join(layout.root, "receipts")
    shelves = [os.path.join(folder, shelf) for shelf in listed(folder)]
    return sorted(name for shelf in shelves for name in listed(shelf) if key_of_receipt(name))


def keys(layout: Layout) -> frozenset[str]:
    """The keys of all receipts."""
    return frozenset(map(key_of_receipt, names(layout)))


def read(layout: Layout, key: str, tell: Tell) -> tuple[Receipt, ...]:
    """The receipts of a key, oldest first (by the time of the call, then by id)."""
    folder, prefix = layout.receipts(key)
    paths = (folder / name for name in listed(folder) if name.startswith(prefix) and key_of_receipt(name))
    found = (_read_one(layout, path, key, tell) for path in paths)
    return tuple(sorted((item for item in found if item), key=lambda item: (item.made_at, item.id)))


def _read_one(layout: Layout, path: Path, key: str, tell: Tell) -> Receipt | None:
    try:
        receipt = from_text(path.read_bytes(), Receipt)
        if receipt.key != key or f".{receipt.id}." not in path.name:
            raise Unreadable("it is another receipt than its name says")
    except FileNotFoundError:
        return None
    except Unreadable as error:
        tell(set_aside(layout, path, "receipt-damaged", f"the receipt cannot be read: {error}"))
    except OSError as error:
        what = f"cannot read {path}: {error.strerror}"
        tell(Finding("receipt-unreadable", what, hint="check the permissions and the disk", severity="warning"))
    else:
        return receipt
    return None


def read_refusal(layout: Layout, key: str, tell: Tell) -> Refusal | None:
    """The refusal of a key; an unreadable one goes to quarantine and counts as none."""
    path = layout.refusal(key)
    try:
        return from_text(path.read_bytes(), Refusal)
    except FileNotFoundError:
        return None
    except (Unreadable, OSError) as error:
        tell(set_aside(layout, path, "refusal-damaged", f"the remembered refusal cannot be read: {error}"))
        return None


def refusals(layout: Layout) -> list[str]:
    """The file names of all refusals, sorted."""
    return sorted(listed(os.path.join(layout.root, "refusals")))


def listed(folder: str | Path) -> list[str]:
    """The names in a folder, temporary ones left out; none where there is no folder."""
    try:
        return [name for name in os.listdir(folder) if not name.startswith(".")]
    except (FileNotFoundError, NotADirectoryError):
        return []
