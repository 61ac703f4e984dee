"""Every rule as a row: what is asked, what is told; and that all is told at once, by data, and fast to repeat."""

from datetime import date
from typing import Any

import pytest

from imagepipe.errors import Problem
from imagepipe.models.registry import registry
from imagepipe.models.rules import check
from imagepipe.values import Asset, FrozenMap, ImageFact, Input, Words, freeze
from tests.models.making import TODAY, asset, told

FLARE6, FLARE5, SUN5 = "gpt-image-2.6-flare", "gpt-image-2.5-flare", "gpt-image-2.5-sunburst"
TARGET = (Input("target", image="mug.png"),)


def problems(id: str = "gpt-image-2", *, today: date = TODAY, **said: Any) -> tuple[Problem, ...]:
    return check(asset(id, **said), registry(), today=today)


@pytest.mark.parametrize(
    ("id", "said"),
    [
        ("gpt-image-2", {}),
        ("gpt-image-2", {"size": "auto", "quality": "auto"}),
        ("gpt-image-2", {"size": "2560x1440", "n": 10, "output_format": "webp", "output_compression": 100}),
        (
            "gpt-image-2",
            {"output_format": "jpeg", "output_compression": 0, "moderation": "low", "background": "opaque"},
        ),
        ("gpt-image-2", {"background": "transparent", "preview": True}),
        ("gpt-image-2", {"safety_identifier": "team-7"}),
        ("gpt-image-2", {"n": None, "size": None, "quality": None, "output_format": None}),
        (SUN5, {"quality": "max", "background": "transparent", "output_format": "webp"}),
        (SUN5, {"inputs": (*TARGET, Input("markup", image="notes.png")), "preview": True}),
        (
            FLARE6,
            {
                "output_format": "gif",
                "frame_count": 16,
                "frame_duration_ms": 120,
                "complexity": "high",
                "preview": True,
            },
        ),
        (FLARE6, {"output_format": "svg", "svg": {"model": "gpt-6", "reasoning": {"effort": "low"}}, "preview": True}),
        ("gpt-image-2", {"inputs": TARGET, "size": "2048x1152"}),
    ],
)
def test_what_the_provider_would_take(id: str, said: dict[str, Any]) -> None:
    assert problems(id, **said) == ()


