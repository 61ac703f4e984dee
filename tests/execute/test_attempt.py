"""One paid request: what every kind of answer does to money, store and lock."""

import asyncio
import errno
import threading
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from imagepipe.contracts import Reply, Sink
from imagepipe.digest import digest_bytes
from imagepipe.events import BuildFinished, Failed, InDoubt, Received, Sending, Waiting, Warned
from imagepipe.execute.work import Limits
from imagepipe.settings import Cap
from imagepipe.store import locks
from imagepipe.store.disk import fault_of
from imagepipe.store.opening import DiskStore, open_store
from imagepipe.store.pending import State
from imagepipe.store.spools import Spool
from imagepipe.values import Input, Intent, Request
from tests.execute.rig import PRICE, Rig, Script, answer, asset, error, never, png, says, silence, steps


def one(tmp_path: Path, *script: Script, **more: object) -> tuple[Rig, BuildFinished]:
    rig = Rig(tmp_path, asset("a", **more))
    rig.provider.script("picture of a", *script)
    return rig, rig.build()


OK = answer(png(1))
BUSY, REFUSED_CONNECTION = error(429, "rate_limit_exceeded"), silence(sent=False, fault="connect: refused")
FREE = (BUSY, REFUSED_CONNECTION)
HTML = says(b"<html>busy</html>")
TEXT = answer(b"no picture at all")
LINK = says(b'{"data": [{"url": "https://example.com/a.png"}]}')
WRONG = answer(png(1, (16, 16)))


@pytest.mark.parametrize(
    ("script", "calls", "exit_code", "doubts"),
    [
        ([OK], 1, 0, 0),
        ([BUSY, OK], 2, 0, 0),
        ([REFUSED_CONNECTION, OK], 2, 0, 0),
        ([silence(sent=False, fault="tls: bad"), OK], 1, 7, 0),
        ([REFUSED_CONNECTION], 5, 1, 0),
        ([error(500), OK], 2, 0, 0),
        ([error(503), error(409), OK], 3, 0, 0),
        ([error(500)], 3, 1, 3),
        ([silence()], 1, 1, 1),
        ([silence(fault="timeout: slow"), OK], 1, 1, 1),
        ([error(400, "moderation_blocked"), OK], 1, 1, 0),
        ([error(302), OK], 1, 7, 0),
        ([HTML, OK], 1, 1, 0),
    ],
)
def test_how_often_is_asked(tmp_path: Path, script: list[Script], calls: int, exit_code: int, doubts: int) -> None:
    rig, end = one(tmp_path, *script)
    assert (rig.calls, end.exit_code, len(rig.store.doubts())) == (calls, exit_code, doubts)
    assert len(rig.store.pending()) == doubts
    errors = sum(1 for event in rig.told(Sending)) - 1 if not doubts and exit_code == 0 else 0
    answered = rig.provider.scripts["picture of a"] == [OK] and script[0] not in FREE
    assert end.in_doubt == pytest.approx(PRICE * (doubts or (errors if answered else 0)))


def test_tries_before_the_answer_stay_counted_and_leave_nothing_to_ask(tmp_path: Path) -> None:
    rig, end = one(tmp_path, error(500), OK)
    assert end.in_doubt == pytest.approx(PRICE)
    assert end.usd == pytest.approx(PRICE / 2)
    assert "counted-twice" in [event.code for event in rig.told(Warned)]
    assert rig.actions() == {"a": "keep"}
    assert sorted((entry.kind, entry.usd) for entry in rig.ledger) == [("in_doubt", PRICE), ("settled", PRICE / 2)]


def test_a_doubt_blocks_its_asset_until_it_is_settled(tmp_path: Path) -> None:
    rig, _ = one(tmp_path, silence())
    [doubt] = rig.told(InDoubt)
    assert (doubt.asset, doubt.worst) == ("a", PRICE)
    assert rig.actions() == {"a": "block"}
    end = rig.build()
    assert (end.exit_code, rig.calls) == (1, 1)
    assert end.in_doubt == PRICE


