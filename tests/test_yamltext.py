"""What is read from YAML, what is refused, and where it says so."""

import gc

import pytest

from imagepipe import yamltext
from imagepipe.errors import ManifestError


def read(text: str | bytes) -> object:
    return yamltext.read(text if isinstance(text, bytes) else text.encode(), "a.yaml")


def refusal(text: str | bytes) -> list[tuple[str, int, int]]:
    with pytest.raises(ManifestError) as caught:
        read(text)
    return [(f.code, f.place.line, f.place.column) for f in caught.value.findings if f.place]


@pytest.mark.parametrize(
    "written",
    [
        "no",
        "on",
        "off",
        "yes",
        "y",
        "n",
        "~",
        "12:30",
        "010",
        "0x1f",
        "0o17",
        "2026-11-21",
        "1_000",
        "+5",
        "-0",
        ".inf",
        ".nan",
        "NULL",
        "True",
        "1e",
        "1.",
        ".",
    ],
)
def test_yaml_surprises_stay_text(written: str) -> None:
    assert read(f"a: {written}") == {"a": written}


@pytest.mark.parametrize(
    ("written", "value"),
    [("true", True), ("false", False), ("null", None), ("", None), ("0", 0), ("-12", -12), ("2026", 2026), ("0.5", 0.5),
     (".5", 0.5), ("-1.25", -1.25), ("1e3", 1000.0), ("2.5E-3", 0.0025), ('"true"', "true"), ("'12'", "12"), ('""', "")],
)  # fmt: skip
def test_only_exact_forms_are_more_than_text(written: str, value: object) -> None:
    found = read(f"a: {written}")
    assert found == {"a": value}
    assert type(found["a"]) in (type(value), yamltext.Number)  # type: ignore[index]


@pytest.mark.parametrize("written", ["1.50", "1.0", "5.00", "2026", "true", "1e3", "0.10", "no", "010"])
def test_scalars_keep_the_text_they_were_written_as(written: str) -> None:
    value = read(f"a: {written}")["a"]  # type: ignore[index]
    assert yamltext.text_of(value) == written


def test_numbers_too_big_to_be_numbers_stay_text() -> None:
    assert read("a: 1e999\nb: " + "9" * 5000) == {"a": "1e999", "b": "9" * 5000}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1\nb: 2\na: 3", [("duplicate-key", 3, 1)]),
        ("a: {b: 1, c: 2, b: 3}", [("duplicate-key", 1, 17)]),
        ("a: &x 1", [("yaml-anchor", 1, 4)]),
        ("a: &x [1]\nb: *x", [("yaml-anchor", 1, 4), ("yaml-alias", 2, 4)]),
        ("<<: {a: 1}", [("yaml-merge-key", 1, 1)]),
        ("a: !!str 1", [("yaml-tag", 1, 4)]),
        ("!x a: 1", [("yaml-tag", 1, 1)]),
        ("a: 1\n---\nb: 2", [("second-document", 2, 1)]),
        ("1: a\ntrue: b\n1.5: c", [("non-string-key", 1, 1), ("non-string-key", 2, 1), ("non-string-key", 3, 1)]),
        ("[a]: b", [("non-string-key", 1, 1)]),
        ("? {a: b}\n: c", [("non-string-key", 1, 3)]),
        ("a: b: c", [("yaml-syntax", 1, 5)]),
        ("a: [1, 2", [("yaml-syntax", 1, 4)]),
        ("a:\n\t- b", [("yaml-syntax", 2, 1)]),
        ("a: \x1b[31m", [("yaml-syntax", 1, 4)]),
        ('a: "\\e[31m"', [("control-character", 1, 4)]),
        ('a: "\\0"', [("control-character", 1, 4)]),
        (b'a: "\\ud800"', [("yaml-syntax", 1, 7)]),
        (b"a: \xed\xa0\x80", [("not-utf8", 1, 4)]),
        (b"a: 1\nb: \xff", [("not-utf8", 2, 4)]),
        (b"a: \x00", [("not-utf8", 0, 0)]),
        ("a: 1".encode("utf-16"), [("not-utf8", 0, 0)]),
    ],
)
def test_what_has_no_use_in_a_manifest_is_refused_at_its_place(text: str | bytes, expected: list[object]) -> None:
    assert refusal(text) == expected


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "a: {b: [", "[{a: "])
def test_a_hundred_thousand_levels_are_refused_at_the_33rd(opening: str) -> None:
    assert [code for code, _, _ in refusal(opening * 100_000)] == ["too-deep"]


def test_32_levels_are_fine() -> None:
    assert read("[" * 32 + "]" * 32)


def test_a_file_over_16_mib_and_a_mapping_of_a_million_keys_are_refused() -> None:
    assert refusal(b"#" * ((16 << 20) + 1)) == [("file-too-big", 0, 0)]
    assert refusal("".join(f"k{i}: 1\n" for i in range(300_000)))[0][0] == "too-many-entries"


def test_faults_are_told_together_and_at_most_fifty() -> None:
    assert len(refusal("".join(f"{i}: x\n" for i in range(200)))) == 50


