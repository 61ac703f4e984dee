"""How a model's end is told, day by day."""

from datetime import date

import pytest

from imagepipe.models.registry import registry
from imagepipe.models.retirement import problem, retirement
from imagepipe.values import freeze
from tests.models.making import TODAY, model


@pytest.mark.parametrize(
    ("id", "today", "state", "days", "warns", "blocks"),
    [
        ("gpt-image-2", TODAY, "current", None, False, False),
        ("gpt-image-1.5", date(2026, 10, 1), "ending", 61, False, False),
        ("gpt-image-1.5", date(2026, 10, 2), "ending", 60, True, False),
        ("gpt-image-1.5", TODAY, "ending", 10, True, False),
        ("gpt-image-1.5", date(2026, 12, 1), "ended", 0, True, False),
        ("gpt-image-1.5", date(2027, 1, 1), "ended", -31, True, False),
        ("gpt-image-1", date(2026, 10, 22), "ending", 1, True, False),
        ("gpt-image-1", date(2026, 10, 23), "ended", 0, True, True),
        ("gpt-image-1", TODAY, "ended", -29, True, True),
        ("dall-e-2", TODAY, "ended", -193, True, True),
    ],
)
def test_states(id: str, today: date, state: str, days: int | None, warns: bool, blocks: bool) -> None:
    found = retirement(model(id), today)
    assert (found.state, found.days, found.warns, found.blocks) == (state, days, warns, blocks)


@pytest.mark.parametrize(
    ("id", "text"),
    [
        ("gpt-image-2", "gpt-image-2 is current"),
        ("gpt-image-1", "gpt-image-1 was shut down 2026-10-23"),
        ("dall-e-3", "dall-e-3 was retired 2026-05-12"),
        ("gpt-image-1.5", "gpt-image-1.5 shuts down 2026-12-01 (in 10 days), as third parties report"),
    ],
)
def test_what_is_said(id: str, text: str) -> None:
    assert retirement(model(id), TODAY).text == text


def test_the_last_day_is_one_day() -> None:
    assert "(in 1 day)" in retirement(model("gpt-image-1"), date(2026, 10, 22)).text


@pytest.mark.parametrize(
    ("id", "finished", "severity"),
    [
        ("gpt-image-1", False, "error"),
        ("gpt-image-1", True, "note"),
        ("gpt-image-1", None, "warning"),
        ("gpt-image-1.5", False, "warning"),
    ],
)
def test_who_is_stopped(id: str, finished: bool | None, severity: str) -> None:
    told = problem(model(id), TODAY, finished=finished)
    assert told is not None
    assert told.severity == severity
    assert "gpt-image-2.5-sunburst or gpt-image-2.5-flare" in told.hint
    assert f"migrate-model {id}" in told.hint
    assert str(retirement(model(id), TODAY).date) in told.message


def test_what_third_parties_say_only_warns_even_afterwards() -> None:
    told = problem(model("gpt-image-1.5"), date(2027, 6, 1), finished=False)
    assert told is not None
    assert (told.severity, told.code) == ("warning", "model-ended")
    assert "third parties" in told.message


def test_a_current_model_says_nothing() -> None:
    assert problem(model("gpt-image-2"), TODAY, finished=False) is None


def test_a_users_own_end_date_has_no_named_replacement() -> None:
    own = registry(freeze({"mine": {"ends": "2026-12-01"}})).models["mine"]
    told = problem(own, date(2026, 12, 2), finished=False)
    assert told is not None
    assert told.severity == "error"
    assert "choose another model" in told.hint
