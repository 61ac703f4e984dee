"""A project's life at random: edits, builds, crashes, merges, gc, damage. Whatever comes, nothing paid is lost or paid twice."""

import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from imagepipe.lock import Lock, loads
from imagepipe.values import Entry
from tests.faults.worlds import GOOD, Damage, World, Zygote, zygote

PLAIN = {"mug": "mug, plain", "hat": "hat, twice"}
WORDS = st.sampled_from(["", " in red", " in blue"])


def uses_mug(entries: Mapping[str, Entry], entry: Entry) -> bool:
    """Whether an entry was made of the picture that the lock has of the mug: with the store's picture gone, a build leaves
    an older one there, and goes on from the one it knows of."""
    mug = entries.get("mug")
    picture = mug.picked.sha256 if mug and mug.picked else ""
    return any(item.sha256 == picture for item in entry.inputs)


class Life(RuleBasedStateMachine):
    """`resent` counts, by prompt, the pictures that were given up as in doubt: only those may be paid again."""

    zygote: Zygote
    steps = 0

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="imagepipe-life-"))
        self.world = World(self.folder / "world", self.zygote).fresh()
        self.words = dict(PLAIN)
        self.resent: Counter[str] = Counter()
        self.retouched: set[str] = set()

    def teardown(self) -> None:
        shutil.rmtree(self.folder)

    @rule(name=st.sampled_from(sorted(PLAIN)), word=WORDS)
    def edit(self, name: str, word: str) -> None:
        now = PLAIN[name] + word
        self.world.edit(f"prompt: {self.words[name]}\n", f"prompt: {now}\n")
        self.words[name] = now

    def run(self, *args: str, **more: int) -> tuple[int, str]:
        """A build. Where it refuses as a whole, a file that was retouched is one that no lock or receipt knows; it is
        taken away, as a person might, and then the build goes on."""
        charges = self.world.charges
        code, said = self.world.build(*args, **more)
        if "[not-ours]" not in said:
            return code, said
        assert code == 2, said
        assert self.world.charges == charges
        assert {name for name in GOOD if f"out/{name}.png" in said} <= self.retouched, said
        for name in self.retouched:
            (self.world.project / "out" / f"{name}.png").unlink(missing_ok=True)
        self.retouched.clear()
        return self.world.build(*args, **more)

    @rule()
    def build(self) -> None:
        code, said = self.run()
        assert code == 1, said

    @rule(count=st.integers(1, 130))
    def crash(self, count: int) -> None:
        """A build that dies at some change of the disk, or gets to its end."""
        code, said = self.run(die=count)
        assert code in (1, 137), said

    @rule(wish=st.sampled_from(["--resend", "--forget"]))
    def give_up(self, wish: str) -> None:
        for intent in self.world.store.doubts():
            self.resent["\n".join(intent.receipt.prompt)] += int(intent.receipt.options["n"])
        code, said = self.run(wish, "*")
        assert code in (0, 1), said
        ids = {"mug", "hat", "cup", "map", "key"}
        assert not [item for item in self.world.store.doubts() if item.asset not in ids]

    @rule(limit=st.sampled_from([(), ("--max-size", "0")]))
    def collect(self, limit: tuple[str, ...]) -> None:
        code, said = self.world.run(self.world.folder, "gc", "--delete", *limit)
        assert code == 0, said
        if limit:
            named = self.world.named()
            here = {item.sha256 for receipt in self.world.store.all_receipts() for item in receipt.candidates}
            self.world.damaged |= {digest for digest in here - named if not self.world.store.has_blob(digest)}
            assert all(self.world.store.has_blob(digest) or digest in self.world.damaged for digest in named)

    @rule(data=st.data())
    def damage(self, data: st.DataObject) -> None:
        """A picture in the store is cut short."""
        store = self.world.store
        found = [item.sha256 for receipt in store.all_receipts() for item in receipt.candidates]
        here = sorted(digest for digest in set(found) if store.has_blob(digest))
        if here:
            digest = data.draw(st.sampled_from(here))
            path = store.layout.blob(digest)
            path.write_bytes(path.read_bytes()[:-1])
            self.world.damaged.add(digest)

    @rule(what=st.sampled_from(["assets.lock", "out", ".imagepipe"]))
    def lose(self, what: str) -> None:
        """A file or folder of the project is deleted."""
        path = self.world.project / what
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)

    @rule(name=st.sampled_from(sorted(PLAIN)))
    def retouch(self, name: str) -> None:
        """An output is edited by hand."""
        path = self.world.project / "out" / f"{name}.png"
        if path.exists():
            path.write_bytes(path.read_bytes() + b"by hand")
            self.retouched.add(name)

    @rule(
        name=st.sampled_from(sorted(PLAIN)),
        words=st.permutations(["", " in red", " in blue"]),
        count=st.integers(1, 30),
        style=st.sampled_from([(), ("--diff3",)]),
    )
    def merge(self, name: str, words: list[str], count: int, style: tuple[str, ...]) -> None:
        """Two branches on one store answer other recipes of one asset, and git merges the locks by lines. Ours has the
        manifest. `lock merge` dies at some change of the disk, or gets to its end, and is run again."""
        path = self.world.project / "assets.lock"
        base = path.read_bytes() if path.exists() else b""
        theirs = self._branch(base, name, words[0])
        ours = self._branch(base, name, words[1])
        if not (ours and theirs):  # nothing could be built there: without a lock, git has nothing to merge
            return
        path.write_bytes(self._merged_by_git(ours, base, theirs, *style))
        charges = self.world.charges
        code, said = self.world.run(self.world.folder, "lock", "merge", die=count)
        assert code in (0, 137), said
        assert path.read_bytes(), "the old one or the new one"
        code, said = self.world.run(self.world.folder, "lock", "merge")
        assert code == 0, said
        self._holds_both(*(loads(text.decode()) if text else Lock() for text in (base, ours, theirs)))
        assert self.world.charges == charges

    def _branch(self, base: bytes, name: str, word: str) -> bytes:
        """The lock of a branch that builds one asset with other words."""
        path = self.world.project / "assets.lock"
        path.write_bytes(base) if base else path.unlink(missing_ok=True)
        self.edit(name, word)
        self.build()
        return path.read_bytes() if path.exists() else b""

    def _merged_by_git(self, ours: bytes, base: bytes, theirs: bytes, *style: str) -> bytes:
        files = [self.folder / side for side in ("ours", "base", "theirs")]
        for file, data in zip(files, (ours, base, theirs), strict=True):
            file.write_bytes(data)
        done = subprocess.run(["git", "merge-file", "-p", *style, *files], capture_output=True, check=False)
        assert 0 <= done.returncode < 127, done.stderr
        return done.stdout

    def _holds_both(self, base: Lock, ours: Lock, theirs: Lock) -> None:
        """What one side changed is as it made it; of what both changed, ours stays, since the manifest is ours (theirs,
        where its input is only there, or the picture that the lock has of it), and every picture of the other is kept
        beside it."""
        found = loads((self.world.project / "assets.lock").read_text()).entries
        for name in {*ours.entries, *theirs.entries}:
            before, mine, other = (side.entries.get(name) for side in (base, ours, theirs))
            if before not in (mine, other) and mine and other:
                only_there = "mug" in theirs.entries and "mug" not in ours.entries
                made_of_it = name == "cup" and (only_there or (uses_mug(found, other) and not uses_mug(found, mine)))
                assert found[name].made_from == (other if made_of_it else mine).made_from
                known = {item.sha256 for entry in (mine, other) for item in entry.candidates}
                assert known <= {item.sha256 for item in found[name].candidates}
            else:
                assert found[name] == (other if mine == before else mine)

    @invariant()
    def everything_is_accounted_for(self) -> None:
        Life.steps += 1
        found = self.world.look()
        assert not found, found

    @invariant()
    def nothing_is_paid_twice(self) -> None:
        for prompt, count in self.world.billed.items():
            if prompt.startswith(("mug", "hat", "map")):
                wanted = 2 if prompt.startswith("hat") else 1
                assert count <= wanted + self.resent[prompt], prompt


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Zygote]:
    with zygote(tmp_path_factory.mktemp("zygote") / "warm") as found:
        yield found


def live(run: Zygote, record: Callable[[str, object], None], examples: int, steps: int) -> None:
    Life.zygote, Life.steps = run, 0
    limits = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Life, settings=limits)
    record("faults: a life at random", [Life.steps, *[0] * len(Damage.__dataclass_fields__)])


def test_a_short_life(run: Zygote, record_property: Callable[[str, object], None]) -> None:
    live(run, record_property, 6, 12)


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_many_lives(run: Zygote, record_property: Callable[[str, object], None]) -> None:
    live(run, record_property, 60, 30)
