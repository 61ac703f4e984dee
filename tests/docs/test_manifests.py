"""Every manifest in the documentation is valid, without an error."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from PIL import Image

import imagepipe
from imagepipe.errors import ImagepipeError
from imagepipe.schemafiles import schema
from tests.docs.pages import PAGES, blocks, name_of, text_of
from tests.gitproject import GitProject

FIELDS = set(schema("assets")["properties"])
BRAND = "version: 1\nassets:\n  logo: {prompt: a leaf, output: logo.png}\n"


def manifests(text: str) -> list[str]:
    """The fences of a page whose fields are those of a manifest; parts of one are made whole."""
    found = []
    for block in blocks(text):
        data: Any = yaml.safe_load(block.body) if block.kind == "yaml" else None
        if isinstance(data, dict) and set(data) <= FIELDS:
            whole = block.body if "version" in data else f"version: 1\n{block.body}"
            found.append(whole if "assets" in data else f"{whole}\nassets: {{it: {{prompt: a mug, output: it.png}}}}\n")
    return found


def configuration(page: Path, text: str) -> str:
    """The user's configuration that the page shows for the provider that the manifest names."""
    named = re.search(r"provider: (\w+)", text)
    shown = [block.body for block in blocks(text_of(page)) if block.kind == "toml"]
    return next((body for body in shown if named and f"[providers.{named[1]}]" in body), "")


ALL = [(page, text) for page in PAGES for text in manifests(text_of(page))]


@pytest.mark.parametrize(
    ("page", "text"), ALL, ids=[f"{name_of(page)}:{number}" for number, (page, _) in enumerate(ALL)]
)
def test_a_manifest_of_a_page_is_valid(page: Path, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (shop := tmp_path / "shop").mkdir()
    (config := tmp_path / "config.toml").write_text(configuration(page, text), encoding="utf-8")
    monkeypatch.setenv("IMAGEPIPE_CONFIG", str(config))
    (shop / "assets.yaml").write_text(text, encoding="utf-8")
    for path in re.findall(r"\w+\.j2", text):
        (shop / "templates").mkdir(exist_ok=True)
        (shop / "templates" / path).write_text("{{ request }}\n", encoding="utf-8")
    for path in re.findall(r"(?:image|mask): ([\w/.-]+)", text):
        (shop / path).parent.mkdir(exist_ok=True)
        Image.new("RGBA", (64, 64)).save(shop / path)
    if "../brand/" in text:
        GitProject(tmp_path).begin()
        (tmp_path / "brand").mkdir()
        (tmp_path / "brand" / "assets.yaml").write_text(BRAND, encoding="utf-8")
        Image.new("RGB", (1024, 1024)).save(tmp_path / "brand" / "logo.png")
    try:
        assert imagepipe.load(shop).assets
    except ImagepipeError as error:
        raise AssertionError(f"{error}\n{text}") from None


def test_there_are_manifests_on_the_pages() -> None:
    assert len(ALL) > 15
