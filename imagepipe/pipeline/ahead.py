"""The outputs of a big project, hashed in a second process while the manifest is read: in a fresh checkout that is a tenth
of what a plan takes."""

import os
from functools import partial
from pathlib import Path

from imagepipe.lock import entries
from imagepipe.workspace import beside
from imagepipe.workspace.digests import Digests, cache_of, print_of
from imagepipe.workspace.finding import find_project, lock_name
from imagepipe.workspace.locking import load_lock

_MANY = 1 << 20
"""Bytes of a lock with some hundred assets: below, a second process costs more than it saves."""


def hash_ahead(directory: str, file: str) -> None:
    """Begins to hash what the lock names, where nothing is known of it yet. Raises UsageError where there is no manifest."""
    root, name = find_project(Path(directory), file)
    lock = lock_name(name)
    if not os.path.lexists(cache_of(root)) and print_of(f"{root}/{lock}")[0] >= _MANY:
        beside.begin(str(root), partial(_hash, root, lock))


def _hash(root: Path, lock: str) -> None:
    digests = Digests(root)
    for path in entries(load_lock(root, lock).entries).files():
        digests.get(path)
    digests.get(lock)
    digests.save()
