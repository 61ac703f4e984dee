"""What is said of a wrong manifest: everything at once, each at its place, with a way out."""

import pytest

from imagepipe.errors import Finding, ManifestError, UsageError
from imagepipe.manifest.loading import load_manifest
from tests.manifest.loaded import TODAY, codes, findings
from tests.manifest.memory import Memory


def shown(text: str, **files: str) -> list[tuple[str, str, str]]:
    """Code, file:line:column and the underlined text of each error."""
    return [(f.code, str(f.place), underlined(f)) for f in findings(text, **files) if f.severity == "error"]


def underlined(finding: Finding) -> str:
    place = finding.place
    return place.source[place.column - 1 : place.column - 1 + place.length] if place else ""


TEN = """version: 1
projct: shop
assets:
  Bad_ID:
    prompt: x
    output: a.png
  mug:
    prompt:
      request: a mug
      ligthing: soft
      use_case: product-mokcup
    model: gpt-imgae-2
    output: ../out.png
  hat:
    prompt: {request: "a {{ colr }} hat"}
    vars: {color: red}
    size: 1024x1024
    options: {size: 1920x1080, n: many}
    output: img/hat.png
  cap: {prompt: x, output: IMG/hat.png, extends: hatt}
"""


def test_ten_mistakes_are_ten_findings_in_file_order_with_places() -> None:
    assert shown(TEN) == [
        ("unknown-field", "assets.yaml:2:1", "projct"),
        ("invalid-id", "assets.yaml:4:3", "Bad_ID"),
        ("unknown-field", "assets.yaml:10:7", "ligthing"),
        ("unknown-use-case", "assets.yaml:11:17", "product-mokcup"),
        ("unknown-model", "assets.yaml:12:12", "gpt-imgae-2"),
        ("invalid-path", "assets.yaml:13:13", "../out.png"),
        ("undefined-variable", "assets.yaml:15:23", '"a {{ colr }} hat"'),
        ("unknown-field", "assets.yaml:17:5", "size"),
        ("invalid-size", "assets.yaml:18:21", "1920x1080"),
        ("wrong-type", "assets.yaml:18:35", "many"),
        ("duplicate-output", "assets.yaml:20:28", "IMG/hat.png"),
        ("unknown-base", "assets.yaml:20:50", "hatt"),
    ]


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("projct: shop\n", "did you mean `project`?"),
        ("assets:\n  mug:{prompt: x}\n", "put a space after the colon: `mug: {prompt`"),
        ("assets: {a: {prompt:x, output: a.png}}\n", "put a space after the colon: `prompt: x`"),
        ("assets:\n  a:\n    tags:\n      -web\n      -hero\n", "put a space after each `-`: `- web`"),
        ("assets:\n  a:\n    outputs:\n      -path: a.png\n", "put a space after each `-`: `- path`"),
        ("assets:\n\u00a0\u00a0a: {prompt: x}\n", "its line begins with U+00A0, which is no plain space"),
        ("assets:\n  a:\n    output: a.png\n    prompt:\n      request: x\n      palette: #c98a3b\n", ': "#c98a3b"'),
        ("assets:\n  a:\n    steps:\n      - cutout:\n          key: #ff00ff\n", ': "#ff00ff"'),
        ("assets: {a: {prompt: x, output: a.png, pick: 3}}\n", "write `n: 3` under `options`, or no `pick`"),
        ("assets: {a: {prompt: x, output: a.png, pick: 3, options: {n: 2}}}\n", "raise options.n"),
        ("assets: {a: {prompt: {ligthing: x}}}\n", "did you mean `lighting`?"),
        ("assets: {a: {size: 1024x1024}}\n", "write it under `options`"),
        ("assets: {a: {preview: yes}}\n", "write true"),
        ("assets: {a: {pin: off}}\n", "write false"),
        ("assets: {a: {options: {n: many}}}\n", "such as `3`"),
        ("budget: {per_build: lots}\nassets: {}\n", "such as `5.0`"),
        ("assets: {a: {tags: hero}}\n", "or write [hero]"),
        ("assets: {a: {expect: {palette: [red]}}}\n", "such as `#c98a3b`"),
        ("assets: {a: {steps: [{resize: {width: 3}, trim: {}}]}}\n", "put each step after a `- ` of its own"),
        ("assets: {a: {prompt: {request: x, extra: {'a:b': c}}}}\n", "as in extra: {Camera: 50mm lens}"),
        ("profiles: {my draft: {}}\nassets: {}\n", "write it as `my-draft`"),
        ("vars: {a-b: c}\nassets: {}\n", "write it as `a_b`"),
        ("assets: {a: {scene: x}}\n", "write it under `prompt`"),
        ("assets: {a: {alpha: true}}\n", "write it under `expect`"),
        ("assets: {a: {role: style}}\n", "write it under an entry of `inputs`"),
        ("assets: {a: {budget: {}}}\n", "write it at the top of the file"),
        ("assets: {a: {resize: {width: 3}}}\n", "it is a step: write steps: [{resize: …}]"),
        ("assets: {a: {negative_prompt: x}}\n", "write what must not appear under `avoid`, in `prompt`"),
        ("assets: {a: {options: {model: gpt-image-2}}}\n", "write it beside `options`, not in it"),
        ("profiles: {p: {options: {model: gpt-image-2}}}\nassets: {}\n", "write it beside `options`, not in it"),
        ("assets: {a: {prompt: {background: opaque}}}\n", "write it under `options`"),
        ("assets: {a: {prompt: {camera: 50mm}}}\n", "a line of your own goes under `extra`: {camera: …}"),
        ("assets: {a: {outputs: [{path: a.png, expect: {alt: x}}]}}\n", "write it beside `outputs`, not in it"),
        ("assets: {a: {outputs: [{path: a.png, format: webp}]}}\n", "the extension of `path` decides it"),
        ("defaults: {extends: b}\nassets: {}\n", "write it into an asset"),
        ("model: gpt-image-2\nassets: {}\n", "write it into an asset, or under `defaults` for all of them"),
        ("size: 1024x1024\nassets: {}\n", "write it under `options` of an asset, or of `defaults`"),
        ("assets: {a: {metadata: embedd}}\n", "did you mean `embed`?"),
        ("assets: {a: {prompt: x, output: a.png, options: {size: 1024 X 512}}}\n", "write 1024x512"),
        ("assets: {a: {prompt: x, output: a.png, options: {background: white}}}\n", "`scene`, in `prompt`"),
        ("assets: {a: {prompt: x, outputs: [a.png, a.png]}}\n", "give each file a path of its own"),
        ("assets: {a: {prompt: x, output: a.png, steps: [{crop: {width: 3, aspect: '1:1'}}]}}\n", "keep one of them"),
        (
            "assets: {a: {prompt: x, output: a.png, steps: [{crop: {box: [0, 0, 3, 3], gravity: north}}]}}\n",
            "take `gravity`",
        ),
        ("assets: {a: {prompt: x, output: a.png, steps: [crop]}}\n", "add `box: …`"),
        ("mug: {prompt: x, output: a.png}\n", "write it under `assets`"),
        ("assets:\n  mug:\n  prompt: x\n", "indent it deeper than the asset it belongs to"),
        ("assets:\n  mug:\n", "write its fields below its id, indented deeper"),
        ("assets: {a: {prompt: x, output: [a.png, b.webp]}}\n", "several files are the list `outputs`"),
        ("assets: {a: {prompt: x, output: a.png, options: {user: me}}}\n", "write `safety_identifier`"),
        ("assets: {mug: a mug}\n", "write its fields below its id, indented deeper"),
        ("assets: {a: {prompt: x, output: 'a-{width}.png'}}\n", "it comes from `width` or `widths` of the same entry"),
        ("assets: {a: {prompt: x, output: a.png, options: {size: portait}}}\n", "did you mean `portrait`?"),
        (
            "assets: {a: {prompt: x, output: a.png, options: {size: huge}}}\n",
            "for instance 1024x1024, or `square`, `land",
        ),
        ("require: [alt, owner]\nassets: {a: {prompt: x, output: a.png}}\n", "add `alt: …`, `owner: …`"),
        ("assets: {a: {prompt: x, extends: bnner}, banner: {abstract: true}}\n", "did you mean `banner`?"),
        ("assets: {a: {prompt: x, inputs: [{asset: mgu}]}, mug: {prompt: x, output: b.png}}\n", "did you mean `mug`?"),
        ("assets: {My Mug: {prompt: x, output: b.png}}\n", "write it as `my-mug`"),
        ("assets: {a: {prompt: x, output: 'b-{idd}.png'}}\n", "did you mean `id`?"),
        (
            "assets: {a: {prompt: x, final_uses: drfat, output: b.png}}\nprofiles: {draft: {}}\n",
            "did you mean `draft`?",
        ),
        ("assets: {a: {prompt: a mug, with steam, output: a.png}}\n", 'put the text in "quotes"'),
        ("assets: {a: {prompt: x, output: a.png, steps: [{rezise: {}}]}}\n", "did you mean `resize`?"),
    ],
)
def test_the_nearest_right_name_is_given(text: str, hint: str) -> None:
    assert any(hint in finding.hint for finding in findings(text)), findings(text)


