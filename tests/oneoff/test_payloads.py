"""What `--dry-run` shows: exactly the fields that would be sent, for every option that the small scripts have."""

import sys
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.cli.running import modules_after
from tests.oneoff.typist import Typist

ALWAYS = {"n": 1, "size": "auto", "quality": "medium", "output_format": "png"}

OPTIONS: list[tuple[list[str], dict[str, Any]]] = [
    (["--model", "gpt-image-1.5"], {"model": "gpt-image-1.5"}),
    (["--n", "3"], {"n": 3}),
    (["--size", "1536x1024"], {"size": "1536x1024"}),
    (["--quality", "high"], {"quality": "high"}),
    (["--background", "opaque"], {"background": "opaque"}),
    (["--model", "gpt-image-2.5-flare", "--background", "transparent"], {"background": "transparent"}),
    (["--background", "transparent", "--preview"], {"background": "transparent"}),
    (["--output-format", "jpg"], {"output_format": "jpeg"}),
    (["--output-format", "webp", "--output-compression", "70"], {"output_format": "webp", "output_compression": 70}),
    (["--moderation", "low"], {"moderation": "low"}),
]

WORDS = [
    ([], "Primary request: a mug"),
    (["--no-augment", "--subject", "one"], "a mug"),
    (["--use-case", "product-mockup"], "Use case: product-mockup\nPrimary request: a mug"),
    (["--use-case", "my own kind"], "Use case: my own kind\nPrimary request: a mug"),
    (["--scene", "a table"], "Primary request: a mug\nScene/backdrop: a table"),
    (["--subject", "one mug"], "Primary request: a mug\nSubject: one mug"),
    (["--style", "flat"], "Primary request: a mug\nStyle/medium: flat"),
    (["--composition", "wide"], "Primary request: a mug\nComposition/framing: wide"),
    (["--lighting", "soft"], "Primary request: a mug\nLighting/mood: soft"),
    (["--palette", "ochre"], "Primary request: a mug\nColor palette: ochre"),
    (["--materials", "clay"], "Primary request: a mug\nMaterials/textures: clay"),
    (["--text", "Fresh"], 'Primary request: a mug\nText (verbatim): "Fresh"'),
    (["--constraints", "no logo"], "Primary request: a mug\nConstraints: no logo"),
    (["--negative", "people"], "Primary request: a mug\nAvoid: people"),
    (["--negative", "people", "--scene", "a table"], "Primary request: a mug\nScene/backdrop: a table\nAvoid: people"),
    (["--subject", "{{ x }} {% if %}"], "Primary request: a mug\nSubject: {{ x }} {% if %}"),
    (["--subject", "   "], "Primary request: a mug"),
]

NAMES = [
    ([], ["output/imagegen/output.png"]),
    (["--output-format", "jpg"], ["output/imagegen/output.jpeg"]),
    (["--output-format", "webp"], ["output/imagegen/output.webp"]),
    (["--out", "a/mug"], ["a/mug.png"]),
    (["--out", "mug.jpg", "--output-format", "jpeg"], ["mug.jpg"]),
    (["--out", "mug.JPEG", "--output-format", "jpg"], ["mug.JPEG"]),
    (["--out", "mug.v2"], ["mug.v2.png"]),
    (["--out", "mug.png", "--n", "2"], ["mug-1.png", "mug-2.png"]),
    (["--out-dir", "d"], ["d/image_1.png"]),
    (["--out-dir", "d", "--out", "mug.webp", "--n", "2"], ["d/image_1.png", "d/image_2.png"]),
    (["--out", "there"], ["there/image_1.png"]),
    (["--out", "new/", "--output-format", "jpg"], ["new/image_1.jpeg"]),
    (["--out", "/tmp/elsewhere/mug.png"], ["/tmp/elsewhere/mug.png"]),
]

COPIES = [
    ([], []),
    (["--downscale-max-dim", "256"], ["output/imagegen/output-web.png"]),
    (["--downscale-max-dim", "256", "--downscale-suffix", "small"], ["output/imagegen/output-small.png"]),
    (["--downscale-max-dim", "256", "--downscale-suffix", "_s"], ["output/imagegen/output_s.png"]),
]

REFUSED = [
    (["--size", "1920x1080"], "nearest valid size: 1920x1088"),
    (["--n", "11"], "from 1 to 10"),
    (["--n", "0"], "from 1 to 10"),
    (["--quality", "hihg"], "did you mean `high`"),
    (["--model", "gpt-imgae-2"], "gpt-image-2"),
    (["--background", "transparent"], "--preview"),
    (["--background", "transparent", "--model", "gpt-image-1.5", "--output-format", "jpeg"], "png"),
    (["--output-compression", "50"], "output_format"),
    (["--output-format", "bmp"], "png"),
    (["--model", "gpt-image-2.6-flare", "--output-format", "svg"], "opt in with `--preview`"),
    (
        ["--model", "gpt-image-2.6-flare", "--output-format", "svg", "--preview", "--downscale-max-dim", "9"],
        "a drawing",
    ),
    (["--out", "mug.webp"], "--output-format webp"),
    (["--downscale-max-dim", "10", "--downscale-suffix", ""], "--downscale-suffix"),
    (["--prompt-file", "p.txt"], "both --prompt and --prompt-file"),
]


