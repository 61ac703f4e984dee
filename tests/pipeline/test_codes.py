"""Every code that adoption, comparison, history and lock upkeep raise can be explained."""

import re
from pathlib import Path

import pytest

from imagepipe.cli.explain import explanations
from imagepipe.pipeline.codes import CODES

ROOT = Path(__file__).resolve().parents[2] / "imagepipe"
MODULES = [
    *(f"pipeline/{name}.py" for name in ("adopting", "comparing", "affected", "revisions", "merging", "rebuilding", "lineage")),
    "history.py",
    "cli/gitsetup.py",
]  # fmt: skip


@pytest.mark.parametrize("module", MODULES)
def test_explained(module: str) -> None:
    text = (ROOT / module).read_text(encoding="utf-8")
    raised = set(re.findall(r'code="([a-z-]+)"', text)) | set(re.findall(r'_note\("([a-z-]+)"', text))
    assert raised <= set(explanations())


@pytest.mark.parametrize(("code", "told"), sorted(CODES.items()))
def test_in_full_sentences(code: str, told: object) -> None:
    assert getattr(told, "means", "").endswith(".")
    assert getattr(told, "fix", "").endswith(".")
    assert getattr(told, "example", ""), code
