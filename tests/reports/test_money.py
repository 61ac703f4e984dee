"""Amounts as people read them."""

import pytest

from imagepipe.reports import money
from imagepipe.values import FREE, Price


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        (0.0, "$0.00"),
        (0.00001, "$0.0001"),
        (0.0063, "$0.0063"),
        (0.006, "$0.006"),
        (0.053, "$0.053"),
        (0.21, "$0.21"),
        (0.9994, "$0.999"),
        (0.9999, "$1.00"),
        (12.4, "$12.40"),
        (1234.5, "$1,234.50"),
        (None, "price unknown"),
    ],
)
def test_amounts(amount: float | None, shown: str) -> None:
    assert money.usd(amount) == shown


@pytest.mark.parametrize(
    ("price", "shown"),
    [
        (Price(0.16, 0.21, 0.4), "$0.16–0.21"),
        (Price(0.538, 0.56, 0.56), "$0.538–0.560"),
        (Price(0.053, 0.053, 0.053), "$0.053"),
        (Price(0.0530001, 0.0530002, 0.06), "$0.053"),
        (Price(0.0, 0.053, 0.053), "$0–0.053"),
        (Price(0.98, 1.204, 1.3), "$0.98–1.20"),
        (Price(0.024, 0.024, 0.211, estimated=True), "~$0.024"),
        (Price(0.0, 0.024, 0.211, estimated=True), "~$0–0.024"),
        (Price(0.0, 0.0, 0.0, estimated=True), "$0.00"),
        (Price(None, None, None), "price unknown"),
        (Price(None, 0.2, 0.2), "price unknown"),
    ],
)
def test_ranges(price: Price, shown: str) -> None:
    assert money.span(price) == shown


def test_the_worst_case_is_named_where_it_is_more() -> None:
    assert money.full(Price(0.1, 0.2, 0.4)) == "$0.10–0.20, at most $0.40"
    assert money.full(Price(0.2, 0.2, 0.2)) == "$0.20"


def test_one_estimate_makes_the_sum_an_estimate() -> None:
    assert money.full(money.total([Price(1.0, 1.0, 1.0), Price(0.5, 0.5, 2.0, estimated=True)])) == (
        "~$1.50, at most $3.00"
    )
    assert money.data(Price(0.1, 0.1, 0.2, estimated=True)) == {
        "low": 0.1,
        "high": 0.1,
        "worst": 0.2,
        "estimated": True,
    }
    assert money.data(Price(0.1, 0.1, 0.2)) == {"low": 0.1, "high": 0.1, "worst": 0.2}


def test_sums_keep_what_is_unknown_unknown() -> None:
    assert money.total([]) == FREE
    assert money.total([Price(1.0, 2.0, 3.0), Price(1.0, None, None)]) == Price(2.0, None, None)
