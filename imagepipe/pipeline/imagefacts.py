"""Facts of input images, measured once: a cache by digest in the project's private folder, deletable at any time."""

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from imagepipe.digest import digest_bytes
from imagepipe.errors import ImagepipeError
from imagepipe.plugins import resolve
from imagepipe.values import ImageFact
from imagepipe.workspace.digests import Digests, keep
from imagepipe.workspace.finding import PRIVATE, repository_top
from imagepipe.workspace.tree import DiskTree


class ImageFacts(Mapping[str, ImageFact]):
    """Project path → facts of the image there, all blank but its size for bytes that are no picture. A path whose bytes
    are not at hand (nothing is there, a Git LFS pointer) is not in it.

    The bytes are looked at only when their digest is new.
    """

    def __init__(self, root: Path, digests: Digests) -> None:
        self._tree, self._digests = DiskTree(root, repository_top(root)), digests
        self._file = root / PRIVATE / "cache" / "images.json"
        self._known = _load(self._file)
        self._before = dict(self._known)

    def __getitem__(self, path: str) -> ImageFact:
        digest = self._digests[path]
        if digest not in self._known:
            self._known[digest] = _measured(self._read(path, digest))
        return self._known[digest]

    def _read(self, path: str, digest: str) -> bytes:
        try:
            data = self._tree.read(path)
        except (ImagepipeError, OSError):
            raise KeyError(path) from None
        if digest_bytes(data) != digest:
            raise KeyError(path)
        return data

    def __iter__(self) -> Iterator[str]:
        return iter(self._digests)

    def __len__(self) -> int:
        return len(self._digests)

    def save(self) -> None:
        """Remembers what was measured."""
        if self._known != self._before:
            rows = {
                digest: [fact.width, fact.height, fact.format, fact.bytes, fact.has_alpha]
                for digest, fact in self._known.items()
            }
            keep(self._file, json.dumps(rows).encode())


def _measured(data: bytes) -> ImageFact:
    try:
        found: ImageFact = resolve("imagepipe.pictures:facts")(data)
    except ImagepipeError:
        return ImageFact(0, 0, "", len(data))
    return found


def _load(file: Path) -> dict[str, ImageFact]:
    with suppress(OSError, ValueError, TypeError, AttributeError, RecursionError):
        rows = json.loads(file.read_bytes()).items()
        return {
            digest: ImageFact(int(width), int(height), str(format), int(size), bool(alpha))
            for digest, (width, height, format, size, alpha) in rows
        }
    return {}
