"""Pictures in a comment: before and after by addresses from a template, and nothing that leads elsewhere."""

import sys
from dataclasses import replace

import pytest
from markdown_it import MarkdownIt

from imagepipe.cli.diff import Arguments, run
from imagepipe.cli.session import Session
from imagepipe.cli.terminal import Terminal
from imagepipe.errors import UsageError
from imagepipe.planning.comparing import Change
from imagepipe.reports import diffmarkdown
from imagepipe.reports.diffpictures import Addresses, rows
from imagepipe.reports.ink import PLAIN
from imagepipe.values import Entry, FileFact, FrozenMap
from tests.reports.diffsamples import REV, hostile
from tests.reports.test_diff import Seen

BASE = "https://github.com/o/r/blob/{rev}/{path}?raw=true"
HEAD = "ab12" * 10


def entry(**digests: str) -> Entry:
    facts = {path: FileFact(digest, 0, 0, "", 0) for path, digest in digests.items()}
    return Entry("sha256:" + "1" * 64, FrozenMap({}), ("a mug",), "", "", FrozenMap({}), outputs=FrozenMap(facts))


def shown(before: Entry | None, after: Entry | None, rev: str = REV, head: str = HEAD) -> list[str]:
    return list(rows(Change("hero", "changed", before, after), Addresses(BASE, rev, head)))


def test_before_and_after_stand_side_by_side() -> None:
    (row,) = shown(entry(**{"public/a b.png": "x"}), entry(**{"public/a b.png": "y"}))
    addresses = [value for name, value in Seen(row).attributes if name == "src"]  # type: ignore[misc]
    assert addresses == [
        f"https://github.com/o/r/blob/{REV}/public/a%20b.png?raw=true",
        f"https://github.com/o/r/blob/{HEAD}/public/a%20b.png?raw=true",
    ]
    assert row.index('alt="before"') < row.index("→") < row.index('alt="after"')


@pytest.mark.parametrize(
    ("before", "after", "has", "has_not"),
    [
        (None, entry(**{"a.png": "x"}), ['alt="after"'], ["before", "→"]),
        (entry(**{"a.png": "x"}), None, ['alt="before"'], ["after", "not built"]),
        (entry(**{"a.png": "x"}), entry(**{"a.png": ""}), ['alt="before"', "not built yet"], ["after"]),
        (entry(**{"a.png": "x"}), entry(**{"a.png": "x"}), ['alt="unchanged"'], ["before", "after"]),
    ],
)
def test_what_is_not_there_has_no_picture(
    before: Entry | None, after: Entry | None, has: list[str], has_not: list[str]
) -> None:
    (row,) = shown(before, after)
    assert all(text in row for text in has)
    assert not any(text in row for text in has_not)


@pytest.mark.parametrize(
    "path", ["../../../evil/x.png", "a/./b.png", "/etc/x.png", "a\\..\\b.png", "a//b.png", "notes.txt", "data.json"]
)
def test_a_path_that_leads_elsewhere_or_is_no_picture_is_not_shown(path: str) -> None:
    assert shown(entry(**{path: "x"}), entry(**{path: "y"})) == []


def test_no_revision_no_picture_and_no_more_than_four() -> None:
    many = {f"a{number}.png": "x" for number in range(9)}
    assert shown(None, entry(**many), head="") == []
    assert len(shown(None, entry(**many))) == 5
    assert "5 more" in shown(None, entry(**many))[-1]


def test_hostile_paths_stay_within_the_address() -> None:
    evil = ['{rev}" onerror="alert(1)/x.png', "<script>.png", "a#b?c=1.png", "\ud800\u202e.png", "a'`[x](y).png"]
    found = hostile()
    extra = Change("e", "added", after=entry(**dict.fromkeys(evil, "x")))
    text = diffmarkdown.render(replace(found, changes=(*found.changes, extra)), pictures=Addresses(BASE, REV, HEAD))
    page = Seen(MarkdownIt("gfm-like", {"html": True, "linkify": False}).render(text))
    assert {name for name, _ in page.attributes} <= {"href", "src", "alt", "width"}  # type: ignore[misc]
    for name, value in page.attributes:  # type: ignore[misc]
        assert name not in ("href", "src") or value.startswith(f"https://github.com/o/r/blob/{HEAD}/")
    assert page.tags <= {"h3", "p", "strong", "blockquote", "details", "summary", "pre", "code", "del", "ins", "a", "img", "i", "br"}  # fmt: skip
    assert text.count("<img") == 4
    assert text.isprintable() or "\u202e" not in text


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (Arguments(saved="diff.json", base="main"), "made already"),
        (Arguments(saved="diff.json", select=("hero",)), "made already"),
        (Arguments(thumbnails=BASE, base="main"), "--format markdown"),
        (Arguments(thumbnails=BASE, format="markdown"), "a revision as --base"),
        (Arguments(thumbnails="javascript:{path}", base="main", format="markdown"), "begins with https://"),
    ],
)
def test_what_does_not_go_together_is_said_before_anything_is_read(args: Arguments, said: str) -> None:
    plain = Terminal(sys.stdout, sys.stderr, PLAIN, PLAIN, False, {})
    with pytest.raises(UsageError, match=said):
        run(Session(plain), args)
