"""Other people's text cannot steer a terminal, a log or a CI runner."""

import json

import pytest

from imagepipe.reports import safetext

HOSTILE = [
    ("\x1b[2J\x1b[31m", r"\x1b[2J\x1b[31m"),
    ("a\rb", r"a\x0db"),
    ("title\x07", r"title\x07"),
    ("\x9b31m", r"\x9b31m"),
    ("user\u202etxt.exe", r"user\u202etxt.exe"),
    ("a\u2066b\u2069", r"a\u2066b\u2069"),
    ("zero\u200bwidth", r"zero\u200bwidth"),
    ("line\u2028end", r"line\u2028end"),
    ("tag\U000e0041", r"tag\U000e0041"),
    ("lone \ud800", r"lone \ud800"),
    ("nul\x00", r"nul\x00"),
]


@pytest.mark.parametrize(("text", "shown"), HOSTILE)
def test_what_steers_is_made_visible(text: str, shown: str) -> None:
    assert safetext.block(text) == safetext.line(text) == shown


@pytest.mark.parametrize(
    "text", ["Täglich geöffnet", "毎日営業", "مفتوح يوميا", "👩‍🎨 naïve — “quoted”", "a ~ b {c} `d`"]
)
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert safetext.block(text) == safetext.line(text) == text
    assert json.loads(safetext.data(text)) == text
    assert text in safetext.data(text)


def test_lines_and_tabs() -> None:
    assert safetext.block("a\r\n\tb\n") == "a\n    b\n"
    assert safetext.line("a\r\n\tb\n") == r"a\n b\n"


@pytest.mark.parametrize(
    "text", ["::set-output name=a::b", "  ::error::x", "fine\n::add-mask::y", "\r\n\t::stop-commands::z"]
)
def test_workflow_commands_do_not_begin_a_line(text: str) -> None:
    for shown in (safetext.block(text), safetext.line(text)):
        assert not any(line.strip().startswith("::") for line in shown.split("\n"))


def test_old_workflow_commands_are_broken_up() -> None:
    assert "##[" not in safetext.block("x ##[error]y")
    assert "##[" not in safetext.data("x ##[error]y")
    assert json.loads(safetext.data("x ##[error]y")) == "x ##[error]y"


@pytest.mark.parametrize(("text", "_"), HOSTILE)
def test_json_says_the_same_and_steers_nothing(text: str, _: str) -> None:
    written = safetext.data({"prompt": text}, indent=None)
    assert json.loads(written) == {"prompt": text}
    assert written.isprintable()


@pytest.mark.parametrize(("text", "cells"), [("abc", 3), ("毎日", 4), ("e\u0301", 1), ("", 0)])
def test_columns(text: str, cells: int) -> None:
    assert safetext.columns(text) == cells
    assert safetext.columns(safetext.padded(text, 6)) == 6


def test_clipping_keeps_the_beginning() -> None:
    assert safetext.clipped("a long text", 20) == "a long text"
    assert safetext.clipped("a long text about pots", 12) == "a long text…"
