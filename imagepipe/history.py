"""What git knows of a project: the files of a revision, the lock's past, what changed. Runs `git`; changes nothing."""

import os
import posixpath
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path

from imagepipe.errors import UsageError
from imagepipe.frozen import frozen
from imagepipe.paths import glob_pattern

# A repository's own configuration must not make a look at it run programs or write files.
_SAFE = ("-c", "core.fsmonitor=false", "-c", "core.quotePath=false", "--no-optional-locks")

_TEXTS = (".yaml", ".yml", ".j2", ".md", ".txt")
"""Kinds of files that a project has many of and that are small; others are read one by one and not kept."""


@frozen
class Commit:
    """One commit: full hash, author, time of authoring, first line of its message."""

    rev: str
    author: str
    at: datetime
    subject: str


def git(root: str | Path, *arguments: str, given: bytes | None = None) -> bytes:
    """The output of a git command in `root`, with `given` on its standard input; raises UsageError with git's own first
    line where it fails."""
    environment = {**os.environ, "LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0"}
    try:
        done = subprocess.run(  # noqa: S603 # nosec B603 B607 # arguments are ours; revisions are checked by `resolve`
            ["git", *_SAFE, "-C", str(root), *arguments],  # noqa: S607 - the user's git is the one wanted
            input=given,
            capture_output=True,
            check=False,
            env=environment,
        )
    except FileNotFoundError:
        raise UsageError(
            "git is not installed", hint="install git; only comparisons with it need it", code="no-git"
        ) from None
    if done.returncode:
        lines = done.stderr.decode("utf-8", "replace").strip().splitlines() or ["git failed"]
        raise UsageError(lines[0].removeprefix("fatal: "), code="git-failed")
    return done.stdout


def is_repository(root: str | Path) -> bool:
    """Whether `root` is inside a git work tree."""
    try:
        return git(root, "rev-parse", "--is-inside-work-tree").strip() == b"true"
    except UsageError:
        return False


def resolve(root: str | Path, rev: str) -> str:
    """The full hash of a revision; raises UsageError that says why it is not here (unknown, or a shallow clone)."""
    if not is_repository(root):
        raise UsageError(
            f"{root} is not in a git repository", hint="run `git init`, or leave the revision out", code="no-repository"
        )
    try:
        return git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", rev + "^{commit}").decode().strip()
    except UsageError:
        fix = SHALLOW if is_shallow(root) else "`git log --oneline` lists revisions"
        raise UsageError(f"git knows no revision `{rev}`", hint=fix, code="unknown-revision") from None


SHALLOW = "this clone is shallow: fetch its history (`git fetch --unshallow`, or `fetch-depth: 0` in CI)"
"""What to do where the past is not here."""


def is_shallow(root: str | Path) -> bool:
    """Whether the repository around `root` has only a part of its history."""
    try:
        return git(root, "rev-parse", "--is-shallow-repository").strip() == b"true"
    except UsageError:
        return False


def place_of(root: str | Path) -> tuple[str, str]:
    """Repository and folder in it, the same in all its worktrees; ("", real path) outside git."""
    try:
        common, prefix = git(root, "rev-parse", "--git-common-dir", "--show-prefix").decode().splitlines()
    except (UsageError, ValueError):
        return "", os.path.realpath(root)
    return os.path.realpath(os.path.join(root, common)), prefix


def _prefix(root: str | Path) -> str:
    return git(root, "rev-parse", "--show-prefix").decode().strip()