def test_the_source_line_is_underlined() -> None:
    with pytest.raises(ManifestError) as caught:
        read("first: 1\nsecond: &mark 2\n")
    place = caught.value.findings[0].place
    assert place is not None
    assert (place.source, place.column, place.length) == ("second: &mark 2", 9, 7)


def test_empty_texts_and_byte_order_marks() -> None:
    assert read("") is None
    assert read("# nothing\n") is None
    assert read("\ufeffa: b") == {"a": "b"}


@pytest.mark.parametrize(
    ("path", "on_key", "expected"),
    [
        (("a", "b"), False, (2, 6, 2)),
        (("a", "b"), True, (2, 3, 1)),
        (("a", "list", 1), False, (3, 13, 3)),
        (("a", "missing"), False, (1, 1, 1)),
        (("ünï",), False, (4, 6, 4)),
    ],
)
def test_places_are_found_by_path(path: tuple[str | int, ...], on_key: bool, expected: tuple[int, int, int]) -> None:
    text = "a:\n  b: 12\n  list: [x, yyy]\nünï: köln\n"
    place = yamltext.places(text.encode(), "a.yaml").at(path, on_key)
    assert (place.line, place.column, place.length) == expected


def test_places_name_the_path_as_people_do() -> None:
    assert yamltext.places(b"a: [{b: 1}]", "f").at(("a", 0, "b")).path == "a[0].b"


def test_starts_of_the_second_level_come_with_the_value() -> None:
    document = yamltext.parse(b"assets:\n  mug: {}\n  hat: {}\n", "f")
    assert document.starts == {("assets", "mug"): (2, 3), ("assets", "hat"): (3, 3)}


def test_the_collector_is_as_it_was() -> None:
    read("a: 1")
    assert gc.isenabled()