@pytest.mark.parametrize(("typed", "shown"), OPTIONS)
def test_options_are_sent_only_if_given(typist: Typist, typed: list[str], shown: dict[str, Any]) -> None:
    found = typist.payload("generate", "--prompt", "a mug", *typed)
    assert found.pop("endpoint") == "/v1/images/generations"
    assert len(found.pop("outputs")) == found["n"]
    assert found.pop("outputs_downscaled") == []
    assert found == {"model": "gpt-image-2", "prompt": "Primary request: a mug", **ALWAYS, **found, **shown}
    assert set(found) == {"model", "prompt", *ALWAYS, *shown}


@pytest.mark.parametrize(("typed", "prompt"), WORDS)
def test_words_are_labelled_and_literal(typist: Typist, typed: list[str], prompt: str) -> None:
    assert typist.payload("generate", "--prompt", " a mug\n", *typed)["prompt"] == prompt


@pytest.mark.parametrize(("typed", "paths"), NAMES)
def test_output_names(typist: Typist, typed: list[str], paths: list[str]) -> None:
    (typist.folder / "there").mkdir()
    assert typist.payload("generate", "--prompt", "a mug", *typed)["outputs"] == paths


@pytest.mark.parametrize(("typed", "paths"), COPIES)
def test_names_of_smaller_copies(typist: Typist, typed: list[str], paths: list[str]) -> None:
    assert typist.payload("generate", "--prompt", "a mug", *typed)["outputs_downscaled"] == paths


@pytest.mark.parametrize(("typed", "said"), REFUSED)
def test_what_is_wrong_is_said_before_anything_is_made(typist: Typist, typed: list[str], said: str) -> None:
    (typist.folder / "p.txt").write_text("a mug")
    assert said in typist.refusal("generate", "--prompt", "a mug", *typed)


def test_the_prompt_from_a_file(typist: Typist) -> None:
    (typist.folder / "p.txt").write_bytes("\ufeffa mug\r\non a table\n".encode())
    assert typist.payload("generate", "--prompt-file", "p.txt", "--no-augment")["prompt"] == "a mug\non a table"


def test_no_prompt_and_an_empty_one(typist: Typist) -> None:
    assert "no prompt" in typist.refusal("generate")
    assert "empty" in typist.refusal("generate", "--prompt", "  ")


def picture(path: Path, mode: str = "RGB", size: tuple[int, int] = (64, 48)) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new(mode, size, 0).save(path)
    return path


def test_an_edit_lists_its_images_in_order(typist: Typist) -> None:
    picture(typist.folder / "b.png")
    picture(typist.folder / "a.webp")
    picture(typist.folder / "m.png", "RGBA")
    found = typist.payload(
        "edit", "--image", "b.png", "--image", "a.webp", "--mask", "m.png", "--prompt", "add", "--subject", "a lamp"
    )
    assert found["endpoint"] == "/v1/images/edits"
    assert (found["image"], found["mask"]) == (["b.png", "a.webp"], "m.png")
    assert found["prompt"] == "Primary request: add\nSubject: a lamp", "no line that was not typed"


def test_fidelity_where_a_model_takes_it(typist: Typist) -> None:
    picture(typist.folder / "b.png")
    typed = ("edit", "--image", "b.png", "--prompt", "add", "--input-fidelity", "high")
    assert typist.payload(*typed, "--model", "gpt-image-1.5")["input_fidelity"] == "high"
    assert "input_fidelity" in typist.refusal(*typed)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["--image", "none.png"], "No such file"),
        (["--image", "text.png"], "no PNG, JPEG, WebP"),
        (["--image", "b.gif"], "gif"),
        (["--image", "b.png", "--mask", "small.png"], "size"),
        (["--image", "b.png", "--moderation", "low"], "moderation"),
        ([], "--image"),
    ],
)
def test_images_that_cannot_be_sent(typist: Typist, typed: list[str], said: str) -> None:
    picture(typist.folder / "b.png")
    picture(typist.folder / "b.gif")
    picture(typist.folder / "small.png", "RGBA", (8, 8))
    (typist.folder / "text.png").write_text("no picture")
    assert said in typist.refusal("edit", "--prompt", "add", *typed)


def test_a_dry_run_needs_no_key_and_no_sdk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    code = "from imagepipe.cli.program import run\nassert run(['generate', '--prompt', 'a mug', '--dry-run']) == 0"
    assert not {"openai", "PIL", "httpx2"} & modules_after(code, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_prompt_from_standard_input(typist: Typist, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(b"a mug\n")))
    assert typist.payload("generate", "--prompt-file", "-")["prompt"] == "Primary request: a mug"