def test_silence_is_asked_again_only_where_the_user_says_so(tmp_path: Path) -> None:
    rig = Rig(tmp_path, asset("a"))
    rig.limits = replace(rig.limits, retry_in_doubt=1)
    rig.provider.script("picture of a", silence(), OK)
    assert (rig.build().exit_code, rig.calls) == (0, 2)


@pytest.mark.parametrize(
    ("header", "waited"),
    [
        ({"retry-after": "7"}, 7.0),
        ({"retry-after-ms": "250"}, 0.25),
        ({"retry-after": "86400"}, 120.0),
        ({"retry-after": "soon"}, 2.0),
        ({}, 2.0),
    ],
)
def test_the_wait_is_what_the_provider_asks_for_within_reason(
    tmp_path: Path, header: dict[str, str], waited: float
) -> None:
    rig, _ = one(tmp_path, error(429, "slow_down", header), OK)
    assert sum(rig.clock.slept) == pytest.approx(waited)
    assert rig.told(Waiting)


def test_the_deadline_ends_a_request_in_doubt(tmp_path: Path) -> None:
    async def scenario() -> Rig:
        rig = Rig(tmp_path, asset("a"))
        rig.provider.script("picture of a", never)
        build = asyncio.ensure_future(rig.abuild())
        await rig.provider.have(1)
        rig.clock.deadline.set()
        await build
        return rig

    rig = asyncio.run(scenario())
    assert rig.finished.exit_code == 1
    [doubt] = rig.told(InDoubt)
    assert "900" in doubt.why


@pytest.mark.parametrize(
    ("script", "adoptable"),
    [(HTML, 0), (TEXT, 0), (WRONG, 1), (says(b'{"data": []}'), 0), (LINK, 0), (answer(png(1)[:-20]), 0)],
)
def test_an_answer_that_fails_its_checks_is_kept_charged_and_not_asked_for_again(
    tmp_path: Path, script: Script, adoptable: int
) -> None:
    rig, end = one(tmp_path, script)
    [failed] = rig.told(Failed)
    assert ("imagepipe adopt a" in failed.hint, "--retry-failed" in failed.hint) == (bool(adoptable), True)
    assert ("under [providers.openai], write `switches" in failed.hint) == (script is LINK)
    assert failed.usd == pytest.approx(PRICE / 2)
    assert end.usd == pytest.approx(PRICE / 2)
    assert rig.files == {}
    [key] = rig.store.keys()
    [receipt] = rig.store.receipts(key)
    assert receipt.failure
    for candidate in receipt.candidates:
        assert rig.store.has_blob(candidate.sha256)
    if receipt.raw_body:
        assert digest_bytes(rig.store.rejected(receipt.raw_body)) == receipt.raw_body
    assert (rig.build().exit_code, rig.calls) == (1, 1)
    rig.provider.script("picture of a", OK)
    assert (rig.build(retry_failed=frozenset("a")).exit_code, rig.calls) == (0, 2)
    assert rig.actions() == {"a": "keep"}


def test_a_wrong_size_does_no_harm_where_a_step_fits_it(tmp_path: Path) -> None:
    output = steps("a.png", "png", ("fit", {"width": 8, "height": 8}))
    rig, end = one(tmp_path, WRONG, outputs=[output])
    assert end.exit_code == 0
    assert rig.lock.entries["a"].outputs["a.png"].width == 8


def test_one_bad_candidate_among_good_ones_is_rejected_alone(tmp_path: Path) -> None:
    rig, end = one(tmp_path, answer(b"broken", png(2)), options={"n": 2})
    assert end.exit_code == 0
    assert [one.status for one in rig.lock.entries["a"].candidates] == ["rejected", "picked"]
    assert rig.files["a.png"] == png(2)


@pytest.mark.parametrize(
    ("images", "warning", "asked_next"),
    [((png(1),), "fewer-pictures", 2), ((png(1), png(1), png(1)), "duplicate-pictures", 0)],
)
def test_fewer_and_duplicate_pictures(tmp_path: Path, images: tuple[bytes, ...], warning: str, asked_next: int) -> None:
    rig, end = one(tmp_path, answer(*images), options={"n": 3})
    assert end.exit_code == 0
    assert [event.code for event in rig.told(Warned)] == [warning]
    assert len(rig.lock.entries["a"].candidates) == 1
    assert sum(row.ask for row in rig.plan().decisions) == asked_next


