"""What a script or a notebook sees of the library: its names, and errors that say where without being asked."""

from pathlib import Path

import pytest

import imagepipe
from imagepipe.errors import ManifestError
from imagepipe.pipeline.options import BuildOptions, PlanOptions

BAD = """version: 1
assets:
  mug:
    prompt: a mug
    tags: [web]
    output: ../mug.png
  hat: {prompt: a hat, output: hat.png, modle: gpt-image-2}
"""


def test_a_broken_manifest_names_every_error_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "assets.yaml").write_text(BAD)
    with pytest.raises(ManifestError) as caught:
        imagepipe.load(tmp_path)
    assert str(caught.value).splitlines() == [
        "assets.yaml:6:13: the output path climbs out with `..`",
        "assets.yaml:7:41: `modle` is not a field of an asset",
    ]


def test_what_the_library_offers_is_listed_and_there() -> None:
    assert {*imagepipe.__all__} <= {*dir(imagepipe)}
    assert all(getattr(imagepipe, name) for name in imagepipe.__all__)
    assert (imagepipe.BuildOptions, imagepipe.PlanOptions) == (BuildOptions, PlanOptions)