@pytest.mark.parametrize(
    ("text", "place", "marked"),
    [
        ("defaults: {options: {size: 5x5}}\nassets: {a: {prompt: x, output: a.png}}\n", "assets.yaml:1:28", "5x5"),
        ("profiles: {p: {options: {n: 99}}}\nassets: {}\n", "assets.yaml:1:29", "99"),
        (
            "assets:\n  b: {abstract: true, model: nope}\n  a: {extends: b, prompt: x, output: a.png}\n",
            "assets.yaml:2:30",
            "nope",
        ),
        (
            "assets:\n  a: {prompt: {request: x, constraints+: ['{{ y }}']}, output: a.png}\n",
            "assets.yaml:2:43",
            "'{{ y }}'",
        ),
        ("assets:\n  a: {prompt: x, output: a.png, mask: ../m.png}\n", "assets.yaml:2:39", "../m.png"),
        (
            "defaults: {inputs: [{image: a.png}]}\n"
            "assets:\n  a: {prompt: x, output: o.png, inputs+: [{image: a.png}, {image: c.png}]}\n",
            "assets.yaml:3:67",
            "c.png",
        ),
        (
            "assets:\n  b: {abstract: true, prompt: {constraints: one}}\n"
            "  a: {extends: b, prompt: {request: x, constraints+: [two, '{{ y }}']}, output: a.png}\n",
            "assets.yaml:3:60",
            "'{{ y }}'",
        ),
        (
            "defaults: {prompt: {avoid: [one, '{{ y }}']}}\nassets:\n  a: {prompt: {request: x, avoid+: [two]}, output: a.png}\n",
            "assets.yaml:1:34",
            "'{{ y }}'",
        ),
        ("assets:\n  a: {output: a.png}\n", "assets.yaml:2:3", "a"),
    ],
)
def test_a_mistake_is_shown_where_it_is_written(text: str, place: str, marked: str) -> None:
    assert (place, marked) in [(at, under) for _, at, under in shown(text, **{"a.png": ""})]


