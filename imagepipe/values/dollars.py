"""One amount of US dollars as people read it: $0.0059, $0.053, $12.40. Never "$0.00" for what is not nothing."""

UNKNOWN = "price unknown"


def usd(amount: float | None) -> str:
    """One amount: cents from a dollar up, tenths of a cent below it, finer below a cent."""
    return UNKNOWN if amount is None else f"${digits(amount)}"


def digits(amount: float, least: int = 2) -> str:
    """The same without its sign, with at least so many digits after the point."""
    if amount >= 0.9995:
        return f"{amount:,.2f}"
    if 0 < amount < 0.0001:
        return "0.0001"
    text = f"{amount:.4f}" if amount < 0.00995 else f"{amount:.3f}"
    whole, _, cents = text.partition(".")
    return f"{whole}.{cents.rstrip('0'):0<{least}}"
