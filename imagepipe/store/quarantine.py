"""Damaged things are moved aside, never deleted and never served; who moved them says so in a finding."""

import os
from collections.abc import Callable
from pathlib import Path

from imagepipe.errors import Finding
from imagepipe.store.disk import ensure_folder
from imagepipe.store.layout import Layout

Tell = Callable[[Finding], None]


def set_aside(layout: Layout, path: Path, code: str, why: str) -> Finding:
    """Moves `path` into the quarantine and returns what to tell. On a read-only store it stays where it is."""
    target = layout.quarantine / f"{path.name}.{os.urandom(4).hex()}"
    try:
        ensure_folder(layout.quarantine)
        path.rename(target)
    except OSError as error:
        moved = f"it could not be moved to the quarantine ({error.strerror})"
    else:
        moved = f"it was moved to {target}"
    return Finding(
        code, f"{path}: {why}; {moved}", hint="`imagepipe verify` looks at all of the store", severity="warning"
    )
