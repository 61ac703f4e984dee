"""Whether an asset has a finished picture by its model already: asked only where that model is no longer served."""

import os
from functools import cached_property
from pathlib import Path

from imagepipe.errors import ImagepipeError
from imagepipe.lock import Lock
from imagepipe.store.opening import open_store
from imagepipe.values import Asset, Words
from imagepipe.workspace.finding import lock_name, store_root
from imagepipe.workspace.locking import load_lock

Made = frozenset[tuple[str, str]]
"""Pairs of model and prompt."""


class Finished:
    """The answer for the assets of one project; lock and store are read when first needed. Raises errors.Damaged."""

    def __init__(self, root: Path, file: str) -> None:
        self._root, self._file = root, file

    def __call__(self, asset: Asset, words: Words | None) -> bool:
        """By the asset's own lock entry; else, for what was renamed or whose lock is lost, by the same words."""
        entry = self._lock.entries.get(asset.id)
        if entry and entry.model == asset.model and entry.picked and not entry.placeholder:
            return True
        made = (asset.model, words.text if words else "")
        return made in self._locked or made in self._stored

    @cached_property
    def _lock(self) -> Lock:
        return load_lock(self._root, lock_name(self._file))

    @cached_property
    def _locked(self) -> Made:
        entries = (self._lock.entries[name] for name in self._lock.entries)
        return frozenset((e.model, "\n".join(e.prompt)) for e in entries if e.picked and not e.placeholder)

    @cached_property
    def _stored(self) -> Made:
        try:
            store = open_store(store_root(self._root, os.environ))
            receipts = [receipt for receipt in store.all_receipts() if receipt.candidates and not receipt.failure]
        except (ImagepipeError, OSError):
            return frozenset()  # a broken store is told by whoever needs it
        return frozenset((receipt.model, "\n".join(receipt.prompt)) for receipt in receipts)
