"""Two branches, one lock: by git alone in the common case, by asset where git gives up."""

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from imagepipe.lock import Lock, conflict_sides, dumps, entries, loads, merge, put_aside, taking
from imagepipe.values import Entry
from tests.planning.given import WORDS, asset, entry, pic

A, B, C = (entry(asset(name), WORDS + name, pictures=(pic(name),)) for name in "abc")
A2, A3 = (entry(asset("a"), WORDS + text, pictures=(pic(text),)) for text in ("two", "three"))


def lock(**named: Entry) -> Lock:
    return Lock(entries=entries(named))


def fits_none(name: str, item: Entry) -> bool:
    return False


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "expected"),
    [
        (lock(), lock(a=A), lock(b=B), lock(a=A, b=B)),
        (lock(a=A), lock(a=A2), lock(a=A), lock(a=A2)),
        (lock(a=A), lock(a=A), lock(a=A2), lock(a=A2)),
        (lock(a=A), lock(a=A2), lock(a=A2), lock(a=A2)),
        (lock(a=A, b=B), lock(b=B), lock(a=A, b=B), lock(b=B)),
        (lock(a=A), lock(), lock(a=A2), lock(a=A2)),
        (lock(a=A), lock(a=A2), lock(), lock(a=A2)),
        (lock(a=A), lock(), lock(), lock()),
        (lock(), lock(a=A), lock(a=A, c=C), lock(a=A, c=C)),
    ],
)
def test_by_asset(base: Lock, ours: Lock, theirs: Lock, expected: Lock) -> None:
    assert dict(merge(base, ours, theirs, fits_none).entries) == dict(expected.entries)


def test_where_both_changed_the_one_that_fits_the_manifest_wins_and_no_picture_is_lost() -> None:
    for fitting, other in ((A2, A3), (A3, A2)):
        made = merge(lock(a=A), lock(a=A2), lock(a=A3), lambda name, item, this=fitting: item == this)  # type: ignore[misc]
        found = made.entries["a"]
        assert found.made_from == fitting.made_from
        assert [(item.sha256, item.status) for item in found.candidates] == [
            (fitting.candidates[0].sha256, "picked"),
            (other.candidates[0].sha256, "kept"),
        ]


def test_where_neither_fits_ours_wins() -> None:
    assert merge(lock(a=A), lock(a=A2), lock(a=A3), fits_none).entries["a"].made_from == A2.made_from


def test_a_stand_in_is_no_candidate_beside_real_pictures() -> None:
    stand_in = replace(A3, placeholder=True)
    for first in (lock(a=stand_in), lock(a=A2)):
        second = lock(a=A2 if first.entries["a"] == stand_in else stand_in)
        assert merge(lock(a=A), first, second, lambda name, item: item == A2).entries["a"] == A2
    assert taking(lock(a=stand_in), {"a": A2}, (lock(a=stand_in), lock(a=A3))).entries["a"].candidates == (
        *A2.candidates,
        replace(A3.candidates[0], status="kept", made_from=A3.made_from),
    )


def test_what_gives_way_keeps_its_key_through_further_merges_and_the_file() -> None:
    made = merge(lock(a=A), lock(a=A2), lock(a=A3), fits_none)
    read = loads(dumps(made))
    assert put_aside(read) == {A3.made_from: ("a", (read.entries["a"].candidates[1],))}
    back = taking(read, {"a": A3}, (made,)).entries["a"]
    assert [(item.sha256, item.made_from) for item in back.candidates] == [
        (A3.candidates[0].sha256, ""),
        (A2.candidates[0].sha256, A2.made_from),
    ]


def test_a_rejected_picture_stays_rejected() -> None:
    theirs = replace(A3, candidates=(*A3.candidates, pic("bad", "rejected")))
    found = merge(lock(a=A), lock(a=A2), lock(a=theirs), fits_none).entries["a"]
    assert [item.status for item in found.candidates] == ["picked", "kept", "rejected"]


class TestWithGit:
    """Real merges by real git, without a driver."""

    @pytest.fixture
    def repo(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
        monkeypatch.setenv("GIT_CONFIG_SYSTEM", "/dev/null")
        self.git(tmp_path, "init", "-q", "-b", "main")
        self.git(tmp_path, "config", "user.email", "a@example.org")
        self.git(tmp_path, "config", "user.name", "a")
        return tmp_path

    @staticmethod
    def git(repo: Path, *arguments: str) -> int:
        return subprocess.run(["git", *arguments], cwd=repo, check=False, capture_output=True).returncode

    def merged(self, repo: Path, base: Lock, ours: Lock, theirs: Lock, *style: str) -> str:
        def commit(content: Lock) -> None:
            (repo / "assets.lock").write_text(dumps(content), encoding="utf-8")
            self.git(repo, "add", "-A")
            self.git(repo, "commit", "-qm", "x", "--allow-empty")

        commit(base)
        self.git(repo, "checkout", "-qb", "other")
        commit(theirs)
        self.git(repo, "checkout", "-q", "main")
        commit(ours)
        self.git(repo, *style, "merge", "-q", "other", "-m", "m")
        return (repo / "assets.lock").read_text(encoding="utf-8")

    @pytest.mark.parametrize(
        ("base", "ours", "theirs"),
        [
            ({"b": B}, {"a": A, "b": B}, {"b": B, "c": C}),
            ({"a": A, "b": B}, {"a": A2, "b": B}, {"a": A, "b": replace(B, note="changed", approved=True)}),
            ({"a": A, "b": B, "c": C}, {"a": A2, "b": B, "c": C}, {"a": A, "b": B, "c": replace(C, note="n")}),
            ({"a": A, "b": B, "c": C}, {"a": A, "c": C}, {"a": A2, "b": B, "c": C}),
        ],
    )
    def test_different_assets_merge_by_themselves(
        self, repo: Path, base: dict[str, Entry], ours: dict[str, Entry], theirs: dict[str, Entry]
    ) -> None:
        text = self.merged(repo, lock(**base), lock(**ours), lock(**theirs))
        expected = merge(lock(**base), lock(**ours), lock(**theirs), fits_none)
        assert text == dumps(expected)

    @pytest.mark.parametrize("style", [(), ("-c", "merge.conflictStyle=diff3")])
    def test_a_conflict_is_undone_by_asset(self, repo: Path, style: tuple[str, ...]) -> None:
        text = self.merged(repo, lock(a=A, b=B), lock(a=A2, b=B), lock(a=A3, b=B, c=C), *style)
        assert "<<<<<<<" in text
        base, ours, theirs = conflict_sides(text)
        assert bool(base) == bool(style)
        made = merge(
            loads(base) if base else Lock(),
            loads(ours),
            loads(theirs),
            lambda name, item: item.made_from == A3.made_from,
        )
        assert set(made.entries) == {"a", "b", "c"}
        assert made.entries["a"].picked == A3.picked
        assert len(made.entries["a"].candidates) == 2

    def test_two_added_at_the_end(self, repo: Path) -> None:
        """Both add behind the last asset: git sees one place changed twice, and `lock merge` settles it."""
        text = self.merged(repo, lock(a=A), lock(a=A, b=B), lock(a=A, c=C))
        if "<<<<<<<" in text:
            base, ours, theirs = conflict_sides(text)
            text = dumps(merge(loads(base) if base else Lock(), loads(ours), loads(theirs), fits_none))
        assert text == dumps(lock(a=A, b=B, c=C))
