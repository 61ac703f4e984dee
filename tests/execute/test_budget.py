"""The books: reserved at worst, settled on usage, doubts counted, the smallest cap in force."""

import asyncio
from dataclasses import replace

import pytest

from imagepipe.execute.budget import Budget, OverCap
from imagepipe.execute.halting import Halt
from imagepipe.execute.work import Limits, Money
from imagepipe.settings import Cap
from tests.execute.rig import FakeClock


def budget(*caps: Cap, **more: object) -> Budget:
    money = replace(Money(caps=caps), **{k: v for k, v in more.items() if k != "max_requests"})  # type: ignore[arg-type]
    limits = Limits(max_requests=more.get("max_requests"))  # type: ignore[arg-type]
    return Budget(money, limits, Halt(FakeClock().value()))


def test_a_request_that_may_fit_later_waits_for_those_in_flight() -> None:
    async def scenario() -> None:
        books = budget(Cap("cap", 1.0))
        held = await books.reserve("a", 0.8)
        waiting = asyncio.ensure_future(books.reserve("b", 0.8))
        await asyncio.sleep(0)
        assert not waiting.done()
        books.settle("a", held, 0.1)
        assert await waiting == 0.8
        assert books.usd == pytest.approx(0.1)

    asyncio.run(scenario())


def test_it_is_refused_when_those_in_flight_turn_out_dear() -> None:
    async def scenario() -> None:
        books = budget(Cap("cap", 1.0))
        held = await books.reserve("a", 0.8)
        waiting = asyncio.ensure_future(books.reserve("b", 0.8))
        await asyncio.sleep(0)
        books.doubt("a", held)
        with pytest.raises(OverCap, match="cap"):
            await waiting

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("caps", "named"),
    [
        ((Cap("config.toml", 9.0), Cap("--max-cost", 0.2), Cap("assets.yaml", 4.0)), "--max-cost"),
        ((Cap("config.toml", 9.0), Cap("assets.yaml per_asset", 0.1, "asset")), "assets.yaml per_asset"),
        ((Cap("config.toml per_day", 0.3, "day"), Cap("--max-cost", 5.0)), "config.toml per_day"),
    ],
)
def test_the_refusal_names_the_cap_in_force(caps: tuple[Cap, ...], named: str) -> None:
    with pytest.raises(OverCap, match=named):
        asyncio.run(budget(*caps).reserve("a", 0.5))


def test_an_unknown_price_is_refused_under_a_cap() -> None:
    cap = Cap("--max-cost", 5.0)
    with pytest.raises(OverCap, match="--max-cost"):
        asyncio.run(budget(cap).reserve("a", None))
    assert asyncio.run(budget(cap, allow_unknown=True).reserve("a", None)) == 0.0
    assert asyncio.run(budget().reserve("a", None)) == 0.0


def test_what_was_not_sent_is_no_request() -> None:
    async def scenario() -> None:
        books = budget(max_requests=1)
        books.unsent("a", await books.reserve("a", 0.5))
        await books.reserve("a", 0.5)
        with pytest.raises(OverCap, match="1 requests"):
            await books.reserve("b", 0.5)

    asyncio.run(scenario())


def test_a_doubt_of_today_counts_once_against_the_day() -> None:
    async def scenario() -> None:
        books = budget(Cap("per_day", 1.0, "day"))
        books.count_doubt("a", 0.4)
        books.today = 0.4
        assert await books.reserve("b", 0.6) == 0.6
        books.settle("b", 0.6, 0.6)
        with pytest.raises(OverCap, match="per_day"):
            await books.reserve("c", 0.1)

    asyncio.run(scenario())
