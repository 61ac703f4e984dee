"""Where things are: the project, its lock, its store, its private folder. Runs no git."""

import os
from collections.abc import Mapping
from pathlib import Path

from imagepipe.errors import UsageError

MANIFEST = "assets.yaml"
PRIVATE = ".imagepipe"
FAILED = "failed"
"""The folder in the private one with pictures of what is wrong."""
_IGNORE = "# made by imagepipe; everything here can be made again\n*\n"


def find_project(start: Path, file: str = "") -> tuple[Path, str]:
    """The project folder and the manifest's name in it: `file` if given, else assets.yaml in `start` or a folder above.

    Raises UsageError where there is none.
    """
    here = start.resolve()
    if file:
        path = here / file
        if not path.is_file():
            hint = "check -f, or make a project with `imagepipe init`"
            raise UsageError(f"there is no manifest {file}", hint=hint, code="no-manifest")
        return path.parent.resolve(), path.name
    for folder in (here, *here.parents):
        if (folder / MANIFEST).is_file():
            return folder, MANIFEST
    near = next((name for name in ("assets.yml", "asset.yaml", "Assets.yaml") if (here / name).is_file()), "")
    hint = f"did you mean -f {near}? imagepipe looks for {MANIFEST}" if near else "make one with `imagepipe init`"
    raise UsageError(f"no {MANIFEST} in {here} or any folder above it", hint=hint, code="no-manifest")


def lock_name(file: str) -> str:
    """The lock's name beside a manifest: assets.yaml has assets.lock."""
    return file.rsplit(".", 1)[0] + ".lock" if file.endswith((".yaml", ".yml")) else file + ".lock"


def store_root(root: Path, env: Mapping[str, str]) -> Path:
    """Where the store is: IMAGEPIPE_STORE, else `imagepipe` in the git common folder (which worktrees share and
    `git clean` leaves alone), else .imagepipe/store in the project."""
    if named := env.get("IMAGEPIPE_STORE", ""):
        return (root / Path(named).expanduser()).absolute()
    common = git_common_folder(root)
    return common / "imagepipe" if common else root / PRIVATE / "store"


def git_common_folder(root: Path) -> Path | None:
    """The folder that all worktrees of a repository share; None outside of git. `.git` of a worktree or a submodule is
    a file that names its folder, and a worktree's folder names the common one."""
    _, found = _repository(root.resolve())
    if found is None:
        return None
    return _named_in(found / "commondir", "") if (found / "commondir").is_file() else found


def repository_top(root: Path) -> Path:
    """The top folder of the git work tree around a project, to which imports may climb; the project itself outside of
    git."""
    here = root.resolve()
    return _repository(here)[0] or here


def _repository(here: Path) -> tuple[Path | None, Path | None]:
    """The work tree that holds `here`, and its git folder."""
    for folder in (here, *here.parents):
        found = folder / ".git"
        if found.is_file():
            found = _named_in(found, "gitdir: ")
        if (found / "HEAD").is_file():
            return folder, found
    return None, None


def _named_in(file: Path, prefix: str) -> Path:
    try:
        text = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        text = ""
    if not text.startswith(prefix) or "\0" in text:
        return file
    return (file.parent / text.removeprefix(prefix)).resolve()


def private_folder(root: Path) -> Path:
    """The project's `.imagepipe`, made with its .gitignore where it is missing. Raises UsageError for a link in its
    place, which would lead writing elsewhere; OSError where it cannot be made."""
    folder = root / PRIVATE
    if folder.is_symlink():
        hint = "remove it: imagepipe makes that folder itself"
        raise UsageError(f"{folder} is a symbolic link", hint=hint, code="private-link")
    folder.mkdir(exist_ok=True)
    ignore = folder / ".gitignore"
    if ignore.is_symlink() or not ignore.is_file() or not ignore.stat().st_size:
        whole = folder / f".tmp-{os.urandom(4).hex()}"
        whole.write_text(_IGNORE, encoding="utf-8")
        whole.replace(ignore)
    return folder