def test_a_mistake_in_an_included_file_names_that_file() -> None:
    told = shown("include: [s/b.yaml]\nassets: {}\n", **{"s/b.yaml": "assets:\n  b: {prompt: x, outptu: b.png}\n"})
    assert told == [("unknown-field", "s/b.yaml:2:18", "outptu")]


def test_structure_shape_and_meaning_are_told_together() -> None:
    text = "assets:\n  a: {prompt: x, prompt: y, outptu: a.png, model: nope, output: a.png}\n"
    assert codes(text) == ["duplicate-key", "unknown-field", "unknown-model"]


def test_one_mistake_in_all_of_a_matrix_is_told_once() -> None:
    text = "assets: {a: {matrix: {x: [1, 2, 3]}, prompt: '{{ nope }}', output: 'a-{x}.png'}}\n"
    assert codes(text) == ["undefined-variable"]


def test_what_follows_from_a_mistake_is_not_told() -> None:
    assert codes("assets: {a: {prompt: {requst: x}, output: a.png}}\n") == ["unknown-field"]
    assert codes("vars: [x]\nassets: {a: {prompt: '{{ x }}', output: a.png}}\n") == ["wrong-type"]
    assert codes("assets: {a: {vars: [x], prompt: '{{ x }}', output: a.png}}\n") == ["wrong-type"]
    text = (
        "assets: {a: {matrix: {l: en}, prompt: '{{ l }}', output: 'a-{l}.png'}, b: {prompt: '{{ l }}', output: b.png}}"
    )
    assert codes(text) == ["wrong-type", "undefined-variable"]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ("inputs: [logo.png]", "input-source"),
        ("inputs: [{img: logo.png}]", "unknown-field"),
        ("inputs: [{file: logo.png}]", "unknown-field"),
        ("outputs: [{pth: b.png}]", "unknown-field"),
        ("transparency: {chromakey: {}}", "unknown-field"),
        ("steps: [{fit: {width: 3, hight: 4}}]", "unknown-field"),
        ("transparency: true", "invalid-value"),
        ("steps: [{encode: {expect: 82}}]", "unknown-field"),
        ("steps: [{encode: {model: x}}]", "unknown-field"),
        ("outputs: [{path: 'a-{width}.png', widths: ['480']}]", "wrong-type"),
        ("outputs: [{path: icons, set: favicom}]", "invalid-value"),
        ("inputs: [{image: logo.png, role: target}], revise: [{request: y, chnge: z}]", "unknown-field"),
        ("vars: {2026: x}", "non-string-key"),
        ("inputs: [{asset: a}]", "input-cycle"),
        ("mask: logo.png, inputs: [{image: logo.png, role: mask}, {image: logo.png, role: target}]", "two-masks"),
    ],
)
def test_one_mistake_is_told_once(fields: str, code: str) -> None:
    text = f"assets: {{a: {{prompt: x, output: a.png, {fields}}}}}".replace("output: a.png, outputs", "outputs")
    assert codes(text, **{"logo.png": ""}) == [code]


