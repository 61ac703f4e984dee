"""How comparisons and histories read, and that other people's text stays text wherever it is shown."""

import json
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser

import pytest
from jsonschema import Draft202012Validator
from markdown_it import MarkdownIt

from imagepipe.planning.comparing import Change, compare
from imagepipe.reports import diffjson, diffmarkdown, difftext, logtext, money
from imagepipe.reports.diffmarkdown import LIMIT
from imagepipe.reports.diffwords import marked, rows, words
from imagepipe.schemafiles import schema
from tests.reports.diffsamples import CASES, CHANGED, GOLDEN, HOSTILE, NOTHING, PRICES, asset, hostile, past, state


@pytest.mark.parametrize("name", sorted(CASES))
def test_reads_as_the_golden_text(name: str) -> None:
    assert CASES[name]() == (GOLDEN / name).read_text(encoding="utf-8")


def test_every_golden_text_has_its_case() -> None:
    assert {path.name for path in GOLDEN.iterdir()} == set(CASES)


@pytest.mark.parametrize("name", sorted(name for name in CASES if "colour" not in name))
def test_no_line_steers_a_terminal_or_commands_a_runner(name: str) -> None:
    for line in CASES[name]().split("\n"):
        assert line == line.rstrip()
        assert line.replace("\ufe0f", "").isprintable()
        assert not line.lstrip().startswith("::")
        assert "##[" not in line


def test_ascii_terminals_get_ascii() -> None:
    assert CASES["diff-ascii.txt"]().isascii()


class Seen(HTMLParser):
    """The tags of a page, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[object] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data


def test_a_comment_has_no_tag_link_or_picture_but_ours() -> None:
    page = MarkdownIt("gfm-like", {"html": True, "linkify": False}).render(diffmarkdown.render(hostile()))
    seen = Seen(page)
    ours = {"h3", "p", "strong", "blockquote", "details", "summary", "pre", "code", "del", "ins"}
    assert seen.tags <= ours
    assert seen.attributes == []
    for text in ("</pre><script>alert(1)</script>", "![x](javascript:alert(1))", "@everyone #1 &lt;b&gt;"):
        assert text in unescape(seen.text) or text in seen.text


def test_a_comment_never_exceeds_what_the_host_takes() -> None:
    texts = {f"asset-{number}": tuple(f"line {at}: <&`{number}" for at in range(40)) for number in range(300)}
    found = compare({}, state(texts, *(asset(id) for id in texts)), PRICES)
    text = diffmarkdown.render(found)
    assert LIMIT // 2 < len(text) <= LIMIT
    left = 300 - text.count("<details>")
    assert f"{left} more assets did not fit here" in text
    assert text.count("<pre>") == text.count("</pre>") == text.count("</details>")


def test_one_huge_prompt_does_not_crowd_out_the_others() -> None:
    texts = {"huge": ("<" * 31_000,), "small": ("a mug",)}
    text = diffmarkdown.render(compare({}, state(texts, *(asset(id) for id in texts)), PRICES))
    assert "Too long to show here: imagepipe diff huge" in text
    assert "<ins>a mug</ins>" in text


@pytest.mark.parametrize("found", [CHANGED, NOTHING, hostile()])
def test_json_is_as_its_schema_says(found: object) -> None:
    text = diffjson.render(found)  # type: ignore[arg-type]
    Draft202012Validator(schema("diff")).validate(json.loads(text))
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_log_json_is_as_its_schema_says() -> None:
    Draft202012Validator(schema("log")).validate(logtext.as_data(past()))


WORDS = {
    "a word": ("Subject: one matte mug", "Subject: one glossy mug", ["~ Subject: one [matte] {glossy} mug"]),
    "punctuation": ("a mug, a cup", "a mug; a cup", ["~ a mug[,]{;} a cup"]),
    "words at the end": ("a mug", "a mug on a table", ["~ a mug {on a table}"]),
    "words at the start of a plain line": ("mug on a table", "big mug on a table", None),
    "nothing alike": ("Style: flat", "Style: photographic, high grain, 35mm", ["- Style: flat", "+ Style: photographic, high grain, 35mm"]),
    "another label": ("Style: flat", "Subject: flat", ["- Style: flat", "+ Subject: flat"]),
    "a line comes": ("a: 1\nB: 2", "a: 1\nC: 3\nB: 2", ["  a: 1", "+ C: 3", "  B: 2"]),
    "a line goes": ("A: 1\nC: 3\nB: 2", "A: 1\nB: 2", ["  A: 1", "- C: 3", "  B: 2"]),
    "a line comes beside a changed one": ("A: one\nC: the same words", "B: new\nC: the same word", ["- A: one", "+ B: new", "~ C: the same [words] {word}"]),
    "not Latin": ("招牌: 欢迎", "招牌: 再见", None),
    "nothing": ("same", "same", []),
}  # fmt: skip


@pytest.mark.parametrize("name", WORDS)
def test_words(name: str) -> None:
    before, after, wanted = WORDS[name]
    brackets = {"-": "[]", "+": "{}"}

    def mark(sign: str, text: str) -> str:
        return f"{brackets[sign][0]}{text}{brackets[sign][1]}"

    plain = {"-": lambda sign, text: text, "+": lambda sign, text: text}
    found = [f"{row[0]} {marked(row, plain.get(row[0], mark))}" for row in rows(before.split("\n"), after.split("\n"))]
    assert wanted is None or found == wanted


@pytest.mark.parametrize("name", WORDS)
def test_both_lines_can_be_read_out_of_one(name: str) -> None:
    before, after, _ = WORDS[name]
    pieces = words(before, after)
    assert "".join(text for sign, text in pieces if sign != "+") == before
    assert "".join(text for sign, text in pieces if sign != "-") == after


@pytest.mark.parametrize(
    ("before", "after"),
    [("a " * 16_000, "b " * 16_000), ("a\n" * 16_000, "a\nb\n" * 8_000), ("ab" * 16_000, "ba" * 99)],
)
def test_monotonous_prompts_are_no_trap(before: str, after: str) -> None:
    assert list(rows(before.split("\n"), after.split("\n")))


def test_hostile_words_are_shown_as_what_they_are() -> None:
    text = difftext.render(hostile())
    assert "\\x1b[31mred" in text
    assert "\\u202egnp" in text
    assert HOSTILE[1] in text


def test_what_is_made_already_has_nothing_left_to_pay() -> None:
    before, after = state({"a": ("a mug",)}, asset("a"))["a"], state({"a": ("a cup",)}, asset("a"))["a"]
    price = PRICES.whole("a", after)
    made = Change("a", "changed", before, after, cost_before=price, cost_after=price)
    shown = money.span(price)
    assert difftext.price_of(made) == f"{shown} anew, nothing to pay"
    assert difftext.price_of(replace(made, to_build=price)) == shown
