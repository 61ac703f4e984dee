"""Two versions of the lock into one, by asset and at no cost: after a conflict, or as git's merge driver."""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from imagepipe.errors import Damaged, ImagepipeError, UsageError
from imagepipe.frozen import frozen
from imagepipe.history import git
from imagepipe.lock import Lock, conflict_sides, dumps, merge, taking, with_changes
from imagepipe.pipeline.sides import Load, answers, begun_from, same_answer, staged, under_way, whole
from imagepipe.store.disk import write_atomic
from imagepipe.store.locks import lock_file
from imagepipe.values import Entry
from imagepipe.workspace.digests import Digests
from imagepipe.workspace.finding import private_folder
from imagepipe.workspace.locking import LockFile


@frozen
class Both:
    """An asset that both sides changed: whose answer stays, whether it `fits` the manifest's recipe (None: nobody had to
    ask, since both answer the same one), and its files that git still has in conflict and that are not the answer's."""

    asset: str
    side: str
    fits: bool | None
    away: tuple[str, ...] = ()


@frozen
class Merged:
    """The merged lock. `open`: assets left in conflict, for the manifest to decide."""

    lock: Lock
    both: tuple[Both, ...] = ()
    open: tuple[str, ...] = ()


def merge_marked(file: LockFile, load: Load) -> Merged | None:
    """Resolves the conflict in the lock file and writes it. Without one in it, but with a merge under way, it decides again
    which side's answer fits the manifest, which may have been resolved since; what is no lock then is merged from the two
    sides anew. None where nothing is to be done.

    Raises errors.Damaged where one of the sides is no lock, errors.UsageError where a manifest that must decide cannot
    be read.
    """
    text = _text(file)
    base, ours, theirs = conflict_sides(text)
    if ours == theirs:
        merged = _unmarked(file, text, ours, load)
    else:
        sides = (_side(file, ours, 2), _side(file, theirs, 3))
        merged = _merged(file, _base(file, base), sides, load)
    if merged:
        overwrite(file, merged.lock)
    return merged


def _unmarked(file: LockFile, text: str, left: str, load: Load) -> Merged | None:
    """What `left` of the file's text makes; where that is no lock, what git has of both sides: git may have merged the text
    without a conflict, and left an asset in it twice."""
    try:
        lock = whole(left, file.name)
    except Damaged:
        sides = under_way(file)
        if len(sides) != 2:
            raise
        return _merged(file, _base(file, begun_from(file)), (sides[0], sides[1]), load)
    return _again(file, lock, load) or (Merged(lock) if text != left else None)


def _text(file: LockFile) -> str:
    try:
        return (file.root / file.name).read_bytes().decode("utf-8")
    except FileNotFoundError:
        raise UsageError(
            f"there is no {file.name} here", hint="`imagepipe lock rebuild` makes one", code="no-lock"
        ) from None
    except UnicodeDecodeError:
        hint = "`imagepipe lock rebuild` makes it anew"
        raise Damaged(f"{file.name} is not UTF-8 text", hint=hint, code="lock-form") from None


def _side(file: LockFile, text: str, number: int) -> Lock:
    """One side of the conflict; where its text is no lock (edited since), what git has of it."""
    try:
        return whole(text, file.name)
    except Damaged:
        known = staged(file, number)
        if not known:
            raise
        return whole(known, file.name)


def _base(file: LockFile, text: str) -> Lock:
    for known in (staged(file, 1), text):
        with suppress(Damaged):
            if known:
                return whole(known, file.name)
    return Lock()


def _merged(file: LockFile, base: Lock, sides: tuple[Lock, Lock], load: Load) -> Merged:
    plain = merge(base, *sides, _ours_first)
    names = _clashes(base, *sides)
    asked = [name for name in names if not same_answer(*(side.entries[name] for side in sides))]
    found = _answers(file, load, plain, sides, asked) if asked else {}
    lock = merge(base, *sides, lambda name, entry: same_answer(found.get(name), entry))
    fits = {name: same_answer(found.get(name), lock.entries[name]) if name in asked else None for name in names}
    return Merged(lock, _told(file, lock, sides, fits))


