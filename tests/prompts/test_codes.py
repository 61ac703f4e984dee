"""Every code that prompts can give is explained, and no other."""

import re
from pathlib import Path

import pytest

from imagepipe.prompts.codes import CODES

ROOM = Path(__file__).resolve().parent.parent.parent / "imagepipe" / "prompts"
GIVEN = re.compile(r"(?:Fault|Problem|_warn|super\(\).__init__)\(\s*\"([a-z-]+)\"")


def given() -> set[str]:
    texts = (path.read_text(encoding="utf-8") for path in ROOM.glob("*.py"))
    return {code for text in texts for code in GIVEN.findall(text)}


def test_every_code_is_explained_and_every_explanation_is_of_a_code() -> None:
    assert given() == set(CODES)


@pytest.mark.parametrize("code", sorted(CODES))
def test_an_explanation_says_three_things(code: str) -> None:
    explanation = CODES[code]
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", code)
    assert explanation.means.endswith(".")
    assert explanation.example
    assert explanation.fix
