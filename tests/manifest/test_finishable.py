"""What could be paid for but never finished is an error before anything is sent, also where a step is only implied."""

import pytest

from imagepipe.errors import Problem
from imagepipe.manifest import judging
from imagepipe.manifest.loading import Wanted, load_with_words
from imagepipe.paths import FORMATS
from imagepipe.steps import encode
from imagepipe.values import StepCall
from tests.manifest.loaded import TODAY, findings
from tests.manifest.memory import Memory


@pytest.mark.parametrize(
    ("fields", "code", "underlined"),
    [
        ("transparency: {chroma-key: {sofness: 3}}", "unknown-field", "sofness"),
        ("transparency: {chroma-key: {tolerance: 300}}", "out-of-range", "300"),
        ("steps: [cutot]", "unknown-step", "cutot"),
        ("steps: [{resize: {widht: 3}}]", "unknown-field", "widht"),
        ("steps: [{resize: {}}]", "missing-field", "{}"),
        ("steps: [resize]", "missing-field", "resize"),
    ],
)
def test_steps_are_held_to_their_declarations(fields: str, code: str, underlined: str) -> None:
    (found,) = findings(f"assets: {{a: {{prompt: a mug, output: a.png, {fields}}}}}")
    place = found.place
    assert place is not None
    assert found.code == code
    assert place.source[place.column - 1 :][: place.length] == underlined


def test_an_implied_step_that_does_not_exist_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def faults(call: StepCall) -> tuple[Problem, ...]:
        return (Problem("unknown-step", (call.name,), f"there is no step `{call.name}`", on_key=True),)

    monkeypatch.setattr(judging, "step_faults", faults)
    (found,) = findings("assets: {a: {prompt: a mug, output: a.png, transparency: chroma-key}}")
    assert (found.severity, found.code, found.message) == ("error", "unknown-step", "there is no step `cutout`")
    assert found.place is not None
    assert found.place.path == "assets.a.transparency"


def test_every_format_that_a_path_may_name_can_be_written() -> None:
    """Lines are no pixels: an .svg is refused by the prompt's lint unless the model draws it."""
    assert set(FORMATS.values()) - {"svg"} <= set(encode.FORMATS)


@pytest.mark.parametrize(
    ("output", "code"),
    [
        ("output: a.svg", "vector-from-pixels"),
        ("outputs: [{path: a.jpg, expect: {alpha: true}}]", "impossible-expect"),
        ("output: a.tiff", "unknown-format"),
        ("outputs: [{path: a.ico, width: 512}]", "conflicting-sizes"),
        ("outputs: [{path: 'a{density}.ico', width: 128, densities: [1, 4]}]", "conflicting-sizes"),
    ],
)
def test_a_file_that_can_never_be_as_declared_is_one_error(output: str, code: str) -> None:
    (found,) = findings(f"assets: {{a: {{prompt: a mug, {output}}}}}")
    assert (found.severity, found.code) == ("error", code)


def test_a_provider_that_is_not_here_is_a_remark_since_another_user_may_have_it() -> None:
    text = "assets: {a: {prompt: a mug, output: a.png, provider: opnai}, b: {prompt: a cup, output: b.png}}"
    wanted = Wanted("project", "assets.yaml", "", TODAY, providers=frozenset({"openai", "placeholder"}))
    (found,) = load_with_words(Memory(**{"assets.yaml": text}), wanted).manifest.findings
    assert (found.severity, found.code, found.hint) == ("warning", "provider-not-here", "did you mean `openai`?")
    assert not findings(text), "without knowing any, none is judged"


GRID = "{grid: {columns: 2, rows: 1}}"


@pytest.mark.parametrize(
    ("fields", "code", "underlined"),
    [
        (f"output: a.png, steps: [{GRID}]", "missing-placeholder", "a.png"),
        ("output: '{cell}.png'", "unknown-placeholder", "{cell}.png"),
        ("output: '{cell}.png', steps: [trim]", "unknown-placeholder", "{cell}.png"),
        (f"output: '{{cell}}.png', steps: [{GRID}, atlas]", "unknown-placeholder", "{cell}.png"),
        ("output: a.png, steps: [atlas]", "nothing-to-pack", "[atlas]"),
        (f"outputs: [{{path: a.png, steps: [{GRID}, atlas, atlas]}}]", "nothing-to-pack", f"[{GRID}, atlas, atlas]"),
        (f"outputs: [a.webp, a.png], steps: [{GRID}, atlas]", "duplicate-output", "a.png"),
    ],
)
def test_cells_have_files_and_sheets_have_cells(fields: str, code: str, underlined: str) -> None:
    (found,) = findings(f"assets: {{a: {{prompt: a mug, {fields}}}}}")
    place = found.place
    assert place is not None
    assert (found.code, place.source[place.column - 1 :][: place.length].strip("'")) == (code, underlined.strip("'"))


def test_what_steps_write_beside_a_file_is_known() -> None:
    text = f"assets: {{a: {{prompt: a mug, outputs: [{{path: a.png, steps: [{GRID}, {{nine-slice: {{by: 3}}}}, atlas]}}]}}}}"
    loaded = load_with_words(Memory(**{"assets.yaml": text}), Wanted("project", "assets.yaml", "", TODAY))
    (output,) = loaded.manifest.assets[0].outputs
    assert output.files == ("a.png", "a.json")
