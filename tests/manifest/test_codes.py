"""Every code that is emitted is explained, and nothing is explained that is never emitted."""

import re
from pathlib import Path

from imagepipe.manifest.codes import CODES as OWN
from imagepipe.yamltext.codes import CODES as OF_TEXT

ROOT = Path(__file__).resolve().parents[2] / "imagepipe"
CODES = OWN | OF_TEXT
EMITTED = re.compile(
    r'(?:Problem|Finding|Fault|_refusal|\.fault|\.stop)\(\s*"([a-z0-9]+(?:-[a-z0-9]+)+)"|code="([a-z-]+)"|code = "([a-z-]+)"'
)


def emitted() -> set[str]:
    texts = [path.read_text("utf-8") for room in ("manifest", "yamltext") for path in (ROOT / room).glob("*.py")]
    return {next(filter(None, groups)) for text in texts for groups in EMITTED.findall(text)}


def test_codes_and_explanations_are_the_same_set() -> None:
    assert emitted() == set(CODES)


def test_explanations_are_whole() -> None:
    for code, explanation in CODES.items():
        assert explanation.means.endswith("."), code
        assert explanation.example, code
        assert explanation.fix.endswith((".", "…", "?")) or '"' in explanation.fix, code
