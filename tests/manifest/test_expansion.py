"""Matrices, outputs, transparency, inputs, metadata: what one asset of a manifest becomes."""

import pytest

from imagepipe.errors import ManifestError
from imagepipe.values import Output
from tests.manifest.loaded import asset, assets, codes, findings, manifest

P = "prompt: a mug\n"


def steps(output: Output) -> list[tuple[str, dict[str, object]]]:
    return [(step.name, dict(step.options)) for step in output.steps]


def test_a_matrix_makes_an_asset_for_each_combination_in_axis_order() -> None:
    found = assets("""
assets:
  sign:
    matrix: {locale: [en, de], theme: [light, dark]}
    exclude: [{locale: de, theme: dark}]
    vars: {strings: {en: Open daily, de: Täglich geöffnet}}
    prompt: {request: "a {{ theme }} sign", text: "{{ strings[locale] }}"}
    alt: "{{ locale }} sign"
    output: public/{locale}-{theme}.png
""")
    assert list(found) == ["sign@en,light", "sign@en,dark", "sign@de,light"]
    last = found["sign@de,light"]
    assert [output.path for output in last.outputs] == ["public/de-light.png"]
    assert (last.alt, last.vars["theme"], last.place.line if last.place else 0) == ("de sign", "light", 3)


def test_matrix_values_keep_the_text_they_were_written_as() -> None:
    found = assets("assets: {a: {matrix: {x: [1.50, 010, true, 2026]}, prompt: '{{ x }}', output: 'a-{x}.png'}}\n")
    assert list(found) == ["a@1.50", "a@010", "a@true", "a@2026"]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("output: a.png", [("a.png", "png", [])]),
        ("outputs: [a.png, b.png]", [("a.png", "png", []), ("b.png", "png", [])]),
        ("output: A.JPG", [("A.JPG", "jpeg", [("encode", {})])]),
        ("output: 'img/{id}.webp'", [("img/a.webp", "webp", [("encode", {})])]),
        ("output: 'sheet/{index}.png'", [("sheet/{index}.png", "png", [])]),
        (
            "outputs: [{path: '{cell}.png', steps: [{grid: {columns: 2, rows: 1}}]}]",
            [("{cell}.png", "png", [("grid", {"columns": 2, "rows": 1})])],
        ),
        (
            "outputs: [{path: a.webp, steps: [{encode: {quality: 82}}]}]",
            [("a.webp", "webp", [("encode", {"quality": 82})])],
        ),
        (
            "outputs: [{path: og.jpg, width: 1200, height: 630}]",
            [("og.jpg", "jpeg", [("fit", {"width": 1200, "height": 630, "fit": "cover"}), ("encode", {})])],
        ),
        (
            "outputs: [{path: a.png, width: 64, height: 32, fit: pad}]",
            [("a.png", "png", [("fit", {"width": 64, "height": 32, "fit": "pad"})])],
        ),
        ("outputs: [{path: 'a-{width}.png', width: 64}]", [("a-64.png", "png", [("resize", {"width": 64})])]),
        (
            "outputs: [{path: 'a-{width}.png', widths: [480, 960]}]",
            [("a-480.png", "png", [("resize", {"width": 480})]), ("a-960.png", "png", [("resize", {"width": 960})])],
        ),
        (
            "outputs: [{path: 'a@{density}.png', densities: [1x, 1.5x, 2], width: 50}]",
            [
                ("a@1x.png", "png", [("resize", {"width": 50})]),
                ("a@1.5x.png", "png", [("resize", {"width": 75})]),
                ("a@2x.png", "png", [("resize", {"width": 100})]),
            ],
        ),
        (
            "outputs: [{path: a, formats: [png, webp]}]",
            [("a.png", "png", []), ("a.webp", "webp", [("encode", {})])],
        ),
        ("outputs: [{path: 'a.{format}', formats: [png]}]", [("a.png", "png", [])]),
        ("outputs: [{path: a.avif, formats: [png, jpg]}]", [("a.png", "png", []), ("a.jpg", "jpeg", [("encode", {})])]),
        (
            "steps: [{resize: {width: 9}}]\noutputs: [{path: a.png, steps: [{encode: {effort: 1}}]}]",
            [("a.png", "png", [("resize", {"width": 9}), ("encode", {"effort": 1})])],
        ),
        ("options: {output_format: webp}\noutput: a.webp", [("a.webp", "webp", [])]),
    ],
)
def test_outputs(written: str, expected: list[object]) -> None:
    found = asset(P + written)
    assert [(output.path, output.format, steps(output)) for output in found.outputs] == expected


def test_widths_times_formats() -> None:
    found = asset(P + "outputs: [{path: 'a-{width}', widths: [1, 2], formats: [avif, webp]}]")
    assert [output.path for output in found.outputs] == ["a-1.avif", "a-1.webp", "a-2.avif", "a-2.webp"]


