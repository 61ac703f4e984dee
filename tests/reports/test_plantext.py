"""The plan's page: what is on it, and what other people's text cannot do to it."""

import pytest

from imagepipe.reports import plantext
from imagepipe.reports.ink import Ink
from imagepipe.values import Action, Decision, Price, Reason
from tests.reports.samples import EVERYTHING, NOTHING, plan_of


@pytest.mark.parametrize(
    ("plan", "line"),
    [
        (NOTHING, "Nothing to do: 41 unchanged."),
        (plan_of(), "Nothing to do: no asset is concerned."),
        (plan_of(Decision("a", Action.GENERATE, price=Price(0.16, 0.21, 0.21))), "1 to generate ($0.16–0.21)"),
        (plan_of(Decision("a", Action.GENERATE)), "1 to generate (free)"),
        (plan_of(Decision("a", Action.GENERATE, price=Price(None, None, None))), "1 to generate (price unknown)"),
        (
            plan_of(
                Decision("a", Action.GENERATE, price=Price(0.1, 0.1, 0.1)),
                Decision("b", Action.GENERATE, price=Price(None, None, None)),
            ),
            "2 to generate ($0.10 and 1 of unknown price)",
        ),
        (plan_of(Decision("a", Action.HOLD), Decision("b", Action.KEEP)), "Nothing to do: 1 held, 1 unchanged."),
    ],
)
def test_closing_line(plan: plantext.Plan, line: str) -> None:
    assert plantext.closing(plan) == line
    assert plantext.render(plan).rstrip("\n").split("\n")[-1] == line


def test_nothing_to_do_is_one_line() -> None:
    assert plantext.render(NOTHING).count("\n") == 1


def test_every_action_has_a_look() -> None:
    assert set(plantext.LOOKS) == set(Action)
    assert len({look.sign for look in plantext.LOOKS.values()}) == len(Action)


def test_unchanged_assets_are_listed_only_when_asked_for() -> None:
    assert "old-7\n" not in plantext.render(EVERYTHING)
    assert "  = old-7\n" in plantext.render(EVERYTHING, verbose=True)


def test_a_hostile_asset_cannot_steer_or_break_the_table() -> None:
    row = Decision("a", Action.BLOCK, (Reason("prompt", "\x1b[2J", "::error::x\nnext"),), note="\u202egnp", hint="\x07")
    page = plantext.render(plan_of(row))
    assert all(line.isprintable() and not line.strip().startswith("::") for line in page.split("\n"))
    assert "next" in page


def test_a_long_id_gets_a_line_of_its_own() -> None:
    name = "banner-" * 8 + "end"
    page = plantext.render(
        plan_of(Decision(name, Action.FINISH, (Reason("file a.png", "", "missing"),)), Decision("b", Action.FINISH))
    )
    lines = page.split("\n")
    assert lines[1] == f"  ~ {name}"
    assert lines[2].strip() == "file a.png  missing"


@pytest.mark.parametrize("width", [50, 80])
def test_a_narrow_terminal_breaks_reasons_and_nothing_one_copies(width: int) -> None:
    narrow, wide = plantext.render(EVERYTHING, Ink(width=width)), plantext.render(EVERYTHING)
    assert narrow.split() == wide.split()
    long = [text for text in narrow.splitlines()[:-1] if len(text) > width]
    assert all(text.lstrip().startswith("→") for text in long), long
    assert len(long) < sum(len(text) > width for text in wide.splitlines())


def test_colour_changes_nothing_but_colour() -> None:
    coloured = plantext.render(EVERYTHING, Ink(colour=True))
    for code in ("0", "1", "2", "32", "33", "35", "36", "1;31", "1;33"):
        coloured = coloured.replace(f"\x1b[{code}m", "")
    assert coloured == plantext.render(EVERYTHING)


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("medium", "high", ("medium", "high")),
        ("Subject: a mug", "Subject: a pot", ("a mug", "a pot")),
        ("sha256:" + "ab" * 32, "sha256:" + "cd" * 32, ("abababababab…", "cdcdcdcdcdcd…")),
        ("", "Avoid: steam", ("", "Avoid: steam")),
        (
            "Scene/backdrop: a long wooden table in a quiet room with a window, morning",
            "Scene/backdrop: a long wooden table in a quiet room with a window, evening",
            ("…with a window, morning", "…with a window, evening"),
        ),
    ],
)
def test_a_change_is_shown_where_it_is(before: str, after: str, shown: tuple[str, str]) -> None:
    assert plantext.contrast(before, after, 56) == shown
