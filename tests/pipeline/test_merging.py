"""The lock across branches, with real git: what merges by its layout alone, what by the driver, what by hand."""

from pathlib import Path

import pytest

import imagepipe
from tests.copies import Begun
from tests.gitproject import PARTS, GitProject
from tests.server import ImageServer


@pytest.fixture
def shop(begun: Begun) -> GitProject:
    """Three built assets on `main`: bowl, mug, urn."""
    return GitProject(begun(_three_pots))


def _three_pots(folder: Path) -> None:
    project = GitProject(folder).begin()
    project.write(PARTS)
    for name in ("bowl", "mug", "urn"):
        project.add(name)
    project.build()
    project.commit("three pots")


@pytest.fixture(autouse=True)
def found_by_git(monkeypatch: pytest.MonkeyPatch) -> None:
    """Git runs the merge driver in the project's folder, where the package must be found too."""
    monkeypatch.setenv("PYTHONPATH", str(Path(imagepipe.__file__).parent.parent))


def two_branches(shop: GitProject, left: tuple[str, str], right: tuple[str, str]) -> None:
    """Each branch writes one asset (name, words) and builds; `main` is checked out after, with `left` merged."""
    for branch, (name, words) in (("left", left), ("right", right)):
        shop.git("checkout", "-q", "-b", branch, "main")
        shop.add(name, words)
        shop.build()
        shop.commit(f"{branch}: {name}")
    shop.git("checkout", "-q", "main")
    assert shop.merge("left")


def settled(shop: GitProject, count: int) -> None:
    """The lock is whole, and a build has nothing to do."""
    assert len(shop.lock["assets"]) == count
    assert set(shop.actions().values()) == {"keep"}
    assert "<<<<<<<" not in (shop.root / "assets.lock").read_text()


COMMON = {
    "two edit different assets": (("bowl", "a wide bowl"), ("urn", "a tall urn"), 3),
    "two add assets apart from each other": (("cup", "a cup"), ("tray", "a tray"), 5),
    "two change neighbours": (("bowl", "a wide bowl"), ("mug", "a tall mug"), 3),
    "one adds behind what the other changes": (("urn", "a tall urn"), ("vase", "a vase"), 4),
}


@pytest.mark.parametrize("name", COMMON)
def test_git_alone_merges_the_common_cases(shop: GitProject, name: str) -> None:
    left, right, count = COMMON[name]
    two_branches(shop, left, right)
    assert shop.merge("right"), (shop.root / "assets.lock").read_text()
    settled(shop, count)


CONFLICTS = {
    "two add at the end": (("vase", "a vase"), ("wok", "a wok"), 5),
    "two add at the same place": (("cup", "a cup"), ("dish", "a dish"), 5),
}


@pytest.mark.parametrize("name", CONFLICTS)
def test_the_driver_merges_where_git_would_not(shop: GitProject, name: str) -> None:
    left, right, count = CONFLICTS[name]
    ran = shop.run("init", "--git")
    assert ran.code == 0, ran.text
    shop.commit("merge by asset")
    two_branches(shop, left, right)
    assert shop.merge("right")
    settled(shop, count)


@pytest.mark.parametrize("style", ["merge", "diff3", "zdiff3"])
@pytest.mark.parametrize("name", CONFLICTS)
def test_lock_merge_resolves_the_markers(shop: GitProject, name: str, style: str) -> None:
    left, right, count = CONFLICTS[name]
    shop.git("config", "merge.conflictStyle", style)
    two_branches(shop, left, right)
    assert not shop.merge("right")
    planned = shop.run("plan")
    assert planned.code == 6
    assert "imagepipe lock merge" in planned.err
    ran = shop.run("lock", "merge")
    assert ran.code == 0, ran.text
    settled(shop, count)
    shop.git("add", "assets.lock")
    shop.git("commit", "-q", "--no-edit")


def both_change(shop: GitProject, words: str) -> None:
    """`mug` changes on two branches; the merge conflict in its words is resolved to `words`."""
    two_branches(shop, ("mug", "a tall mug"), ("mug", "a wide mug"))
    assert not shop.merge("right")
    shop.add("mug", words)


