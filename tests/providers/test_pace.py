from datetime import UTC, datetime

import pytest

from imagepipe.providers.pace import Pace, duration, pace_of, wait_of

NOW = "Sat, 21 Nov 2026 11:00:00 GMT"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "2"}, 2),
        ({"retry-after": "0"}, 0),
        ({"retry-after": "1.5"}, 1.5),
        ({"retry-after-ms": "250"}, 0.25),
        ({"retry-after-ms": "250", "retry-after": "9"}, 0.25),
        ({"retry-after-ms": "soon", "retry-after": "9"}, 9),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, 120),
        ({"retry-after": "99999999999999999999"}, 120),
        ({"retry-after": "86400"}, 120),
        ({"retry-after": "later"}, None),
        ({"retry-after": ""}, None),
        ({"retry-after": "Sat, 21 Nov 2026 11:00:30 GMT", "date": NOW}, 30),
        ({"retry-after": "Sat, 21 Nov 2026 13:00:00 GMT", "date": NOW}, 120),
        ({"retry-after": "Sat, 21 Nov 2026 10:00:00 GMT", "date": NOW}, None),
        ({"retry-after": "Sat, 21 Nov 2026 11:00:30 GMT"}, None),
        ({"retry-after": "Sat, 21 Nov 2026 11:00:30 GMT", "date": "yesterday"}, None),
        ({"x-ratelimit-limit-images": "5", "x-ratelimit-remaining-images": "0", "x-ratelimit-reset-images": "12s"}, 12),
        (
            {"x-ratelimit-limit-images": "5", "x-ratelimit-remaining-images": "3", "x-ratelimit-reset-images": "12s"},
            None,
        ),
        ({"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "6m0s"}, 120),
    ],
)
def test_waits_are_read_and_clamped(headers: dict[str, str], seconds: float | None) -> None:
    assert wait_of(headers) == seconds


def test_a_date_counts_from_a_given_clock() -> None:
    now = datetime(2026, 11, 21, 11, 0, 20, tzinfo=UTC)
    assert wait_of({"retry-after": "Sat, 21 Nov 2026 11:00:30 GMT"}, now) == 10


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120ms", 0.12),
        ("6m0s", 360),
        ("1h2m3.5s", 3723.5),
        ("1.5", 1.5),
        ("", None),
        ("soon", None),
        ("-1", None),
        ("5s!", None),
    ],
)
def test_durations(text: str, seconds: float | None) -> None:
    assert duration(text) == seconds


def test_the_pace_of_images_goes_before_that_of_requests() -> None:
    both = {f"x-ratelimit-limit-{kind}": count for kind, count in (("images", "50"), ("requests", "9"))}
    assert pace_of(both) == Pace(50)
    assert pace_of({"x-ratelimit-limit-requests": "9", "x-ratelimit-remaining-requests": "x"}) == Pace(9)
