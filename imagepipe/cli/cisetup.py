"""The part of `init` about CI: ready files for GitHub, GitLab and pre-commit, made to fit the repository they come into."""

import json
import re
from collections.abc import Mapping
from pathlib import Path

from imagepipe.errors import ImagepipeError, UsageError
from imagepipe.history import git
from imagepipe.workspace.finding import MANIFEST, find_project, repository_top

KINDS = ("github", "gitlab", "pre-commit")
_PACKAGE = Path(__file__).resolve().parent.parent
_FOLDERS = (_PACKAGE / "ci", _PACKAGE.parent / "examples" / "ci")
"""In a wheel, and in a checkout."""
_NEXT = {
    "github": (
        "Commit them: every push and pull request is checked, without a key, and a comment says what changed.",
        "imagepipe-build.yml says how to let CI build: an environment `images` with the key, and who approves.",
    ),
    "gitlab": (
        "Commit them: merge requests are checked, without a key, with a page of the pictures before and after.",
        "The head of .gitlab/imagepipe.yml says how to let CI build.",
    ),
    "pre-commit": ("Then: pre-commit install",),
}
_HOOKS, _MAIN = ".pre-commit-config.yaml", ".gitlab-ci.yml"
_INCLUDE = "include:\n  - local: .gitlab/imagepipe.yml"


def files(kind: str) -> dict[str, str]:
    """The ready files by their paths in a repository."""
    root = next(folder / kind for folder in _FOLDERS if (folder / kind).is_dir())
    paths = sorted(path for path in root.rglob("*") if path.is_file())
    return {path.relative_to(root).as_posix(): path.read_text(encoding="utf-8") for path in paths}


def set_up(directory: Path, file: str, kind: str) -> list[str]:
    """Writes the files for the project in `directory` to the top of its repository, all or none, and says what to do
    next. Raises errors.UsageError where one is there already."""
    root, name = find_project(directory, file)
    if name != MANIFEST:
        raise UsageError(f"the ready files are for a manifest named {MANIFEST}", hint="rename it", code="usage")
    top = repository_top(root)
    folder, branch = root.relative_to(top).as_posix(), branch_of(top)
    fitted = {path: fitting(text, folder, branch) for path, text in files(kind).items()}
    told = list(_NEXT[kind])
    if _MAIN in fitted and (top / _MAIN).exists():
        del fitted[_MAIN]
        told = [f"Add to {_MAIN}, which is there already:\n{_INCLUDE}", *told]
    _refuse_what_is_there(top, fitted)
    for path, text in fitted.items():
        target = top / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8", newline="\n")
    return [f"For {kind}:", *(f"  {path}" for path in fitted), *told]


def fitting(text: str, folder: str, branch: str) -> str:
    """A ready file for a project in `folder` of a repository with the default branch `branch`."""
    quoted = "." if folder == "." else json.dumps(folder, ensure_ascii=False)
    text = re.sub(r"(?m)^( *(?:directory|IMAGEPIPE_DIRECTORY):) \.$", lambda match: f"{match[1]} {quoted}", text)
    text = text.replace("args: [-C, .,", f"args: [-C, {quoted},")
    return text.replace(
        "branches: [main]", f"branches: [{json.dumps(branch, ensure_ascii=False) if branch != 'main' else branch}]"
    )


def branch_of(top: Path) -> str:
    """The default branch as the clone knows it; else main or master; else the one that is checked out."""
    for arguments in (
        ("symbolic-ref", "--quiet", "--short", "refs/remotes/origin/HEAD"),
        ("rev-parse", "--verify", "--quiet", "--abbrev-ref", "refs/heads/main"),
        ("rev-parse", "--verify", "--quiet", "--abbrev-ref", "refs/heads/master"),
        ("symbolic-ref", "--quiet", "--short", "HEAD"),
    ):
        try:
            found = git(top, *arguments).decode("utf-8", "replace").strip().removeprefix("origin/")
        except ImagepipeError:
            continue
        if found:
            return found
    return "main"


def _refuse_what_is_there(top: Path, fitted: Mapping[str, str]) -> None:
    taken = [path for path in fitted if (top / path).exists() or (top / path).is_symlink()]
    if not taken:
        return
    listed = "".join(f"\n{path}" for path in taken)
    hint = "move it away, or add what `imagepipe init --ci` writes elsewhere by hand"
    if _HOOKS in taken:
        hint = "add this to its `repos`:\n" + fitted[_HOOKS].partition("repos:\n")[2].rstrip()
    raise UsageError(
        f"{'this file is' if len(taken) == 1 else 'these files are'} there already, nothing was written:{listed}",
        hint=hint,
        code="file-exists",
    )
