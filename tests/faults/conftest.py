"""Adds up what the sweeps tried, and prints the closing table."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.server.fixture import CANARY, leaks

COLUMNS = ("points tried", "received images lost", "unreported charges", "invalid locks", "stuck")
_sums: dict[str, list[int]] = {}


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Properties travel from workers too, where tests run side by side."""
    if report.when == "call":
        for name, value in report.user_properties:
            if name.startswith("faults: "):
                row = _sums.setdefault(name.removeprefix("faults: "), [0] * len(COLUMNS))
                row[:] = [a + b for a, b in zip(row, _numbers(value), strict=True)]


def _numbers(value: Any) -> list[int]:
    return [int(item) for item in value]


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """One row a sweep, and their sum."""
    if not _sums:
        return
    terminalreporter.section("faults")
    rows = [*sorted(_sums.items()), ("all", [sum(column) for column in zip(*_sums.values(), strict=True)])]
    terminalreporter.write_line(f"{'':42}" + "".join(f"{name:>22}" for name in COLUMNS))
    for name, numbers in rows:
        terminalreporter.write_line(f"{name:42}" + "".join(f"{number:>22}" for number in numbers))


@pytest.fixture(autouse=True)
def no_key_in_any_file(tmp_path: Path) -> Iterator[None]:
    """Whatever a test of this folder makes the program write, the key is not in it."""
    yield
    notes = [path for path in tmp_path.rglob("*") if path.is_symlink()]
    assert not [path for path in notes if CANARY in os.readlink(path)]
    for path in notes:
        path.unlink()  # The text of a note is no path.
    assert leaks(tmp_path) == []