def test_a_set_is_a_folder_of_files_with_exact_sizes() -> None:
    found = asset(P + "outputs: [{path: icons, set: apple}]")
    assert found.outputs[0].path == "icons/apple-touch-icon.png"
    assert steps(found.outputs[0]) == [
        ("fit", {"width": 180, "height": 180, "fit": "cover"}),
        ("snippet", {"set": "apple"}),
    ]
    assert found.outputs[0].files[1:] == ("icons/apple.head.html",)
    assert steps(found.outputs[1]) == [("fit", {"width": 120, "height": 120, "fit": "cover"})]


@pytest.mark.parametrize(
    ("written", "size"),
    [
        ("output: a.png", "1024x1024"),
        ("outputs: [{path: a.png, width: 1200, height: 630}]", "1200x640"),
        ("outputs: [{path: a.png, width: 1200, height: 630}, {path: b.png, width: 64, height: 64}]", "1200x640"),
        ("outputs: [{path: a.png, width: 1200, height: 630}]\noptions: {size: 1536x1024}", "1536x1024"),
        ("output: a.png\noptions: {size: wide}", "2048x1152"),
        ("output: a.png\noptions: {size: 4k-portrait}", "2160x3840"),
        ("output: a.png\noptions: {size: auto}", "auto"),
    ],
)
def test_the_size_that_is_asked_for(written: str, size: str) -> None:
    assert asset(P + written).options["size"] == size


@pytest.mark.parametrize(
    ("written", "transparency", "first"),
    [
        ("transparency: chroma-key", {"chroma-key": {"key": "auto"}}, [("cutout", {"key": "auto"})]),
        (
            "transparency: {chroma-key: {key: '#ff00ff'}}",
            {"chroma-key": {"key": "#ff00ff"}},
            [("cutout", {"key": "#ff00ff"})],
        ),
        ("transparency: none", {}, []),
        ("transparency: native\npreview: true", {"native": {}}, []),
    ],
)
def test_transparency(written: str, transparency: object, first: object) -> None:
    found = asset(P + "output: a.png\n" + written)
    assert found.transparency == transparency
    assert steps(found.outputs[0])[:1] == first
    assert found.options.get("background") == ("transparent" if "native" in found.transparency else None)


def test_inputs_and_mask() -> None:
    text = """
assets:
  b: {prompt: x, outputs: [b.png, b.webp]}
  a:
    prompt: {request: a mug, change: the handle}
    output: a.png
    inputs: [{asset: b, role: target}, {asset: b, output: b.webp, note: 2026}, {image: r.png, role: style}]
    mask: m.png
"""
    found = assets(text, **{"r.png": "", "m.png": ""})["a"]
    assert [(i.role, i.image, i.asset, i.output, i.note) for i in found.inputs] == [
        ("target", "", "b", "", ""),
        ("reference", "", "b", "b.webp", "2026"),
        ("style", "r.png", "", "", ""),
        ("mask", "m.png", "", "", ""),
    ]
    assert found.is_edit


def test_an_input_may_follow_the_matrix() -> None:
    text = """
assets:
  a: {matrix: {l: [en, de]}, prompt: x, output: "a-{l}.png"}
  b: {matrix: {l: [en, de]}, prompt: x, output: "b-{l}.png", inputs: [{asset: "a@{l}"}]}
"""
    assert assets(text)["b@de"].inputs[0].asset == "a@de"


def test_an_import_gives_the_paths_of_first_outputs() -> None:
    brand = "assets: {logo: {prompt: x, outputs: [out/logo.png, out/logo.webp]}, base: {abstract: true}}\n"
    text = "imports: {brand: brand/assets.yaml}\nassets: {a: {prompt: x, output: a.png, inputs: [{asset: 'brand:logo'}]}}\n"
    found = manifest(text, **{"brand/assets.yaml": brand})
    assert found.imports == {"brand": {"logo": "brand/out/logo.png"}}
    assert set(found.read) == {"assets.yaml", "brand/assets.yaml"}


@pytest.mark.parametrize(
    ("written", "max_bytes"),
    [("4MB", 4_000_000), ("200kB", 200_000), ("1.5 MiB", 1_572_864), ("512B", 512), ("70000", 70_000)],
)
def test_expectations_in_plain_units(written: str, max_bytes: int) -> None:
    assert asset(P + f"output: a.png\nexpect: {{max_bytes: {written}}}").expect == {"max_bytes": max_bytes}


def test_expected_words_follow_the_matrix_in_the_picture_and_in_its_files() -> None:
    found = assets("""
vars: {open: {en: Open daily, de: Täglich geöffnet}}
assets:
  sign:
    matrix: {locale: [en, de]}
    prompt: {request: a sign, text: "{{ open[locale] }}"}
    expect: {text: "{{ open[locale] }}"}
    outputs: [{path: "{locale}.png", expect: {text: ["{{ open[locale] }}", 2026]}}]
""")
    for name, words in (("sign@en", "Open daily"), ("sign@de", "Täglich geöffnet")):
        assert found[name].expect == {"text": words}
        assert found[name].outputs[0].expect == {"text": (words, "2026")}


def test_expected_words_that_name_nothing_are_told_where_they_stand() -> None:
    text = 'assets: {a: {prompt: x, output: a.png, expect: {text: [plain, "{{ opne }}"]}}}\n'
    (found,) = findings(text)
    assert (found.code, found.place.path) == ("undefined-variable", "assets.a.expect.text[1]")


