"""Every code that a build tells of its own is explained."""

import re
from pathlib import Path

import pytest

from imagepipe import execute
from imagepipe.execute.codes import CODES

SOURCES = [path for path in Path(execute.__file__ or "").parent.glob("*.py") if path.name != "codes.py"]
TOLD = {
    found
    for path in SOURCES
    for found in re.findall(r'(?:code=|Failed\([^"]*?|Warned\()"([a-z-]+)"', path.read_text(encoding="utf-8"))
}
ELSEWHERE = {
    "checks-failed", "pick-missing", "pick-rejected", "answer-too-large", "no-picture", "blocked", "settled", "raw-missing",
    "unknown-price",
}  # fmt: skip


@pytest.mark.parametrize("code", sorted(TOLD - ELSEWHERE))
def test_it_is_explained(code: str) -> None:
    assert CODES[code].fix


def test_the_search_finds_codes() -> None:
    assert {"over-cap", "answer-rejected", "orphans"} <= TOLD
