"""How defaults, extends, the asset and a profile lie over each other."""

import pytest

from imagepipe.manifest.merging import merge, merge_asset
from tests.manifest.loaded import asset, assets

P = "prompt: a mug\noutput: a.png"


@pytest.mark.parametrize(
    ("under", "over", "made"),
    [
        ({"a": 1}, {"b": 2}, {"a": 1, "b": 2}),
        ({"a": 1}, {"a": 2}, {"a": 2}),
        ({"a": {"b": 1, "c": 2}}, {"a": {"c": 3}}, {"a": {"b": 1, "c": 3}}),
        ({"a": [1, 2]}, {"a": [3]}, {"a": [3]}),
        ({"a": [1]}, {"a+": [2]}, {"a": [1, 2]}),
        ({"a": "x"}, {"a+": "y"}, {"a": ["x", "y"]}),
        ({}, {"a+": [1]}, {"a": [1]}),
        ({"a": [1]}, {"a": [2], "a+": [3]}, {"a": [2, 3]}),
        ({"a": [1]}, {"a+": [3], "a": [2]}, {"a": [2, 3]}),
        ({"a": None}, {"a+": [1]}, {"a": [1]}),
        ({"a": {"b": 1}}, {"a": "text"}, {"a": "text"}),
        ({"a": "text"}, {"a": {"b+": [1]}}, {"a": {"b": [1]}}),
    ],
)
def test_merge(under: dict[str, object], over: dict[str, object], made: dict[str, object]) -> None:
    before = repr((under, over))
    assert merge(under, over) == made
    assert repr((under, over)) == before


@pytest.mark.parametrize(
    ("under", "over", "made"),
    [
        ({"output": "a"}, {"outputs": ["b"]}, {"outputs": ["b"]}),
        ({"outputs": ["a"]}, {"output": "b"}, {"output": "b"}),
        ({"prompt": {"style": "x"}}, {"prompt": {"file": "p"}}, {"prompt": {"file": "p"}}),
        ({"prompt": {"file": "p"}}, {"prompt": {"style": "x"}}, {"prompt": {"style": "x"}}),
        ({"prompt": {"style": "x"}}, {"prompt": "plain"}, {"prompt": "plain"}),
        ({"prompt": "plain"}, {"prompt": {"style": "x"}}, {"prompt": {"style": "x"}}),
    ],
)
def test_one_kind_of_output_and_prompt_replaces_the_other(
    under: dict[str, object], over: dict[str, object], made: dict[str, object]
) -> None:
    assert merge_asset(under, over) == made


def test_defaults_of_version_1_are_filled_in() -> None:
    found = asset(P)
    assert (found.provider, found.model, found.take) == ("openai", "gpt-image-2", 1)
    assert found.options == {"n": 1, "quality": "medium", "output_format": "png", "size": "1024x1024"}


def test_defaults_lie_under_an_asset_and_a_profile_over_it() -> None:
    head = "defaults: {options: {quality: high, n: 2}, tags: [web]}\nprofiles: {draft: {options: {quality: low}}}\n"
    text = head + "assets: {a: {prompt: a mug, output: a.png, options: {n: 3}}}\n"
    final, draft = assets(text)["a"], assets(text, profile="draft")["a"]
    assert (final.options["quality"], final.options["n"], final.tags) == ("high", 3, ("web",))
    assert (draft.options["quality"], draft.options["n"]) == ("low", 3)


def test_constraints_gather_over_all_layers() -> None:
    text = """
defaults: {prompt: {constraints: [one]}}
profiles: {draft: {prompt: {constraints+: [four]}}}
assets:
  base: {abstract: true, prompt: {constraints+: [two]}}
  a: {extends: base, output: a.png, prompt: {request: a mug, constraints+: [three]}}
"""
    assert assets(text, profile="draft")["a"].prompt.fields["constraints"] == ("one", "two", "three", "four")


def test_extends_gives_everything_but_what_an_asset_decides_for_itself() -> None:
    text = """
assets:
  a: {prompt: {request: a mug, style: ink}, output: a.png, options: {n: 3}, pick: 2, tags: [x]}
  b: {extends: a, prompt: {request: a cup}, output: b.png}
  c: {extends: b, output: c.png}
"""
    found = assets(text)
    assert found["c"].prompt.fields == {"request": "a cup", "style": "ink"}
    assert (found["c"].tags, found["c"].options["n"], found["c"].pick, found["a"].pick) == (("x",), 3, None, 2)


def test_included_files_have_defaults_of_their_own_over_those_above() -> None:
    main = "defaults: {options: {quality: high}}\nvars: {brand: Fernhill, tone: warm}\ninclude: [shop/*.yaml]\n"
    shop = """
defaults: {options: {n: 2}}
vars: {tone: cool}
assets: {b: {prompt: "{{ brand }}, {{ tone }}", output: b.png}}
"""
    found = assets(main + "assets: {a: {prompt: '{{ tone }}', output: a.png}}\n", **{"shop/x.yaml": shop})
    assert found["b"].options["quality"] == "high"
    assert (found["b"].options["n"], found["a"].options["n"]) == (2, 1)
    assert (found["b"].vars, found["a"].vars["tone"]) == ({"brand": "Fernhill", "tone": "cool"}, "warm")


def test_manifest_wide_steps_and_originals_lie_under_the_defaults() -> None:
    text = """
originals: art/{id}.png
steps: [{resize: {width: 64}}]
assets:
  a: {prompt: x, output: a.png}
  b: {prompt: x, output: b.png, steps: []}
  c: {prompt: x, output: c.png, steps+: [{encode: {quality: 9}}]}
"""
    found = assets(text)
    assert [found[name].originals for name in "abc"] == ["art/a.png", "art/b.png", "art/c.png"]
    names = {name: [step.name for step in found[name].outputs[0].steps] for name in "abc"}
    assert names == {"a": ["resize"], "b": [], "c": ["resize", "encode"]}
