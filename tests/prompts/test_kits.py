"""Each kit is a whole project that starts without a key and without a remark."""

import pytest

from imagepipe.prompts.kits import DESCRIPTIONS, KITS
from imagepipe.prompts.lint import lint
from imagepipe.prompts.rendering import Renderer
from tests.prompts import goldens
from tests.prompts.desk import Files


def test_the_six_kits() -> None:
    assert list(KITS) == ["website", "game", "wireframe", "logo", "character", "docs"]
    assert set(DESCRIPTIONS) == set(KITS)


@pytest.mark.parametrize("name", sorted(KITS))
def test_a_kit_is_good_as_it_is(name: str) -> None:
    manifest = goldens.kit(name)
    assert not manifest.findings
    assert {item.provider for item in manifest.assets} == {"placeholder"}
    assert len(manifest.assets) >= 5
    renderer = Renderer(Files(KITS[name]))
    for item in manifest.assets:
        assert not lint(item, renderer.words(item)), item.id
        assert not item.alt or len(item.alt.split()) >= 3, f"{item.id}: a word is no text for people who cannot see it"
    templates = {path for path in KITS[name] if path.startswith("templates/")}
    assert set(renderer.read) == templates


@pytest.mark.parametrize("name", sorted(KITS))
def test_a_kit_reads_well_in_an_editor(name: str) -> None:
    text = KITS[name]["assets.yaml"]
    assert text.startswith("# yaml-language-server: $schema=.imagepipe/assets.schema.json\nversion: 1\n")
    assert "change to openai for the real pictures" in text
    assert max(map(len, text.split("\n"))) <= 140
