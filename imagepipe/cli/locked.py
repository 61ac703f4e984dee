"""The lock as the commands that show it read it."""

from collections.abc import Mapping
from pathlib import Path

from imagepipe import lock
from imagepipe.values import Entry, Manifest

FILE = "assets.lock"


def entries_of(manifest: Manifest) -> Mapping[str, Entry]:
    """The lock's entries by asset; none where there is no lock yet. Raises errors.Damaged."""
    path = Path(manifest.root) / FILE
    if not path.exists():
        return {}
    return lock.loads(path.read_text(encoding="utf-8"), FILE).entries


def prompts_of(manifest: Manifest) -> dict[str, tuple[str, ...]]:
    """Asset → the lines of the prompt its picture was made from."""
    return {name: entry.prompt for name, entry in entries_of(manifest).items()}