def test_a_refusal_is_remembered(tmp_path: Path) -> None:
    rig, _ = one(tmp_path, error(400, "moderation_blocked"))
    assert rig.actions() == {"a": "block"}
    assert rig.build().exit_code == 1
    assert rig.calls == 1
    rig.build(retry_failed=frozenset("a"))
    assert rig.calls == 2


def test_usage_far_over_the_worst_price_is_recorded_and_stops_the_run(tmp_path: Path) -> None:
    rig = Rig(tmp_path, *(asset(f"a{i}") for i in range(20)))
    rig.limits = Limits(jobs=1)
    rig.provider.script("*", answer(png(1), usage={"output_tokens": 9000}))
    end = rig.build()
    assert end.exit_code == 7
    assert end.published == rig.calls == 1
    assert end.usd == pytest.approx(9.0)


def test_the_cost_is_the_usage(tmp_path: Path) -> None:
    rig, end = one(tmp_path, answer(png(1), usage={"output_tokens": 40}))
    assert end.usd == pytest.approx(0.04)
    assert rig.lock.entries["a"].cost.usd == pytest.approx(0.04)
    [received] = rig.told(Received)
    assert received.request_id == "req-1"


def test_a_storm_of_errors_is_bounded_and_opens_the_breaker(tmp_path: Path) -> None:
    rig = Rig(tmp_path, *(asset(f"a{i}") for i in range(100)))
    rig.provider.script("*", error(503))
    end = rig.build()
    assert end.exit_code == 7
    assert rig.calls <= 113
    assert end.in_doubt == pytest.approx(PRICE * rig.calls)
    assert len(rig.store.doubts()) == rig.calls


def test_the_retry_budget_is_the_builds_not_the_assets(tmp_path: Path) -> None:
    rig = Rig(tmp_path, *(asset(f"a{i}") for i in range(8)))
    for i in range(8):
        # Good answers in between keep the breaker shut; each asset fails for good.
        rig.provider.script(f"picture of a{i}", error(500), error(500), error(500))
    rig.limits = Limits(jobs=100)
    rig.build()
    assert rig.calls == 8 + 3


@pytest.mark.parametrize("per", ["build", "asset", "day"])
def test_no_spend_above_the_cap_and_its_name_is_told(tmp_path: Path, per: str) -> None:
    rig = Rig(tmp_path, *(asset(f"a{i}") for i in range(4)))
    cap = Cap("--max-cost", 0.06 if per != "asset" else 0.04, per)
    rig.money = replace(rig.money, caps=(cap, Cap("config.toml", 9.0, per)), spent_today=lambda: 0.0)
    end = rig.build()
    assert end.usd <= cap.usd
    assert end.exit_code == 1
    assert all("--max-cost" in event.message for event in rig.told(Failed))
    assert rig.calls == (0 if per == "asset" else 1)


def test_what_today_has_cost_counts(tmp_path: Path) -> None:
    rig = Rig(tmp_path, asset("a"))
    rig.money = replace(rig.money, caps=(Cap("per_day", 1.0, "day"),), spent_today=lambda: 0.99)
    assert rig.build().exit_code == 1
    assert rig.calls == 0


def test_max_requests(tmp_path: Path) -> None:
    rig = Rig(tmp_path, *(asset(f"a{i}") for i in range(5)))
    rig.limits = replace(rig.limits, max_requests=2)
    end = rig.build()
    assert (rig.calls, end.requests, end.published, end.exit_code) == (2, 2, 2, 1)


def test_an_input_that_changed_meanwhile_is_not_sent(tmp_path: Path) -> None:
    rig = Rig(tmp_path, asset("a", inputs=[Input("target", image="photo.png")]))
    rig.files["photo.png"] = png(1)
    plan = rig.plan()
    rig.files["photo.png"] = png(2)

    async def scenario() -> None:
        async for _ in rig.stream(plan):
            pass

    asyncio.run(scenario())
    assert rig.calls == 0
    assert [event.code for event in rig.told(Failed)] == ["input-changed"]


