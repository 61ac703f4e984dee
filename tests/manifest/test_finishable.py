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
        ("steps: [{fit: {width: 30, hight: 20}}]", "unknown-field", "hight"),
        ("steps: [{fit: {width: [30], height: 20}}]", "wrong-type", "[30]"),
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


SQUARE = "options: {size: 1024x1024}"
NEVER = [
    ("options: {background: opaque}, output: a.png, expect: {clear_corners: 4}", "impossible-expect", "4"),
    ("options: {background: opaque}, output: a.png, expect: {min_transparent: 0.5}", "impossible-expect", "0.5"),
    ("outputs: [{path: a.jpg, expect: {format: png}}]", "impossible-expect", "png"),
    ("outputs: [b.png, {path: a.jpg, expect: {clear_corners: 1}}]", "impossible-expect", "1"),
    (f'{SQUARE}, outputs: [{{path: a.png, width: 300, expect: {{aspect: "16:9"}}}}]', "impossible-expect", '"16:9"'),
    (f"{SQUARE}, outputs: [{{path: a.png, width: 300, expect: {{min_width: 400}}}}]", "impossible-expect", "400"),
    ("outputs: [{path: a.png, width: 300, steps: [sharpen], expect: {width: 200}}]", "impossible-expect", "200"),
    (
        "outputs: [{path: a.png, width: 300, height: 300, steps: [{resize: {width: 150}}], expect: {width: 300}}]",
        "impossible-expect",
        "300",
    ),
    (
        f"{SQUARE}, outputs: [{{path: a.png, steps: [{{resize: {{width: 100}}}}], expect: {{width: 200}}}}]",
        "impossible-expect",
        "200",
    ),
    (
        f"{SQUARE}, outputs: [{{path: a.png, height: 90, steps: [{{resize: {{width: 45}}}}], expect: {{height: 90}}}}]",
        "impossible-expect",
        "90",
    ),
    (f"{SQUARE}, output: a.png, steps: [{{crop: {{width: 4000}}}}]", "step-never", "{width: 4000}"),
    (
        f"{SQUARE}, outputs: [b.png, {{path: a.png, steps: [{{crop: {{box: [0, 0, 9, 1025]}}}}]}}]",
        "step-never",
        "{box: [0, 0, 9, 1025]}",
    ),
    (
        f"{SQUARE}, outputs: [{{path: a.png, width: 512, steps: [{{nine-slice: {{by: 256}}}}]}}]",
        "step-never",
        "{by: 256}",
    ),
    (
        f"{SQUARE}, output: '{{cell}}.png', steps: [{{grid: {{columns: 3, rows: 1}}}}]",
        "step-never",
        "{columns: 3, rows: 1}",
    ),
    (
        f"{SQUARE}, output: '{{cell}}.png', steps: [{{grid: {{columns: 2, rows: 1, names: [a]}}}}]",
        "step-never",
        "{columns: 2, rows: 1, names: [a]}",
    ),
    (f"{SQUARE}, output: a.png, expect: {{min_similarity: 0.9}}", "no-effect", "min_similarity"),
    ("output: a.png, expect: {max_fringe: 0.1}", "no-effect", "max_fringe"),
    ("output: a.jpg, transparency: chroma-key", "no-effect", "transparency"),
    ("outputs: [{path: a.jpg, steps: [{encode: {lossless: true}}]}]", "no-effect", "lossless"),
    ("output: a.png, steps: [{encode: {sizes: [16]}}]", "no-effect", "sizes"),
]


@pytest.mark.parametrize(("fields", "code", "underlined"), NEVER)
def test_what_the_size_and_the_formats_tell_beforehand(fields: str, code: str, underlined: str) -> None:
    (found,) = findings(f"assets: {{a: {{prompt: a mug, {fields}}}}}")
    place = found.place
    assert place is not None
    assert (found.code, found.severity) == (code, "warning" if code == "no-effect" else "error")
    assert place.source[place.column - 1 :][: place.length] == underlined


@pytest.mark.parametrize(
    "fields",
    [
        "pin: true, output: a.png, steps: [{crop: {width: 9000}}]",
        "options: {size: auto}, output: a.png, steps: [{crop: {width: 9000}}]",
        f"{SQUARE}, output: a.png, steps: [{{resize: {{width: 9000}}}}, {{crop: {{width: 9000}}}}]",
        f"{SQUARE}, output: a.png, steps: [{{pad: {{by: 9000}}}}, {{crop: {{width: 9000}}}}]",
        f"{SQUARE}, outputs: [{{path: a.png, width: 300, height: 169, expect: {{aspect: '16:9', min_width: 300}}}}]",
        f"{SQUARE}, outputs: [{{path: '{{cell}}.png', steps: [{{grid: {{columns: 2, rows: 1}}}}], expect: {{width: 512}}}}]",
        "outputs: [{path: a.png, width: 300, steps: [{resize: {width: 150}}], expect: {width: 150}}]",
        "outputs: [{path: a.png, width: 300, height: 300, steps: [{resize: {width: 150}}], expect: {width: 150}}]",
        "outputs: [{path: a.png, width: 300, steps: [trim], expect: {width: 280}}]",
        "outputs: [{path: a.png, width: 300, height: 200, steps: [{pad: {by: 10}}], expect: {width: 320, height: 220}}]",
        "options: {background: opaque}, outputs: [{path: a.png, steps: [{cutout: {key: '#00ff00'}}]}], expect: {clear_corners: 4}",
        "transparency: chroma-key, outputs: [a.png, a.jpg], expect: {max_fringe: 0.1}",
        "outputs: [{path: a, formats: [webp, jpg], steps: [{encode: {lossless: true}}]}]",
        "inputs: [{asset: b, role: target}], output: a.png, expect: {min_similarity: 0.9}",
    ],
)
def test_what_may_well_be_right_is_let_through(fields: str) -> None:
    told = findings(f"assets: {{a: {{prompt: a mug, {fields}}}, b: {{prompt: a cup, output: b.png}}}}")
    assert not [one.code for one in told if one.code in ("impossible-expect", "step-never", "no-effect")]


def test_an_asset_that_has_a_picture_may_have_one_of_another_size() -> None:
    text = "assets: {a: {prompt: a mug, output: a.png, steps: [{crop: {width: 4000}}]}}"
    wanted = Wanted("project", "assets.yaml", "", TODAY, finished=lambda asset, words: asset.id == "a")
    assert not load_with_words(Memory(**{"assets.yaml": text}), wanted).manifest.findings
