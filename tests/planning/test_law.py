"""The law: whatever is edited, after a build the plan is silent, and each request was paid for once."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from imagepipe.digest import digest_text
from imagepipe.lock import Lock, Made, dumps, entries, entry_of, loads
from imagepipe.planning import decider
from imagepipe.values import (
    Action,
    Asset,
    Candidate,
    Decision,
    FileFact,
    FrozenMap,
    Input,
    Manifest,
    Output,
    Plan,
    Receipt,
    StepCall,
)
from tests.planning.given import asset, made_file, pic, plan, receipt, rules, seen, words

IDS = ("a", "b", "c")
QUIET = (Action.KEEP, Action.HOLD)


class Workshop:
    """A project folder, a store and a provider, as plain dictionaries."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.files: dict[str, str] = {}
        self.receipts: list[Receipt] = []
        self.paid: list[str] = []

    def was_received(self, digest: str) -> bool:
        return any(item.sha256 == digest for each in self.receipts for item in each.candidates)

    def plan(self, assets: dict[str, Asset], texts: dict[str, str]) -> Plan:
        return plan(list(assets.values()), self.lock, seen(self.files, receipts=self.receipts), texts=texts)

    def build(self, assets: dict[str, Asset], texts: dict[str, str]) -> None:
        rows = self.plan(assets, texts).decisions
        for row in sorted(rows, key=lambda each: each.action is Action.WAIT):
            self.carry_out(row, assets, texts)

    def carry_out(self, row: Decision, assets: dict[str, Asset], texts: dict[str, str]) -> None:
        if row.action is Action.WAIT:
            again = decider(
                Manifest("/p", "m", tuple(assets.values())),
                {id: words(texts[id]) for id in assets},
                self.lock,
                seen(self.files, receipts=self.receipts),
                rules(),
            )
            row = again(row.asset, {name: self.lock.entries[name] for name in row.waits_for})
        if row.action is Action.GENERATE and row.recipe:
            for _ in range(row.ask):
                self.paid.append(row.recipe.made_from)
            pictures = [pic(f"{row.recipe.made_from} {len(self.paid)} {i}") for i in range(row.ask)]
            self.receipts += [receipt(row.recipe, *pictures)] if pictures else []
            row = next(each for each in self.plan(assets, texts).decisions if each.asset == row.asset)
        for path in row.orphans:
            self.files.pop(path, None)
        if row.action is Action.DROP:
            self.lock = Lock(entries=entries({k: v for k, v in self.lock.entries.items() if k != row.asset}))
        elif row.action in (Action.FINISH, Action.RESTORE):
            self.publish(row, assets[row.asset])

    def publish(self, row: Decision, item: Asset) -> None:
        assert row.recipe is not None
        assert row.picked is not None
        wanted = {out.path: made_file(item, out, row.picked.sha256) for out in item.outputs}
        self.files.update({path: wanted[path] for path in row.writes})
        facts = {path: FileFact(digest, 1, 1, "png", 1) for path, digest in wanted.items()}
        mine = [each for each in self.receipts if each.key == row.recipe.made_from]
        pictures: tuple[Candidate, ...] = row.candidates
        made = Made(pictures, row.picked.sha256, facts, row.finished_by, row.finish_parts, mine)
        before = self.lock.entries.get(row.asset)
        self.lock = Lock(
            entries=entries({**self.lock.entries, row.asset: entry_of(row.recipe, made, before)}),
        )


@st.composite
def projects(draw: st.DrawFn) -> tuple[dict[str, Asset], dict[str, str]]:
    """Up to three assets, some of which take others, with prompts, n, steps and paths that come back now and then."""
    found: dict[str, Asset] = {}
    texts: dict[str, str] = {}
    for id in draw(st.lists(st.sampled_from(IDS), unique=True, max_size=3)):
        steps = draw(st.sampled_from([(), (StepCall("resize", FrozenMap({"width": 9})),), (StepCall("trim"),)]))
        path = f"{draw(st.sampled_from(['public', 'img']))}/{id}.png"
        item = asset(id, options={"n": draw(st.integers(1, 3))}, outputs=(Output(path, "png", steps),))
        if found and draw(st.booleans()):
            item = replace(item, inputs=(Input("style", asset=draw(st.sampled_from(sorted(found)))),))
        found[id] = item
        texts[id] = draw(st.sampled_from(["Subject: a mug", "Subject: a jug\nAvoid: steam"]))
    return found, texts


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(projects(), st.sampled_from(["", "lose a file", "lose the lock", "merge"])), max_size=5))
def test_after_a_build_the_plan_is_silent(history: list[tuple[tuple[dict[str, Asset], dict[str, str]], str]]) -> None:
    shop = Workshop()
    for (assets, texts), accident in history:
        if accident == "lose a file" and shop.files:
            shop.files.pop(sorted(shop.files)[0])
        if accident == "lose the lock" and not any(out.steps for a in assets.values() for out in a.outputs):
            shop.lock = Lock()
            shop.files = {path: digest for path, digest in shop.files.items() if shop.was_received(digest)}
        if accident == "merge":
            shop.lock = loads(dumps(shop.lock))
        shop.build(assets, texts)
        left = [
            (row.asset, row.action, row.reasons)
            for row in shop.plan(assets, texts).decisions
            if row.action not in QUIET
        ]
        assert left == []
        before = list(shop.paid)
        shop.build(assets, texts)
        assert shop.paid == before
    for key in set(shop.paid):
        assert shop.paid.count(key) <= 3, "never more pictures under a key than the largest n"


def test_coming_back_to_an_earlier_branch_is_free() -> None:
    shop = Workshop()
    one, two = asset("a"), asset("a", outputs=(Output("img/a.png", "png", (StepCall("trim"),)),))
    for item, text in ((one, "Subject: x"), (two, "Subject: y"), (one, "Subject: x"), (two, "Subject: y")):
        shop.build({"a": item}, {"a": text})
    assert len(shop.paid) == 2
    assert shop.files["img/a.png"] != digest_text("")