@pytest.mark.parametrize(
    ("text", "place", "message", "hint"),
    [
        ("version: 1\nassets: [", (2, 9), "this `[` is never closed", "close it with `]`"),
        ("a: {b: {c: x}\n", (1, 4), "this `{` is never closed", "close it with `}`"),
        ("a:\n  tags: [x, y\n  alt: z\n", (2, 9), "this `[` is never closed", "close it with `]`"),
        ("a: {b: x]\n", (1, 4), "this `{` is closed by `]`", "close it with `}`"),
        ("a: [x, ]]\n", (1, 9), "this `]` closes a bracket that was never opened", "remove it"),
        ("a: [x y: z w: q]\n", (1, 13), "a `,` is missing here, or the quotes", "put a `,` between"),
        ('a: {b: "x}\n', (1, 8), "a quote that was opened is never closed", "close it"),
        ("a: 'it's fine'\n", (1, 8), "the text goes on after its closing quote", "write an apostrophe as ''"),
        ('a: "so" called\n', (1, 9), "the text goes on after its closing quote", 'write a quote as \\"'),
        ("a: [x] y\n", (1, 8), "the text goes on after its closing bracket", "put the text in quotes"),
        ("a: {{ brand }}\n", (1, 5), "a text that begins with `{{` must stand in quotes", 'write "{{ name }}"'),
        ("a: a sign: open\n", (1, 10), "a second `: ` in this line confuses YAML", "put the text in quotes"),
        ("a:\n   b: x\n    c: y\n", (3, 5), "this line is indented deeper than the one above", "align names"),
        ("a:\n  b x\n  c: y\n", (2, 3), "this line has no `: ` after its name", "write `name: value`"),
        ("a:\n\tb: c\n", (2, 1), "a tab begins this line or value", "indent with spaces"),
        ("a: @mug\n", (1, 4), "a text cannot begin with `@` in YAML", "put the text in quotes"),
        ("a: `mug`\n", (1, 4), "a text cannot begin with a backquote in YAML", "put the text in quotes"),
        ("a: &\n", (1, 4), "a text cannot begin with `&` or `*`", "put the text in quotes"),
        ("a: >x\n  y\n", (1, 5), "after `>` or `|` the text begins on the next line", "write it there"),
        (
            "a:\n<<<<<<< HEAD\n  b: c\n=======\n  b: d\n>>>>>>> x\n",
            (2, 1),
            "git's merge markers are here, on line 2, 4, 6",
            "keep what is meant",
        ),
        ("a: b\nc\n=======\n", (2, 1), "this line has no `: ` after its name", "write `name: value`"),
        ("a: - b\n", (1, 4), "a list begins in the middle of a line", "put each `-`"),
        (
            "a: {b: a-{id}.png}\n",
            (1, 10),
            "a text within brackets cannot hold `{`",
            'put the text in quotes: "a-{id}.png"',
        ),
        (
            "a: {b: a {{ c }} mug, d: e}\n",
            (1, 10),
            "a text within brackets cannot",
            'put the text in quotes: "a {{ c }} mug"',
        ),
        ("a: {b: “x: y”}\n", (1, 8), "`“` is a letter to YAML, not a quote", 'write straight ones: "x: y"'),
        ("a: [#c98a3b, red]\nb: c\n", (1, 5), "this `#` begins a comment", 'put the text in quotes: "#c98a3b"'),
        ("a: {b: {key: #ff00ff}}\n", (1, 14), "this `#` begins a comment", 'put the text in quotes: "#ff00ff"'),
        ("a: [b, c # of d]\n", (1, 10), "this `#` begins a comment", "close the `[` before it"),
        ('a: ["b #1", c\n', (1, 4), "this `[` is never closed", "close it with `]`"),
        ("a: {b: 'it's'}\n", (1, 12), "the text goes on after its closing quote", "write an apostrophe as ''"),
        ("{\n  a: 1\n  b: 2\n}\n", (2, 6), "a `,` is missing after this", "put a `,` between"),
        ('{\n  "a": "x"\n  "b": 2\n}\n', (2, 10), "a `,` is missing after this", "put a `,` between"),
        ("a:\n  b:x\n  c: d\n", (2, 4), "a space is missing after this colon", "write `b: x`"),
        ("a:\n  c: d\n  b:x y\n", (3, 4), "a space is missing after this colon", "write `b: x y`"),
        ('a:\n  "b":x\n  c: d\n', (2, 6), "a space is missing after this colon", "write `: ` after the name"),
        ("a:\n  b:{c: d, e: f}\n", (2, 4), "a space is missing after this colon", "write `b: {…`"),
        ("a:\n  b = x\n  c: d\n", (2, 3), "this line has no `: ` after its name", "write `b: x`"),
        ("a: b\n// c\nd: e\n", (2, 1), "a comment begins with `#`", "write `# …`"),
        ("a:\n  b: c\n\t d: e\n", (3, 1), "a tab begins this line or value", "indent with spaces"),
        ("a:\r\n  b: x: y\r\n", (2, 7), "a second `: ` in this line", 'put the text in quotes: "x: y"'),
        ("a: “x: y”\n", (1, 4), "`“` is a letter to YAML, not a quote", 'write straight ones: "x: y"'),
        ("a:\n  b: c\n\u00a0  d\n", (3, 1), "this is no plain space (U+00A0)", "replace it with spaces"),
        ("a: %x\n", (1, 4), "a text cannot begin with `%`", 'put the text in quotes: "%x"'),
        ("a: *b* c\n", (1, 4), "a text cannot begin with `&` or `*`", "put the text in quotes"),
        ("a: ? b\n", (1, 4), "a text cannot begin with `? `", "put the text in quotes"),
        ("```yaml\na: b\n```\n", (1, 1), "a fence of Markdown is not YAML", "remove this line"),
        ('a: "b\nc: "d"\n', (1, 4), "this quote is not closed before the one in line 2", "close it"),
        ('a: "b",\nc: d\n', (1, 7), "this `,` separates nothing here", "remove it"),
        ('a: "b", "c"\n', (1, 7), "a list stands in brackets", "write [one, two]"),
        ('a: "b"\n  c d\n', (2, 3), "the text goes on after its closing quote", 'write a quote as \\"'),
        ("a:\n  - b\n  c\n", (3, 3), "a `- ` is missing before this", "write `- c`"),
        ("a:\n  - b: c\n  d: e\n", (3, 3), "a `- ` is missing before this", "write `- d: e`"),
        ("a:\n  - b: c\n   d: e\n", (3, 4), "the indentation does not fit", "align it with the names of the same"),
        ("a:\n  b:\n      - c\n    - d\n", (4, 5), "the indentation of this list does not fit", "align the `-`"),
        ("a:\n  b:\n    - c\n   - d\n", (4, 4), "the indentation of this list does not fit", "align the `-`"),
        ("a:\n  b: c\n  - d: e\n", (3, 3), "a list begins here, among names", "begin each of its entries with `- `"),
        ("a: |\nb\nc: d\n", (2, 1), "the text after `|` or `>` must stand deeper", "indent it"),
        ("a:\n  -b: c\n  -b: d\n", (3, 3), "`-b` is given twice", "write `- b`, with a space"),
        ("a: *b\n", (1, 4), "aliases (`*b`) are not used here", "share values through"),
        ("[a]\nb: c\n", (2, 1), "this does not belong to what stands above", "align all names"),
        ("a: !!!{ b\n", (1, 7), "a text cannot begin with `!`", "put the text in quotes"),
        ("a: !b\n", (1, 4), "tags (`!b`) are not used here", "write the value alone; a text that begins with `!`"),
    ],
)
def test_a_slip_of_the_pen_is_named_where_it_was_made(
    text: str, place: tuple[int, int], message: str, hint: str
) -> None:
    with pytest.raises(ManifestError) as caught:
        read(text)
    (found,) = caught.value.findings
    assert found.place is not None
    assert (found.place.line, found.place.column) == place
    assert found.message.startswith(message)
    assert found.hint.startswith(hint)


def test_a_file_that_breaks_off_in_its_last_line_is_a_syntax_fault() -> None:
    assert refusal("hero:\nhero") == [("yaml-syntax", 2, 1)]
