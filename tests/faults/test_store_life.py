"""The store's whole life at random: requests that end in every way, crashes, damage, gc. Nothing paid is lost unseen."""

import shutil
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from imagepipe.digest import digest_bytes
from imagepipe.store.opening import DiskStore, open_store
from imagepipe.store.pending import State
from imagepipe.store.upkeep import collect, garbage, verify
from imagepipe.values import Candidate
from tests.store import samples

NAMES = st.sampled_from(["mug", "hat", "cup"])
ENDS = st.sampled_from(["unsent", "sent", "received", "kept", "receipted", "dropped"])


class Life(RuleBasedStateMachine):
    """`received` and `doubtful` are what the world knows; the store must agree after every step."""

    def __init__(self) -> None:
        super().__init__()
        self.root = Path(tempfile.mkdtemp(prefix="imagepipe-life-"))
        self.store: DiskStore = open_store(self.root / "store")
        self.received: dict[str, bytes] = {}
        self.damaged: set[str] = set()
        self.doubtful: set[str] = set()
        self.count = 0

    def teardown(self) -> None:
        self.store.close()
        shutil.rmtree(self.root)

    @rule(name=NAMES, end=ENDS, size=st.integers(0, 3000))
    def request_until(self, name: str, end: str, size: int) -> None:
        """One paid request that gets as far as `end`, after which its process dies."""
        self.count += 1
        ident = f"r{self.count}"
        body = f"{ident} {name} ".encode() + bytes(size)
        candidate = Candidate(digest_bytes(body), 1, 1, "png")
        order = ["unsent", "sent", "received", "kept", "receipted", "dropped"].index(end)
        with self.store.lock_key(samples.key(name)):
            spool = self.store.begin(samples.intent(name, ident), 4096).launch()
            if order == 0:
                spool.path.unlink()
            else:
                spool.write(body)
            if order >= 2:
                assert spool.finish(200, ident, {}) is None
                self.received[ident] = body
            if order >= 3:
                self.store.put_blob(body)
            if order >= 4:
                self.store.put_receipt(samples.receipt(name, ident, candidates=(candidate,)))
            if order == 1:
                self.doubtful.add(ident)
            if order == 5:
                spool.drop()
        self.crash()

    def crash(self) -> None:
        self.store.close()
        self.store = open_store(self.root / "store")

    @rule()
    def start(self) -> None:
        """What a build does first."""
        for item in self.store.pending():
            if item.state is State.COMPLETE:
                self.store.put_blob(item.body())
                found = Candidate(digest_bytes(item.body()), 1, 1, "png")
                self.store.put_receipt(samples.receipt(item.intent.asset, item.intent.id, candidates=(found,)))
                self.store.settle(item.intent.id)
        self.store.discard_unsent()

    @rule()
    def forget_doubts(self) -> None:
        for item in self.store.doubts():
            self.store.settle(item.id)
            self.doubtful.discard(item.id)

    @rule(data=st.data(), cut=st.booleans())
    def damage_a_picture(self, data: st.DataObject, cut: bool) -> None:
        here = [digest_bytes(body) for body in self.received.values()]
        here = [digest for digest in here if self.store.has_blob(digest)]
        if here:
            digest = data.draw(st.sampled_from(here))
            path = self.store.layout.blob(digest)
            path.write_bytes(path.read_bytes()[:-1] if cut else b"\xff" + path.read_bytes()[1:])
            self.damaged.add(digest)

    @rule()
    def collect_garbage(self) -> None:
        collect(self.store, garbage(self.store, ()))

    @rule()
    def look_at_everything(self) -> None:
        report = verify(self.store)
        assert set(report.missing) <= self.damaged
        assert not report.orphans

    @invariant()
    def nothing_received_is_lost(self) -> None:
        complete = {item.intent.id: item for item in self.store.pending() if item.state is State.COMPLETE}
        noted = {item.id for item in self.store.all_receipts()}
        for ident, body in self.received.items():
            digest = digest_bytes(body)
            if ident in complete:
                assert complete[ident].body() == body
                continue
            assert ident in noted
            try:
                assert self.store.blob(digest) == body
            except FileNotFoundError:
                assert digest in self.damaged

    @invariant()
    def doubts_are_exactly_what_was_sent_without_an_end(self) -> None:
        assert {item.id for item in self.store.doubts()} == self.doubtful


Life.TestCase.settings = settings(
    max_examples=12,
    stateful_step_count=15,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
TestLife = Life.TestCase