def test_a_blank_field_of_a_prompt_is_no_mistake() -> None:
    fields = "request: x #1\n      style: # to come\n      palette:\n      scene: #\n"
    assert not findings(f"assets:\n  a:\n    output: a.png\n    prompt:\n      {fields}")


@pytest.mark.parametrize(
    ("outputs", "entry"),
    [
        ("{path: ico, set: favicon}, b.png, b.png", 2),
        ("{path: 'c-{width}.png', widths: [1, 2], formats: [png, webp]}, {path: old.png}", 1),
        ("{path: 'c-{density}.png', width: 9, densities: [1, 2]}, ok.png, {path: old.png}", 2),
        ("{path: 'c-{width}.png', widths: [1, 2]}, {path: dir.png}, {path: dir.png/e.png}", 1),
        ("{path: 'c-{width}.png', widths: [1, 2]}, {path: assets.lock.png}, {path: b.svg}", 2),
    ],
)
def test_a_fault_of_a_file_is_told_at_the_entry_that_gives_it(outputs: str, entry: int) -> None:
    (found,) = findings(f"assets: {{a: {{prompt: x, output: old.png}}, b: {{prompt: y, outputs: [{outputs}]}}}}")
    assert found.place
    assert found.place.path.startswith(f"assets.b.outputs[{entry}]")


@pytest.mark.parametrize(
    ("text", "marked", "hint"),
    [
        ("a: {prompt: x, matrix: {l: [en, de], m: [q]}, output: a.png}", "a.png", "put `{l}` into the path"),
        (
            "a: {prompt: x, matrix: {l: [a, b], m: [c, d]}, output: 'a-{l}.png'}",
            "'a-{l}.png'",
            "put `{m}` into the path",
        ),
        (
            "a: {extends: b, prompt: y}, b: {prompt: x, output: b.png}",
            "a",
            "add `output: …` to it, or `abstract: true` to `b` if that is not to be built",
        ),
        (
            "b: {abstract: true, output: b.png}, a: {extends: b, prompt: x}, c: {extends: b, prompt: y}",
            "c",
            "add `output: …` to it, or put {id} into the path there",
        ),
    ],
)
def test_files_that_two_would_write_by_inheritance_are_told_with_the_way_out(text: str, marked: str, hint: str) -> None:
    (found,) = findings(f"assets: {{{text}}}")
    assert (found.code, underlined(found), found.hint) == ("duplicate-output", marked, hint)


