"""The closing page of a build."""

import pytest

from imagepipe.events import BuildFinished, Failed, InDoubt
from imagepipe.reports.outcome import Outcome, duration, render


def finished(**given: object) -> BuildFinished:
    values = {"exit_code": 0, "published": 0, "failed": 0, "skipped": 0, "requests": 0, "usd": 0.0, "in_doubt": 0.0}
    return BuildFinished(**(values | given))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("outcome", "line"),
    [
        (Outcome(finished()), "Nothing to do: everything is up to date."),
        (Outcome(finished(published=4), seconds=0.31), "4 built in 0.3 s; no request, nothing spent."),
        (
            Outcome(finished(published=1, requests=1, usd=0.053), seconds=61),
            "1 built in 1 min 01 s; 1 request, $0.053 spent.",
        ),
        (Outcome(finished(message="Stopped: no key.")), "Stopped: no key."),
    ],
)
def test_last_line(outcome: Outcome, line: str) -> None:
    assert render(outcome) == line + "\n"


def test_a_doubt_names_both_ways_out() -> None:
    page = render(Outcome(finished(in_doubt=0.2), doubts=(InDoubt("a", "k", 0.2, "reset"),)))
    assert "--resend a" in page
    assert "--forget a" in page
    assert "up to $0.20" in page


def test_many_doubts_are_settled_with_one_pattern() -> None:
    page = render(Outcome(finished(in_doubt=1), doubts=tuple(InDoubt(f"a{n}", "k", 0.2, "reset") for n in range(5))))
    assert "--resend '*'" in page


def test_an_id_with_a_glob_character_is_quoted_for_the_shell() -> None:
    assert "--resend 'a b'" in render(Outcome(finished(), doubts=(InDoubt("a b", "k", None, "reset"),)))


@pytest.mark.parametrize(("usd", "told"), [(0.0, False), (0.05, True), (None, True)])
def test_a_failure_says_what_it_cost(usd: float | None, told: bool) -> None:
    page = render(Outcome(finished(failed=1), failed=(Failed("a", "code", "no picture", "", usd),)))
    assert ("charged" in page) is told


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0.04, "0.0 s"), (9.96, "10 s"), (59.6, "1 min 00 s"), (3725, "1 h 02 min")]
)
def test_durations(seconds: float, shown: str) -> None:
    assert duration(seconds) == shown
