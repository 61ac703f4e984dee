"""Every code that a step gives is explained."""

import re
from pathlib import Path

from imagepipe import steps
from imagepipe.plugins import resolve
from imagepipe.steps.codes import CODES

ELSEWHERE = ("manifest", "execute", "pictures")
FOLDER = Path(steps.__file__).parent


def test_every_code_is_explained() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in FOLDER.rglob("*.py") if path.name != "codes.py")
    given = set(re.findall(r'code="([a-z-]+)"', text)) | {
        f"cutout-{what}" for what in re.findall(r'_failed\(\s*"([a-z]+)"', text)
    }
    known = set(CODES).union(*(resolve(f"imagepipe.{room}.codes:CODES") for room in ELSEWHERE))
    assert given <= known
    assert set(CODES) <= given


def test_explanations_are_whole() -> None:
    assert all(one.means.endswith(".") and one.example and one.fix for one in CODES.values())
