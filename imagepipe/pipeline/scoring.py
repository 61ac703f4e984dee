"""How much each file of an asset changed, as numbers: what was there against what is, by their bytes."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from imagepipe.errors import ImagepipeError
from imagepipe.history import GitTree
from imagepipe.pictures.likeness import likeness
from imagepipe.pipeline.around import around
from imagepipe.pipeline.ground import ground
from imagepipe.pipeline.pictures import SHOWN, checked, pictures_of
from imagepipe.planning.comparing import Change, Comparison, Score
from imagepipe.values import Entry, Manifest

Read = Callable[[str, str], bytes]
"""(path, digest) → the file's bytes, b"" where they are nowhere."""


def scored(manifest: Manifest, found: Comparison) -> Comparison:
    """A comparison with a revision, with how much each file changed that both states have."""
    if not found.rev:
        return found
    near = pictures_of(ground(manifest, around(Path(manifest.root))))
    then = GitTree(manifest.root, found.rev)

    def before(path: str, digest: str) -> bytes:
        return checked(then, path, digest) or near.original(digest)

    def after(path: str, digest: str) -> bytes:
        return near.file(path, digest) or near.original(digest)

    def one(change: Change) -> Change:
        return replace(change, scores=tuple(scores(change.before, change.after, before, after)))

    with ThreadPoolExecutor() as pool:
        return replace(found, changes=tuple(pool.map(one, found.changes)))


def scores(old: Entry | None, new: Entry | None, before: Read, after: Read) -> Iterator[Score]:
    """A score for each file that is not what it was; the picture itself, as "", where an asset has no files."""
    for path, then, there, now in _pairs(old, new):
        if then != now and (found := _score(there, before(path, then), after(there, now))):
            yield found


def _pairs(old: Entry | None, new: Entry | None) -> Iterator[tuple[str, str, str, str]]:
    """Path and digest before, path and digest after: files of one path, and a file that moved alone."""
    if old is None or new is None:
        return
    if not old.outputs and not new.outputs and old.picked and new.picked:
        yield "", old.picked.sha256, "", new.picked.sha256
    gone = [path for path in old.outputs if path not in new.outputs]
    come = [path for path in new.outputs if path not in old.outputs]
    moved = dict(zip(come, gone, strict=True)) if len(gone) == len(come) else {}
    for there, fact in new.outputs.items():
        path = there if there in old.outputs else moved.get(there, "")
        then = old.outputs.get(path)
        if then and then.sha256 and fact.sha256 and fact.format in SHOWN and then.format in SHOWN:
            yield path, then.sha256, there, fact.sha256


def _score(path: str, before: bytes, after: bytes) -> Score | None:
    if not before or not after:
        return None
    try:
        found = likeness(before, after)
    except ImagepipeError:
        return None
    return Score(found.ssim, found.difference, found.resized, path)
