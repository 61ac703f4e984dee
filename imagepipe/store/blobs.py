"""Bytes by their own digest: written once, verified at every read, served only if they match their name."""

import hashlib
from pathlib import Path

from imagepipe.digest import digest_bytes, digest_file, hex_of
from imagepipe.store.disk import explained, fsync_file, fsync_folder, open_existing, write_atomic
from imagepipe.store.layout import Layout
from imagepipe.store.quarantine import Tell, set_aside


def put(layout: Layout, data: bytes, durable: bool, tell: Tell, digest: str = "") -> str:
    """Keeps `data` and returns its `digest`, which may be known. What is there already is compared, not trusted.

    Raises DiskFault.
    """
    digest = digest or digest_bytes(data)
    path = layout.blob(digest)
    try:
        same = path.read_bytes() == data
    except FileNotFoundError:
        write_atomic(path, data, durable)
        return digest
    except OSError:
        same = False
    if not same and path.exists():
        tell(set_aside(layout, path, "blob-damaged", "its bytes do not match its name"))
    if not same:
        write_atomic(path, data, durable)
    elif durable:  # Another process may have written it without waiting for the disk.
        with explained(path, len(data)), open_existing(path) as fd:
            fsync_file(fd)
            fsync_folder(path.parent)
    return digest


def read(layout: Layout, digest: str, tell: Tell) -> bytes:
    """The bytes named `digest`. Damaged ones go to quarantine. Raises FileNotFoundError, ValueError for no digest."""
    path = layout.blob(digest)
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() == hex_of(digest):
        return data
    again = _withdraw(layout, path, digest, tell)
    if again is None:
        raise FileNotFoundError(f"the bytes of {digest} were damaged; they are in {layout.quarantine}")
    return again


def is_sound(layout: Layout, digest: str, tell: Tell) -> bool:
    """Whether the blob is there and matches its name, read in pieces; a damaged one goes to quarantine."""
    path = layout.blob(digest)
    try:
        return digest_file(path) == digest or _withdraw(layout, path, digest, tell) is not None
    except FileNotFoundError:
        return False


def _withdraw(layout: Layout, path: Path, digest: str, tell: Tell) -> bytes | None:
    """Quarantines a damaged blob, unless another process has just put a good one in its place."""
    data = path.read_bytes() if path.exists() else b""
    if digest_bytes(data) == digest:
        return data
    what = "is empty" if not data else "does not match its name (cut short or changed)"
    tell(set_aside(layout, path, "blob-damaged", f"the stored picture {what}"))
    return None