def test_a_fault_in_a_template_is_told_once_and_there() -> None:
    text = "assets:\n" + "".join(f"  a{n}: {{template: t.j2, prompt: x, output: a{n}.png}}\n" for n in range(3))
    (found,) = findings(text, **{"templates/t.j2": "one\n  {{ brnad | upper }}\n"})
    assert (str(found.place), underlined(found)) == ("templates/t.j2:2:6", "brnad")
    assert found.message == "`brnad` is not defined (in the prompt of `a0`)"
    (found,) = findings("assets: {a: {prompt: {file: p.md}, output: a.png}}", **{"p.md": "a {{ cup }} on a shelf"})
    assert (str(found.place), underlined(found)) == ("p.md:1:6", "cup")


def test_a_template_that_is_not_there_is_told_at_the_use_case_that_names_it() -> None:
    text = (
        "use_cases: {sticker: {template: s.j2}}\nassets: {a: {prompt: {use_case: sticker, request: x}, output: a.png}}"
    )
    (found,) = findings(text)
    assert (found.code, underlined(found), found.hint) == (
        "template-missing",
        "sticker",
        "make the file templates/s.j2",
    )


def test_a_model_whose_entry_is_refused_is_not_said_to_lack_one() -> None:
    text = "models: {own: {like: gpt-image-2, base_url: 'http://x'}}\nassets: {a: {prompt: x, model: own, output: a.png}}\n"
    assert codes(text) == ["model-routing"]


def test_what_a_whole_matrix_lacks_is_told_once() -> None:
    text = "require: [alt, owner]\nassets: {a: {matrix: {l: [en, de, fr]}, prompt: x}}\n"
    assert [finding.message for finding in findings(text)] == [
        "`a` has no `alt`, `owner`, which this project requires",
        "`a` writes no file and no asset uses it",
    ]


def test_what_an_import_does_not_give_is_told_with_what_it_gives() -> None:
    text = "imports: {brand: b/a.yaml}\nassets: {a: {prompt: x, output: a.png, inputs: [{asset: 'brand:lgoo'}, {asset: brand}]}}"
    first, second = findings(text, **{"b/a.yaml": "assets: {mark: {prompt: x, output: m.png}}\n"})
    assert (first.hint, second.hint) == ("it has `mark`", "that is an import: name one of its assets, as in brand:logo")
    first, _ = findings(text, **{"b/a.yaml": "assets: {mark: {prompt: x}}\n"})
    assert (first.code, first.hint) == ("unknown-asset", "let one of its assets write a file")
    (told, _) = findings(text, **{"b/a.yaml": "assets:\n  mark: {promt: x}\n"})
    assert told.message == "the imported manifest has an error: b/a.yaml:2:10: `promt` is not a field of an asset"


def test_places_after_refused_items_are_still_right() -> None:
    text = "assets:\n  a:\n    prompt: x\n    outputs:\n      - {width: 5}\n      - b.png\n      - c.txt\n"
    assert shown(text) == [
        ("missing-field", "assets.yaml:5:9", "{width: 5}"),
        ("unknown-format", "assets.yaml:7:9", "c.txt"),
    ]


def test_at_most_fifty_and_how_many_more() -> None:
    text = "assets:\n" + "".join(f"  a{at}: {{prompt: x, model: m{at}, output: a{at}.png}}\n" for at in range(80))
    told = findings(text)
    assert len(told) == 51
    assert [f.place.line for f in told[:50] if f.place] == list(range(2, 52))
    assert (told[-1].code, told[-1].message) == ("more-findings", "and 30 more")


