"""The kits by name, and the files of each. The default scaffold is the kit named ""."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from imagepipe.errors import UsageError

_HERE = Path(__file__).resolve().parent
_DEFAULT = "plain"


@dataclass(frozen=True, slots=True)
class Kit:
    """One scaffold: what it is for, in a line."""

    name: str
    description: str


_ALL = (
    Kit("website", "hero, features, social card and background of a small site"),
    Kit("game", "key art, sprites, items and tiles of a game, on transparent ground"),
    Kit("wireframe", "the screens of an app as wireframes, then one worked out"),
    Kit("logo", "marks to choose from, a wordmark, an app icon and a pattern"),
    Kit("character", "one character: portrait, turnaround, expressions and a scene, the same face in all"),
    Kit("docs", "cover, diagram, steps and a translated figure of a manual"),
)
KITS: Mapping[str, Kit] = MappingProxyType({kit.name: kit for kit in _ALL})
"""Name → kit, for `init --kit NAME`."""


def files(name: str = "") -> dict[str, bytes]:
    """The files of a kit, or of the default scaffold: project path → bytes. Raises UsageError for an unknown kit."""
    if name and name not in KITS:
        raise UsageError(f"there is no kit `{name}`", hint="kits: " + ", ".join(KITS), code="unknown-kit")
    root = _HERE / (name or _DEFAULT)
    found = sorted(path for path in root.rglob("*") if path.is_file())
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in found}
