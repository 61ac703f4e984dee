"""One-off requests on the one road: a manifest in memory, in a folder that goes away, with the store of the project around.

The engine writes under safe names into that folder; from there each picture goes to the path that was typed.
"""

import os
import re
import shutil
import stat
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from imagepipe.digest import digest_bytes
from imagepipe.errors import ImagepipeError, UsageError
from imagepipe.events import BuildFinished, Event, Failed, InDoubt, Published
from imagepipe.frozen import frozen
from imagepipe.oneoff.errands import Errand
from imagepipe.oneoff.wishes import Place, asset_of, inputs_of
from imagepipe.pictures import PictureFault, facts
from imagepipe.pipeline.around import settings_of
from imagepipe.pipeline.build import build
from imagepipe.pipeline.doubting import sent_by_us
from imagepipe.pipeline.options import BuildOptions
from imagepipe.recipe import PLACEHOLDER, recipe_of
from imagepipe.settings import data_folder
from imagepipe.store.disk import write_atomic
from imagepipe.store.opening import open_store
from imagepipe.values import Asset, FrozenMap, ImageFact, InputFact, Manifest
from imagepipe.workspace.finding import find_project, store_root

_UNSAFE = re.compile("[^a-z0-9]+")
_ANEW = ("in-doubt", "refused", "checks-failed", "raw-missing", "pick-missing", "pick-rejected")
_AGAIN = "change the words, or --again asks anew, which is paid for"
_DOUBTED = "the same command with --again asks anew, and may pay twice; without it nothing is sent"


@frozen
class Asking:
    """How errands are run: `provider` who is asked, `again` anew whatever is had, `force` over files that are there."""

    options: BuildOptions = BuildOptions()
    provider: str = "openai"
    again: bool = False
    force: bool = False


def store_of(start: Path, env: Mapping[str, str]) -> Path:
    """The store of the enclosing project; that of the user's data folder where there is none."""
    if env.get("IMAGEPIPE_STORE"):
        return store_root(start, env)
    try:
        root, _ = find_project(start)
    except UsageError:
        return data_folder(env) / "store"
    return store_root(root, env)


def measured(paths: Sequence[str]) -> dict[str, ImageFact]:
    """The facts of image files by their typed paths. Raises UsageError with the first that is no image."""
    found = {}
    for path in paths:
        try:
            found[path] = facts(Path(path).read_bytes())
        except OSError as error:
            why = error.strerror or "it cannot be read"
            raise UsageError(f"cannot read {path}: {why}", hint="name an image file", code="input-missing") from None
        except PictureFault as fault:
            hint = "name a PNG, JPEG or WebP file"
            raise UsageError(f"{path}: {fault.message}", hint=hint, code="input-format") from None
    return found


def require_free(paths: Sequence[str], *, force: bool) -> None:
    """Raises UsageError where files are there already, or where a file could not be written; before anything is paid."""
    taken = [path for path in paths if os.path.lexists(path)]
    blocked = [path for path in taken if not force or not stat.S_ISREG(os.stat(path, follow_symlinks=False).st_mode)]
    if blocked:
        listed = "".join(f"\n{path}" for path in blocked)
        what = "this file is" if len(blocked) == 1 else "these files are"
        hint = "choose another --out, or overwrite with --force"
        raise UsageError(f"{what} there already, nothing was sent:{listed}", hint=hint, code="file-exists")
    for folder in dict.fromkeys(Path(path).absolute().parent for path in paths):
        near = next(above for above in (folder, *folder.parents) if above.exists())
        if not near.is_dir() or not os.access(near, os.W_OK | os.X_OK):
            what = "is not a folder" if not near.is_dir() else "cannot be written to"
            raise UsageError(f"{near} {what}, nothing was sent", hint="choose another --out", code="output-folder")


def run(errands: Sequence[Errand], asking: Asking) -> Generator[Event, None, None]:
    """Does the errands and yields what happens, `written` with the paths as typed; ends with BuildFinished.

    Raises as `build` does. What is paid for is in the store before a file is written, so that asking again is free.
    """
    env = dict(os.environ)
    store = store_of(Path.cwd(), env)
    with TemporaryDirectory(prefix="imagepipe-", ignore_cleanup_errors=True) as folder:
        desk = _Desk(Path(folder), store, asking)
        manifest = Manifest(str(desk.root), "assets.yaml", desk.lay(errands), models=settings_of(env).models)
        manifest = replace(manifest, words=FrozenMap(desk.words))
        own = PLACEHOLDER if asking.provider == PLACEHOLDER else ""
        for event in build(manifest, provider=own, options=replace(asking.options, store=str(store))):
            yield desk.delivered(event)


