"""Reads from an answer's headers how long to wait and how fast one may go. No clock: dates count from the Date header."""

import math
import re
from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime

from imagepipe.frozen import frozen

LONGEST_WAIT = 120.0
"""Seconds: no provider is waited for longer than this, whatever it says."""

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")


@frozen
class Pace:
    """What the rate limit headers say of images (or of requests, where images are not told): how many `limit`, how many
    are `remaining`, and seconds until that is full again. None: not told."""

    limit: int | None = None
    remaining: int | None = None
    reset: float | None = None


def wait_of(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """Seconds the provider asks to wait, 0 to 120; None where it says nothing usable (negative, past, not a number)."""
    for name, scale in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        if (seconds := _number(headers.get(name, ""))) is not None:
            return min(seconds * scale, LONGEST_WAIT) if seconds >= 0 else None
    if "retry-after" in headers:
        return _until(headers["retry-after"], now or _date(headers.get("date", "")))
    pace = pace_of(headers)
    return min(pace.reset, LONGEST_WAIT) if pace.remaining == 0 and pace.reset is not None else None


def pace_of(headers: Mapping[str, str]) -> Pace:
    """The rate limit headers, `x-ratelimit-{limit,remaining,reset}-{images,requests}`."""
    kind = "images" if "x-ratelimit-limit-images" in headers else "requests"
    limit, remaining, reset = (
        headers.get(f"x-ratelimit-{name}-{kind}", "") for name in ("limit", "remaining", "reset")
    )
    return Pace(_count(limit), _count(remaining), duration(reset))


def duration(text: str) -> float | None:
    """Seconds in "120ms", "6m0s" or "1.5"; None for anything else."""
    if (number := _number(text)) is not None:
        return number if number >= 0 else None
    parts = _DURATION.findall(text)
    if not parts or "".join(count + unit for count, unit in parts) != text.strip():
        return None
    return sum(float(count) * _UNITS[unit] for count, unit in parts)


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return None if math.isnan(number) else number


def _count(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _date(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text)
    except ValueError:
        return None


def _until(text: str, now: datetime | None) -> float | None:
    then = _date(text)
    if then is None or now is None or (then.tzinfo is None) != (now.tzinfo is None):
        return None
    seconds = (then - now).total_seconds()
    return min(seconds, LONGEST_WAIT) if seconds >= 0 else None
