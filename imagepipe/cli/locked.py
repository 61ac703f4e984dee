"""The lock as the commands that show it read it."""

from collections.abc import Mapping
from pathlib import Path

from imagepipe import lock
from imagepipe.values import Entry, Manifest
from imagepipe.workspace.finding import lock_name


def entries_of(manifest: Manifest) -> Mapping[str, Entry]:
    """The lock's entries by asset; none where there is no lock yet. Raises errors.Damaged."""
    name = lock_name(manifest.file)
    path = Path(manifest.root) / name
    if not path.exists():
        return {}
    return lock.loads(path.read_text(encoding="utf-8"), name).entries


def prompts_of(manifest: Manifest) -> dict[str, tuple[str, ...]]:
    """Asset → the lines of the prompt its picture was made from."""
    return {name: entry.prompt for name, entry in entries_of(manifest).items()}
