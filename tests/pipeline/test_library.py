"""What a script or a notebook sees of the library: its names, and errors that say where without being asked."""

from pathlib import Path

import click
import pytest

import imagepipe
from imagepipe.cli import arguments
from imagepipe.errors import ManifestError, UsageError
from imagepipe.pipeline.options import BuildOptions, PlanOptions
from imagepipe.reports import showtext

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


@pytest.mark.parametrize("cap", [float("nan"), -1.0])
def test_a_cap_that_would_hold_nothing_is_refused(tmp_path: Path, cap: float) -> None:
    (tmp_path / "assets.yaml").write_text("version: 1\nassets:\n  hat: {prompt: a hat, output: hat.png}\n")
    with pytest.raises(UsageError, match="sum in USD"):
        list(imagepipe.build(imagepipe.load(tmp_path), options=imagepipe.BuildOptions(max_cost=cap)))


@pytest.mark.parametrize("typed", ["nan", "much"])
def test_on_the_command_line_too(typed: str) -> None:
    with pytest.raises(click.BadParameter, match=f"'{typed}' is not a valid number"):
        arguments.Number(min=0).convert(typed, None, None)
    assert arguments.Number(min=0).convert("0.50", None, None) == 0.5


def test_a_provider_called_local_is_asked_and_paid_like_any_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IMAGEPIPE_CONFIG", str(tmp_path / "config.toml"))
    (tmp_path / "config.toml").write_text('[providers.local]\nbase_url = "http://localhost:8080/v1"\n')
    (tmp_path / "assets.yaml").write_text(
        "version: 1\nassets:\n  hat: {prompt: a felt hat, provider: local, output: hat.png}\n"
    )
    plan = imagepipe.plan(imagepipe.load(tmp_path))
    assert plan.totals.price.worst
    page = showtext.render(plan.decisions[0], None)
    assert "a felt hat" in page
    assert "nothing is asked" not in page
