"""Other projects' manifests, read only for the files that they give."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from posixpath import join, normpath

from imagepipe.contracts import Tree
from imagepipe.errors import ImagepipeError, ManifestError, Problem
from imagepipe.manifest.nearness import cut
from imagepipe.paths import fault_of


class Elsewhere:
    """A tree seen from the folder of another manifest: what the paths in that one mean. `file` is its name there."""

    def __init__(self, tree: Tree, manifest: str) -> None:
        self._tree = tree
        self._folder, _, self.file = manifest.rpartition("/")

    def read(self, path: str) -> bytes:
        """The bytes of a file below the folder."""
        return self._tree.read(self.path(path))

    def glob(self, pattern: str) -> tuple[str, ...]:
        """Paths below the folder, as seen from it."""
        cut_off = len(self._folder) + 1 if self._folder else 0
        return tuple(found[cut_off:] for found in self._tree.glob(self.path(pattern)))

    def path(self, path: str) -> str:
        """A path below the folder as the whole tree knows it."""
        return normpath(join(self._folder, path)) if self._folder else path


def faults(imports: Mapping[str, str]) -> Iterator[Problem]:
    """Imports whose path may not be named."""
    for name, path in imports.items():
        if fault := fault_of(path, climb=True):
            yield Problem(
                "invalid-path", ("imports", name), f"the path {fault}", "name another manifest of the repository"
            )


def unreadable(name: str, path: str, error: Exception) -> Problem:
    """The one problem that stands for all that is wrong with an imported manifest."""
    if isinstance(error, OSError):
        what = (
            "there is no file" if isinstance(error, FileNotFoundError | NotADirectoryError) else "this cannot be read:"
        )
        return Problem("missing-import", ("imports", name), f"{what} `{cut(path)}`", "check the path")
    if not isinstance(error, ImagepipeError):
        raise error
    if not isinstance(error, ManifestError):
        return Problem(
            "broken-import", ("imports", name), f"the manifest cannot be imported: {error.message}", error.hint
        )
    errors = [finding for finding in error.findings if finding.severity == "error"]
    first = errors[0] if errors else error.findings[0]
    there = first.place and replace(first.place, file=normpath(join(path.rpartition("/")[0], first.place.file)))
    where = f"{there}: " if there else ""
    count = "an error" if len(errors) == 1 else f"{len(errors)} errors; the first"
    message = f"the imported manifest has {count}: {where}{first.message}"
    return Problem("broken-import", ("imports", name), cut(message, 200), "correct that manifest")