@pytest.mark.parametrize(
    ("words", "action"), [("a tall mug", "keep"), ("a wide mug", "finish"), ("a new mug", "generate")]
)
def test_of_two_answers_the_one_that_fits_the_manifest_wins(shop: GitProject, words: str, action: str) -> None:
    both_change(shop, words)
    ran = shop.run("lock", "merge")
    assert ran.code == 0, ran.text
    assert "mug  changed on both sides" in ran.out
    entry = shop.lock["assets"]["mug"]
    assert len(entry["candidates"]) == 2, "the other side's picture is kept"
    assert [one["status"] for one in entry["candidates"]].count("picked") == 1
    if action != "generate":
        assert entry["prompt"] == [words]
    assert shop.actions()["mug"] in (action, "keep", "block")


def test_an_asset_that_git_left_in_the_lock_twice_is_merged_from_both_sides(shop: GitProject) -> None:
    """Where blocks have moved, git may merge the text without a conflict and take one asset from each side."""
    both_change(shop, "a wide mug")
    ours, theirs = (shop.git("show", f"{rev}:assets.lock") for rev in ("HEAD", "MERGE_HEAD"))
    mug, urn = theirs.index('    "mug": {'), theirs.index('    "urn": {')
    (shop.root / "assets.lock").write_text(ours.replace('    "urn": {', theirs[mug:urn] + '    "urn": {'))
    shop.git("add", "assets.lock")
    planned = shop.run("plan")
    assert planned.code == 6
    assert "mug is there twice" in planned.err
    assert "`imagepipe lock merge` settles it" in planned.err
    ran = shop.run("lock", "merge")
    assert ran.code == 0, ran.text
    assert ran.out.count("changed on both sides") == 1, "what the sides began from is known"
    assert "mug  changed on both sides: theirs, the answer to the manifest's recipe" in ran.out
    shop.build("--force")
    settled(shop, 3)
    shop.git("reset", "-q", "--hard")
    (shop.root / "assets.lock").write_text(ours.replace('    "urn": {', theirs[mug:urn] + '    "urn": {'))
    assert shop.run("lock", "merge").code == 6, "with no merge under way nobody knows which is whose"


def test_a_manifest_in_conflict_is_settled_first_and_may_be_settled_anew(shop: GitProject) -> None:
    two_branches(shop, ("mug", "a tall mug"), ("mug", "a wide mug"))
    assert not shop.merge("right")
    before = (shop.root / "assets.lock").read_text()
    ran = shop.run("lock", "merge")
    assert ran.code == 2
    assert ran.err.startswith("shop/mug.yaml:4:1: error: the manifest cannot be read, and it decides")
    assert "`imagepipe lock merge`" in ran.err
    assert (shop.root / "assets.lock").read_text() == before
    for side, words in (("theirs", "a wide mug"), ("ours", "a tall mug")):
        shop.add("mug", words)
        ran = shop.run("lock", "merge")
        assert ran.code == 0, ran.text
        assert f"mug  changed on both sides: {side}, the answer to the manifest's recipe" in ran.out
        assert ("git checkout --theirs -- public/mug.png" in ran.out) == (side == "theirs")
        shop.git("add", "assets.lock")
    again = shop.run("lock", "merge", "--json").json
    assert again == {"version": 1, "merged": False, "both": []}
    settled(shop, 3)


CLONED = """\
version: 1
project: shop
defaults: {options: {quality: low}}
assets:
  cat:
    prompt: a cat
    output: o/cat.png
  poster: {prompt: a poster, inputs: [{asset: cat}], output: o/poster.png}
  stone: {prompt: a stone, output: o/stone.png}
"""


