"""Every code that the room emits is explained."""

import re
from pathlib import Path

import imagepipe.models
from imagepipe.manifest.codes import CODES as MANIFEST_CODES
from imagepipe.models.codes import CODES
from imagepipe.prompts.codes import CODES as PROMPT_CODES
from tests.models.making import data

ROOM = Path(imagepipe.models.__file__).parent


def emitted() -> set[str]:
    """Codes written as such in the room's modules, those that a role completes, and those of the data file."""
    found: set[str] = set()
    for module in ROOM.glob("*.py"):
        text = module.read_text(encoding="utf-8")
        found |= set(re.findall(r'(?:Problem|_too_large)\(\s*"([a-z0-9-]+)"', text))
        for pattern in re.findall(r'(?:Problem|_too_large)\(\s*f"([^"]+)"', text):
            roles = ("mask", "markup") if "role" in pattern else ("moderation",)
            found |= {re.sub(r"\{[^}]+\}", role, pattern) for role in roles}
    for parameter in data()["parameters"].values():
        found |= {parameter.get("code", "invalid-option")} | {need["code"] for need in parameter.get("needs", ())}
    return found


def test_every_code_is_explained_and_every_explanation_is_of_a_code() -> None:
    assert emitted() - {*PROMPT_CODES, *MANIFEST_CODES} == set(CODES)


def test_explanations_say_something() -> None:
    for code, told in CODES.items():
        assert told.means.endswith("."), code
        assert told.example, code
        assert told.fix, code
        assert told.example != told.fix, code
