"""Which receipts are a project's own, in a store that many may share and where like names mean nothing.

A receipt does not say who asked for it; this machine's ledger does. Where it does not know, the receipt counts as ours.
"""

import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from imagepipe.history import place_of
from imagepipe.pipeline.around import Around
from imagepipe.values import Receipt


def own_receipts(near: Around, root: Path) -> Iterator[Receipt]:
    """What the project in `root` asked for, in any worktree of its repository, and what a project that is gone or nobody
    knows asked for."""
    homes, home = near.ledger.homes(), os.path.realpath(root)

    @cache
    def is_ours(folder: str) -> bool:
        return folder in ("", home) or not os.path.isdir(folder) or place_of(folder) == place_of(home)

    return (one for one in near.store.all_receipts() if is_ours(homes.get(one.id, "")))
