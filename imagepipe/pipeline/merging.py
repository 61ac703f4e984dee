"""Two versions of the lock into one, by asset and at no cost: after a conflict, or as git's merge driver."""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from imagepipe.errors import Damaged, ImagepipeError, UsageError
from imagepipe.history import git
from imagepipe.lock import Lock, conflict_sides, dumps, loads, merge
from imagepipe.lock.merging import Fits
from imagepipe.planning.declaring import declared
from imagepipe.steps.catalogue import version_of
from imagepipe.store.disk import write_atomic
from imagepipe.store.locks import lock_file
from imagepipe.values import Entry, Manifest
from imagepipe.workspace.digests import Digests
from imagepipe.workspace.finding import private_folder
from imagepipe.workspace.locking import LockFile


@dataclass(frozen=True, slots=True)
class Merged:
    """The merged lock; `both` are the assets that both sides changed, each with whether it fits the manifest now."""

    lock: Lock
    both: tuple[tuple[str, bool], ...] = ()


def merge_marked(file: LockFile, manifest: Manifest | None) -> Merged | None:
    """Resolves the conflict in the lock file and writes it; None where there is no conflict in it.

    `manifest` decides between two answers for one asset; None (it has a conflict itself): ours wins. Raises
    errors.Damaged where one of the sides is no lock.
    """
    path = file.root / file.name
    try:
        text = path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        raise UsageError(
            f"there is no {file.name} here", hint="`imagepipe lock rebuild` makes one", code="no-lock"
        ) from None
    except UnicodeDecodeError:
        hint = "`imagepipe lock rebuild` makes it anew"
        raise Damaged(f"{file.name} is not UTF-8 text", hint=hint, code="lock-form") from None
    base, ours, theirs = conflict_sides(text)
    if ours == theirs:
        loads(text, file.name)
        return None
    sides = [_side(file, side, number) for number, side in ((2, ours), (3, theirs))]
    merged = _merged(_base(file, base), sides[0], sides[1], manifest)
    overwrite(file, merged.lock)
    return merged


def _side(file: LockFile, text: str, number: int) -> Lock:
    """One side of the conflict; where its text is no lock (edited since), what git has of it."""
    try:
        return whole(text, file.name)
    except Damaged:
        staged = _staged(file, number)
        if staged is None:
            raise
        return whole(staged, file.name)


def _base(file: LockFile, text: str) -> Lock:
    for known in (_staged(file, 1), text):
        with suppress(Damaged):
            if known:
                return whole(known, file.name)
    return Lock()


def _staged(file: LockFile, number: int) -> str | None:
    try:
        return git(file.root, "show", f":{number}:./{file.name}").decode("utf-8")
    except (UsageError, UnicodeDecodeError):
        return None


def whole(text: str, file: str) -> Lock:
    """The lock in a text, each entry read now. Raises errors.Damaged."""
    lock = loads(text, file)
    return Lock(lock.version, dict(lock.entries.items()))


def merge_files(base: Path, ours: Path, theirs: Path, manifest: Manifest | None) -> Merged:
    """As git's merge driver: three versions, the result in `ours`. An empty base stands for none.

    Where one of them is no lock, `ours` gets the usual conflict markers, and errors.Damaged is raised.
    """
    try:
        before, mine, other = _read(base), _read(ours), _read(theirs)
    except Damaged:
        with suppress(UsageError):
            git(ours.parent, "merge-file", str(ours.absolute()), str(base.absolute()), str(theirs.absolute()))
        raise
    merged = _merged(before, mine, other, manifest)
    write_atomic(ours, dumps(merged.lock).encode("utf-8"))
    return merged


def _read(path: Path) -> Lock:
    data = path.read_bytes()
    try:
        return whole(data.decode("utf-8"), path.name) if data.strip() else Lock()
    except UnicodeDecodeError:
        raise Damaged(f"{path.name} is not UTF-8 text", code="lock-form") from None


def _merged(base: Lock, ours: Lock, theirs: Lock, manifest: Manifest | None) -> Merged:
    fits = fitting(manifest, ours, theirs)
    lock = merge(base, ours, theirs, fits)
    both = tuple(name for name in lock.entries if _clash(name, base, ours, theirs))
    return Merged(lock, tuple((name, fits(name, lock.entries[name])) for name in both))


def _clash(name: str, base: Lock, ours: Lock, theirs: Lock) -> bool:
    mine, other = ours.entries.get(name), theirs.entries.get(name)
    return mine is not None and other is not None and mine != other and base.entries.get(name) not in (mine, other)


def fitting(manifest: Manifest | None, ours: Lock, theirs: Lock) -> Fits:
    """Whether an entry answers the manifest's present recipe, whichever side its inputs come from."""
    if manifest is None:
        return lambda name, entry: False
    files = Digests(Path(manifest.root))
    states = [declared(manifest, lock, files, version_of) for lock in (ours, theirs)]

    def fits(name: str, entry: Entry) -> bool:
        return any(name in state and state[name].made_from == entry.made_from for state in states)

    return fits


def overwrite(file: LockFile, lock: Lock) -> None:
    """Puts a lock in the place of whatever is there. Raises errors.Busy, store.disk.DiskFault."""
    guard = private_folder(file.root) / f"{file.name}.guard"
    with lock_file(guard, file.timeout, what=file.name):
        write_atomic(file.root / file.name, dumps(lock).encode("utf-8"))


def is_readable(file: LockFile) -> bool:
    """Whether the lock is there and every entry of it can be read."""
    try:
        whole((file.root / file.name).read_bytes().decode("utf-8"), file.name)
    except (OSError, UnicodeDecodeError, ImagepipeError):
        return False
    return True