def test_places_in_a_big_file_are_those_of_a_small_one() -> None:
    padding = "".join(f"  pad{at}: {{prompt: x, output: pad{at}.png, tags: [{'y' * 50}]}}\n" for at in range(4000))
    text = "assets:\n" + padding + "  a:\n    prompt: x\n    model: nope\n    output: a.png\nproject: p\n"
    assert shown(text) == [("unknown-model", "assets.yaml:4004:12", "nope")]


def test_values_are_never_dumped_into_messages() -> None:
    text = f"assets: {{a: {{prompt: x, output: a.png, take: {'z' * 5000}, metadata: {'y' * 5000}}}}}\n"
    for finding in findings(text):
        assert len(finding.message) <= 201
        assert "z" * 61 not in finding.message


def test_circles_name_their_members() -> None:
    text = """
assets:
  a: {prompt: x, output: a.png, inputs: [{asset: b}]}
  b: {prompt: x, output: b.png, inputs: [{asset: a}]}
  c: {extends: d, output: c.png}
  d: {extends: c, output: d.png}
"""
    messages = [finding.message for finding in findings(text, **{}) if finding.code.endswith("-cycle")]
    assert any("a → b → a" in message for message in messages)
    assert any("c → d → c" in message for message in messages)


def test_a_circle_of_includes_names_its_files() -> None:
    told = findings("include: [b.yaml]\n", **{"b.yaml": "include: [c.yaml]\n", "c.yaml": "include: [b.yaml]\n"})
    assert [(f.code, f.message.rpartition(": ")[2]) for f in told] == [("include-cycle", "b.yaml → c.yaml → b.yaml")]


def test_no_manifest_is_a_mistake_of_usage() -> None:
    with pytest.raises(UsageError) as caught:
        load_manifest(Memory(), "project", "assets.yaml", today=TODAY)
    assert (caught.value.exit_code, caught.value.code) == (2, "no-manifest")


def test_an_unreadable_text_is_a_mistake_of_the_manifest() -> None:
    with pytest.raises(ManifestError) as caught:
        load_manifest(Memory(**{"assets.yaml": b"\xff\xfe"}), "project", "assets.yaml", today=TODAY)
    assert caught.value.exit_code == 2


def test_nothing_that_is_refused_is_read() -> None:
    tree = Memory(
        **{"assets.yaml": "include: [../x.yaml]\nassets: {a: {prompt: {file: .env}, output: a.png}}\n", ".env": "KEY=1"}
    )
    with pytest.raises(ManifestError):
        load_manifest(tree, "project", "assets.yaml", today=TODAY)
    assert tree.reads == ["assets.yaml"]


def test_what_is_wrong_with_a_mask_is_underlined_at_the_mask() -> None:
    text = "version: 1\nassets:\n  mug: {prompt: red, output: m.png, inputs: [{image: a.png}], mask: gone.png}\n"
    assert shown(text, **{"a.png": "x"}) == [("missing-input", "assets.yaml:3:69", "gone.png")]


@pytest.mark.parametrize(
    ("image", "hint"), [("mug", "write `asset: mug` for the picture of that asset"), ("jug", "check the path")]
)
def test_an_asset_named_as_a_file_is_told_how_to_name_it(image: str, hint: str) -> None:
    text = f"assets:\n  mug: {{prompt: red, output: m.png}}\n  cup: {{prompt: c, output: c.png, inputs: [{{image: {image}}}]}}\n"
    assert [f.hint for f in findings(f"version: 1\n{text}") if f.code == "missing-input"] == [hint]


SHARED = """version: 1
defaults: {model: gpt-image-2.5-flare, options: {quality: xhigh}}
assets:
  a: {prompt: a, output: a.png}
  b: {prompt: b, output: b.png, model: gpt-image-2}
  c: {extends: b, output: c.png}
"""


def test_a_default_that_is_wrong_for_some_assets_names_them() -> None:
    (found,) = findings(SHARED)
    assert (str(found.place), found.message) == (
        "assets.yaml:2:59", "gpt-image-2 does not take quality `xhigh` (in `b`, `c`)"
    )  # fmt: skip
    (found,) = findings(SHARED.replace("xhigh", "ultra").replace("model: gpt-image-2}", "tags: [x]}"))
    assert found.message.endswith("`ultra`"), "wrong for all: nobody is singled out"