def left_by_us() -> tuple[InDoubt, ...]:
    """What this process has sent and cannot know the end of, once it was broken off."""
    store = open_store(store_of(Path.cwd(), dict(os.environ)))
    return tuple(replace(doubt, hint=_DOUBTED) for doubt in sent_by_us(store.doubts()))


class _Desk:
    """The folder in which errands are done: inputs laid there, pictures taken from there."""

    def __init__(self, root: Path, store: Path, asking: Asking) -> None:
        self.root, self._store, self._asking = root, store, asking
        self.words: dict[str, object] = {}
        self._typed: dict[str, str] = {}
        self._inputs: dict[str, str] = {}
        self._undelivered = 0

    def lay(self, errands: Sequence[Errand]) -> tuple[Asset, ...]:
        """The assets of all errands: one for each picture wanted, those of an errand with one and the same request."""
        return tuple(asset for number, errand in enumerate(errands) for asset in self._assets(number, errand))

    def _assets(self, number: int, errand: Errand) -> Iterator[Asset]:
        many, take = len(errand.outputs) > 1, 1
        for at in range(len(errand.outputs)):
            place = self._place(errand, f"{number}/{at}", at)
            id = f"{errand.id}-{at + 1}" if many else errand.id
            asset = asset_of(errand.wish, id, (place,), at + 1 if many else None)
            inputs = tuple(replace(item, image=self._laid(item.image)) for item in inputs_of(errand.wish))
            asset = replace(asset, inputs=inputs, provider=self._provider())
            take = self._take(asset, errand) if self._asking.again and not at else take
            self.words[id] = errand.words
            yield replace(asset, take=take)

    def _provider(self) -> str:
        return "openai" if self._asking.provider == PLACEHOLDER else self._asking.provider

    def _place(self, errand: Errand, folder: str, at: int) -> Place:
        """Safe names in the folder for the paths that were typed."""
        whole, copy = f"out/{folder}/picture.{errand.wish.format}", f"out/{folder}/copy.{errand.wish.format}"
        self._typed[whole] = errand.outputs[at]
        if not errand.copies:
            return Place(whole)
        self._typed[copy] = errand.copies[at]
        return Place(whole, copy, errand.most)

    def _laid(self, path: str) -> str:
        """A copy of an input in the folder, once."""
        if path not in self._inputs:
            name = _UNSAFE.sub("-", Path(path).stem.lower()).strip("-") or "image"
            staged = f"in/{len(self._inputs) + 1}-{name}{Path(path).suffix.lower()}"
            target = self.root / staged
            target.parent.mkdir(exist_ok=True)
            shutil.copyfile(path, target)
            self._inputs[path] = staged
        return self._inputs[path]

    def _take(self, asset: Asset, errand: Errand) -> int:
        """The first take of these words that nothing is known of: asking for it is asking anew."""
        inputs = tuple(self._fact(item.role, item.image) for item in asset.inputs)
        store, take = open_store(self._store), 1
        while True:
            key = recipe_of(replace(asset, take=take), errand.words, inputs).made_from
            if not store.receipts(key) and not store.doubts(key) and not store.refusal(key):
                return take
            take += 1

    def _fact(self, role: str, path: str) -> InputFact:
        return InputFact(role, path, digest_bytes((self.root / path).read_bytes()))  # type: ignore[arg-type]

    def delivered(self, event: Event) -> Event:
        """The event with its pictures where they were wanted."""
        if isinstance(event, Failed) and event.code in _ANEW:
            return replace(event, hint=_AGAIN)
        if isinstance(event, InDoubt):
            return replace(event, hint=_DOUBTED)
        if isinstance(event, BuildFinished) and self._undelivered:
            failed, published = event.failed + self._undelivered, event.published - self._undelivered
            return replace(event, exit_code=event.exit_code or 1, failed=failed, published=published)
        if not isinstance(event, Published):
            return event
        try:
            return replace(event, written=tuple(map(self._handed_over, event.written)))
        except ImagepipeError as error:
            self._undelivered += 1
            hint = f"{error.hint}; the picture is kept, asking again is free"
            return Failed(event.asset, error.code, error.message, hint)

    def _handed_over(self, path: str) -> str:
        """Puts a finished file where it was wanted. Raises UsageError, store.disk.DiskFault."""
        typed = self._typed[path]
        require_free((typed,), force=self._asking.force)
        target = Path(typed).absolute()
        write_atomic(target, (self.root / path).read_bytes(), durable=False)
        return typed