@pytest.mark.parametrize(
    ("options", "expect", "fine"),
    [
        ("size: 1536x1024", "width: 1536, height: 1024", True),
        ("size: 1536x1024", "aspect: '3:2'", True),
        ("size: 1536x1024", "aspect: '16:9'", False),
        ("size: auto", "width: 5", True),
        ("size: 1024x1024", "min_width: 2000", False),
        ("size: 1024x1024", "min_width: 1000", True),
        ("size: 1024x1024", "format: webp", False),
        ("output_format: webp, size: auto", "format: webp, alpha: true", True),
        ("background: opaque", "alpha: true", False),
    ],
)
def test_expectations_that_can_never_be_met(options: str, expect: str, fine: bool) -> None:
    text = f"assets: {{a: {{prompt: x, output: a.webp, steps: [{{resize: {{width: 9}}}}], options: {{{options}}}, expect: {{{expect}}}}}}}\n"
    assert ("impossible-expect" not in codes(text)) is fine


def test_prompts_keep_text_as_written() -> None:
    found = asset("""output: a.png
prompt:
  request: 2026
  scene: [no, 1.50]
  text: true
  style: null
  spell: true
  extra: {Camera: 50}""").prompt
    assert found.fields == {"request": "2026", "scene": ("no", "1.50"), "text": "true", "style": "", "spell": "true"}
    assert found.extra == {"Camera": "50"}


def test_a_prompt_file_is_plain_text_in_one_form() -> None:
    found = asset("output: a.png\nprompt: {file: p.md}", **{"p.md": "\ufeffCafe\u0301\r\non stone\n"}).prompt
    assert (found.text, found.source) == ("Café\non stone", "p.md")


def test_what_was_read_and_globbed_is_known() -> None:
    found = manifest(
        "include: ['s/*.yaml']\nassets: {a: {prompt: {file: p.md}, output: a.png, inputs: [{image: r.png}]}}\n",
        **{"p.md": "x", "r.png": "", "s/b.yaml": "assets: {}\n"},
    )
    assert set(found.read) == {"assets.yaml", "s/b.yaml", "p.md"}
    assert found.globs == {"s/*.yaml": ("s/b.yaml",), "r.png": ("r.png",)}


def test_metadata_and_the_rest_travel_as_written() -> None:
    found = asset(
        P + "output: a.png\ntags: [web, web, 7]\nowner: 12\nlicense: CC0-1.0\npin: true\ntake: 3\n"
        "on_input_change: ask\nmetadata: strip\nalt: A {{ thing }}\nvars: {thing: mug}"
    )
    assert (found.tags, found.owner, found.license, found.alt) == (("web", "7"), "12", "CC0-1.0", "A mug")
    assert (found.pin, found.take, found.on_input_change, found.metadata) == (True, 3, "ask", "strip")


def test_budget_and_project() -> None:
    found = manifest("project: shop\nbudget: {per_build: 5.00}\nassets: {}\n")
    assert (found.project, found.budget.per_build, found.budget.per_asset) == ("shop", 5.0, None)


def test_an_asset_that_gives_nothing_is_remarked_on() -> None:
    told = findings("assets: {a: {prompt: x}, b: {prompt: x, output: b.png, inputs: [{asset: c}]}, c: {prompt: x}}\n")
    assert [(f.code, f.severity) for f in told if f.code == "unused-asset"] == [("unused-asset", "warning")]


def test_a_list_that_replaces_the_defaults_is_remarked_on() -> None:
    head = "defaults: {prompt: {constraints: [no watermark]}}\n"
    assert "replaced-list" in codes(head + "assets: {a: {prompt: {request: x, constraints: [y]}, output: a.png}}\n")
    kept = "assets: {a: {prompt: {request: x, constraints: [y, no watermark]}, output: a.png}}\n"
    assert "replaced-list" not in codes(head + kept)
    emptied = "assets: {a: {prompt: {request: x, constraints: []}, output: a.png}}\n"
    assert "replaced-list" not in codes(head + emptied), "nobody empties a list by mistake"


def test_a_size_that_an_output_gives_is_told_at_that_output() -> None:
    text = (
        "defaults: {options: {quality: low}}\nassets:\n  a:\n    prompt: x\n    outputs:\n      - a.png\n"
        "      - {path: b.png, width: 300, height: 200}\n      - {path: c.png, width: 3000, height: 2000}\n"
    )
    (found,) = findings(text)
    assert (found.code, found.place and found.place.path) == ("experimental-size", "assets.a.outputs[2].width")
    (written,) = findings(text.replace("quality: low", "size: 4k"))
    assert written.place
    assert written.place.path == "defaults.options.size"


def test_an_unknown_profile_is_a_mistake_of_the_command_line() -> None:
    with pytest.raises(Exception, match="no profile `drfat`") as caught:
        manifest("profiles: {draft: {}}\nassets: {}\n", profile="drfat")
    assert not isinstance(caught.value, ManifestError)
    assert getattr(caught.value, "hint", "") == "did you mean `draft`?"
