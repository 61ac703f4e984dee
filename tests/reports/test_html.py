"""The page as text: nothing of what it shows can become markup, style, script or a command to whoever reads it."""

import re
from html.parser import HTMLParser

import pytest

from imagepipe.planning.comparing import Score
from imagepipe.reports.gallery import Card, Dress, Gallery, Picture, Service, Variant
from imagepipe.reports.galleryjson import as_data
from imagepipe.reports.html import policy, render
from imagepipe.reports.markup import tag
from imagepipe.values import Reason

DRESS = Dress("body { color: black }", '"use strict";')
PICTURE = Picture("sha256:" + "a" * 64, 8, 8, "data:image/png;base64,AAAA")
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</style><script>alert(1)</script>",
    "--><script>alert(1)</script>",
    "![](javascript:alert(1)) [x](javascript:alert(1))",
    "\x1b[31mred\x1b[0m",
    "\u202egnp.exe\u2066 hidden",
    "data\u2028line\u0000end",
    "::error::stop",
]


class Read(HTMLParser):
    """What a browser would make of the page: its elements with their attributes, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def everywhere(text: str) -> Gallery:
    """A gallery with `text` in every place that people can write to."""
    card = Card(
        asset=text,
        states=("changed",),
        tags=(text,),
        about=text,
        note=text,
        hint=text,
        before=PICTURE,
        after=Picture("sha256:" + "b" * 64, 8, 8, PICTURE.uri),
        score=Score(0.5, 0.25),
        variants=(Variant(1, PICTURE, "picked"), Variant(2, PICTURE, "rejected", text)),
        prompts=((text, "one"), (f"{text} two", "one")),
        reasons=(Reason(text, text, f"{text}!"),),
        facts=((text, text),),
        lineage=(text,),
    )
    return Gallery(text, text, (card,))


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(text: str) -> None:
    plain, hostile = Read(render(everywhere("plain"), DRESS)), Read(render(everywhere(text), DRESS))
    assert [name for name, _ in hostile.elements] == [name for name, _ in plain.elements]
    for (_, mine), (_, its) in zip(hostile.elements, plain.elements, strict=True):
        assert set(mine) == set(its)
        assert not [name for name in mine if name.startswith("on")]
    page = render(everywhere(text), DRESS)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2028\u2066-\u2069]", page)


def test_the_policy_allows_this_style_and_this_script_alone() -> None:
    rules = dict(rule.split(" ", 1) for rule in policy(DRESS).split("; "))
    assert rules["default-src"] == "'none'"
    assert rules["connect-src"] == "'none'"
    assert rules["img-src"] == "data:"
    assert re.fullmatch(r"'sha256-[\w+/]{43}='", rules["script-src"])
    assert policy(Dress("", DRESS.script)) != policy(DRESS)
    assert "connect-src 'self'" in policy(DRESS, Service("/t/decide", "t"))


def test_a_page_on_the_disk_has_no_buttons_that_decide() -> None:
    verbs = [attributes for _, attributes in Read(render(everywhere("a"), DRESS)).elements if "data-verb" in attributes]
    served = render(everywhere("a"), DRESS, Service("/t/decide", "t"))
    assert verbs == []
    assert {item["data-verb"] for _, item in Read(served).elements if "data-verb" in item} == {
        "approve",
        "reject",
        "pick",
    }


def test_the_same_values_give_the_same_page() -> None:
    assert render(everywhere("a"), DRESS) == render(everywhere("a"), DRESS)


def test_a_picture_is_in_the_file_once() -> None:
    card = Card("a", after=PICTURE, variants=(Variant(1, PICTURE, "picked"), Variant(2, PICTURE, "kept")), built=True)
    assert render(Gallery("p", "", (card,)), DRESS).count(PICTURE.uri) == 1


def test_data_says_how_much_each_picture_changed() -> None:
    (row,) = as_data(everywhere("a"))["assets"]
    assert row["change"] == {"ssim": 0.5, "difference": 0.25, "resized": False}
    assert row["before"]["sha256"] != row["after"]["sha256"]


@pytest.mark.parametrize(
    ("made", "html"),
    [
        (tag("p", "a & b", class_="x"), '<p class="x">a &amp; b</p>'),
        (tag("p", tag("b", "<"), ["c", tag("i")]), "<p><b>&lt;</b>c<i></i></p>"),
        (tag("input", disabled=True, hidden=False, title=None, data_at=1), '<input disabled data-at="1">'),
        (tag("meta", name="a", content='"'), '<meta name="a" content="&quot;">'),
    ],
)
def test_markup_escapes_what_it_is_given(made: str, html: str) -> None:
    assert made == html
