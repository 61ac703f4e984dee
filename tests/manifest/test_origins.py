"""Where each prompt field of an asset was written."""

from imagepipe.manifest.loading import Wanted, origins
from tests.manifest.loaded import TODAY
from tests.manifest.memory import Memory

TEXT = """
defaults: {prompt: {style: ink, constraints: [one]}}
profiles: {draft: {prompt: {lighting: flat}}}
assets:
  base: {abstract: true, prompt: {scene: a hill, style: oil, extra: {Camera: 50mm}}}
  a:
    extends: base
    matrix: {x: [1, 2]}
    prompt: {request: a mug, constraints+: [two]}
    output: a-{x}.png
"""


def test_each_field_is_the_topmost_layer_that_gives_it_and_a_list_all_that_add_to_it() -> None:
    found = origins(Memory(**{"assets.yaml": TEXT}), Wanted("project", "assets.yaml", "draft", TODAY), "a@1")
    assert found == {
        "prompt": "profile draft",
        "inputs": "author",
        "style": "extends base",
        "constraints": "defaults, author",
        "scene": "extends base",
        "extra.Camera": "extends base",
        "request": "author",
        "lighting": "profile draft",
    }


def test_an_unknown_asset_has_none() -> None:
    assert origins(Memory(**{"assets.yaml": TEXT}), Wanted("project", "assets.yaml", "", TODAY), "zz") == {}
