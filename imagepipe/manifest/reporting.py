"""Problems made findings: each put at its place in a file, the same thing told once, in file order, at most fifty."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from imagepipe import yamltext
from imagepipe.errors import Finding, Path, Place, Problem
from imagepipe.manifest import commented
from imagepipe.manifest.layers import Layers
from imagepipe.manifest.nearness import cut
from imagepipe.manifest.sources import Source, before_losses

MOST = 50
_NAMED = re.compile("`([^`]+)`")


@dataclass(slots=True)
class Findings:
    """Gathers what is wrong with a project and gives it places, as late and as rarely as possible."""

    sources: list[Source]
    ready: list[Finding] = field(default_factory=list)
    located: dict[tuple[str, int, Path, str], Problem] = field(default_factory=dict)
    maps: dict[int, yamltext.Places] = field(default_factory=dict)
    beside: set[tuple[str, int, str]] = field(default_factory=set)
    shared: dict[tuple[str, int, Path, str], list[str]] = field(default_factory=dict)
    commented: dict[int, bool] = field(default_factory=dict)

    def of_files(self, problems: Iterable[tuple[int, Problem]]) -> None:
        """Takes problems whose paths are places in a file's document."""
        for source, problem in problems:
            self.located.setdefault((problem.code, source, problem.path, problem.message), problem)

    def of_assets(self, layers: Layers, problems: Iterable[tuple[str, Problem]]) -> None:
        """Takes problems whose paths are places in an asset's merged fields."""
        own, paths = set(), dict[tuple[str, int, Path, str], Path]()
        for name, problem in problems:
            if problem.place:
                self._of_file_beside(name, problem, problem.place)
                continue
            source, path = layers.locate(name, problem.path)
            path = before_losses(self.sources[source], path)
            if problem.code == commented.CODE and not self._lost(source, path):
                continue
            key = problem.code, source, path, problem.message
            self.located.setdefault(key, problem)
            if path[:2] == ("assets", name):
                own.add(key)
            elif problem.severity == "error":
                self.shared.setdefault(key, []).append(name)
                paths[key] = problem.path
        if len(self.shared) > MOST:
            self.shared.clear()  # as many as are told at all: to look who is content would take its time
        for key in [key for key in self.shared if key in own or not self._right_for_others(layers, key, paths[key])]:
            del self.shared[key]

    def _right_for_others(self, layers: Layers, key: tuple[str, int, Path, str], path: Path) -> bool:
        """Whether an asset that takes its value from the same place is content with it."""
        concerned, there = {*self.shared[key]}, key[1:3]
        for name in layers.written:
            if name not in concerned:
                source, found = layers.locate(name, path)
                if (source, before_losses(self.sources[source], found)) == there:
                    return True
        return False

    def _of_file_beside(self, name: str, problem: Problem, place: Place) -> None:
        """A problem of a template or a prompt file: told once, however many assets use it."""
        where = (place.file, place.line, problem.code)
        if where not in self.beside:
            self.beside.add(where)
            message = problem.message.removeprefix(f"{place.file}:{place.line}: ")
            told = f"{message} (in the prompt of `{cut(name)}`)"
            self.ready.append(Finding(problem.code, told, _narrowed(place, message), problem.hint, problem.severity))

    def all(self) -> tuple[Finding, ...]:
        """The findings, errors before warnings where not all can be told."""
        order = {source.file: at for at, source in enumerate(self.sources)}
        chosen = sorted(self.located, key=self._rough)[: MOST + 1]
        unread = {str(one.place) for one in self.ready if one.code == "non-string-key"}
        located = (self._finding(key) for key in chosen)
        told = [*self.ready, *(one for one in located if not unread or str(one.place) not in unread)]
        told.sort(key=lambda finding: _position(finding.place, order))
        if len(told) <= MOST:
            return tuple(told)
        more = len(self.ready) + len(self.located) - MOST
        told.sort(key=lambda finding: finding.severity != "error")
        kept = sorted(told[:MOST], key=lambda finding: _position(finding.place, order))
        return (*kept, Finding("more-findings", f"and {more:,} more", None, "correct these first", "note"))

    def _rough(self, key: tuple[str, int, Path, str]) -> tuple[bool, int, int]:
        """An order good enough to choose by, without looking for places."""
        _, source, path, _ = key
        starts = self.sources[source].starts
        line = starts.get((str(path[0]), str(path[1])), (0, 0))[0] if len(path) > 1 else 0
        return self.located[key].severity != "error", source, line

    def _lost(self, at: int, path: Path) -> bool:
        """Whether a comment stands where a value is missing."""
        if at not in self.commented:
            self.commented[at] = commented.possible(self.sources[at].data)
        return self.commented[at] and bool(commented.lost(self._places(at).at(path)))

    def _places(self, at: int) -> yamltext.Places:
        source = self.sources[at]
        if at not in self.maps:
            self.maps[at] = yamltext.Places(source.data, source.file, source.starts)
        return self.maps[at]

    def _finding(self, key: tuple[str, int, Path, str]) -> Finding:
        code, at, path, message = key
        problem = self.located[key]
        whole = problem.on_key or (path[:1] == ("assets",) and len(path) == 2)
        message += _concerned([name for name in dict.fromkeys(self.shared.get(key, ())) if f"`{name}`" not in message])
        place, hint = self._places(at).at(path, whole), problem.hint
        if (code == commented.CODE or message.endswith("not nothing")) and (text := commented.lost(place)):
            hint = commented.hint(text, code)
        return Finding(code, message, place, hint, problem.severity)


def _narrowed(place: Place, message: str) -> Place:
    """The place of the first name in backticks, where the line has it; else the place as it is."""
    for name in _NAMED.findall(message):
        found = re.search(rf"(?<!\w){re.escape(name)}(?!\w)", place.source)
        if found:
            return replace(place, column=found.start() + 1, length=len(name))
    return place


def _concerned(names: list[str]) -> str:
    """Whose fault it is, where a place belongs to several assets and is right for the others."""
    more = f" and {len(names) - 3:,} more" if len(names) > 3 else ""
    return f" (in {', '.join(f'`{cut(name)}`' for name in names[:3])}{more})" if names else ""


def _position(place: Place | None, order: dict[str, int]) -> tuple[int, int, int]:
    return (order.get(place.file, len(order)), place.line, place.column) if place else (-1, 0, 0)
