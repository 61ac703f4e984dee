"""US dollars as people read them: $0.053, $0.16–0.21, $12.40, unknown; ~$0.024 by figures that nobody documents."""

from collections.abc import Iterable

from imagepipe.values import FREE, Price
from imagepipe.values.dollars import UNKNOWN, digits, usd

__all__ = ["UNKNOWN", "data", "full", "more", "span", "total", "usd"]


def span(price: Price) -> str:
    """A price as one amount, or as a range where low and high read differently; both with as many digits."""
    if price.low is None or price.high is None:
        return UNKNOWN
    low, high = digits(price.low), digits(price.high)
    about = "~" if price.estimated and price.high else ""
    if low == high:
        return f"{about}${low}"
    least = max(len(text.partition(".")[2]) for text in (low, high)) if price.high < 0.9995 else 2
    return f"{about}${digits(price.low, least) if price.low else '0'}–{digits(price.high, least)}"


def full(price: Price) -> str:
    """The range, and the worst case where that is more."""
    if price.worst is None or price.high is None or not more(price):
        return span(price)
    return f"{span(price)}, at most {usd(price.worst)}"


def more(price: Price) -> bool:
    """Whether the worst case is worth a word: clearly more than the expected range, not the last tenth of a cent."""
    return price.worst is not None and price.high is not None and price.worst > 1.2 * price.high + 0.001


def data(price: Price) -> dict[str, float | bool | None]:
    """A price as plain data, USD not rounded; `estimated` only where it is."""
    found: dict[str, float | bool | None] = {"low": price.low, "high": price.high, "worst": price.worst}
    return found | {"estimated": True} if price.estimated else found


def total(prices: Iterable[Price]) -> Price:
    """The sum; a part that is unknown makes that part of the sum unknown."""
    result = FREE
    for price in prices:
        sums = _sum(result.low, price.low), _sum(result.high, price.high), _sum(result.worst, price.worst)
        result = Price(*sums, estimated=result.estimated or price.estimated)
    return result


def _sum(first: float | None, second: float | None) -> float | None:
    return None if first is None or second is None else first + second
