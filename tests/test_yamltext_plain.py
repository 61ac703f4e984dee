"""The fast road through a big text reads what libyaml reads, or leaves it alone: a law over texts at random, and tables."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imagepipe import yamltext
from imagepipe.errors import ManifestError
from imagepipe.yamltext import plain
from imagepipe.yamltext.building import faultless
from imagepipe.yamltext.reading import BIG, Document

ROOT = Path(__file__).resolve().parent.parent
WRITTEN = sorted({*ROOT.glob("examples/**/*.y*ml"), *ROOT.glob("tests/**/*.y*ml")})
ASSET = """  item-%05d:
    tags: [web, hero]
    # what it is for
    alt: Picture %d of the shop
    prompt:
      request: a hero image of a {{ brand }} mug, number %d
      palette: "{{ palette }}"

    options: {size: 1536x1024, seed: 1.50}
    outputs:
      - path: public/img/item-%05d.png
        widths: [800, 400]
"""


def manifest(count: int) -> str:
    items = "".join(ASSET % (at, at, at, at) for at in range(count))
    return f"version: 1\nvars: {{brand: Fernhill, palette: ochre}}\nassets:\n{items}"


def told(value: Any) -> Any:
    """A value with its types, the order of its keys, and how its numbers are written."""
    if type(value) is dict:
        return [(name, told(item)) for name, item in value.items()]
    return ["list", *map(told, value)] if type(value) is list else (type(value), str(value))


def containers(value: Any) -> list[int]:
    """The identity of every list and mapping."""
    inner = value.values() if type(value) is dict else value if type(value) is list else None
    return [] if inner is None else [id(value), *(name for item in inner for name in containers(item))]


def quick(text: str) -> Document | None:
    """What the fast road gives, after it was held against what libyaml gives."""
    found = plain.document(text, faultless)
    if found is not None:
        right = faultless(text)
        assert right is not None, "a text with a fault in it is left alone"
        assert told(found.value) == told(right.value)
        assert list(found.starts.items()) == list(right.starts.items())
        parts = containers(found.value)
        assert len(parts) == len(set(parts)), "nothing is shared, so that what is changed is changed in one place"
    return found


VALUES = (
    *("foo", "foo bar", "a, b", "x: y", "x # c", "x#c", '"q"', "'s'", "'it''s'", '"a \\" b"', '"a\\nb"', '"\\x41"'),
    *('"\\\\"', '"\\"', '"open', "'open", '"a"b', '"a" # c', "1", "1.50", "-5", "+5", "1e3", "1e999", "010", "."),
    *("-0", "-x", "- y", "-", "--x", "null", "true", "", "~", "no", "# c", "{{ b }}", '"{{ b }}"', "{b}", "[a, b]"),
    *("[]", "{}", "[a, [b, {c: 1}]]", "{a: b, c: [d]}", "{a: 1, a: 2}", "[16:9]", '{a: "x, y", b: 1.50}', "[a,"),
    *("{a: b", "[a,]", "[,]", '["a"b]', "{true: 1}", "{1: 2}", "{1a: 2}", "{a: }", "[a: b]", "[a] # c", "[a]#c"),
    *("{a: b}: c", "[a]: c", "{a:b}", '{"a":b}', "[? a]", "[a?b]", "[it's]", "[a - b]", "[-]", "[- a]"),
    *("[-a, --b, -.5]", "[a=b;c~d^e$f@g]", "|", "|-", ">", ">-", "|+", "| # c", "|2", "a:", "a:b", "http://x/y"),
    *(
        "&a",
        "&a b",
        "*a",
        "!t",
        "@x",
        "%x",
        "?x",
        "? x",
        ":x",
        ":",
        "a\tb",
        "é",
        "漢 字",
        "👩\u200d💻",
        "a\xa0b",
        "“x”",
    ),
    *("\\", "<<", "=", "2026-11-21", "...", "--- x"),
)
LINES = (
    *('"k": 1', "'k': v", '"k":', "? k", ": v", "k : v", "foo bar: x", "---", "...", "%YAML 1.1", "<<: x", "k:\tv"),
    *("true: x", "\tk: v", "-\tx", '"a', 'b"', "more text", "- more", "(more", "]", "}", "- - x", "-", "1: x"),
    *("&a k: v", "# c: d", "#"),
)
NAMES = ("a", "b", "c", "d", "e", "item-1", "2x", "x_y", "a.b", "a/b")
BITS = (
    *("\t", "\\", '"', "'", ": ", " #", "#", ":", "- ", "-", "|", ">", "[", "]", "{", "}", ",", "&a ", "*a", "!x "),
    *("? ", "%", "\n", "\n\n", "  ", " ", "    ", "\r\n", "\r", "\x85", "\u2028", "\ufeff", "\xa0", "\x07", "\x7f"),
    *("---\n", "...\n", "\n  ", "\n    ", "\n      ", "\n# c\n", "\n  # c\n", "|\n      x\n"),
    *(">\n      x\n      y\n", "k:\n", "é", "\u200d"),
)


@st.composite
def blocks(draw: st.DrawFn) -> list[str]:
    """What may stand below a `|`, a `>`, or a text without quotes."""
    margin = " " * draw(st.integers(0, 5))
    kinds = ("text", "text", "", "", "more # x", " in", "k: v ", '"q', "# c", "- i", "a\tb", "  ")
    return [(margin + kind if kind else "") for kind in draw(st.lists(st.sampled_from(kinds), max_size=4))]


@st.composite
def texts(draw: st.DrawFn) -> str:
    """Lines that mostly are of the plain kind and mostly stand where they may."""
    lines, margins = [], [0]
    for _ in range(draw(st.integers(1, 12))):
        margin = draw(st.sampled_from([*margins[-1:] * 5, *margins, margins[-1] + 2, 3]))
        margins = margins[: margins.index(margin) + 1] if margin in margins else margins
        before, name, value = " " * margin, draw(st.sampled_from(NAMES)), draw(st.sampled_from(VALUES))
        shape = draw(st.sampled_from(["pair", "pair", "pair", "open", "open", "item", "entry", "blank", "other"]))
        if shape == "pair":
            lines.append(f"{before}{name}: {value}")
            lines += draw(blocks()) if value[:1] in ("|", ">", "f") else []
        elif shape == "open":
            lines.append(f"{before}{name}:{draw(st.sampled_from(['', '', '', ' ', ' # c']))}")
            margins.append(margin + draw(st.sampled_from([2, 2, 2, 1, 4])))
        elif shape in ("item", "entry"):
            dash = draw(st.sampled_from(["- ", "- ", "-   "]))
            lines.append(f"{before}{dash}{f'{name}: ' if shape == 'entry' else ''}{value}".rstrip())
            margins += [margin + len(dash)] if shape == "entry" else []
        else:
            lines.append(
                draw(st.sampled_from(["", before, f"{before}# c", f"{before}# c: d"] if shape == "blank" else LINES))
            )
    frame = draw(st.sampled_from(["", "z:\n", "---\nversion: 1\nz:\n"]))
    body = "\n".join(f"  {line}" if frame and line else line for line in lines)
    return frame + body + draw(st.sampled_from(["", *["\n"] * 4, "\ntail: x\n", "\n  tail: x\n"]))


@st.composite
def edited(draw: st.DrawFn) -> str:
    """A manifest that somebody wrote, with one slip or a few."""
    text = draw(st.sampled_from([manifest(3), *(path.read_bytes().decode() for path in WRITTEN)]))
    for _ in range(draw(st.integers(1, 3))):
        lines = text.split("\n")
        at = draw(st.integers(0, len(lines) - 1))
        match draw(st.sampled_from(["bit", "bit", "gone", "twice", "moved", "value", "below"])):
            case "bit":
                place = draw(st.integers(0, len(lines[at])))
                lines[at] = lines[at][:place] + draw(st.sampled_from(BITS)) + lines[at][place:]
            case "gone":
                del lines[at]
            case "twice":
                lines.insert(at, draw(st.sampled_from(lines)))
            case "moved":
                lines[at] = " " * draw(st.integers(0, 8)) + lines[at].lstrip()
            case "value":
                lines[at] = f"{lines[at].partition(': ')[0]}: {draw(st.sampled_from(VALUES))}"
            case "below":
                lines.insert(at + 1, " " * draw(st.integers(0, 8)) + draw(st.sampled_from((*VALUES, *LINES))))
        text = "\n".join(lines)
    return text


@settings(max_examples=200, deadline=None)
@given(texts())
def test_lines_at_random(text: str) -> None:
    quick(text)


@settings(max_examples=200, deadline=None)
@given(edited())
def test_manifests_with_slips(text: str) -> None:
    quick(text)


FRAMES = (
    *("a:\n  b:\n    c: {}\n  d:\n    c: {}\n", "a:\n  b:\n    - {}\n    - {}\n    - c: {}\n    - c: {}\n"),
    *("a: {}\nb: x\n", "a:\n  b: {}\n  c: x\n", "a:\n  b:\n    c: {}\n    d: x\n  e: y\n"),
    *("a:\n  b:\n    - {}\n    - x\n", "a:\n  b:\n    - c: {}\n      d: x\n", "a:\n  b: x\n  {}\n  c: y\n"),
    *("a:\n  b: x\n    {}\n  c: y\nd: z\n", "a:\n  b:\n    c: |\n      {}\n    d: x\n"),
    *("a:\n  b: >-\n    x\n    {}\n\n    y\nc: z\n", "a:\n- {}\n- x\nb: {}\n", "a: x\n{}\nb: y\n"),
    *("a:\n  b: x\n{}\n", "a:\n  b:\n  {}\n  c:\n    d: {}\n", "a:\n  b: 'x\n  {}\n  c: y'\n"),
    *("a:\n  b: {}\n    more\n  c: x\n", "a:\n  b: {}\n\n    more\n  c: x\n", "a:\n  b: {}"),
)


@pytest.mark.parametrize("value", [*VALUES, *LINES])
def test_every_value_and_line_among_plain_ones(value: str) -> None:
    for frame in FRAMES:
        quick(frame.replace("{}", value))


def test_every_yaml_file_here() -> None:
    roads = {path: quick(path.read_bytes().decode()) is not None for path in WRITTEN}
    assert all(roads[path] for path in WRITTEN if path.match("examples/*/assets.yaml"))


def test_what_is_usual_needs_no_libyaml() -> None:
    asked: list[str] = []

    def built(text: str) -> Document | None:
        asked.append(text)
        return faultless(text)

    more = "  m:\n    a: |\n      x\n\n      y\n    b: >-\n      x\n      y\n    c: long\n      text\n    d: 'x' # c\n    e:\n    - f\n"
    text = manifest(50) + more
    found = plain.document(text, built)
    assert found == faultless(text)
    assert not asked


@pytest.mark.parametrize(
    ("head", "alone"),
    [
        ("{brand: Fernhill, palette: ochre}", True),
        ("{ a: b ,  c: {d: [e, {f: g}]}, h: 1.5 } # said", True),
        ("{a: 'x, y: z', b: \"{c: d}\", e: [f, g]}", True),
        ("  {a: b}", True),
        ("{}", False),
        ("{a: b,}", False),
        ('{"a": b, c: d}', False),
        ("{a: b, a: c}", False),
        ("{a: 'it''s', b: c}", False),
        ("{a: b}\n  c: d", False),
        ("{a, b: c}", False),
    ],
)
def test_a_mapping_in_the_line_of_its_key_has_its_places(head: str, alone: bool) -> None:
    asked: list[str] = []

    def built(text: str) -> Document | None:
        asked.append(text)
        return faultless(text)

    text = f"version: 1\nvars: {head}\nassets:\n  a:\n    prompt: x\n"
    found = plain.document(text, built)
    assert found is None or found == faultless(text)
    assert (found is not None and not asked) == alone


def test_an_entry_of_another_kind_is_read_by_itself() -> None:
    asked: list[str] = []

    def built(text: str) -> Document | None:
        asked.append(text)
        return faultless(text)

    odd = '  odd: # of its own\n    alt: x\n    request: "one \\\n      two"\n\n  # said of the next\n'
    text = "version: 1\nassets:\n  first: {a: b}\n" + odd + "  last:\n    alt: y\ntail: 1\n"
    assert plain.document(text, built) == faultless(text)
    assert asked == [f"assets:\n{odd}"]


@pytest.mark.parametrize("ending", ["\r\n", "\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_ends_and_marks_of_windows(ending: str, mark: str) -> None:
    assert quick(mark + manifest(5).replace("\n", ending)) is not None


@pytest.mark.parametrize(
    ("slip", "expected"),
    [
        ("  item-00001: x\n", ("duplicate-key", 1)),
        ("    owner: x\n    alt: y\n", ("duplicate-key", 2)),
        ("  z: {a: 1, a: 2}\n", ("duplicate-key", 1)),
        ("  z: &a x\n", ("yaml-anchor", 1)),
        ("  z:\n    a: [1, 2\n", ("yaml-syntax", 2)),
        ("  z: 'open\n", ("yaml-syntax", 1)),
        ("  z: a: b\n", ("yaml-syntax", 1)),
        ("  1: a\n", ("non-string-key", 1)),
        ("---\nassets:\n", ("second-document", 1)),
        ("  z: " + "[" * 40 + "\n", ("too-deep", 1)),
        ("  z:\n" + "".join(f"{'  ' * at}k:\n" for at in range(2, 40)), ("too-deep", 32)),
    ],
)
def test_a_fault_in_a_big_file_is_told_at_its_place(slip: str, expected: tuple[str, int]) -> None:
    text = manifest(400)
    assert len(text) > BIG
    with pytest.raises(ManifestError) as caught:
        yamltext.read((text + slip).encode(), "a.yaml")
    code, line = expected
    places = [(finding.code, finding.place and finding.place.line) for finding in caught.value.findings]
    assert places == [(code, text.count("\n") + line)]


def test_too_many_entries_are_refused_on_the_fast_road_too() -> None:
    assert plain.document("a:\n" + "".join(f"  k{at}: 1\n" for at in range(100_001)), faultless) is None
    assert plain.document("a:\n" + "- 1\n" * 100_001, faultless) is None
    assert plain.document("a:\n" + "- 1\n" * 100_001 + 'b: "\\x41"\n', faultless) is None
    assert plain.document("a:\n" + "- 1\n" * 100_000, faultless) is not None
