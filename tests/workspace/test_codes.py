"""Every code that these rooms raise can be explained."""

import re
from pathlib import Path

import pytest

from imagepipe.lock.codes import CODES as LOCK
from imagepipe.planning.codes import CODES as PLANNING
from imagepipe.workspace.codes import CODES as WORKSPACE

ROOT = Path(__file__).resolve().parents[2] / "imagepipe"
KNOWN = LOCK | PLANNING | WORKSPACE


@pytest.mark.parametrize("room", ["lock", "planning", "workspace"])
def test_explained(room: str) -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in (ROOT / room).glob("*.py"))
    raised = set(re.findall(r'code="([a-z-]+)"', text)) | set(re.findall(r'block\(\s*"([a-z-]+)"', text))
    assert raised <= set(KNOWN)


@pytest.mark.parametrize(("code", "told"), sorted(KNOWN.items()))
def test_in_full_sentences(code: str, told: object) -> None:
    assert getattr(told, "means", "").endswith(".")
    assert getattr(told, "fix", "").endswith(".")
    assert getattr(told, "example", ""), code
