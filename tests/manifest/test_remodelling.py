"""Which lines of a manifest a migration edits: as few as possible, none that others share."""

from pathlib import Path

import pytest

from imagepipe.errors import ImagepipeError
from imagepipe.pipeline.migrating import CannotMigrate, rewritten

TWO, SUN, MINI = "gpt-image-2", "gpt-image-2.5-sunburst", "gpt-image-1-mini"
P, Q = "prompt: a leaf, output: p.png", "prompt: a leaf, output: q.png"


def moved(folder: Path, text: str, old: str = TWO, new: str = SUN, **others: str) -> dict[str, str]:
    """The files of a project after a migration, those that change."""
    for name, content in {"assets": text, **others}.items():
        (folder / f"{name}.yaml").write_text(
            f"version: 1\n{content}" if name == "assets" else content, encoding="utf-8"
        )
    done = rewritten(folder, old, new)
    return {path: after.decode().removeprefix("version: 1\n") for path, (_, after) in done.files.items()}


CASES = {
    "the default, written nowhere": (
        f"assets:\n  p: {{{P}}}\n",
        f"defaults: {{model: {SUN}, options: {{quality: high}}}}\nassets:\n  p: {{{P}}}\n",
    ),
    "a quality that everybody has from the defaults": (
        f"defaults:\n  model: {TWO}  # house\n  options:\n    quality: high  # best\nassets:\n  p: {{{P}}}\n  q: {{{Q}}}\n",
        f"defaults:\n  model: {SUN}  # house\n  options:\n    quality: max  # best\nassets:\n  p: {{{P}}}\n  q: {{{Q}}}\n",
    ),
    "the same work under the same name": (
        f"assets:\n  p: {{{P}, model: {TWO}, options: {{quality: low}}}}\n",
        f"assets:\n  p: {{{P}, model: {SUN}, options: {{quality: low}}}}\n",
    ),
    "a default that another model shares": (
        f"defaults: {{options: {{quality: high}}}}\nassets:\n  p: {{{P}, model: {TWO}}}\n  q: {{{Q}, model: {MINI}}}\n",
        f"defaults: {{options: {{quality: high}}}}\nassets:\n  p: {{{P}, model: {SUN}, options: {{quality: max}}}}\n"
        f"  q: {{{Q}, model: {MINI}}}\n",
    ),
    "a quality unwritten, the model in the defaults": (
        f"defaults: {{model: {TWO}}}\nassets:\n  p: {{{P}}}\n  q: {{{Q}, options: {{quality: low}}}}\n",
        f"defaults: {{model: {SUN}, options: {{quality: high}}}}\nassets:\n  p: {{{P}}}\n"
        f"  q: {{{Q}, options: {{quality: low}}}}\n",
    ),
    "a quality unwritten, which another model beside it must not get": (
        f"defaults: {{model: {TWO}}}\nassets:\n  p: {{{P}}}\n  q: {{{Q}, model: {MINI}}}\n",
        f"defaults: {{model: {SUN}}}\nassets:\n  p: {{{P}, options: {{quality: high}}}}\n  q: {{{Q}, model: {MINI}}}\n",
    ),
    "a base that others extend": (
        f"assets:\n  base: {{abstract: true, model: {TWO}}}\n  p: {{{P}, extends: base}}\n  q: {{{Q}, extends: base}}\n",
        f"assets:\n  base: {{abstract: true, model: {SUN}, options: {{quality: high}}}}\n  p: {{{P}, extends: base}}\n"
        f"  q: {{{Q}, extends: base}}\n",
    ),
    "a profile's quality": (
        f"defaults: {{model: {TWO}, options: {{quality: low}}}}\nprofiles:\n  final: {{options: {{quality: high}}}}\n"
        f"assets:\n  p: {{{P}}}\n",
        f"defaults: {{model: {SUN}, options: {{quality: low}}}}\nprofiles:\n  final: {{options: {{quality: max}}}}\n"
        f"assets:\n  p: {{{P}}}\n",
    ),
    "a matrix": (
        f"assets:\n  s:\n    model: {TWO}\n    matrix: {{c: [a, b]}}\n    prompt: a {{{{ c }}}}\n    output: '{{c}}.png'\n",
        f"assets:\n  s:\n    model: {SUN}\n    options: {{quality: high}}\n    matrix: {{c: [a, b]}}\n"
        "    prompt: a {{ c }}\n    output: '{c}.png'\n",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_edits(case: str, tmp_path: Path) -> None:
    before, after = CASES[case]
    assert moved(tmp_path, before) == {"assets.yaml": after}


def test_a_size_becomes_the_nearest_and_an_option_without_counterpart_goes(tmp_path: Path) -> None:
    before = f"assets:\n  p:\n    {P.replace(', ', chr(10) + '    ')}\n    model: {SUN}\n    options:\n      size: 2k\n      quality: low\n"
    after = before.replace(SUN, "gpt-image-1.5").replace("size: 2k", "size: 1024x1024")
    assert moved(tmp_path, before, SUN, "gpt-image-1.5") == {"assets.yaml": after}
    flare = before.replace(SUN, "gpt-image-2.6-flare").replace("quality: low", "quality: low\n      complexity: high")
    back = flare.replace("gpt-image-2.6-flare", TWO).replace("\n      complexity: high", "")
    assert moved(tmp_path, flare, "gpt-image-2.6-flare", TWO)["assets.yaml"].replace("medium", "low") == back


def test_included_files_are_rewritten_with_the_rest(tmp_path: Path) -> None:
    found = moved(
        tmp_path,
        f"include: [shop.yaml]\ndefaults: {{model: {TWO}, options: {{quality: high}}}}\nassets:\n  p: {{{P}}}\n",
        shop=f"assets:\n  q: {{{Q}, model: {TWO}, options: {{quality: medium}}}}\n",
    )
    assert found == {
        "assets.yaml": f"include: [shop.yaml]\ndefaults: {{model: {SUN}, options: {{quality: max}}}}\nassets:\n  p: {{{P}}}\n",
        "shop.yaml": f"assets:\n  q: {{{Q}, model: {SUN}, options: {{quality: high}}}}\n",
    }


REFUSED = {
    "a model that does not take it": (
        f"assets:\n  p: {{{P}, model: {SUN}, options: {{quality: low, background: transparent}}}}\n",
        (SUN, TWO),
        "preview",
    ),
    "an option that others keep": (
        "defaults: {options: {complexity: high, quality: low}}\n"
        f"assets:\n  p: {{{P}, model: gpt-image-2.6-flare}}\n  q: {{{Q}, model: gpt-image-2.6-sunburst}}\n",
        ("gpt-image-2.6-flare", SUN),
        "`p` must go without complexity",
    ),
    "a profile of two models": (
        f"profiles: {{draft: {{options: {{quality: high}}}}}}\nassets:\n  p: {{{P}, model: {TWO}, options: {{quality: low}}}}\n"
        f"  q: {{{Q}, model: {MINI}, options: {{quality: low}}}}\n",
        (TWO, SUN),
        "`p` under the profile `draft` must have quality max",
    ),
    "a model of another name only in a profile": (
        f"profiles: {{draft: {{model: {MINI}}}}}\nassets:\n  p: {{{P}, model: {TWO}, options: {{quality: high}}}}\n",
        (TWO, SUN),
        "quality",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_has_no_counterpart_is_said(case: str, tmp_path: Path) -> None:
    text, pair, told = REFUSED[case]
    with pytest.raises(CannotMigrate) as caught:
        moved(tmp_path, text, *pair)
    said = "\n".join(f"{finding.message} {finding.hint}" for finding in caught.value.findings)
    assert told in said
    assert (tmp_path / "assets.yaml").read_text() == f"version: 1\n{text}"


@pytest.mark.parametrize(
    ("pair", "code"),
    [
        ((TWO, "gpt-imgae-2"), "unknown-model"),
        ((TWO, "gpt-image-1"), "model-ended"),
        ((TWO, TWO), "usage"),
        ((SUN, TWO), "nothing-to-migrate"),
    ],
)
def test_a_pair_that_cannot_be(pair: tuple[str, str], code: str, tmp_path: Path) -> None:
    with pytest.raises(ImagepipeError) as caught:
        moved(tmp_path, f"assets:\n  p: {{{P}}}\n", *pair)
    assert caught.value.code == code
