"""A project in a real git repository: commits, branches, merges, as its user makes them."""

import subprocess
from dataclasses import dataclass

from tests.project import Project

PARTS = """\
version: 1
project: shop
defaults: {provider: placeholder, options: {quality: low}}
include: [shop/*.yaml]
"""


def part(name: str, request: str, more: str = "") -> str:
    """A file of the project with one asset."""
    return f"version: 1\nassets:\n  {name}:\n    prompt: {request}\n    output: public/{name}.png\n{more}"


@dataclass(frozen=True, slots=True)
class GitProject(Project):
    """A project in a repository on the branch `main`."""

    def git(self, *arguments: str, check: bool = True) -> str:
        """The output of a git command; with `check` it must succeed."""
        done = subprocess.run(
            ["git", "-C", str(self.root), *arguments], capture_output=True, text=True, check=False, timeout=60
        )
        assert not check or done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    def begin(self) -> "GitProject":
        """Makes the repository."""
        self.git("init", "-q", "-b", "main")
        return self

    def commit(self, message: str) -> str:
        """Commits everything and gives the commit's hash."""
        self.git("add", "-A")
        self.git("commit", "-qm", message)
        return self.git("rev-parse", "HEAD").strip()

    def add(self, name: str, request: str = "a picture", more: str = "") -> None:
        """Writes a file with one asset."""
        self.write(part(name, request, more), f"shop/{name}.yaml")

    def build(self, *arguments: str) -> None:
        """Builds everything."""
        ran = self.run("build", *arguments)
        assert ran.code == 0, ran.text

    def merge(self, branch: str) -> bool:
        """Merges a branch; False where git found a conflict."""
        said = self.git("merge", "-q", "--no-edit", branch, check=False)
        return "CONFLICT" not in said and "conflict" not in said
