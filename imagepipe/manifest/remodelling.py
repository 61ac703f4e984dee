"""Where a project's files say which model an asset has and what it asks for, and the fewest edits that change that."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from imagepipe.contracts import Tree
from imagepipe.errors import Finding, Path
from imagepipe.manifest import expanding
from imagepipe.manifest.layers import Layers
from imagepipe.manifest.shape import Shape
from imagepipe.manifest.sources import Reading, Source, read_project, start_of
from imagepipe.yamltext.editing import Uneditable, put, remove

User = tuple[str, str]
"""A profile ("": none) and an asset as it is written."""
Wishes = Mapping[User, Mapping[str, Any]]
"""Who is to have another model, and which options are to change with it (None: left out)."""
Spot = tuple[int, Path]
_AS_IT_IS = object()
_COMPUTED = ("size", "n", "background")
"""Options that, where nobody wrote them, follow from other things by themselves."""


def sources_of(tree: Tree, file: str) -> tuple[Source, ...]:
    """The files of a project, main manifest first. Raises as `manifest.loading` does."""
    reading = Reading(tree, Shape())
    read_project(reading, file)
    return tuple(reading.sources)


def profiles_of(sources: Iterable[Source]) -> tuple[str, ...]:
    """The names of all profiles."""
    return tuple(dict.fromkeys(name for source in sources for name in source.profiles))


class Unmapped(Exception):
    """Some wishes cannot be written; `findings` say which and why."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__(findings[0].message)
        self.findings = findings


@dataclass(slots=True)
class Remodelling:
    """One rewriting: of `sources`, so that assets with the model `old` have the model `new` and their wishes."""

    sources: tuple[Source, ...]
    old: str
    new: str
    wishes: Wishes
    layers: dict[str, Layers] = field(default_factory=dict)
    puts: dict[int, dict[Path, str]] = field(default_factory=dict)
    cuts: dict[int, list[Path]] = field(default_factory=dict)
    faults: list[Finding] = field(default_factory=list)

    def files(self) -> dict[str, bytes]:
        """File → its new bytes, for those that change. Raises Unmapped with all that cannot be done."""
        for profile in ("", *profiles_of(self.sources)):
            self.layers[profile] = expanding.gather(list(self.sources), profile, [])
        self._models()
        for option in dict.fromkeys(name for changes in self.wishes.values() for name in changes):
            self._option(option)
        made = {source.file: self._edited(at, source) for at, source in enumerate(self.sources)}
        if self.faults:
            raise Unmapped(tuple(dict.fromkeys(self.faults)))
        return {source.file: made[source.file] for source in self.sources if made[source.file] != source.data}

    def _edited(self, at: int, source: Source) -> bytes:
        try:
            return remove(put(source.data, self.puts.get(at, {}), after="model"), self.cuts.get(at, ()))
        except Uneditable as error:
            hint = "write it on one line, or change it by hand"
            self.faults.append(Finding("cannot-migrate", f"{source.file} cannot be edited: {error}", None, hint))
            return source.data

    def _models(self) -> None:
        for at, source in enumerate(self.sources):
            for base, value in _holders(source.value):
                if value.get("model") == self.old:
                    self._put((at, (*base, "model")), self.new)
        if any(self._where(user, ("model",)) is None for user in self.wishes):
            self._put((0, ("defaults", "model")), self.new)

    def _option(self, option: str) -> None:
        """Changes one option for all: where it is written, if everybody who has it from there wants the same."""
        users: dict[Spot | None, dict[User, Any]] = {}
        for user in self._users():
            spot = self._where(user, ("options", option))
            users.setdefault(spot, {})[user] = self.wishes.get(user, {}).get(option, _AS_IT_IS)
        for spot, wanted in users.items():
            if spot is None:
                self._unwritten(option, wanted)
            elif len(set(wanted.values())) == 1:
                self._change(spot, next(iter(wanted.values())))
            else:
                self._apart(option, wanted, spot)

    def _change(self, spot: Spot, value: Any) -> None:
        if value is None:
            self.cuts.setdefault(spot[0], []).append(spot[1])
        elif value is not _AS_IT_IS:
            self._put(spot, value)

    def _unwritten(self, option: str, wanted: dict[User, Any]) -> None:
        """An option that has its default: written now, beside the model if that suits all who are concerned."""
        if option in _COMPUTED:
            return
        for user, value in wanted.items():
            if value in (_AS_IT_IS, None):
                continue
            model = self._where(user, ("model",)) or (0, ("defaults", "model"))
            base: Spot = (model[0], model[1][:-1])
            concerned = {wanted[other] for other in wanted if base in self._bases(other)}
            if concerned == {value}:
                self._put((base[0], (*base[1], "options", option)), value)
            else:
                self._own(user, option, value)

    def _apart(self, option: str, wanted: dict[User, Any], spot: Spot) -> None:
        """An option that some have from one place and want otherwise than the others: each writes its own."""
        shared = spot[1][:1] == ("defaults",) or spot[1][:1] == ("assets",)
        for user, value in wanted.items():
            if value is _AS_IT_IS:
                continue
            if value is None or not shared or spot[1][:2] == ("assets", user[1]):
                self._refuse(user, option, value)
            else:
                self._own(user, option, value)

    def _own(self, user: User, option: str, value: Any) -> None:
        written = self.layers[user[0]].written[user[1]]
        self._put((written.source, ("assets", user[1], "options", option)), value)

    def _refuse(self, user: User, option: str, value: Any) -> None:
        profile, name = user
        written = self.layers[profile].written[name]
        under = f" under the profile `{profile}`" if profile else ""
        what = f"go without {option}" if value is None else f"have {option} {value}"
        message = f"`{name}`{under} must {what}, which it shares with others that keep theirs"
        hint = f"give it an `options.{option}` of its own first, or them"
        self.faults.append(Finding("cannot-migrate", message, start_of(self.sources[written.source], name), hint))

    def _put(self, spot: Spot, value: Any) -> None:
        self.puts.setdefault(spot[0], {})[spot[1]] = str(value)

    def _users(self) -> Iterator[User]:
        for profile, layers in self.layers.items():
            for name, written in layers.written.items():
                if not written.value.get("abstract"):
                    yield profile, name

    def _bases(self, user: User) -> set[Spot]:
        return {(layer.source, layer.base) for layer in self.layers[user[0]].of(user[1])}

    def _where(self, user: User, path: Path) -> Spot | None:
        """Where the value at `path` of an asset is written; None where nobody wrote it."""
        found: Spot | None = None
        for layer in self.layers[user[0]].of(user[1]):
            if _has(layer.value, path):
                found = (layer.source, (*layer.base, *path))
        return found


def _has(value: Any, path: Path) -> bool:
    for step in path:
        if not isinstance(value, Mapping) or step not in value:
            return False
        value = value[step]
    return True


def _holders(value: Mapping[str, Any]) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Every map of a file that may name a model, with its path."""
    yield ("defaults",), value.get("defaults", {})
    for section in ("assets", "profiles"):
        for name, fields in value.get(section, {}).items():
            yield (section, name), fields
