"""The lock as the commands that show it read it."""

from collections.abc import Mapping
from pathlib import Path

from imagepipe.values import Entry, Manifest
from imagepipe.workspace.finding import lock_name
from imagepipe.workspace.locking import load_lock


def entries_of(manifest: Manifest) -> Mapping[str, Entry]:
    """The lock's entries by asset; none where there is no lock yet. Raises errors.Damaged."""
    return load_lock(Path(manifest.root), lock_name(manifest.file)).entries


def prompts_of(manifest: Manifest) -> dict[str, tuple[str, ...]]:
    """Asset → the lines of the prompt its picture was made from."""
    return {name: entry.prompt for name, entry in entries_of(manifest).items()}