@pytest.mark.parametrize(
    ("id", "said", "code", "words"),
    [
        ("gpt-image-2", {"size": "1920x1080"}, "invalid-size", "multiples of 16|nearest valid size: 1920x1088"),
        ("gpt-image-2", {"size": "3840x1264"}, "invalid-size", "ratio|3840x1280"),
        ("gpt-image-2", {"size": "512x512"}, "invalid-size", "655,360|816x816"),
        ("gpt-image-2", {"size": "4096x4096"}, "invalid-size", "3840|2880x2880"),
        ("gpt-image-2", {"size": "large"}, "invalid-size", "WIDTHxHEIGHT"),
        ("gpt-image-2", {"size": 1024}, "invalid-size", "WIDTHxHEIGHT"),
        ("gpt-image-2", {"size": "3840 x 2160"}, "invalid-size", "write 3840x2160"),
        ("gpt-image-2", {"size": "1024×640"}, "invalid-size", "write 1024x640"),
        (
            "gpt-image-2",
            {"quality": "max"},
            "invalid-quality",
            "low, medium, high|`max` is taken by gpt-image-2.5-sunburst",
        ),
        ("gpt-image-2", {"quality": "hihg"}, "invalid-quality", "did you mean `high`?"),
        ("gpt-image-2", {"quality": "HIGH"}, "invalid-quality", "did you mean `high`?"),
        ("gpt-image-2", {"output_format": "gif"}, "invalid-format", "gpt-image-2.6-sunburst"),
        ("gpt-image-2", {"output_format": "jpg"}, "invalid-format", "did you mean `jpeg`?"),
        ("gpt-image-2", {"background": "white"}, "invalid-background", "auto, opaque, transparent"),
        (
            "gpt-image-2",
            {"background": "transparent"},
            "preview-feature",
            "chroma-key|gpt-image-2.5-sunburst|preview: true",
        ),
        (SUN5, {"background": "transparent", "output_format": "jpeg"}, "background-format", "png or webp|`jpeg`"),
        (
            FLARE6,
            {"background": "transparent", "output_format": "gif", "preview": True},
            "background-format",
            "png or webp",
        ),
        ("gpt-image-2", {"output_compression": 80}, "compression-format", "jpeg or webp|`png`"),
        ("gpt-image-2", {"output_format": "webp", "output_compression": 101}, "invalid-option", "0 to 100"),
        ("gpt-image-2", {"n": 0}, "invalid-n", "1 to 10"),
        ("gpt-image-2", {"n": 11}, "invalid-n", "1 to 10"),
        ("gpt-image-2", {"n": "3"}, "invalid-n", "whole number"),
        ("gpt-image-2", {"n": 2.0}, "invalid-n", "whole number"),
        ("gpt-image-2", {"n": True}, "invalid-n", "whole number"),
        ("gpt-image-2", {"moderation": "off"}, "invalid-option", "auto, low"),
        ("gpt-image-2", {"moderation": "low", "inputs": TARGET}, "moderation-on-edit", "leave it out"),
        ("gpt-image-2", {"input_fidelity": "high", "inputs": TARGET}, "option-unsupported", "leave it out"),
        (FLARE6, {"input_fidelity": "low", "inputs": TARGET}, "option-unsupported", "leave it out"),
        ("gpt-image-2", {"complexity": "low"}, "option-unsupported", "gpt-image-2.6-flare"),
        (FLARE6, {"complexity": "max"}, "invalid-option", "low, medium, high"),
        ("gpt-image-2", {"stream": True}, "not-streamed", "does not stream|leave it out"),
        ("gpt-image-2", {"stream": False}, "not-streamed", "never sent"),
        ("gpt-image-2.5-flare", {"partial_images": 2}, "not-streamed", "each is billed"),
        ("gpt-image-2", {"safety_identifier": 7}, "invalid-option", "a text"),
        ("gpt-image-2", {"frame_count": 9}, "gif-only", "makes no gif"),
        (FLARE6, {"frame_count": 9}, "gif-only", "output_format: gif"),
        (FLARE6, {"output_format": "gif", "frame_count": 17, "preview": True}, "invalid-option", "2 to 16"),
        (FLARE6, {"output_format": "gif", "frame_duration_ms": 125, "preview": True}, "invalid-option", "steps of 10"),
        (FLARE6, {"svg": {"model": "gpt-6"}}, "svg-only", "output_format: svg"),
        (
            FLARE6,
            {"output_format": "svg", "svg": {"effort": "low"}, "preview": True},
            "invalid-option",
            "reasoning: {effort",
        ),
        (
            FLARE6,
            {"output_format": "svg", "svg": {"reasoning": {"effort": 3}}, "preview": True},
            "invalid-option",
            "`effort` is a text",
        ),
        (FLARE6, {"output_format": "svg", "svg": "yes", "preview": True}, "invalid-option", "not a map"),
        (FLARE6, {"output_format": "svg", "n": 2, "preview": True}, "svg-single", "n: 1"),
        ("gpt-image-2", {"response_format": "b64_json"}, "legacy-option", "config.toml"),
        ("gpt-image-2", {"style": "vivid"}, "legacy-option", "prompt"),
        ("gpt-image-2", {"user": "me"}, "legacy-option", "safety_identifier"),
        ("gpt-image-2", {"qualtiy": "high"}, "unknown-option", "did you mean `quality`?"),
        ("gpt-image-2", {"seed": 7}, "unknown-option", "models:"),
    ],
)
def test_what_it_would_refuse(id: str, said: dict[str, Any], code: str, words: str) -> None:
    found = problems(id, **said)
    assert told(found) == [("error", code)]
    assert found[0].path in [("options", name) for name in said]
    for word in words.split("|"):
        assert word in f"{found[0].message} → {found[0].hint}"


@pytest.mark.parametrize(
    ("id", "said", "code", "words"),
    [
        ("gpt-image-1.5", {"size": "1920x1080"}, "invalid-size", "1536x1024"),
        ("gpt-image-1.5", {"input_fidelity": "high"}, "option-without-inputs", "inputs"),
        ("gpt-image-1-mini", {"input_fidelity": "high", "inputs": TARGET}, "invalid-fidelity", "one of low"),
    ],
)
def test_models_that_are_about_to_go_keep_their_rules(id: str, said: dict[str, Any], code: str, words: str) -> None:
    found = problems(id, **said)
    assert told(found) == [("warning", "model-ending"), ("error", code)]
    assert words in found[1].hint


def test_all_violations_are_told_at_once() -> None:
    found = problems(
        size="1920x1080",
        quality="max",
        n=11,
        background="transparent",
        output_format="jpeg",
        output_compression=200,
        stlye="vivid",
    )
    assert {problem.code for problem in found} == {
        "invalid-size",
        "invalid-quality",
        "invalid-n",
        "preview-feature",
        "background-format",
        "invalid-option",
        "unknown-option",
    }


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"size": "512x512"}, "invalid-size"),
        ({"quality": "ultra"}, "invalid-quality"),
        ({"background": "blue"}, "invalid-background"),
    ],
)
def test_figures_of_third_parties_warn_and_never_fail(said: dict[str, Any], code: str) -> None:
    assert told(problems(FLARE6, **said)) == [("warning", code)]
    assert told(problems("gpt-image-9-nova", **said)) == [("warning", "unlisted-model"), ("warning", code)]


