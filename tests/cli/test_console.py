"""What a build says while it runs: in a log, as data, on a screen."""

import json
from itertools import count

import pytest

from imagepipe.cli.console import CONSOLES, JsonConsole, PlainConsole, open_console, told, width_of
from imagepipe.cli.live import clock_of, picture
from imagepipe.cli.tally import Tally
from imagepipe.events import (
    REMOVED,
    BuildFinished,
    BuildStarted,
    Event,
    Failed,
    InDoubt,
    Published,
    Received,
    Relocked,
    Sending,
    Skipped,
    SpoolAdopted,
    Waiting,
    Warned,
)
from imagepipe.plugins import resolve
from imagepipe.reports.ink import PLAIN, Ink
from imagepipe.values import EMPTY, Charge, Entry
from tests.cli.sessions import Kept, session

PAID = Entry("k", EMPTY, (), "openai", "m", EMPTY, cost=Charge(0.165))
STAND_IN = Entry("k", EMPTY, (), "openai", "m", EMPTY, placeholder=True)
BUILD: tuple[Event, ...] = (
    BuildStarted("r", 6, 4, 0.86, 5.0, "budget.per_build"),
    SpoolAdopted("logo", "k", Charge(0.053)),
    Sending("hero", "k", 1, 1, 0.165),
    Sending("teapot", "k", 1, 3, 0.2),
    Waiting("teapot", 8.0, "throttled"),
    Waiting("hero", 0.2, "rate"),
    Received("hero", "k", (), Charge(0.165)),
    Published("hero", "generate", PAID, ("public/hero.png",)),
    Published("logo", "generate", STAND_IN, ("public/logo.png",)),
    Warned("duplicates", "two of three pictures are the same", "hero", "raise take"),
    Failed("teapot", "moderation", "refused by moderation", "change the words"),
    InDoubt("sign", "k", 0.211, "the connection was reset"),
    Skipped("cutout", "its input teapot failed"),
    BuildFinished(1, 2, 1, 1, 3, 0.218, 0.211),
)


def clock() -> float:
    return 0.0


def test_a_log_has_one_line_for_each_thing_worth_knowing() -> None:
    kept = Kept()
    console = PlainConsole(session(kept), 6, clock)
    for event in BUILD[:-1]:
        console.hear(event)
    assert kept.out.getvalue().split("\n") == [
        "6 assets to build, 4 requests, at most $0.86 of the $5.00 that budget.per_build allows",
        "",
        "  ↺ logo    received by an earlier build, taken over",
        "  · teapot  waits 8.0 s: throttled",
        "  ✓ hero     $0.165  public/hero.png",
        "  ✓ logo       free  public/logo.png  placeholder",
        "warning: hero: two of three pictures are the same",
        "    → raise take",
        "  ✗ teapot  refused by moderation",
        "  ? sign    in doubt: the connection was reset",
        "",
    ]


def test_a_further_candidate_says_how_it_is_chosen() -> None:
    text = told(Published("hero", "generate", PAID, ()), 4, PLAIN, {"hero": 0.165})
    assert text == "  ✓ hero   $0.165  kept beside its picture; imagepipe pick hero NUMBER takes one"


def test_what_was_asked_for_is_no_warning() -> None:
    assert told(Warned(REMOVED, "removed public/old.png", "hero"), 6, PLAIN) == "  - hero    removed public/old.png"


def test_a_log_ends_with_what_to_do_and_the_money() -> None:
    kept = Kept()
    console = PlainConsole(session(kept), 6, clock)
    for event in BUILD:
        console.hear(event)
    console.close()
    text = kept.out.getvalue()
    for part in (
        "→ change the words",
        "--resend sign",
        "--forget sign",
        "its input teapot failed",
        "3 requests, $0.218 spent",
    ):
        assert part in text


def test_json_is_one_event_a_line_and_nothing_else() -> None:
    kept = Kept()
    console = JsonConsole(session(kept, json=True), 6, clock)
    for event in BUILD:
        console.hear(event)
    console.close()
    rows = [json.loads(line) for line in kept.out.getvalue().splitlines()]
    assert [row["event"] for row in rows][:3] == ["build_started", "spool_adopted", "sending"]
    assert len(rows) == len(BUILD)
    assert "$0.218 spent" in kept.err.getvalue()


