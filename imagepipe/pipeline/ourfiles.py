"""The files that imagepipe writes into a project, by its lock of now and of the last commit: what a commit takes along."""

from pathlib import Path

from imagepipe.errors import ImagepipeError
from imagepipe.history import GitTree, changed_since, has_commits, is_repository, resolve
from imagepipe.lock import loads
from imagepipe.workspace.finding import lock_name
from imagepipe.workspace.locking import load_lock


def our_files(root: Path, file: str) -> tuple[str, ...]:
    """The lock and every output that it names, project-relative, sorted. Raises errors.Damaged for a broken lock."""
    lock = lock_name(file)
    named = {path for entry in load_lock(root, lock).entries.values() for path in entry.files}
    return tuple(sorted({lock, *named}))


def our_changes(root: Path, file: str) -> tuple[str, ...]:
    """Those that differ from the last commit, also the ones that are gone since; what git ignores is not among them.
    All of them before the first commit. Raises errors.UsageError outside of a repository."""
    if is_repository(root) and not has_commits(root):
        return our_files(root, file)
    changed = changed_since(root, "HEAD")
    return tuple(
        path for path in sorted({*our_files(root, file), *_committed(root, lock_name(file))}) if path in changed
    )


def _committed(root: Path, lock: str) -> tuple[str, ...]:
    try:
        text = GitTree(str(root), resolve(root, "HEAD")).read(lock).decode("utf-8")
        return tuple(path for entry in loads(text, lock).entries.values() for path in entry.files)
    except (FileNotFoundError, ImagepipeError, UnicodeDecodeError):
        return ()
