"""The law at the program's door: whatever is edited, renamed, reordered, lost or switched, after a build nothing is left
to do, and every request that was ever wanted was paid for once."""

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import imagepipe
from imagepipe.pipeline.options import BuildOptions
from tests.gitproject import GitProject
from tests.project import Project
from tests.server import ImageServer

WORDS = ("a mug", "a jug", "a fern")
Asset = tuple[str, str, int]
"""Id, words, and the width that a step makes of it (0: the picture as it came)."""
ASSETS = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from(WORDS), st.sampled_from([0, 0, 8])), max_size=3, unique_by=lambda a: a[0]
)  # fmt: skip
ACCIDENTS = st.sampled_from(["", "", "lose a file", "lose the cache", "lose the lock"])


def manifest(assets: list[Asset]) -> str:
    lines = ["version: 1", "defaults: {options: {quality: low}}", "assets:" if assets else "assets: {}"]
    for name, words, width in assets:
        out = f"outputs: [{{path: out/{name}.png, width: {width}}}]" if width else f"output: out/{name}.png"
        lines += [f"  {name}:", f"    prompt: {words}", f"    {out}"]
    return "\n".join(lines) + "\n"


def suffer(root: Path, accident: str) -> None:
    if accident == "lose a file":
        for path in sorted(root.glob("out/*"))[:1]:
            path.unlink()
    if accident == "lose the cache":
        shutil.rmtree(root / ".imagepipe/cache", ignore_errors=True)
    if accident == "lose the lock":
        # made files without a lock are nobody's: they go with it
        (root / "assets.lock").unlink(missing_ok=True)
        shutil.rmtree(root / "out", ignore_errors=True)


def hold(history: list[tuple[list[Asset], str]], api: ImageServer) -> None:
    """One project lived through; each of its states is a branch that was switched to. What leaves the manifest is pruned:
    a made file whose entry is gone would be nobody's when its asset comes back."""
    api.forget()
    wanted: set[str] = set()
    with tempfile.TemporaryDirectory() as folder:
        project = Project(Path(folder))
        for assets, accident in history:
            project.write(manifest(assets))
            wanted |= {words for _, words, _ in assets}
            suffer(project.root, accident)
            last = list(imagepipe.build(imagepipe.load(folder), options=BuildOptions(prune=True)))[-1]
            assert getattr(last, "exit_code", None) == 0
            left = {row.action.value for row in imagepipe.plan(imagepipe.load(folder)).decisions}
            assert left <= {"keep", "hold"}
        assert sorted(api.prompts) == sorted(wanted)


BOUNDS = {"deadline": None, "suppress_health_check": [HealthCheck.function_scoped_fixture]}


@settings(max_examples=6, **BOUNDS)  # type: ignore[arg-type]
@given(st.lists(st.tuples(ASSETS, ACCIDENTS), min_size=1, max_size=4))
def test_after_any_history_nothing_is_left_and_nothing_was_paid_twice(
    api: ImageServer, history: list[tuple[list[Asset], str]]
) -> None:
    hold(history, api)


@pytest.mark.long
@settings(max_examples=200, **BOUNDS)  # type: ignore[arg-type]
@given(st.lists(st.tuples(ASSETS, ACCIDENTS), min_size=1, max_size=7))
def test_the_same_for_longer_lives(api: ImageServer, history: list[tuple[list[Asset], str]]) -> None:
    hold(history, api)


def test_two_clones_edit_different_assets_build_and_merge_in_silence(tmp_path: Path, api: ImageServer) -> None:
    names = [("a", "a mug", 0), ("b", "a jug", 0), ("c", "a fern", 0)]
    (tmp_path / "one").mkdir()
    one = GitProject(tmp_path / "one").begin()
    one.write(manifest(names))
    assert one.run("build", "--yes").code == 0
    one.commit("three pictures")
    two = GitProject(tmp_path / "two")
    one.git("clone", "-q", str(one.root), str(two.root))
    for clone, old, new in ((one, "a mug", "a cup"), (two, "a fern", "an oak")):
        clone.edit(old, new)
        assert clone.run("build", "--yes").code == 0
        clone.commit(new)
    assert len(api.requests) == 5
    two.git("pull", "-q", "--no-rebase", "--no-edit", "origin", "main")
    assert set(two.actions().values()) == {"keep"}
    assert two.run("check").code == 0
    assert len(api.requests) == 5


def test_switching_branches_and_back_is_free(tmp_path: Path, api: ImageServer) -> None:
    project = GitProject(tmp_path).begin()
    project.write(manifest([("a", "a mug", 0), ("b", "a jug", 0)]))
    assert project.run("build", "--yes").code == 0
    project.commit("two pictures")
    project.git("switch", "-qc", "other")
    project.edit("a mug", "a cup")
    assert project.run("build", "--yes").code == 0
    project.commit("a cup")
    asked = len(api.requests)
    for branch in ("main", "other", "main"):
        project.git("switch", "-q", branch)
        assert set(project.actions().values()) == {"keep"}
        assert "nothing to do" in project.run("build").text.lower()
    assert len(api.requests) == asked == 3
