"""Reads the files of one project: the manifest and what it includes, each with what it inherits from those above it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from imagepipe import yamltext
from imagepipe.contracts import Tree
from imagepipe.digest import digest_bytes
from imagepipe.errors import Finding, ImagepipeError, ManifestError, Path, Place, Problem, UsageError
from imagepipe.frozen import frozen
from imagepipe.manifest.merging import merge, merge_asset
from imagepipe.manifest.nearness import cut
from imagepipe.manifest.shape import Shape
from imagepipe.paths import fault_of, fold

MAX_FILES = 1000
MAIN_ONLY = ("project", "imports", "budget", "require", "models")
_WILD = ("*", "?")
Profiles = Mapping[str, tuple[Mapping[str, Any], ...]]


@frozen
class Source:
    """One file read. `defaults`, `vars` and `profiles` include those of the files above it; `road` is the way to it."""

    file: str
    data: bytes
    value: Mapping[str, Any]
    starts: Mapping[tuple[str, str], tuple[int, int]]
    road: tuple[int, ...]
    defaults: Mapping[str, Any]
    vars: Mapping[str, Any]
    profiles: Profiles
    lost: tuple[Path, ...] = ()


@dataclass(slots=True)
class Reading:
    """What reading gathers: sources in the order they were met, digests, globs, findings and what they spoiled."""

    tree: Tree
    shape: Shape
    sources: list[Source] = field(default_factory=list)
    digests: dict[str, str] = field(default_factory=dict)
    globs: dict[str, tuple[str, ...]] = field(default_factory=dict)
    problems: list[tuple[int, Problem]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    spoiled: set[str] = field(default_factory=set)
    hopeless: bool = False

    def bytes_of(self, path: str) -> bytes:
        """A file's bytes, its digest noted. Raises as Tree.read does."""
        data = self.tree.read(path)
        self.digests[path] = digest_bytes(data)
        return data

    def matches(self, pattern: str) -> tuple[str, ...]:
        """What a pattern matches, noted for the plan cache."""
        if pattern not in self.globs:
            self.globs[pattern] = tuple(self.tree.glob(pattern))
        return self.globs[pattern]


def read_project(reading: Reading, file: str) -> None:
    """Reads the manifest `file` and all its includes into `reading`. Raises ManifestError where `file` cannot be read."""
    try:
        data = reading.bytes_of(file)
    except (FileNotFoundError, NotADirectoryError):
        message, hint = f"there is no manifest `{cut(file)}`", "`imagepipe init` makes one; -f names another"
        raise UsageError(message, hint=hint, code="no-manifest") from None
    except OSError as error:
        message = f"the manifest `{cut(file)}` cannot be read: {error.strerror}"
        raise UsageError(message, hint="check its permissions", code="no-manifest") from None
    _add(reading, file, data, None)


def _add(reading: Reading, file: str, data: bytes, parent: Source | None) -> None:
    document = yamltext.parse(data, file)
    at = len(reading.sources)
    reading.findings += document.faults
    shaped = reading.shape.check(document.value)
    reading.problems += [(at, problem) for problem in shaped.problems]
    reading.spoiled |= shaped.spoiled
    reading.hopeless |= shaped.hopeless
    value = shaped.value
    source = Source(
        file=file,
        data=data,
        value=value,
        starts=document.starts,
        road=(*parent.road, at) if parent else (at,),
        defaults=merge_asset(parent.defaults if parent else {}, own_defaults(value)),
        vars=merge(parent.vars if parent else {}, value.get("vars", {})),
        profiles=_profiles(parent.profiles if parent else {}, value.get("profiles", {})),
        lost=shaped.lost,
    )
    reading.sources.append(source)
    if parent is not None:
        reading.problems += [(at, _misplaced(name)) for name in MAIN_ONLY if name in value]
    for index, pattern in enumerate(value.get("include", ())):
        _include(reading, source, index, pattern)


def own_defaults(value: Mapping[str, Any]) -> dict[str, Any]:
    """The defaults a file gives: its own `originals` and `steps` lie under its `defaults`."""
    wide = {name: value[name] for name in ("originals", "steps") if name in value}
    return merge_asset(wide, value.get("defaults", {}))


def _profiles(above: Profiles, own: Mapping[str, Any]) -> Profiles:
    """Each profile as the layers it has in the files from the top down: merging them early would lose what appends."""
    return {name: (*above.get(name, ()), *([own[name]] if name in own else ())) for name in {**above, **own}}


def _misplaced(name: str) -> Problem:
    message = f"`{name}` belongs to the whole project, and this file is included"
    return Problem("main-file-only", (name,), message, "move it to the main manifest", on_key=True)


def _include(reading: Reading, source: Source, index: int, pattern: str) -> None:
    at, path = source.road[-1], ("include", index)
    if fault := fault_of(pattern, pattern=True):
        reading.problems.append((at, Problem("invalid-path", path, f"the path {fault}", "name files of the project")))
        return
    wild = any(mark in pattern for mark in _WILD)
    files = reading.matches(pattern) if wild else (pattern,)
    if not files:
        message = f"no file matches `{cut(pattern)}`"
        reading.problems.append((at, Problem("empty-include", path, message, "", "warning")))
    for file in files:
        if problem := _included(reading, source, file, wild):
            reading.problems.append((at, Problem(problem.code, path, problem.message, problem.hint)))


def _included(reading: Reading, source: Source, file: str, wild: bool) -> Problem | None:
    """Reads one included file, once; what is wrong with including it."""
    above = [reading.sources[index].file for index in source.road]
    if fold(file) in map(fold, above):
        if wild:
            return None
        circle = " → ".join(cut(name) for name in (*above[above.index(file) if file in above else 0 :], file))
        return Problem("include-cycle", (), f"these files include each other: {circle}", "let one of them not include")
    if any(fold(file) == fold(known.file) for known in reading.sources):
        return None
    if len(reading.sources) >= MAX_FILES:
        return Problem("too-many-files", (), f"more than {MAX_FILES:,} files are included", "put more in one file")
    try:
        _add(reading, file, reading.bytes_of(file), source)
    except (FileNotFoundError, NotADirectoryError):
        return Problem("missing-include", (), f"there is no file `{cut(file)}`", "check the path")
    except OSError as error:
        return Problem(
            "unreadable-include", (), f"`{cut(file)}` cannot be read: {error.strerror}", "check its permissions"
        )
    except ManifestError as error:
        reading.findings += error.findings
    except ImagepipeError as error:
        return Problem("unreadable-include", (), error.message, error.hint)
    return None


def before_losses(source: Source, path: Path) -> Path:
    """A path in the file's value as it stands in the file, where lists still have the items that were refused."""
    if not source.lost:
        return path
    found: list[str | int] = []
    for step in path:
        if isinstance(step, int):
            for gone in sorted(int(lost[-1]) for lost in set(source.lost) if lost[:-1] == tuple(found)):
                step += gone <= step
        found.append(step)
    return tuple(found)


def start_of(source: Source, name: str) -> Place:
    """Where an asset is declared, without a second pass over the text."""
    line, column = source.starts.get(("assets", name), (0, 0))
    return Place(source.file, line, column, len(name), "", f"assets.{name}")
