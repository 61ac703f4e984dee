"""Where an asset's fields come from: defaults, extends, the asset itself, a profile. Asked only when something must be told."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from imagepipe.errors import Path
from imagepipe.frozen import frozen
from imagepipe.manifest.merging import merge_asset
from imagepipe.manifest.sources import Source

MAX_EXTENDS = 32
AUTHOR = "author"
"""The layer of the asset's own words."""
_NOT_INHERITED = ("abstract", "extends", "pick")
_SHORT = {"outputs": "output", "output": "outputs", "inputs": "mask"}


@frozen
class Written:
    """An asset as it stands in its file: `source` is the index of that file."""

    source: int
    value: Mapping[str, Any]


@frozen
class Layer:
    """One place that gives an asset fields: what people call it, which file, where in it, and the fields."""

    label: str
    source: int
    base: Path
    value: Mapping[str, Any]


@dataclass(slots=True)
class Layers:
    """All assets of a project as written, and what lies under and over each."""

    sources: list[Source]
    profile: str = ""
    written: dict[str, Written] = field(default_factory=dict)

    def road(self, name: str) -> tuple[str, ...]:
        """The asset and what it extends, nearest first. Ends early at an unknown base, a cycle or too long a chain."""
        road = [name]
        while len(road) <= MAX_EXTENDS:
            base = self.written[road[-1]].value.get("extends")
            if base is None or base not in self.written or base in road:
                break
            road.append(base)
        return tuple(road)

    def merged(self, name: str) -> Mapping[str, Any]:
        """The asset's fields with everything under and over them."""
        written = self.written[name]
        source = self.sources[written.source]
        made: Mapping[str, Any] = source.defaults
        if "extends" in written.value:
            for base in reversed(self.road(name)[1:]):
                made = merge_asset(made, self.written[base].value)
                made = {key: item for key, item in made.items() if key not in _NOT_INHERITED}
        made = merge_asset(made, written.value)
        for over in source.profiles.get(self.profile, ()) if self.profile else ():
            made = merge_asset(made, over)
        return made

    def of(self, name: str) -> Iterator[Layer]:
        """The layers of an asset, lowest first."""
        written = self.written[name]
        for index in self.sources[written.source].road:
            source = self.sources[index]
            wide = {key: source.value[key] for key in ("originals", "steps") if key in source.value}
            yield Layer("defaults", index, (), wide)
            yield Layer("defaults", index, ("defaults",), source.value.get("defaults", {}))
        for base in reversed(self.road(name)[1:]):
            yield Layer(f"extends {base}", self.written[base].source, ("assets", base), self.written[base].value)
        yield Layer(AUTHOR, written.source, ("assets", name), written.value)
        for index in self.sources[written.source].road:
            over = self.sources[index].value.get("profiles", {}).get(self.profile, {})
            yield Layer(f"profile {self.profile}", index, ("profiles", self.profile), over)

    def locate(self, name: str, path: Path) -> tuple[int, Path]:
        """The file and the place in it where the value at `path` of an asset is really written, or the nearest to it."""
        best: tuple[int, int, Path] = (0, self.written[name].source, ("assets", name))
        at = next((n for n, step in enumerate(path) if isinstance(step, int)), 0)
        above = 0
        for layer in self.of(name):
            own, above = _shifted(layer.value, path, at, above) if at else (path, 0)
            found = _followed(layer.value, own)
            if found and len(found) >= best[0]:
                best = (len(found), layer.source, (*layer.base, *found))
        return best[1], best[2]

    def label(self, name: str, path: Path) -> str:
        """What people call the layer that gives the value at `path`: "author", "defaults", "extends ID", "profile NAME";
        all of them, lowest first, where a list was appended to."""
        found: list[str] = []
        for layer in self.of(name):
            spelled = _followed(layer.value, path)
            if len(spelled) == len(path):
                found = [*(found if str(spelled[-1]).endswith("+") else ()), layer.label]
        return ", ".join(dict.fromkeys(found)) or AUTHOR


def _shifted(value: Any, path: Path, at: int, above: int) -> tuple[Path, int]:
    """A path as one layer counts it, where `path[at]` is a place in a list that the layers before gave `above` items of;
    and how many items there are with this layer's."""
    spelled = _followed(value, path[:at])
    if len(spelled) < at or str(spelled[-1]).rstrip("+") != path[at - 1]:
        return path, above
    for step in spelled:
        value = value[step]
    first = above if str(spelled[-1]).endswith("+") else 0
    count = len(value) if isinstance(value, list) else 1
    place = int(path[at]) - first
    inside = 0 <= place < count and isinstance(value, list)
    return (*path[:at], *((place, *path[at + 1 :]) if inside else ())), first + count


def _followed(value: Any, path: Path) -> Path:
    """As much of `path` as exists in `value`, in the spelling used there (`constraints+`, `output`, `mask`)."""
    found: list[str | int] = []
    for step in path:
        if isinstance(value, dict):
            names = (step, f"{step}+", _SHORT.get(str(step), step))
            name = next((name for name in names if name in value), None)
            if name is None:
                break
            found.append(name)
            value = value[name]
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            found.append(step)
            value = value[step]
        else:
            break
    return tuple(found)
