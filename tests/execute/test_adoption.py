"""What earlier builds left behind: answers are taken into the store, unknown ends are said, nothing is paid twice."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from imagepipe.events import Failed, InDoubt, SpoolAdopted, Warned
from imagepipe.execute.adoption import adopt, give_up
from imagepipe.settings import Cap
from imagepipe.store.disk import DiskFault
from imagepipe.values import Intent, Receipt
from tests.execute.rig import PRICE, Rig, asset, body_of, error, png, silence


def left_behind(rig: Rig, id: str = "a", *, body: bytes | None = None, status: int = 200, spool: bool = True) -> str:
    """Leaves a request as a killed build does: an intent, a spool, and the body with its footer where it came."""
    rig.provider.script(f"picture of {id}", silence())
    before = rig.provider.calls.copy()
    rig.build()
    rig.provider.scripts.clear()
    rig.provider.calls[:] = before
    [intent] = [intent for intent in rig.store.doubts() if intent.asset == id]
    rig.store.settle(intent.id)
    opened = rig.store.begin(intent, 1 << 20).launch()
    if body is not None:
        opened.write(body)
        opened.finish(status, "req-9", {})
    opened.leave()
    if not spool:
        rig.store.layout.spool(intent.id).unlink()
    return intent.id


def test_a_whole_answer_is_adopted_and_not_asked_for_again(tmp_path: Path) -> None:
    rig = Rig(tmp_path, asset("a"))
    left_behind(rig, body=body_of([png(5)]))
    end = rig.build()
    assert (end.exit_code, rig.calls, end.requests) == (0, 0, 0)
    assert rig.told_of(SpoolAdopted) == ["a"]
    assert rig.files["a.png"] == png(5)
    assert not rig.store.pending()
    [receipt] = rig.store.receipts(rig.lock.entries["a"].made_from)
    assert receipt.request_id == "req-9"
    assert rig.ledger[-1].kind == "settled"


def test_an_unsent_request_owes_nothing(tmp_path: Path) -> None:
    rig = Rig(tmp_path, asset("a"))
    left_behind(rig, spool=False)
    end = rig.build()
    assert (end.exit_code, rig.calls, end.in_doubt) == (0, 1, 0.0)
    assert not rig.told(InDoubt)


def test_a_partial_answer_is_in_doubt_with_its_worst_cost(tmp_path: Path) -> None:
    rig = Rig(tmp_path, asset("a"), asset("b"))
    left_behind(rig)
    rig.build()
    end = rig.build()
    [doubt] = rig.told(InDoubt)
    assert (doubt.asset, doubt.worst, end.exit_code) == ("a", PRICE, 1)
    assert (end.failed, rig.told_of(Failed)) == (1, []), "it is told once"
    assert rig.provider.prompts.count("picture of a") == 0
    assert "b.png" in rig.files


@pytest.mark.parametrize(("status", "asked"), [(429, 1), (500, 0)])
def test_answers_that_bring_nothing(tmp_path: Path, status: int, asked: int) -> None:
    rig = Rig(tmp_path, asset("a"))
    left_behind(rig, body=b"{}", status=status)
    rig.build()
    assert rig.calls == asked


def test_an_adopted_answer_that_fails_its_checks_is_charged_and_blocked(tmp_path: Path) -> None:
    rig = Rig(tmp_path, asset("a"))
    left_behind(rig, body=b"<html>")
    end = rig.build()
    assert (end.exit_code, rig.calls) == (1, 0)
    assert rig.actions() == {"a": "block"}


def test_the_answer_of_another_build_that_died_meanwhile_is_taken(tmp_path: Path) -> None:
    rig = Rig(tmp_path, asset("a"))
    plan = rig.plan()
    left_behind(rig, body=body_of([png(5)]))

    async def scenario() -> None:
        async for _ in rig.stream(plan):
            pass

    asyncio.run(scenario())
    assert (rig.calls, rig.files["a.png"]) == (0, png(5))


def test_adoption_before_planning_makes_the_plan_free(tmp_path: Path) -> None:
    rig = Rig(tmp_path, asset("a"))
    left_behind(rig, body=body_of([png(5)]))
    assert [type(event).__name__ for event in adopt(rig.work())] == ["SpoolAdopted"]
    assert rig.actions() == {"a": "restore"}


def test_what_a_running_build_is_at_is_left_alone(tmp_path: Path) -> None:
    rig, other = Rig(tmp_path, asset("a")), Rig(tmp_path)
    left_behind(rig, body=body_of([png(5)]))
    [item] = rig.store.pending()
    with other.store.lock_key(item.intent.key):
        assert list(adopt(rig.work())) == []
    assert rig.store.pending()


def test_given_up_doubts_stay_in_the_ledger_and_may_be_asked_again(tmp_path: Path) -> None:
    rig = Rig(tmp_path, asset("a"))
    [gone] = give_up(rig.work(), {left_behind(rig)})
    assert (gone.asset, gone.worst) == ("a", PRICE)
    assert (rig.ledger[-1].kind, rig.ledger[-1].usd) == ("in_doubt", PRICE)
    assert rig.build().exit_code == 0
    assert rig.calls == 1


def test_doubts_count_against_the_cap(tmp_path: Path) -> None:
    rig = Rig(tmp_path, asset("a"), asset("b"))
    left_behind(rig)
    del rig.files["b.png"]
    rig.change("b", take=2)
    rig.money = replace(rig.money, caps=(Cap("--max-cost", 1.5 * PRICE),))
    before = rig.calls
    rig.build()
    assert rig.calls == before
    assert any("--max-cost" in event.message for event in rig.told(Failed))


def test_a_disk_that_fails_after_the_answer_keeps_the_spool(tmp_path: Path) -> None:
    rig = Rig(tmp_path, asset("a"))
    real = rig.store.put_receipt

    def full(receipt: object) -> None:
        raise DiskFault("cannot write: the disk is full", code="disk-full")

    rig.store.put_receipt = full  # type: ignore[method-assign]
    end = rig.build()
    assert (end.exit_code, end.usd) == (1, PRICE / 2)
    rig.store.put_receipt = real  # type: ignore[method-assign]
    rig = Rig(tmp_path, asset("a"))
    assert (rig.build().exit_code, rig.calls) == (0, 0)


def test_a_disk_that_fails_before_sending_costs_nothing(tmp_path: Path) -> None:
    rig = Rig(tmp_path, *(asset(f"a{i}") for i in range(9)))

    def full(intent: Intent, size: int, limit: int = 0) -> object:
        raise DiskFault("cannot write: the disk is full (8.0 MiB needed)", code="disk-full")

    rig.store.begin = full  # type: ignore[method-assign,assignment]
    end = rig.build()
    assert (end.exit_code, rig.calls, end.usd, end.requests) == (1, 0, 0.0, 0)
    assert "needed" in rig.told(Failed)[0].message


def test_errors_are_not_adopted_as_pictures(tmp_path: Path) -> None:
    rig = Rig(tmp_path, asset("a"))
    rig.provider.script("picture of a", error(400, "invalid_value"))
    rig.build()
    assert not rig.store.pending()


def test_the_books_know_of_a_charge_before_its_receipt_settles_it(tmp_path: Path) -> None:
    rig = Rig(tmp_path, asset("a"))
    seen: list[list[str]] = []
    real = rig.store.put_receipt

    def watched(receipt: Receipt) -> None:
        seen.append([entry.id for entry in rig.ledger])
        real(receipt)

    rig.store.put_receipt = watched  # type: ignore[method-assign]
    rig.build()
    assert seen == [[rig.ledger[0].id]]


def test_books_that_cannot_be_written_are_told_and_lose_nothing(tmp_path: Path) -> None:
    rig = Rig(tmp_path, asset("a"))

    def full(entry: object) -> None:
        raise DiskFault("cannot write: the disk is full", code="disk-full")

    rig.money = replace(rig.money, record=full)
    assert rig.build().exit_code == 0
    assert [event.code for event in rig.told(Warned)] == ["ledger"]
    assert not rig.store.pending()


def test_an_answer_in_doubt_that_came_whole_can_be_let_go(tmp_path: Path) -> None:
    rig = Rig(tmp_path, asset("a"))
    request = left_behind(rig, body=b"{}", status=500)
    assert rig.actions() == {"a": "block"}
    assert [gone.asset for gone in give_up(rig.work(), {request})] == ["a"]
    assert (rig.build().exit_code, rig.calls) == (0, 1)


def test_a_lost_picture_gives_way_to_the_one_that_was_paid_for_instead(tmp_path: Path) -> None:
    rig = Rig(tmp_path, asset("a"))
    rig.build()
    picked = rig.lock.entries["a"].picked
    assert picked
    rig.store.layout.blob(picked.sha256).unlink()
    del rig.files["a.png"]
    end = rig.build(again=frozenset({"a"}))
    assert (end.exit_code, rig.calls) == (0, 2)
    assert rig.files["a.png"]
    assert "picture-lost" in [event.code for event in rig.told(Warned)]