def _again(file: LockFile, lock: Lock, load: Load) -> Merged | None:
    """The lock with the answers to the manifest's recipes that only a side has; None where there are none."""
    sides = under_way(file)
    asked = sorted({name for side in sides for name in side.entries if _differs(lock, side, name)})
    found = _answers(file, load, lock, sides, asked) if asked else {}
    chosen = {name: entry for name, entry in found.items() if not same_answer(lock.entries.get(name), entry)}
    if not chosen:
        return None
    lock = taking(lock, chosen, sides)
    return Merged(lock, _told(file, lock, sides, dict.fromkeys(chosen, True)))


def _differs(lock: Lock, side: Lock, name: str) -> bool:
    return not same_answer(lock.entries.get(name), side.entries.get(name))


def _answers(file: LockFile, load: Load, lock: Lock, sides: tuple[Lock, ...], asked: list[str]) -> Mapping[str, Entry]:
    try:
        return answers(load, lock, sides)
    except (ImagepipeError, OSError) as error:
        what = error.message if isinstance(error, ImagepipeError) else str(error)
        raise UsageError(
            f"the manifest cannot be read, and it decides whose answer stays ({', '.join(asked[:8])}): {what}",
            place=error.place if isinstance(error, ImagepipeError) else None,
            hint=f"correct the manifest first, then `imagepipe lock merge`; {file.name} is left as it is until then",
            code="manifest-first",
        ) from None


def _told(file: LockFile, lock: Lock, sides: tuple[Lock, ...], fits: Mapping[str, bool | None]) -> tuple[Both, ...]:
    in_conflict, digests = _in_conflict(file), Digests(file.root)
    told = []
    for name, fit in fits.items():
        entry = lock.entries[name]
        side = "ours" if same_answer(entry, sides[0].entries.get(name)) else "theirs"
        away = (path for path, fact in entry.outputs.items() if digests.get(path) != fact.sha256)
        told.append(Both(name, side, fit, tuple(path for path in away if path in in_conflict)))
    return tuple(told)


def _in_conflict(file: LockFile) -> frozenset[str]:
    """Project-relative paths that git could not merge."""
    with suppress(UsageError):
        listing = git(file.root, "ls-files", "-u", "-z").decode("utf-8", "surrogateescape")
        return frozenset(line.partition("\t")[2] for line in listing.split("\0"))
    return frozenset()


def merge_files(base: Path, ours: Path, theirs: Path) -> Merged:
    """As git's merge driver: three versions, the result in `ours`. An empty base stands for none.

    The manifest is not asked: git merges it at the same time, and a person may have to. Assets for which the sides
    answer different recipes stay in conflict, for `merge_marked`. Where one of the versions is no lock, `ours` gets the
    usual conflict markers, and errors.Damaged is raised.
    """
    try:
        before, mine, other = _read(base), _read(ours), _read(theirs)
    except Damaged:
        with suppress(UsageError):
            git(ours.parent, "merge-file", str(ours.absolute()), str(base.absolute()), str(theirs.absolute()))
        raise
    lock, names = merge(before, mine, other, _ours_first), _clashes(before, mine, other)
    open = tuple(name for name in names if not same_answer(mine.entries[name], other.entries[name]))
    conflict = with_changes(lock, {name: mine.entries[name] for name in open})
    write_atomic(ours, dumps(conflict, {name: other.entries[name] for name in open}).encode("utf-8"))
    same = (name for name in names if name not in open)
    return Merged(lock, tuple(Both(name, "ours", None) for name in same), open)


def _read(path: Path) -> Lock:
    data = path.read_bytes()
    try:
        return whole(data.decode("utf-8"), path.name) if data.strip() else Lock()
    except UnicodeDecodeError:
        raise Damaged(f"{path.name} is not UTF-8 text", code="lock-form") from None


def _ours_first(name: str, entry: Entry) -> bool:
    return False


def _clashes(base: Lock, ours: Lock, theirs: Lock) -> tuple[str, ...]:
    """The assets that both sides changed, and not to the same."""
    both = sorted(set(ours.entries) & set(theirs.entries))
    return tuple(name for name in both if _clash(base.entries.get(name), ours.entries[name], theirs.entries[name]))


def _clash(before: Entry | None, mine: Entry, other: Entry) -> bool:
    return mine != other and before not in (mine, other)


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
