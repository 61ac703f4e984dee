"""What people see, word for word: a change here is a change of the product's face."""

import pytest

from tests.reports.samples import CASES, GOLDEN


@pytest.mark.parametrize("name", sorted(CASES))
def test_reads_as_the_golden_text(name: str) -> None:
    assert CASES[name]() == (GOLDEN / name).read_text(encoding="utf-8")


def test_every_golden_text_has_its_case() -> None:
    assert {path.name for path in GOLDEN.iterdir()} == set(CASES)


@pytest.mark.parametrize("name", sorted(name for name in CASES if "colour" not in name))
def test_no_line_ends_in_a_space_and_none_steers(name: str) -> None:
    for line in CASES[name]().split("\n"):
        assert line == line.rstrip()
        assert line.isprintable()


@pytest.mark.parametrize("name", ["plan-ascii.txt", "findings-ascii.txt"])
def test_ascii_terminals_get_ascii(name: str) -> None:
    assert CASES[name]().isascii()