def test_nothing_to_do_is_one_line() -> None:
    kept = Kept()
    console = PlainConsole(session(kept), 6, clock)
    for event in (BuildStarted("r", 0, 0, 0.0), BuildFinished(0, 0, 0, 0, 0, 0.0, 0.0)):
        console.hear(event)
    console.close()
    assert kept.out.getvalue() == "Nothing to do: everything is up to date.\n"


def test_what_needs_a_person_is_no_work_and_no_failure() -> None:
    event = Failed("mug", "edited-by-hand", "public/mug.png was edited by hand", "adopt it", blocked=True)
    starts = {
        (0, 1): "nothing to build; 1 blocked until you choose",
        (2, 1): "2 assets to build, free; 1 blocked until you choose",
    }
    for (work, blocked), said in starts.items():
        kept, tally = Kept(), Tally(clock)
        console = PlainConsole(session(kept), 6, clock)
        end = BuildFinished(1, work, 1, 0, 0, 0.0, 0.0, blocked=blocked)
        for one in (BuildStarted("r", work, 0, 0.0, blocked=blocked), event, end):
            console.hear(one)
            tally.hear(one)
        console.close()
        built = f"{work} built, " if work else ""
        assert kept.out.getvalue().split("\n") == [
            said,
            "",
            "  ✗ mug     blocked: public/mug.png was edited by hand",
            "",
            "Blocked until you choose",
            "  ✗ mug: public/mug.png was edited by hand",
            "      → adopt it",
            "",
            f"{built}1 blocked in 0.0 s; no request, nothing spent.",
            "",
        ]
        assert picture(tally, session(Kept()), 6, 0.0)[-1] == f"  0 of {work} built · 1 blocked · 0:00"


def test_the_closing_line_stands_apart_from_what_only_the_lock_notes() -> None:
    kept = Kept()
    console = PlainConsole(session(kept), 6, clock)
    for event in (BuildStarted("r", 1, 0, 0.0), Relocked("mug", PAID), BuildFinished(0, 1, 0, 0, 0, 0.0, 0.0)):
        console.hear(event)
    console.close()
    assert "  = mug     only its lock entry is new\n\n1 built" in kept.out.getvalue()


def test_a_build_broken_off_claims_no_end() -> None:
    kept = Kept()
    console = PlainConsole(session(kept), 6, clock)
    console.hear(BUILD[0])
    console.close()
    assert "built" not in kept.out.getvalue()


def test_the_screen_shows_what_is_in_flight_and_the_money() -> None:
    ticks = count()
    tally = Tally(lambda: float(next(ticks)))
    for event in BUILD[:7]:
        tally.hear(event)
    lines = picture(tally, session(Kept()), 6, 65.0)
    assert lines[-1] == "  0 of 6 built · 2 in flight · $0.218 of $5.00 · 1:05"
    assert "hero     1:03  received, finishing" in lines[0]
    assert "teapot   1:02  waits: throttled" in lines[1]


def test_the_screen_stays_small_with_many_requests() -> None:
    tally = Tally(clock)
    for number in range(40):
        tally.hear(Sending(f"a{number}", "k", 1, 1, 0.1))
    lines = picture(tally, session(Kept(), ink=Ink(unicode=False)), 6, 1.0)
    assert len(lines) == 15
    assert "and 28 more in flight" in lines[12]
    assert all(line.isascii() for line in lines)


@pytest.mark.parametrize(
    ("ink", "as_json", "kind"),
    [
        (Ink(), False, "plain"),
        (Ink(colour=True, width=80), False, "live"),
        (Ink(colour=True, width=80), True, "json"),
        (Ink(width=80), False, "plain"),
    ],
)
def test_the_console_fits_the_terminal(ink: Ink, as_json: bool, kind: str) -> None:
    console = open_console(session(Kept(), ink=ink, json=as_json), ["a"], clock)
    console.close()
    assert isinstance(console, resolve(CONSOLES[kind]))


def test_names_take_a_column_of_at_most_36() -> None:
    assert (width_of([]), width_of(["ab", "abcd"]), width_of(["x" * 90])) == (8, 4, 36)


@pytest.mark.parametrize(("seconds", "shown"), [(7.9, "0:07"), (750, "12:30"), (3723, "1:02:03")])
def test_clock(seconds: float, shown: str) -> None:
    assert clock_of(seconds) == shown