def test_experimental_sizes_warn() -> None:
    found = problems(size="3840x2160")
    assert told(found) == [("warning", "experimental-size")]
    assert "3,686,400" in found[0].message


def test_native_transparency_is_judged_as_a_background() -> None:
    plain = asset()
    native = Asset(plain.id, plain.prompt, options=plain.options, transparency=freeze({"native": {}}))
    found = check(native, registry(), today=TODAY)
    assert [(problem.code, problem.path) for problem in found] == [("preview-feature", ("transparency",))]
    assert "chroma-key" in found[0].hint


def test_a_model_without_transparency_names_the_ways_out() -> None:
    known = registry(freeze({"plain": {"like": "gpt-image-2", "backgrounds": ["auto", "opaque"], "preview": []}}))
    found = check(asset("plain", background="transparent"), known, today=TODAY)
    assert told(found) == [("error", "invalid-background")]
    assert "chroma-key" in found[0].hint
    assert "gpt-image-2.5-flare" in found[0].hint


def test_a_server_of_ones_own_takes_its_own_options() -> None:
    known = registry(freeze({"flux": {"sizes": ["512x512"], "options": ["seed", "style"]}}))
    assert check(asset("flux", size="512x512", seed=7, style="x"), known, today=TODAY) == ()
    assert told(check(asset("flux", sede=7, size="512x512"), known, today=TODAY)) == [("error", "unknown-option")]


def test_a_model_for_words_alone_refuses_inputs() -> None:
    known = registry(freeze({"words": {"features": []}}))
    found = check(asset("words", inputs=TARGET), known, today=TODAY)
    assert told(found) == [("error", "edits-unsupported")]


@pytest.mark.parametrize(
    ("id", "codes"),
    [
        ("gpt-imgae-2", [("error", "unknown-model")]),
        ("gpt-image-2.5", [("error", "model-without-variant")]),
        ("gpt-image-3", [("warning", "unlisted-model")]),
        ("gpt-image-1", [("warning", "model-ended")]),
        ("dall-e-3", [("warning", "model-ended")]),
        ("gpt-image-1.5", [("warning", "model-ending")]),
    ],
)
def test_the_model_itself(id: str, codes: list[tuple[str, str]]) -> None:
    assert told(problems(id)) == codes


def test_an_ended_model_is_not_judged_by_its_options() -> None:
    assert told(problems("gpt-image-1", size="1x1", quality="hd", inputs=TARGET)) == [("warning", "model-ended")]


@pytest.mark.parametrize(("first", "second"), [(1, True), (True, 1), (1, 1.0)])
def test_equal_values_of_other_types_keep_their_own_findings(first: Any, second: Any) -> None:
    assert [bool(problems(n=value)) for value in (first, second)] == [
        type(value) is not int for value in (first, second)
    ]


def test_same_options_give_the_very_same_findings() -> None:
    one, other = (
        check(Asset(name, asset().prompt, options=asset(n=11).options), registry(), today=TODAY) for name in "ab"
    )
    assert one is other


def overlay(role: str, name: str = "over.png") -> Input:
    return Input(role, image=name)  # type: ignore[arg-type]


PICTURE = ImageFact(1024, 1024, "png", 1_000_000)
GOOD_MASK = ImageFact(1024, 1024, "png", 100_000, True)


