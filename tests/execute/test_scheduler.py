"""What is done, in what order, and how often the provider is asked: a ledger of calls."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from imagepipe.events import BuildStarted, Dropped, Failed, Published, Relocked, Sending, Skipped
from imagepipe.execute.work import Limits
from imagepipe.values import EMPTY, Action, Input, Output, Plan, Totals
from tests.execute.rig import Rig, answer, asset, error, png, steps


def test_build_then_plan_is_silent(tmp_path: Path) -> None:
    rig = Rig(tmp_path, asset("a"), asset("b"), asset("c", "words", options={"n": 2}))
    end = rig.build()
    assert (end.exit_code, end.published, end.requests, rig.calls) == (0, 3, 3, 3)
    assert set(rig.actions().values()) == {"keep"}
    assert rig.build().requests == 0
    assert rig.calls == 3
    assert [type(event).__name__ for event in rig.events] == ["BuildStarted", "BuildFinished"]


def test_who_sends_is_told_when_nothing_more_will_be_sent(tmp_path: Path) -> None:
    rig, told = Rig(tmp_path, asset("a"), asset("b")), []

    async def hang_up() -> None:
        told.append(rig.calls)

    rig.build(hang_up=hang_up)
    assert told == [2], "once, after the last request"


def test_the_providers_bytes_go_out_untouched(tmp_path: Path) -> None:
    rig = Rig(tmp_path, asset("a"))
    rig.build()
    assert rig.files["a.png"] == png(1)


@pytest.mark.parametrize("lose", ["lock", "files", "lock and files"])
def test_what_was_paid_is_never_asked_for_again(tmp_path: Path, lose: str) -> None:
    rig = Rig(tmp_path, asset("a"), asset("b", outputs=[steps("b.webp", "webp", ("resize", {"width": 16}))]))
    rig.build()
    before = dict(rig.files), rig.lock.entries
    if "lock" in lose:
        rig.lock = replace(rig.lock, entries={})
    if "files" in lose:
        rig.files.clear()
    assert rig.build().exit_code == 0
    assert rig.calls == 2
    assert (dict(rig.files), rig.lock.entries) == before


def test_two_assets_with_one_request_are_one_call(tmp_path: Path) -> None:
    rig = Rig(tmp_path, *(asset(id, "the same words") for id in "abcd"))
    end = rig.build()
    assert (end.published, rig.calls) == (4, 1)
    assert len({rig.files[f"{id}.png"] for id in "abcd"}) == 1


def test_n_of_the_greediest_is_asked_for_once(tmp_path: Path) -> None:
    rig = Rig(tmp_path, asset("a", "same"), asset("b", "same", options={"n": 3}))
    rig.build()
    assert [call.n for call in rig.provider.calls] == [3]
    assert set(rig.actions().values()) == {"keep"}


def test_raising_n_asks_for_the_rest(tmp_path: Path) -> None:
    rig = Rig(tmp_path, asset("a"))
    rig.build()
    rig.change("a", options=asset("a", options={"n": 3}).options)
    rig.build()
    assert [call.n for call in rig.provider.calls] == [1, 2]
    entry = rig.lock.entries["a"]
    assert [one.status for one in entry.candidates] == ["picked", "kept", "kept"]
    assert rig.files["a.png"] == png(1)


def test_again_asks_anew_and_keeps_the_pick(tmp_path: Path) -> None:
    rig = Rig(tmp_path, asset("a"))
    rig.build()
    rig.build(again=frozenset({"a"}))
    assert rig.calls == 2
    assert [one.status for one in rig.lock.entries["a"].candidates] == ["picked", "kept"]
    assert rig.files["a.png"] == png(1)


def test_at_most_jobs_are_in_flight_and_all_of_them_are_used(tmp_path: Path) -> None:
    async def scenario() -> None:
        rig = Rig(tmp_path, *(asset(f"a{i}") for i in range(9)))
        rig.limits = Limits(jobs=3)
        rig.provider.hold()
        build = asyncio.ensure_future(rig.abuild())
        await rig.provider.have(3)
        rig.provider.let_go()
        assert (await build).published == 9
        assert rig.provider.most_at_once == 3

    asyncio.run(scenario())


def chain() -> list:
    return [
        asset("base"),
        asset("cut", inputs=[Input("target", asset="base")]),
        asset("card", inputs=[Input("reference", asset="cut")]),
        asset("other"),
    ]


def test_a_chain_is_built_in_order_and_sends_the_bytes(tmp_path: Path) -> None:
    rig = Rig(tmp_path, *chain())
    end = rig.build()
    assert (end.exit_code, rig.calls) == (0, 4)
    order = rig.told_of(Published)
    assert order.index("base") < order.index("cut") < order.index("card")
    sent = dict(zip(rig.provider.prompts, rig.provider.files, strict=True))
    assert sent["picture of cut"] == [rig.files["base.png"]]
    assert sent["picture of card"] == [rig.files["cut.png"]]
    assert set(rig.actions().values()) == {"keep"}


def test_the_same_bytes_upstream_cost_nothing_downstream(tmp_path: Path) -> None:
    rig = Rig(tmp_path, *chain())
    rig.build()
    rig.change("base", prompt=replace(rig.assets["base"].prompt, text="other words"))
    from_before = rig.files["base.png"]
    rig.provider.script("other words", answer(from_before))
    assert rig.actions()["cut"] == "wait"
    end = rig.build()
    assert (end.exit_code, rig.calls) == (0, 5)
    assert set(rig.actions().values()) == {"keep"}


def test_a_failed_input_skips_what_needs_it_and_says_whom_to_thank(tmp_path: Path) -> None:
    rig = Rig(tmp_path, *chain())
    rig.provider.script("picture of base", error(400, "moderation_blocked"))
    end = rig.build()
    assert (end.exit_code, end.published, end.failed, end.skipped) == (1, 1, 1, 2)
    assert rig.told_of(Failed) == ["base"]
    because = {event.asset: event.because for event in rig.told(Skipped)}
    assert "base failed" in because["cut"]
    assert "cut was skipped" in because["card"]
    assert "other.png" in rig.files


def test_keep_going_is_the_default(tmp_path: Path) -> None:
    rig = Rig(tmp_path, *(asset(f"a{i}") for i in range(6)))
    rig.provider.script("picture of a0", error(400, "invalid_value"))
    assert rig.build().published == 5


def test_fail_fast_keeps_what_is_in_flight(tmp_path: Path) -> None:
    async def scenario() -> None:
        rig = Rig(tmp_path, *(asset(f"a{i}") for i in range(6)))
        rig.limits = Limits(jobs=2)
        rig.provider.script("*", error(400, "invalid_value"), answer(png(7)))
        rig.provider.hold()
        build = asyncio.ensure_future(rig.abuild(fail_fast=True))
        await rig.provider.have(2)
        rig.provider.let_go()
        end = await build
        assert (end.exit_code, end.published, end.failed, end.skipped, rig.calls) == (1, 1, 1, 4, 2)

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("status", "code", "exit_code"),
    [(401, "invalid_api_key", 7), (429, "insufficient_quota", 7), (404, "model_not_found", 1)],
)
def test_whom_an_error_stops(tmp_path: Path, status: int, code: str, exit_code: int) -> None:
    rig = Rig(tmp_path, asset("a"), asset("b"), asset("c", model="gpt-image-2.5-flare"))
    rig.limits = Limits(jobs=1)
    for id in "ab":
        rig.provider.script(f"picture of {id}", error(status, code))
    end = rig.build()
    assert end.exit_code == exit_code
    assert rig.provider.prompts.count("picture of a") + rig.provider.prompts.count("picture of b") == 1
    assert sorted({*rig.told_of(Failed), *rig.told_of(Skipped)} - {"c"}) == ["a", "b"]
    if exit_code == 1:
        assert "c.png" in rig.files


def test_the_lock_goes_on_owning_the_files_of_dropped_assets(tmp_path: Path) -> None:
    rig = Rig(tmp_path, asset("a"), asset("b"))
    rig.build()
    del rig.assets["b"]
    rig.build()
    assert [(event.asset, event.left) for event in rig.told(Dropped)] == [("b", ("b.png",))]
    assert list(rig.lock.entries["b"].left_over) == ["b.png"]
    assert not rig.lock.entries["b"].outputs


def test_a_rename_copies_and_asks_nobody(tmp_path: Path) -> None:
    rig = Rig(tmp_path, asset("old", "words"))
    rig.build()
    rig.assets = {"new": asset("new", "words", outputs=[Output("old.png", "png")])}
    rig.build()
    assert rig.calls == 1
    assert rig.told_of(Relocked) == ["new"]
    assert rig.writes == []
    assert set(rig.lock.entries) == {"new"}


def test_what_a_failed_asset_may_have_been_before_stays_in_the_lock(tmp_path: Path) -> None:
    rig = Rig(tmp_path, asset("base"), asset("old", inputs=[Input("target", asset="base")]), asset("gone"))
    rig.build()
    words = replace(rig.assets["old"].prompt, text="picture of old")
    rig.assets = {
        "base": asset("base", "other words"),
        "new": replace(rig.assets["old"], id="new", prompt=words, outputs=(Output("new.png", "png"),)),
    }
    rig.provider.script("other words", error(400, "moderation_blocked"), answer(rig.files["base.png"]))
    assert rig.build().exit_code == 1
    assert rig.lock.entries["old"].outputs
    assert rig.told_of(Dropped) == ["gone"]
    rig.build(retry_failed=frozenset({"base"}))
    assert (rig.calls, rig.told_of(Dropped)) == (5, ["old"])
    assert rig.files["new.png"] == rig.files["old.png"]


def test_the_draft_of_a_failed_final_stays_in_the_lock_under_its_old_name(tmp_path: Path) -> None:
    rig = Rig(tmp_path, asset("old", profile="draft"))
    rig.build()
    draft = replace(rig.lock.entries["old"], approved=True)
    rig.lock = replace(rig.lock, entries={"old": draft})
    made_of = [Input("reference", draft="draft")]
    rig.assets = {
        "new": asset("new", "picture of old", inputs=made_of, final_uses="draft", options={"quality": "high"})
    }
    rig.provider.script("picture of old", error(400, "moderation_blocked"), answer(png(7)))
    assert rig.build().exit_code == 1
    assert rig.lock.entries["old"] == draft
    assert rig.build(retry_failed=frozenset({"new"})).exit_code == 0
    assert [item.sha256 for item in rig.lock.entries["new"].inputs] == [draft.picked.sha256 if draft.picked else ""]
    assert rig.told_of(Dropped) == ["old"]


def test_blocked_assets_are_told_and_the_rest_is_built(tmp_path: Path) -> None:
    rig = Rig(tmp_path, asset("a"), asset("b"))
    rig.files["a.png"] = b"drawn by hand"
    end = rig.build()
    assert (end.exit_code, end.published) == (1, 1)
    [event], [start] = rig.told(Failed), rig.told(BuildStarted)
    assert (event.code, event.blocked) == ("not-ours", True)
    assert (start.work, start.blocked, end.failed, end.blocked) == (1, 1, 1, 1)
    assert rig.files["a.png"] == b"drawn by hand"


def test_ctrl_c_sends_nothing_new_and_keeps_what_is_in_flight(tmp_path: Path) -> None:
    async def scenario() -> None:
        rig = Rig(tmp_path, *(asset(f"a{i}") for i in range(6)))
        rig.limits = Limits(jobs=2)
        rig.provider.hold()
        build = asyncio.ensure_future(rig.abuild())
        await rig.provider.have(2)
        rig.stopping.set()
        await asyncio.sleep(0)
        rig.provider.let_go()
        end = await build
        assert (end.exit_code, end.published, end.skipped, rig.calls) == (130, 2, 4, 2)

    asyncio.run(scenario())


def test_a_second_ctrl_c_leaves_the_requests_in_doubt(tmp_path: Path) -> None:
    async def scenario() -> Rig:
        rig = Rig(tmp_path, asset("a"))
        rig.provider.hold()
        build = asyncio.ensure_future(rig.abuild())
        await rig.provider.have(1)
        build.cancel()
        with pytest.raises(asyncio.CancelledError):
            await build
        return rig

    rig = asyncio.run(scenario())
    assert [intent.asset for intent in rig.store.doubts()] == ["a"]
    assert rig.actions() == {"a": "block"}


def test_a_free_provider_leaves_no_trace_in_the_journal(tmp_path: Path) -> None:
    rig = Rig(tmp_path, asset("a", provider="placeholder"))
    rig.provider.free = True
    end = rig.build()
    assert (end.exit_code, end.requests, end.usd) == (0, 0, 0.0)
    entry = rig.lock.entries["a"]
    assert entry.placeholder
    assert entry.cost.usd == 0.0
    assert not rig.store.keys()
    assert not rig.store.pending()
    assert rig.actions() == {"a": "keep"}
    rig.change("a", provider="openai")
    rig.provider.free = False
    assert rig.actions() == {"a": "generate"}
    rig.build()
    assert not rig.lock.entries["a"].placeholder
    assert [one.status for one in rig.lock.entries["a"].candidates] == ["picked"]


def test_the_start_names_the_work_and_its_worst_price(tmp_path: Path) -> None:
    rig = Rig(tmp_path, asset("a"), asset("b", "same"), asset("c", "same"))
    rig.build()
    [start] = rig.told(BuildStarted)
    assert (start.work, start.requests, start.worst) == (3, 2, pytest.approx(0.1))
    assert len(rig.told(Sending)) == 2


def test_a_fault_of_ours_is_raised_after_what_is_in_flight_is_kept(tmp_path: Path) -> None:
    rig = Rig(tmp_path, asset("a"))

    def broken(*_: object) -> tuple[str, ...]:
        raise ZeroDivisionError("not foreseen")

    rig._publish = broken  # type: ignore[method-assign]
    with pytest.raises(ZeroDivisionError):
        rig.build()
    rig = Rig(tmp_path, asset("a"))
    assert rig.build().exit_code == 0
    assert rig.calls == 0


def test_an_empty_plan_does_nothing(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    empty = Plan((), Totals(EMPTY, rig.plan().totals.price))

    async def scenario() -> None:
        async for _ in rig.stream(empty):
            pass

    asyncio.run(scenario())
    assert rig.finished.exit_code == 0
    assert Action.KEEP not in {row.action for row in empty.decisions}
