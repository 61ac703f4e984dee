"""Finds the bytes of recorded pictures: in the store, in the project's files, in a git revision."""

from imagepipe.contracts import Tree
from imagepipe.digest import digest_bytes
from imagepipe.errors import ImagepipeError
from imagepipe.frozen import frozen
from imagepipe.pipeline.ground import Ground
from imagepipe.planning import Holdings
from imagepipe.values import Entry
from imagepipe.workspace.tree import DiskTree

SHOWN = ("png", "jpeg", "webp", "gif", "svg")


@frozen
class Pictures:
    """Looks pictures up by digest; what is nowhere, or not what its name says, is b""."""

    base: Ground
    holdings: Holdings
    tree: Tree

    def original(self, digest: str) -> bytes:
        """A picture as it came, from the store or a file that is the same."""
        try:
            return self.base.around.store.blob(digest)
        except (OSError, ImagepipeError):
            path = self.holdings.file_with(digest)
            return self.file(path, digest) if path else b""

    def file(self, path: str, digest: str) -> bytes:
        """A finished file, if its bytes are still those of `digest`."""
        return checked(self.tree, path, digest)

    def shown(self, entry: Entry | None, tree: Tree | None = None) -> tuple[bytes, str]:
        """What an asset looks like, and its digest: its first file that a browser shows, in `tree` (the project of now by
        default), else its original."""
        if entry is None:
            return b"", ""
        for path, fact in entry.outputs.items():
            if fact.format in SHOWN and (found := checked(tree or self.tree, path, fact.sha256)):
                return found, fact.sha256
        return (self.original(entry.picked.sha256), entry.picked.sha256) if entry.picked else (b"", "")


def pictures_of(base: Ground) -> Pictures:
    """The pictures around a project."""
    return Pictures(base, Holdings(base.lock, base.seen), DiskTree(base.root))


def checked(tree: Tree, path: str, digest: str) -> bytes:
    """The bytes at `path` of a tree, where they are those of `digest`; else b""."""
    if not digest:
        return b""
    try:
        data = tree.read(path)
    except (OSError, ImagepipeError):
        return b""
    return data if digest_bytes(data) == digest else b""
