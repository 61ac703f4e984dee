"""Gathers what `codegen` writes: every built asset's files from the lock, and the blur of one that is at hand."""

from collections.abc import Iterator
from pathlib import Path

from imagepipe.codegen.shelf import File, Picture
from imagepipe.digest import digest_bytes
from imagepipe.errors import ImagepipeError
from imagepipe.frozen import frozen
from imagepipe.lock import Lock
from imagepipe.paths import FORMATS
from imagepipe.pictures.blurhash import Blur, blur
from imagepipe.pipeline.around import around
from imagepipe.store.opening import DiskStore
from imagepipe.values import Asset, Entry, Manifest
from imagepipe.workspace.finding import lock_name
from imagepipe.workspace.locking import load_lock
from imagepipe.workspace.tree import DiskTree


@frozen
class Naming:
    """How an app names files: without the leading folder `strip`, behind `prefix`."""

    strip: str = ""
    prefix: str = ""

    def of(self, path: str) -> str:
        """A project path in the app's terms."""
        rest = path.removeprefix(self.strip)
        return self.prefix + (rest.removeprefix("/") if self.prefix.endswith("/") else rest)


@frozen
class Shelf:
    """The pictures by id, and the ids of assets that are not built yet."""

    pictures: tuple[Picture, ...]
    missing: tuple[str, ...]


def shelf(manifest: Manifest, naming: Naming) -> Shelf:
    """What the manifest's assets have become. Raises errors.Damaged for a broken lock."""
    root = Path(manifest.root)
    lock, tree, store = load_lock(root, lock_name(manifest.file)), DiskTree(root), around(root).store
    assets = sorted(manifest.assets, key=lambda asset: asset.id)
    built = [asset for asset in assets if _entry(asset, lock) is not None]
    pictures = tuple(_picture(asset, lock.entries[asset.id], naming, (tree, store)) for asset in built)
    return Shelf(pictures, tuple(asset.id for asset in assets if asset not in built and asset.outputs))


def _entry(asset: Asset, lock: Lock) -> Entry | None:
    entry = lock.entries.get(asset.id)
    return entry if entry and entry.outputs else None


def _picture(asset: Asset, entry: Entry, naming: Naming, near: tuple[DiskTree, DiskStore]) -> Picture:
    declared = {output.path: at for at, output in enumerate(asset.outputs)}
    paths = sorted(entry.outputs, key=lambda path: (declared.get(path, len(declared)), path))
    facts = [(path, entry.outputs[path]) for path in paths if path != asset.originals or len(paths) == 1]
    pictures = [(path, fact) for path, fact in facts if fact.format in FORMATS.values()]
    files = tuple(File(naming.of(path), fact.width, fact.height, fact.format, fact.bytes) for path, fact in pictures)
    others = tuple(naming.of(path) for path, fact in facts if fact.format not in FORMATS.values())
    found = next(_blurs(entry, paths, near), Blur("", ""))
    return Picture(asset.id, asset.alt, files, found.hash, found.color, others, naming.prefix)


def _blurs(entry: Entry, paths: list[str], near: tuple[DiskTree, DiskStore]) -> Iterator[Blur]:
    """The blur of the first file that is here as the lock says, else of the picture in the store."""
    for data in _bytes(entry, paths, near):
        try:
            yield blur(data)
        except (ImagepipeError, OSError, ValueError):
            continue


def _bytes(entry: Entry, paths: list[str], near: tuple[DiskTree, DiskStore]) -> Iterator[bytes]:
    tree, store = near
    for path in paths:
        try:
            data = tree.read(path)
        except (OSError, ImagepipeError):
            continue
        if digest_bytes(data) == entry.outputs[path].sha256:
            yield data
    if entry.picked and store.has_blob(entry.picked.sha256):
        yield store.blob(entry.picked.sha256)
