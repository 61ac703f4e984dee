"""The kits that `init --kit` copies: small whole projects on the placeholder, one for each kind of work."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

_HERE = Path(__file__).resolve().parent.parent / "kits"

DESCRIPTIONS: Mapping[str, str] = MappingProxyType(
    {
        "website": "hero, features, social card and background of a small site",
        "game": "key art, sprites, items and a tile of a game, sprites on transparent ground",
        "wireframe": "the screens of an app as wireframes, then one of them worked out",
        "logo": "marks to choose from, a wordmark, an app icon and a pattern",
        "character": "one character: portrait, turnaround, expressions and a scene, the same face in all",
        "docs": "cover, diagram, steps and a translated figure of a manual",
    }
)
"""Kit → what is in it, in a line."""


def _files(name: str) -> Mapping[str, str]:
    root = _HERE / name
    found = sorted(path for path in root.rglob("*") if path.is_file())
    return MappingProxyType({path.relative_to(root).as_posix(): path.read_text(encoding="utf-8") for path in found})


KITS: Mapping[str, Mapping[str, str]] = MappingProxyType({name: _files(name) for name in DESCRIPTIONS})
"""Kit → its files: project path → text."""