@pytest.mark.parametrize(
    ("inputs", "facts", "codes"),
    [
        (TARGET, {"mug.png": PICTURE}, []),
        (TARGET, {}, []),
        (TARGET, {"mug.png": ImageFact(10, 10, "JPEG", 1)}, []),
        (TARGET, {"mug.png": ImageFact(10, 10, "tiff", 1)}, ["input-format"]),
        (TARGET, {"mug.png": ImageFact(0, 0, "", 5)}, ["input-unreadable"]),
        ((*TARGET, overlay("mask")), {"mug.png": PICTURE, "over.png": ImageFact(0, 0, "", 5)}, ["input-unreadable"]),
        ((*TARGET, overlay("mask")), {"mug.png": ImageFact(0, 0, "", 5), "over.png": GOOD_MASK}, ["input-unreadable"]),
        (TARGET, {"mug.png": ImageFact(10, 10, "png", 50_000_000)}, ["input-too-large"]),
        (TARGET, {"mug.png": ImageFact(10, 10, "gif", 60_000_000)}, ["input-format", "input-too-large"]),
        (TARGET * 16, {}, []),
        (TARGET * 17, {}, ["too-many-inputs"]),
        ((*TARGET, overlay("mask")), {"mug.png": PICTURE, "over.png": GOOD_MASK}, []),
        ((overlay("mask"), *TARGET), {"mug.png": PICTURE, "over.png": GOOD_MASK}, []),
        ((overlay("mask"),), {"over.png": GOOD_MASK}, ["mask-without-image"]),
        ((*TARGET, overlay("mask")), {"over.png": ImageFact(1024, 1024, "jpeg", 5)}, ["mask-format"]),
        ((*TARGET, overlay("mask")), {"over.png": ImageFact(1024, 1024, "png", 5)}, ["mask-alpha"]),
        ((*TARGET, overlay("mask")), {"over.png": ImageFact(1024, 1024, "png", 4_000_000, True)}, ["mask-too-large"]),
        (
            (*TARGET, overlay("mask")),
            {"mug.png": PICTURE, "over.png": ImageFact(800, 600, "png", 5, True)},
            ["mask-size"],
        ),
        ((*TARGET, overlay("mask"), overlay("mask")), {}, ["two-masks"]),
        ((*TARGET, overlay("mask", "a"), overlay("markup", "b")), {}, ["markup-with-mask"]),
        (
            (*TARGET, overlay("markup")),
            {"mug.png": PICTURE, "over.png": ImageFact(1, 1, "webp", 5)},
            ["markup-format", "markup-size"],
        ),
        ((*TARGET, overlay("markup"), overlay("markup")), {}, ["two-markups"]),
        (
            (overlay("markup"),),
            {"over.png": ImageFact(5, 5, "png", 50_000_000)},
            ["markup-without-image", "markup-too-large"],
        ),
        (
            (Input("target", asset="hero", output="hero.webp"),),
            {"hero.webp": ImageFact(1, 1, "avif", 1)},
            ["input-format"],
        ),
    ],
)
def test_input_images(inputs: tuple[Input, ...], facts: dict[str, ImageFact], codes: list[str]) -> None:
    found = check(asset(SUN5, inputs=inputs, preview=True), registry(), today=TODAY, facts=facts)
    assert [problem.code for problem in found] == codes
    assert all(problem.path[0] == "inputs" for problem in found)


@pytest.mark.parametrize(
    ("id", "said", "path"),
    [
        (FLARE6, {"output_format": "gif", "frame_count": 4}, ("options", "output_format")),
        (FLARE6, {"output_format": "svg", "n": 1}, ("options", "output_format")),
        (FLARE6, {"inputs": (*TARGET, overlay("markup"))}, ("inputs", 1)),
        (SUN5, {"inputs": (*TARGET, overlay("markup"))}, ("inputs", 1)),
    ],
)
def test_previews_want_to_be_asked_for(id: str, said: dict[str, Any], path: tuple[str | int, ...]) -> None:
    (found,) = problems(id, **said)
    assert (found.code, found.path, found.severity) == ("preview-feature", path, "error")
    assert "`preview: true`" in found.hint
    assert not found.hint.endswith("or use ")
    assert problems(id, **said, preview=True) == ()


def test_markup_on_a_model_without_it() -> None:
    found = problems(inputs=(*TARGET, overlay("markup")))
    assert told(found) == [("error", "markup-unsupported")]
    assert SUN5 in found[0].hint


def test_sizes_of_a_mask_are_told_in_pixels() -> None:
    facts = {"mug.png": PICTURE, "over.png": ImageFact(800, 600, "png", 5, True)}
    (found,) = check(asset(inputs=(*TARGET, overlay("mask"))), registry(), today=TODAY, facts=facts)
    assert "800x600" in found.message
    assert "1024x1024" in found.hint
    assert found.path == ("inputs", 1)


@pytest.mark.parametrize(("length", "codes"), [(32_000, []), (32_001, [("error", "prompt-too-long")])])
def test_prompt_length(length: int, codes: list[tuple[str, str]]) -> None:
    found = check(asset(), registry(), today=TODAY, words=Words("x" * length))
    assert told(found) == codes
    assert all("32,000" in problem.message for problem in found)


def test_checking_changes_nothing() -> None:
    before = FrozenMap(asset(n=11, size="1920x1080").options)
    checked = asset(n=11, size="1920x1080")
    check(checked, registry(), today=TODAY)
    assert checked.options == before