def test_two_builds_at_once_pay_once(tmp_path: Path) -> None:
    async def scenario() -> None:
        one, two = Rig(tmp_path, asset("a")), Rig(tmp_path, asset("a"))
        two.provider = one.provider
        one.provider.hold()
        first = asyncio.ensure_future(one.abuild())
        await one.provider.have(1)
        second = asyncio.ensure_future(two.abuild())
        while not two.told(Waiting):
            two.clock.time = 0.0
            await asyncio.sleep(0)
        one.provider.let_go()
        assert (await first).exit_code == 0
        two.clock.time = 0.0
        assert (await second).exit_code in (0, 5)
        assert one.calls == 1

    asyncio.run(scenario())


def test_a_key_that_another_build_holds_too_long_is_exit_5(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def asleep(seconds: float) -> None:
        raise AssertionError("a thread of the store slept, and others wait for it")

    monkeypatch.setattr(locks.time, "sleep", asleep)
    rig, other = Rig(tmp_path, asset("a"), asset("b")), Rig(tmp_path)
    [key] = [row.recipe.made_from for row in rig.plan().decisions if row.asset == "a" and row.recipe]
    with other.store.lock_key(key):
        end = rig.build()
    assert (end.exit_code, end.published, rig.calls) == (5, 1, 1)
    [waited] = rig.told(Waiting)
    assert waited.seconds == rig.limits.lock_timeout
    assert rig.clock.time >= waited.seconds, "it was given all the time it may take"


def test_a_disk_without_room_for_what_is_made_ready_has_some_when_others_are_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig = Rig(tmp_path, *(asset(name) for name in "abcdef"))
    begin = DiskStore.begin
    refused: list[str] = []

    def small(self: DiskStore, intent: Intent, size: int, limit: int = 0) -> Spool:
        if any(self.layout.intents.glob("*.json")):
            refused.append(intent.asset)
            raise fault_of(OSError(errno.ENOSPC, "No space left on device"), self.layout.spools, size)
        return begin(self, intent, size, limit)

    monkeypatch.setattr(DiskStore, "begin", small)
    end = rig.build()
    assert (end.exit_code, end.published, rig.calls) == (0, 6, 6)
    assert refused
    monkeypatch.setattr(DiskStore, "begin", lambda self, intent, size, limit=0: small(self, intent, size, limit))
    (rig.store.layout.intents / "foreign.json").write_text("{}")
    rig = Rig(tmp_path, asset("g"))
    end = rig.build()
    assert (end.exit_code, end.published, rig.calls) == (1, 0, 0), "nobody will make room"
    assert "the disk is full" in rig.told(Failed)[0].message


@pytest.mark.parametrize("at", ["finish", "put_receipt"])
def test_an_answer_that_is_here_lasts_also_where_the_build_is_cancelled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    where = Spool if at == "finish" else DiskStore
    real, here, go_on = getattr(where, at), threading.Event(), threading.Event()

    def slow(*given: Any) -> Any:
        here.set()
        assert go_on.wait(30)
        return real(*given)

    monkeypatch.setattr(where, at, slow)
    rig = Rig(tmp_path, asset("a"))

    async def scenario() -> None:
        task = asyncio.ensure_future(rig.abuild())
        assert await asyncio.to_thread(here.wait, 30)
        task.cancel()
        await asyncio.sleep(0)
        go_on.set()
        with suppress(asyncio.CancelledError):
            await task

    asyncio.run(scenario())
    kept, waiting = list(rig.store.all_receipts()), open_store(rig.store.layout.root).pending()
    assert len(kept) == 1 or [item.state for item in waiting] == [State.COMPLETE]
    assert rig.store.doubts() == ()


async def bursts(request: Request, sink: Sink) -> Reply:
    await sink.write(b"{")
    raise RuntimeError("a fault of the provider's own")


def test_a_provider_that_breaks_its_promise_may_have_been_billed(tmp_path: Path) -> None:
    rig = Rig(tmp_path, asset("a"))
    rig.provider.script("picture of a", bursts)
    with pytest.raises(RuntimeError):
        rig.build()
    assert len(rig.store.doubts()) == 1, "what was sent stays on the books"
