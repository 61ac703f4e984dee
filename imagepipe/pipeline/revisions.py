"""A project as it was in a git revision: its manifest, lock and input files, read from git and never from the disk."""

import os
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from imagepipe.errors import Finding, ImagepipeError, ManifestError, UsageError
from imagepipe.frozen import frozen
from imagepipe.history import GitTree, git, resolve
from imagepipe.lock import Lock, loads
from imagepipe.manifest.loading import Wanted, load_with_words
from imagepipe.pipeline.around import settings_of
from imagepipe.pipeline.profiles import judged, recorded
from imagepipe.planning import Looked
from imagepipe.values import FrozenMap, Manifest
from imagepipe.workspace.digests import pointed
from imagepipe.workspace.finding import lock_name


@frozen
class Revision:
    """`rev` is the full hash; `manifest` None where there was none or it was broken, as `notes` tell; `files`: path →
    digest of the file then."""

    rev: str
    manifest: Manifest | None
    lock: Lock
    files: Mapping[str, str]
    notes: tuple[Finding, ...] = ()


def revision(manifest: Manifest, name: str) -> Revision:
    """The project of `manifest` as it was in the revision `name`. Raises errors.UsageError for one that git does not
    have, with the way to get it in a shallow clone."""
    rev = resolve(manifest.root, name)
    tree = GitTree(manifest.root, rev)
    then, notes = _manifest(tree, manifest, name)
    lock, more = _lock(tree, lock_name(manifest.file), name)
    return Revision(rev, then, lock, Looked(lambda path: _digest(tree, path)), (*notes, *more))


def day_of(root: str, rev: str) -> date:
    """The day of a commit: by it, models that have ended since still count as they did then."""
    return date.fromisoformat(git(root, "show", "-s", "--format=%cs", rev).decode().strip())


def _manifest(tree: GitTree, now: Manifest, name: str) -> tuple[Manifest | None, tuple[Finding, ...]]:
    wanted = Wanted(now.root, now.file, now.profile, day_of(now.root, tree.rev))
    try:
        try:
            return _as_recorded(tree, wanted, _loaded(tree, wanted)), ()
        except UsageError as error:
            if error.code != "unknown-profile":
                raise
            what = f"{name} has no profile {now.profile}; it is compared without one"
            return _loaded(tree, replace(wanted, profile="")), (_note("base-profile", what),)
    except ManifestError as error:
        first = next((item for item in error.findings if item.severity == "error"), error.findings[0])
        where = f"{first.place}: " if first.place else ""
        what = f"{now.file} of {name} is broken ({where}{first.message}); its lock is taken instead"
        return None, (_note("base-broken", what),)
    except ImagepipeError:
        return None, (_note("base-without", f"there is no {now.file} in {name}: everything is new"),)


def _loaded(tree: GitTree, wanted: Wanted) -> Manifest:
    loaded = load_with_words(tree, wanted, settings_of(os.environ).models)
    return replace(loaded.manifest, words=FrozenMap(loaded.words))


def _as_recorded(tree: GitTree, wanted: Wanted, then: Manifest) -> Manifest:
    """Without a profile, each asset as it was under the one that its picture was made under."""
    if wanted.profile:
        return then
    file = lock_name(wanted.file)
    try:
        text = tree.read(file).decode("utf-8", "replace")
    except (FileNotFoundError, ImagepipeError):
        return then
    return judged(then, recorded(text, file), lambda name: _loaded(tree, replace(wanted, profile=name)))


def _lock(tree: GitTree, file: str, name: str) -> tuple[Lock, tuple[Finding, ...]]:
    try:
        lock = loads(tree.read(file).decode("utf-8"), file)
        return Lock(lock.version, dict(lock.entries)), ()
    except FileNotFoundError:
        return Lock(), ()
    except (ImagepipeError, UnicodeDecodeError):
        return Lock(), (_note("base-lock", f"{file} of {name} cannot be read; its pictures are not compared"),)


def _digest(tree: GitTree, path: str) -> str | None:
    try:
        return pointed(tree.read(path))
    except (FileNotFoundError, ImagepipeError):
        return None


def _note(code: str, message: str) -> Finding:
    return Finding(code, message, severity="warning")
