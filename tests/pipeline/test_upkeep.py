"""gc removes nothing that any lock names; verify says what is not as it should be. The real program, real git."""

import subprocess
from pathlib import Path

import jsonschema
import pytest

from imagepipe.schemafiles import schema
from imagepipe.store.opening import open_store
from tests.copies import Begun
from tests.faults.real import project
from tests.project import Project
from tests.server import ImageServer


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(folder), *arguments], check=True, capture_output=True)


@pytest.fixture
def shop(begun: Begun, api: ImageServer) -> Project:
    """Three pictures of one asset: on main, on a branch, and one that no lock names any more."""
    return Project(begun(_three_pictures) / "shop")


def _three_pictures(folder: Path) -> None:
    of = project(folder / "shop", ["mug"])
    git(of.root, "init", "-q", "-b", "main")
    for word, branch in (("old", ""), ("branched", "side"), ("now", "")):
        of.edit(of_prompt(of), f"prompt: picture of {word} mug")
        assert of.run("build", "--yes").code == 0
        if branch:
            git(of.root, "checkout", "-qb", branch)
        if word != "old":
            git(of.root, "add", ".")
            git(of.root, "commit", "-qm", word)
        if branch:
            git(of.root, "checkout", "-qb", "main")


def of_prompt(of: Project) -> str:
    return next(
        line.strip() for line in (of.root / "assets.yaml").read_text().splitlines() if line.strip().startswith("prompt")
    )


def pictures(of: Project) -> dict[str, str]:
    """The last word of each prompt but one → digest, by the receipts."""
    store = open_store(of.root / ".git" / "imagepipe")
    return {item.prompt[0].split()[2]: item.candidates[0].sha256 for item in store.all_receipts()}


def here(of: Project) -> set[str]:
    store = open_store(of.root / ".git" / "imagepipe")
    return {word for word, digest in pictures(of).items() if store.has_blob(digest)}


def test_what_is_paid_stays_unless_room_is_asked_for(shop: Project, api: ImageServer) -> None:
    listed = shop.run("gc", "--json")
    jsonschema.validate(listed.json, schema("gc"))
    assert (listed.code, listed.json["items"]) == (0, [])
    listed = shop.run("gc", "--json", "--max-size", "1k")
    jsonschema.validate(listed.json, schema("gc"))
    assert [item["sha256"] for item in listed.json["items"]] == [pictures(shop)["old"]]
    assert here(shop) == {"old", "branched", "now"}, "it is only listed"
    assert "gc --delete" in shop.run("gc", "--max-size", "1k").out
    assert shop.run("gc", "--max-size", "1k", "--delete").code == 0
    assert here(shop) == {"branched", "now"}, "the tip of the other branch names its picture"
    assert len(pictures(shop)) == 3, "receipts stay"
    ran = shop.run("verify", "--json")
    jsonschema.validate(ran.json, schema("verify"))
    assert (ran.code, ran.json["store"]["evicted"]) == (0, [pictures(shop)["old"]]), "what was let go is not lost"


def test_leftovers_go(shop: Project) -> None:
    store = open_store(shop.root / ".git" / "imagepipe")
    loose = store.put_blob(b"nobody names this")
    store.layout.blob(loose).with_name(".tmp-1").write_bytes(b"half")
    store.close()
    assert "leftover" in shop.run("gc").out
    assert shop.run("gc", "--delete", "--json").json["deleted"] is True
    assert not store.has_blob(loose)
    assert "Nothing to remove" in shop.run("gc").out


def test_a_lock_that_cannot_be_read_stops_it(shop: Project) -> None:
    text = (shop.root / "assets.lock").read_text()
    git(shop.root, "checkout", "-qb", "broken")
    shop.write(text.replace('"version": 1', '"version": 99'), "assets.lock")
    git(shop.root, "commit", "-qam", "newer")
    git(shop.root, "checkout", "-q", "main")
    ran = shop.run("gc", "--max-size", "0", "--delete")
    assert ran.code == 6, ran.text
    assert here(shop) == {"old", "branched", "now"}


def test_a_worktree_counts_before_it_commits(shop: Project, tmp_path: Path) -> None:
    git(shop.root, "worktree", "add", "-q", str(tmp_path / "other"), "-b", "other")
    other = Project(tmp_path / "other")
    other.edit("picture of now mug", "picture of fresh mug")
    assert other.run("build", "--yes").code == 0
    assert shop.run("gc", "--max-size", "0", "--delete").code == 0
    assert here(shop) == {"branched", "now", "fresh"}


def test_a_running_build_keeps_gc_out(shop: Project, api: ImageServer) -> None:
    shop.edit("picture of now mug", "picture of held mug")
    api.hold("held")
    process = shop.start("build", "--yes")
    api.wait_for_held(1)
    assert shop.run("gc", "--delete").code == 5
    api.release()
    process.communicate(timeout=60)


@pytest.mark.parametrize("size", ["1 pound", "-1", "M"])
def test_no_size(shop: Project, size: str) -> None:
    assert shop.run("gc", "--max-size", size).code == 2


def test_verify_says_what_is_not_right(shop: Project) -> None:
    ran = shop.run("verify", "--json")
    jsonschema.validate(ran.json, schema("verify"))
    assert (ran.code, ran.json["ok"]) == (0, True)
    output = shop.root / "out/mug.png"
    made = output.read_bytes()
    output.write_bytes(made + b"x")
    ran = shop.run("verify")
    assert ran.code == 1
    assert "out/mug.png" in ran.out
    output.unlink()
    assert shop.run("verify", "--json").json["unlike"] == [{"asset": "mug", "path": "out/mug.png", "missing": True}]
    store = open_store(shop.root / ".git" / "imagepipe")
    store.layout.blob(pictures(shop)["now"]).write_bytes(b"")
    ran = shop.run("verify")
    assert ran.code == 6
    assert "quarantine" in ran.out
    ran = shop.run("verify", "--json")
    jsonschema.validate(ran.json, schema("verify"))
    assert ran.json["store"]["missing"] == [pictures(shop)["now"]]
    assert shop.run("build").code == 1, "neither the store nor a file has it"


def test_what_an_output_still_holds_comes_back(shop: Project, api: ImageServer) -> None:
    store, paid = open_store(shop.root / ".git" / "imagepipe"), len(api.requests)
    store.layout.blob(pictures(shop)["now"]).write_bytes(b"")
    ran = shop.run("verify")
    assert ran.code == 6
    assert "the store had lost it; an output holds it, and it is back" in ran.out
    assert (here(shop), shop.run("verify").code) == ({"old", "branched", "now"}, 0)
    (shop.root / "out/mug.png").unlink()
    assert shop.run("build").code == 0
    assert len(api.requests) == paid
