"""Drawings as what they may be when they are published: measured, whole, running nothing and fetching nothing."""

import pytest

from imagepipe.errors import ImagepipeError
from imagepipe.pictures import check, facts, header_of, measure
from imagepipe.values import FrozenMap, Request

NS = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'


def drawing(inside: str = "", root: str = 'width="40" height="20"', before: str = "") -> bytes:
    return f"{before}<svg {NS} {root}>{inside}</svg>".encode()


@pytest.mark.parametrize(
    ("root", "size"),
    [
        ('width="40" height="20"', (40, 20)),
        ('width="40px" height="20.4px"', (40, 20)),
        ('viewBox="0 0 300 150"', (300, 150)),
        ('viewBox="-5,-5, 3e2 1.5e2"', (300, 150)),
        ('width="100%" height="100%" viewBox="0 0 64 32"', (64, 32)),
        ('width="10em" height="5em" viewBox="0 0 64 32"', (64, 32)),
        ('width="40" viewBox="0 0 64 32"', (64, 32)),
    ],
)
def test_sizes(root: str, size: tuple[int, int]) -> None:
    found = measure(drawing(root=root), ("svg",))
    assert ((found.width, found.height), found.format) == (size, "svg")


HARMLESS = [
    drawing("<path d='M0 0h9' style='fill:url(#a);stroke:#123'/><use href='#p'/><use xlink:href=' #p'/>"),
    drawing("<style>.a { fill: url( '#g' ) } @media print { .a { fill: none } }</style>"),
    drawing("<image href='data:image/png;base64,iVBORw0KGgo='/>"),
    drawing("<g transform='translate(3 4)'><animate attributeName='opacity' values='0;1'/></g>"),
    drawing("<text>onclick= &lt;script&gt; url(http://x)</text><title>a</title>"),
    drawing("<metadata><x:y xmlns:x='urn:x' x:z='1'/></metadata>"),
    drawing(before='\ufeff<?xml version="1.0" encoding="UTF-8"?>\n<!-- made by hand -->\n'),
    drawing(
        before='<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">'
    ),
]


@pytest.mark.parametrize("data", HARMLESS)
def test_what_only_draws_is_taken(data: bytes) -> None:
    assert facts(data).format == "svg"


ACTIVE = [
    ("<script>alert(1)</script>", "<script>"),
    ("<SCRIPT/>", "<script>"),
    ("<x:script xmlns:x='http://www.w3.org/1999/xhtml'>alert(1)</x:script>", "<script>"),
    ("<p xmlns='http://www.w3.org/1999/xhtml'/>", "<p>"),
    ("<foreignObject/>", "<foreignobject>"),
    ("<rect onload='alert(1)'/>", "onload"),
    ("<rect ONCLICK='alert(1)'/>", "onclick"),
    ("<a href='https://example.com'/>", "https://example.com"),
    ("<a xlink:href='java&#10;script:alert(1)'/>", "javascript:alert(1)"),
    ("<a href='data:text/html,x'/>", "data:text/html"),
    ("<image href='data:image/svg+xml,x'/>", "data:image/svg+xml"),
    ("<image href='//example.com/a.png'/>", "//example.com"),
    ("<use href='other.svg#a'/>", "other.svg"),
    ("<set attributeName='xlink:href' to='javascript:alert(1)'/>", "<set>"),
    ("<animate attributeName='href' values='javascript:alert(1)'/>", "<animate>"),
    ("<rect fill='url(http://example.com/a)'/>", "http://example.com"),
    ("<rect style='fill:URL( \"http://example.com\" )'/>", "http://example.com"),
    ("<style>@import 'http://example.com'</style>", "@import"),
    ("<style>a{fill:u\\72l(http://example.com)}</style>", "\\"),
    ("<style>a{background:<![CDATA[url(//x)]]></style>", "//x"),
    ("<style>a{background:image-set('//x' 1x)}</style>", "image-set("),
    ("<g xml:base='http://example.com/'/>", "xml:base"),
    ("<?xml-stylesheet href='a.css'?>", "xml-stylesheet"),
]


@pytest.mark.parametrize(("inside", "named"), ACTIVE)
def test_what_would_run_or_fetch_is_refused(inside: str, named: str) -> None:
    with pytest.raises(ImagepipeError) as caught:
        measure(drawing(inside), ("svg",))
    assert caught.value.code == "picture-active"
    assert named in caught.value.message


BROKEN = [
    (drawing()[:-8], "picture-truncated"),
    (drawing("<g"), "picture-damaged"),
    (drawing() + b"and more", "picture-damaged"),
    (drawing() + drawing(), "picture-damaged"),
    (drawing(root=""), "picture-damaged"),
    (drawing(root='width="0" height="9"'), "picture-damaged"),
    (drawing(root='viewBox="0 0 1e9 1e9"'), "picture-damaged"),
    (drawing(root='width="90000" height="90000"'), "picture-bomb"),
    (drawing("&bomb;"), "picture-damaged"),
    (drawing("&a;", before='<!DOCTYPE svg [<!ENTITY a "&b;&b;"><!ENTITY b "boom">]>'), "picture-active"),
    (drawing("<g>" * 300 + "</g>" * 300), "picture-bomb"),
    (drawing("<g/>" * 200_001), "picture-bomb"),
    (b"<svg width='9' height='9'/>", "picture-unknown"),
    (b"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'/>", "picture-unknown"),
    (b"<?xml version='1.0' encoding='klingon'?><svg/>", "picture-damaged"),
    (b"<svg", "picture-truncated"),
    (b"<!-- nothing -->", "picture-truncated"),
    (b"<html></html>", "picture-unknown"),
    ("<svg \ud800/>".encode("utf-8", "surrogatepass"), "picture-damaged"),
]


@pytest.mark.parametrize(("data", "code"), BROKEN)
def test_what_is_no_whole_drawing(data: bytes, code: str) -> None:
    with pytest.raises(ImagepipeError) as caught:
        header_of(data)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("asked", "expect", "said"),
    [
        ({"output_format": "svg", "size": "1024x512"}, {}, []),
        ({"output_format": "svg", "size": "auto"}, {"max_bytes": "2kB", "min_width": 40}, []),
        ({"output_format": "svg", "size": "512x1024"}, {}, ["the picture is 40x20, and 512x1024 was asked for"]),
        ({"output_format": "png", "size": "40x20"}, {}, ["the picture is svg, and png was asked for"]),
        ({"output_format": "svg", "size": "auto"}, {"alpha": True}, ["`expect.alpha` was not checked"]),
        ({"output_format": "svg", "size": "auto"}, {"palette": ("#112233",)}, ["`expect.palette` was not checked"]),
    ],
)
def test_a_drawing_has_proportions_and_no_pixels(
    asked: dict[str, str], expect: dict[str, object], said: list[str]
) -> None:
    data = drawing()
    found = check(measure(data, ("svg",)), Request("openai", "m", "p", FrozenMap(asked)), FrozenMap(expect), data)
    assert len(found) == len(said)
    for problem, words in zip(found, said, strict=True):
        assert words in problem.message