def test_taking_the_other_sides_pictures_asks_for_nothing(tmp_path: Path, api: ImageServer) -> None:
    """Two people, each with a store of their own, answer the same asset, on which another one depends; with the driver,
    which cannot know yet how the manifest will be settled."""
    ours, theirs = GitProject(tmp_path / "ours"), GitProject(tmp_path / "theirs")
    ours.write(CLONED)
    ours.begin()
    assert ours.run("init", "--git").code == 0
    ours.build("--yes")
    ours.commit("begun")
    ours.git("clone", "-q", str(ours.root), str(theirs.root))
    for project, words in ((ours, "a cat in a hat"), (theirs, "a cat on a mat")):
        project.edit("prompt: a cat\n", f"prompt: {words}\n")
        project.build("--yes")
        project.commit(words)
    paid = api.charged
    said = ours.git("pull", "-q", "--no-rebase", str(theirs.root), "main", check=False)
    assert "both sides have an answer for cat, poster" in said
    ours.git("checkout", "-q", "--theirs", "assets.yaml", "o")
    assert ours.run("build", "--yes").code == 6, "the lock waits for the manifest"
    ran = ours.run("lock", "merge")
    assert ran.code == 0, ran.text
    ours.build("--yes")
    assert (ours.lock["assets"]["cat"]["prompt"], api.charged) == (["a cat on a mat"], paid)
    ours.git("checkout", "-q", "--ours", "assets.yaml", "o")
    assert "cat  changed on both sides: ours" in ours.run("lock", "merge").out
    assert set(ours.actions().values()) == {"keep"}
    assert "kept, made from another recipe" in ours.run("show", "cat").out
    ours.commit("merged")
    third = GitProject(tmp_path / "third")
    ours.git("clone", "-q", str(ours.root), str(third.root))
    assert set(third.actions().values()) == {"keep"}
    third.edit("a cat in a hat", "a cat on a mat")
    assert third.actions()["cat"] == "block", "paid for, and its bytes are not here"
    third.git("checkout", "-q", "HEAD^2", "--", "o")
    assert third.actions() == {"cat": "finish", "poster": "finish", "stone": "keep"}
    third.build("--yes")
    assert (set(third.actions().values()), api.charged) == ({"keep"}, paid)


def test_a_marker_that_was_left_behind_is_taken_out(shop: GitProject) -> None:
    before = (shop.root / "assets.lock").read_text()
    (shop.root / "assets.lock").write_text(before + ">>>>>>> right\n")
    ran = shop.run("lock", "merge")
    assert ran.code == 0, ran.text
    assert (shop.root / "assets.lock").read_text() == before


def test_of_a_lock_taken_whole_from_one_side_the_others_answers_come_back(shop: GitProject) -> None:
    two_branches(shop, ("bowl", "a wide bowl"), ("urn", "a tall urn"))
    assert shop.merge("right")
    shop.git("reset", "-q", "--hard", "HEAD^")
    shop.git("merge", "-q", "--no-commit", "right")
    shop.git("checkout", "-q", "HEAD", "assets.lock")
    ran = shop.run("lock", "merge")
    assert ran.code == 0, ran.text
    settled(shop, 3)


def test_no_conflict_is_no_work(shop: GitProject) -> None:
    before = shop.files()
    ran = shop.run("lock", "merge")
    assert (ran.code, ran.out) == (0, "assets.lock has no conflict in it.\n")
    assert shop.files() == before


def test_a_side_that_is_no_lock_is_refused_and_left_alone(shop: GitProject) -> None:
    text = (shop.root / "assets.lock").read_text()
    broken = text.replace('  "assets": {\n', '<<<<<<< HEAD\n  "assets": {\n=======\n  "assets": [\n>>>>>>> right\n')
    (shop.root / "assets.lock").write_text(broken)
    ran = shop.run("lock", "merge")
    assert ran.code == 6
    assert (shop.root / "assets.lock").read_text() == broken


def test_the_driver_leaves_markers_where_a_version_is_no_lock(shop: GitProject, tmp_path: Path) -> None:
    texts = {"base": "a\nb\nc\n", "ours": "a\nours\nc\n", "theirs": "a\ntheirs\nc\n"}
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    ran = shop.run("lock", "merge", "--driver", *(str(tmp_path / name) for name in texts))
    assert ran.code == 6
    assert "<<<<<<<" in (tmp_path / "ours").read_text()


def test_two_clones_build_different_assets_and_merge(shop: GitProject, tmp_path: Path) -> None:
    clones = {}
    for name, asset in (("ada", "bowl"), ("bob", "urn")):
        path = tmp_path / "clones" / name
        shop.git("clone", "-q", str(shop.root), str(path))
        clones[name] = GitProject(path)
        clones[name].add(asset, f"another {asset}")
        clones[name].build()
        clones[name].commit(f"{name} makes another {asset}")
    ada, bob = clones["ada"], clones["bob"]
    ada.git("fetch", "-q", str(bob.root), "main:bob")
    assert ada.merge("bob")
    assert set(ada.actions().values()) == {"keep"}
    assert ada.run("check").code == 0
