"""Every error has its exit code, its words, and never a traceback."""

import json
from pathlib import Path

import click
import pytest

from imagepipe.cli.ending import code_of
from imagepipe.cli.exits import EXITS, table
from imagepipe.errors import (
    Busy,
    Damaged,
    Finding,
    ManifestError,
    Place,
    ProviderStop,
    Question,
    Refused,
    UsageError,
)
from tests.cli.sessions import Kept, session

WRONG = ManifestError([Finding("unknown-field", "there is no field `x`", Place("assets.yaml", 2, 1, 1, "x: 1"))])


def test_wrong_usage_points_to_the_help_of_its_command() -> None:
    kept = Kept()
    error = click.BadOptionUsage("--affected", "Option '--affected' requires an argument.")
    assert code_of(error, session(kept), ("-C", "shop", "plan", "--affected")) == 2
    assert "→ imagepipe plan --help shows how" in kept.err.getvalue()


@pytest.mark.parametrize(
    ("error", "code", "told"),
    [
        (UsageError("no manifest", hint="make one"), 2, "error: no manifest\n    → make one\n"),
        (WRONG, 2, "assets.yaml:2:1: error: there is no field `x`"),
        (Refused("over the cap"), 4, "error: over the cap"),
        (Busy("another build holds the lock"), 5, "another build"),
        (Damaged("the lock is damaged"), 6, "the lock is damaged"),
        (ProviderStop("no key"), 7, "no key"),
        (KeyboardInterrupt(), 130, "Interrupted."),
        (click.Abort(), 130, "Interrupted."),
        (SystemExit(143), 143, ""),
        (click.UsageError("No such option: --x."), 2, "error: no such option: --x [usage]"),
    ],
)
def test_exit_codes(error: BaseException, code: int, told: str) -> None:
    kept = Kept()
    assert code_of(error, session(kept)) == code
    assert told in kept.err.getvalue()
    assert kept.out.getvalue() == ""
    assert code in EXITS


def test_a_refusal_names_its_choices_in_words_and_as_data() -> None:
    refusal = Refused("more than $1.00", question=Question("confirm", ("--yes", "--max-cost")))
    kept = Kept()
    code_of(refusal, session(kept, json=True))
    assert "choose: --yes · --max-cost" in kept.err.getvalue()
    found = json.loads(kept.out.getvalue())["error"]
    assert found["question"] == {"id": "confirm", "choices": ["--yes", "--max-cost"]}
    assert found["exit_code"] == 4


def test_the_unexpected_is_written_down_without_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    kept = Kept()
    try:
        raise ValueError("broke on canary-canary \x1b[2J")
    except ValueError as error:
        code = code_of(error, session(kept, environ={"A_KEY": "canary-canary"}), ["build", "--note", "canary-canary"])
    [report] = tmp_path.iterdir()
    text = report.read_text(encoding="utf-8")
    assert code == 70
    assert str(report) in kept.err.getvalue()
    assert "test_ending.py" in text
    assert "canary" not in text + kept.err.getvalue()
    assert "\x1b" not in text + kept.err.getvalue()


def test_a_disk_that_refuses_is_named() -> None:
    kept = Kept()
    assert code_of(PermissionError(13, "Permission denied", "/x/assets.lock"), session(kept)) == 70
    assert "Permission denied: /x/assets.lock" in kept.err.getvalue()


def test_the_table_of_exit_codes_is_the_documented_one() -> None:
    page = Path(__file__).parent.parent.parent / "docs" / "exit-codes.md"
    assert table() in page.read_text(encoding="utf-8")
