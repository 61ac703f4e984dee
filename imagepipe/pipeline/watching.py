"""Notices that the files a manifest is made of have changed, by looking at them again and again: no service of the system
is needed, and it is the same on every disk, in containers and on shares. Outputs and lock are not among them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from pathlib import Path

from imagepipe.digest import digest_text
from imagepipe.errors import Finding, ImagepipeError
from imagepipe.frozen import frozen
from imagepipe.values import Manifest
from imagepipe.workspace.finding import lock_name, repository_top
from imagepipe.workspace.tree import DiskTree

EVERY, QUIET = 0.2, 0.3
"""Seconds between two looks, and for how long nothing more may change: editors write a file in several steps."""

Print = tuple[int, int, int] | None
Prints = Mapping[str, Print]


@frozen
class Watched:
    """The files (project paths) that are looked at, and patterns that may match new ones."""

    root: Path
    paths: tuple[str, ...]
    globs: tuple[str, ...] = field(default=())

    def prints(self) -> Prints:
        """What tells whether a file is another one now: size, time, inode; None where there is none."""
        tree = DiskTree(self.root, repository_top(self.root))
        names = {path for pattern in self.globs for path in tree.glob(pattern)}
        return {path: _print(self.root / path) for path in sorted({*self.paths, *names})}

    def also(self, findings: Iterable[Finding]) -> "Watched":
        """With the files that findings are about: a broken one may be known from nothing else."""
        places = {finding.place.file for finding in findings if finding.place}
        return Watched(self.root, tuple(dict.fromkeys((*self.paths, *sorted(places)))), self.globs)


def _print(path: Path) -> Print:
    try:
        seen = path.stat()
    except OSError:
        return None
    return seen.st_size, seen.st_mtime_ns, seen.st_ino


def watched(manifest: Manifest) -> Watched:
    """Everything a plan of the manifest reads: its files, templates, prompt files, input images and imports."""
    images = (item.image for asset in manifest.assets for item in asset.inputs if item.image)
    imported = (path for given in manifest.imports.values() for path in given.values())
    paths = dict.fromkeys((manifest.file, *manifest.read, *images, *imported))
    return Watched(Path(manifest.root), tuple(paths), tuple(manifest.globs))


def next_change(look: Callable[[], Prints], known: Prints, wait: Callable[[float], None]) -> tuple[str, ...]:
    """Waits until something differs from `known` and then stays as it is; gives the files that differ.

    `wait` takes seconds; what it raises ends the waiting.
    """
    now = look()
    while now == known:
        wait(EVERY)
        now = look()
    while True:
        wait(QUIET)
        later = look()
        if later == now:
            break
        now = later
    return tuple(path for path in sorted({*known, *now}) if known.get(path) != now.get(path))


class Follower:
    """Tells by a word whether a project is another one than before: its files and its lock. A broken manifest changes
    nothing, since there is nothing to show of it."""

    def __init__(self, load: Callable[[], Manifest]) -> None:
        self._load = load
        self._follow(load())
        self._refused = ""

    def _follow(self, manifest: Manifest) -> None:
        found = watched(manifest)
        self._seen = Watched(found.root, (*found.paths, lock_name(manifest.file)), found.globs)
        self._word = self._print()

    def _print(self) -> str:
        return digest_text(repr(self._seen.prints()))[-16:]

    def word(self) -> str:
        """The word of what can be shown by now."""
        now = self._print()
        if now not in (self._word, self._refused):
            try:
                self._follow(self._load())
            except ImagepipeError:
                self._refused = now
        return self._word
