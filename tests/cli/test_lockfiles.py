"""`lock files`: what a commit takes along after a build, by names that need care."""

import subprocess
from pathlib import Path

from tests.gitproject import GitProject

SHOP = """\
version: 1
project: shop
defaults: {provider: placeholder, options: {quality: low}}
assets:
  hero: {prompt: a mug, output: "public/a [1].png"}
  sign: {prompt: a sign, output: "public/-é sign.png"}
"""


def test_exactly_what_a_build_wrote_is_staged(tmp_path: Path) -> None:
    shop = GitProject(tmp_path / "shop")
    shop.root.mkdir()
    GitProject(tmp_path).begin()
    shop.write(SHOP)
    shop.build()
    assert shop.run("lock", "files", "--changed").out == "assets.lock\npublic/-é sign.png\npublic/a [1].png\n"
    shop.commit("first")
    assert shop.run("lock", "files", "--changed", "-z").out == ""
    shop.write(SHOP.replace("a mug", "a cup").partition("  sign")[0])
    shop.write("mine", "public/a 1.png")
    shop.build("--prune")
    ran = shop.run("lock", "files", "--changed", "-z")
    add = ["git", "--literal-pathspecs", "add", "--pathspec-from-file=-", "--pathspec-file-nul"]
    subprocess.run(add, cwd=shop.root, input=ran.out, text=True, check=True)
    staged = shop.git("-c", "core.quotePath=false", "diff", "--cached", "--name-status").splitlines()
    assert staged == ["M\tshop/assets.lock", "D\tshop/public/-é sign.png", "M\tshop/public/a [1].png"]
    assert shop.run("lock", "files", "--json").json == {"version": 1, "files": ["assets.lock", "public/a [1].png"]}


def test_outside_of_git_it_is_said(tmp_path: Path) -> None:
    shop = GitProject(tmp_path).write(SHOP)
    ran = shop.run("lock", "files", "--changed")
    assert (ran.code, "git init" in ran.err) == (2, True)
