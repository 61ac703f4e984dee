"""The pages about the language: every manifest and template in them works, and what they list is all there is."""

import re
from pathlib import Path

import pytest

from imagepipe.errors import Finding
from imagepipe.prompts.filters import FILTERS
from imagepipe.prompts.sources import built_in
from tests.manifest.loaded import manifest

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGES = {name: (DOCS / name).read_text(encoding="utf-8") for name in ("manifest.md", "templates.md")}
FENCE = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
STICKER = "{% extends 'imagepipe/base.j2' %}"


def blocks(page: str, language: str) -> list[str]:
    return [text for kind, text in FENCE.findall(PAGES[page]) if kind == language]


MANIFESTS = [text for page in PAGES for text in blocks(page, "yaml") if text.startswith("version: 1")]


@pytest.mark.parametrize("text", MANIFESTS)
def test_a_manifest_of_the_pages_is_valid(text: str) -> None:
    found: tuple[Finding, ...] = manifest(text, **{"templates/sticker.j2": STICKER}).findings
    assert {finding.code for finding in found} <= {"wanted-field", "unbounded-edit"}


def test_the_import_of_the_page_is_valid() -> None:
    (text,) = [text for text in blocks("manifest.md", "yaml") if text.startswith("imports")]
    whole = text.replace("  poster:\n", "  poster:\n    output: poster.png\n")
    brand = "version: 1\nassets: {logo: {prompt: a logo, output: logo.png}}\n"
    assert manifest(whole, **{"../brand/assets.yaml": brand}).imports == {"brand": {"logo": "../brand/logo.png"}}


@pytest.mark.parametrize("text", blocks("templates.md", "jinja"))
def test_a_template_of_the_page_renders(text: str) -> None:
    shown = blocks("templates.md", "yaml")[0]
    parts = {"templates/sticker.j2": text, "templates/parts/house-rules.j2": "No text.\n"}
    assert not [f for f in manifest(shown, **parts).findings if f.severity == "error"]


def test_the_page_lists_all_filters_and_all_blocks() -> None:
    page = PAGES["templates.md"]
    assert set(FILTERS) == set(re.findall(r"`(\w+)`", page.split("- filter: ")[1].split("\n\n")[0]))
    names = re.findall(r"{% block (\w+) %}", built_in("base.j2").decode())
    assert re.findall(r"`(\w+)`", page.split("in this order: ")[1].split(". A block")[0]) == names
