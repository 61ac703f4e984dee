"""The part of `init` about git: the merge driver for the lock, and Git LFS attributes for the outputs."""

import posixpath
import re
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path
from shlex import quote

import imagepipe
from imagepipe.errors import ImagepipeError, UsageError
from imagepipe.history import git, is_repository
from imagepipe.paths import suffix_of
from imagepipe.values import Manifest
from imagepipe.workspace.finding import find_project, lock_name

KINDS = ("merge", "lfs")
NAME = "imagepipe"
_FILE = ".gitattributes"
_LFS = "filter=lfs diff=lfs merge=lfs -text"


def set_up(directory: Path, file: str, kind: str) -> list[str]:
    """Sets git up for the project in `directory` and says what was done. Raises errors.UsageError outside a repository
    and, for `lfs`, errors.ManifestError for a manifest that cannot be read."""
    root, name = find_project(directory, file)
    if not is_repository(root):
        raise UsageError(f"{root} is not in a git repository", hint="`git init` first", code="no-repository")
    wanted = [f"{lock_name(name)} merge={NAME}"]
    told = ["git merges the lock by asset now (in this clone; others run `imagepipe init --git` too)"]
    if kind == "lfs":
        patterns = lfs_patterns(imagepipe.load(root, file=name))
        wanted += [f"{pattern} {_LFS}" for pattern in patterns]
        told += [f"Git LFS keeps {', '.join(patterns) or 'no outputs yet'}", *_lfs_missing(root)]
    git(root, "config", "--local", f"merge.{NAME}.name", "imagepipe: merges its lock by asset")
    git(root, "config", "--local", f"merge.{NAME}.driver", driver())
    added = add_lines(root / _FILE, wanted)
    return [*told, f"{_FILE}: {added} line{'' if added == 1 else 's'} added; commit it"]


def driver() -> str:
    """The command line that git runs: the program of this environment, wherever the shell finds itself then."""
    beside = Path(sys.executable).with_name("imagepipe")
    program = quote(str(beside)) if shutil.which(str(beside)) else f"{quote(sys.executable)} -m imagepipe"
    return f"{program} lock merge --driver %O %A %B --path %P".replace("\\", "/")


def lfs_patterns(manifest: Manifest) -> list[str]:
    """gitattributes patterns for every folder and kind of file that the outputs are of."""
    paths = [output.path for asset in manifest.assets for output in asset.outputs]
    paths += [asset.originals for asset in manifest.assets if asset.originals]
    return sorted({_pattern(path) for path in paths if suffix_of(path)})


def _pattern(path: str) -> str:
    folder = posixpath.dirname(path.partition("{")[0] if "{" in posixpath.dirname(path) else path)
    escaped = re.sub(r"([\[\]!#\\])", r"\\\1", folder).replace(" ", "[[:space:]]")
    suffix = path.rpartition(".")[2]
    return f"{escaped}/**/*.{suffix}" if escaped else f"/*.{suffix}"


def _lfs_missing(root: Path) -> list[str]:
    try:
        git(root, "lfs", "version")
    except ImagepipeError:
        return ["git-lfs is not installed here: get it, then `git lfs install`"]
    return []


def add_lines(path: Path, lines: Iterable[str]) -> int:
    """Appends the lines that the file has not yet; how many those were."""
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    there = {one.strip() for one in text.splitlines()}
    new = [one for one in lines if one not in there]
    if new:
        gap = "" if not text or text.endswith("\n") else "\n"
        path.write_text(text + gap + "\n".join(new) + "\n", encoding="utf-8", newline="\n")
    return len(new)