@dataclass(frozen=True)
class GitTree:
    """The project's files as they were in a revision: a contracts.Tree that never looks at the disk. Not slotted, since
    it caches its listing."""

    root: str
    rev: str
    _cache: dict[str, bytes] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def _base(self) -> str:
        return _prefix(self.root)

    @cached_property
    def _names(self) -> frozenset[str]:
        listing = git(self.root, "ls-tree", "-r", "-z", "--name-only", "--full-tree", self.rev)
        return frozenset(listing.decode("utf-8", "surrogateescape").split("\0")) - {""}

    def _full(self, path: str) -> str:
        full = posixpath.normpath(self._base + path)
        if full.startswith(("../", "/")) or full == "..":
            raise UsageError(f"{path} is outside the repository", code="path-outside")
        return full

    def read(self, path: str) -> bytes:
        """The bytes of a file in the revision; raises FileNotFoundError."""
        full = self._full(path)
        if full not in self._names:
            raise FileNotFoundError(path)
        if not full.endswith(_TEXTS):
            return git(self.root, "cat-file", "blob", f"{self.rev}:{full}")
        if full not in self._cache:
            self._fetch(posixpath.split(full)[0], full.rpartition(".")[2])
        return self._cache[full]

    def _fetch(self, folder: str, suffix: str) -> None:
        """Reads the texts of one kind in a folder in one run of git: where one prompt file is, there are more."""
        names = [name for name in self._names if posixpath.split(name)[0] == folder and name.endswith(f".{suffix}")]
        found = contents(self.root, (f"{self.rev}:{name}" for name in names))
        self._cache.update({name: data for name, data in zip(names, found, strict=True) if data is not None})

    def glob(self, pattern: str) -> tuple[str, ...]:
        """Paths of the revision that match, project-relative, sorted."""
        if not set(pattern) & set("*?"):
            return (pattern,) if self._full(pattern) in self._names else ()
        match = glob_pattern(pattern).match
        inside = (name.removeprefix(self._base) for name in self._names if name.startswith(self._base))
        return tuple(sorted(name for name in inside if match(name)))


def has_commits(root: str | Path) -> bool:
    """Whether HEAD names a commit: a new repository has none yet."""
    try:
        git(root, "rev-parse", "--verify", "--quiet", "HEAD")
    except UsageError:
        return False
    return True


def commits_of(root: str | Path, path: str, most: int = 1000) -> tuple[Commit, ...]:
    """The commits that changed a file, newest first, at most `most`."""
    form = "--format=%H%x00%an%x00%aI%x00%s"
    if not has_commits(root):
        return ()
    lines = git(root, "log", f"-n{most}", form, "--", path).decode("utf-8", "replace").splitlines()
    rows = (line.split("\0", 3) for line in lines)
    return tuple(Commit(rev, author, datetime.fromisoformat(at), subject) for rev, author, at, subject in rows)


def changed_since(root: str | Path, rev: str) -> frozenset[str]:
    """Project-relative paths that differ between a revision and the working tree, untracked files included."""
    base = resolve(root, rev)
    tracked = git(root, "diff", "-z", "--name-only", "--no-renames", "--no-ext-diff", "--relative", base)
    untracked = git(root, "ls-files", "-z", "--others", "--exclude-standard")
    names = (tracked + untracked).decode("utf-8", "surrogateescape").split("\0")
    return frozenset(names) - {""}


def versions_in_refs(root: str | Path, path: str) -> tuple[bytes, ...]:
    """The contents a file has at the tip of every branch, tag and remote branch, each once."""
    refs = git(root, "for-each-ref", "--format=%(objectname)").decode().split()
    full = _prefix(root) + path
    found: dict[str, bytes] = {}
    for rev in dict.fromkeys(refs):
        try:
            blob = git(root, "rev-parse", "--verify", "--quiet", f"{rev}:{full}").decode().strip()
        except UsageError:
            continue
        if blob not in found:
            found[blob] = git(root, "cat-file", "blob", blob)
    return tuple(found.values())


def author(root: str | Path) -> str:
    """The configured author's name, "" where none is."""
    try:
        return git(root, "config", "user.name").decode().strip()
    except UsageError:
        return ""


def contents(root: str | Path, names: Iterable[str]) -> tuple[bytes | None, ...]:
    """The blobs of several names ("REV:./path", relative to `root`), in one run of git; None for what is not there."""
    wanted = [name.replace(":./", f":{_prefix(root)}", 1) for name in names]
    asked = "".join(f"{name}\n" for name in wanted).encode("utf-8", "surrogateescape")
    answer, at = git(root, "cat-file", "--batch", given=asked) if wanted else b"", 0
    found: list[bytes | None] = []
    for _ in wanted:
        end = answer.index(b"\n", at)
        head, at = answer[at:end], end + 1
        if head.endswith(b" missing"):
            found.append(None)
            continue
        size = int(head.rsplit(b" ", 1)[1])
        found.append(answer[at : at + size])
        at += size + 1
    return tuple(found)
