"""Editing YAML in place: what changes is what was asked for, and nothing else."""

import pytest

from imagepipe.yamltext.editing import Uneditable, put, remove

MODEL, QUALITY = ("defaults", "model"), ("defaults", "options", "quality")
HERO = ("assets", "hero", "options", "quality")

PUT = {
    "a scalar, its comment kept": (MODEL, "a: 1\ndefaults:\n  model: x   # ours\n", "a: 1\ndefaults:\n  model: NEW   # ours\n"),
    "in its quotes": (MODEL, "defaults: {model: 'x'}\n", "defaults: {model: 'NEW'}\n"),
    "double quotes": (MODEL, 'defaults: {model: "x" }\n', 'defaults: {model: "NEW" }\n'),
    "CRLF": (MODEL, "defaults:\r\n  model: x\r\nb: 1\r\n", "defaults:\r\n  model: NEW\r\nb: 1\r\n"),
    "a BOM and other scripts": (MODEL, "\ufeffgrüße: é\ndefaults: {a: 日本, model: x}\n", "\ufeffgrüße: é\ndefaults: {a: 日本, model: NEW}\n"),
    "into braces": (QUALITY, "defaults: {options: {size: s}}\n", "defaults: {options: {size: s, quality: NEW}}\n"),
    "into empty braces": (QUALITY, "defaults: {options: {}}\n", "defaults: {options: {quality: NEW}}\n"),
    "before a trailing comma": (QUALITY, "defaults: {options: {size: s, }}\n", "defaults: {options: {size: s, quality: NEW, }}\n"),
    "under its header, above comments": (
        HERO,
        "assets:\n  hero:\n    options:   # big\n      # size\n      size: s\n",
        "assets:\n  hero:\n    options:   # big\n      quality: NEW\n      # size\n      size: s\n",
    ),
    "behind the key it belongs to": (
        QUALITY,
        "defaults:\n    tags: [a]\n    # why\n    model: x # because\n    take: 2\n",
        "defaults:\n    tags: [a]\n    # why\n    model: x # because\n    options: {quality: NEW}\n    take: 2\n",
    ),
    "with no such key, in front": (QUALITY, "defaults:\n  take: 2\n", "defaults:\n  options: {quality: NEW}\n  take: 2\n"),
    "into the file's head": (QUALITY, "# c\nversion: 1\n\nassets: {}\n", "# c\nversion: 1\ndefaults: {options: {quality: NEW}}\n\nassets: {}\n"),
    "at an end without a line end": (QUALITY, "defaults:\n  model: x", "defaults:\n  model: x\n  options: {quality: NEW}"),
}  # fmt: skip


@pytest.mark.parametrize("case", PUT)
def test_put(case: str) -> None:
    path, before, after = PUT[case]
    assert put(before.encode(), {path: "NEW"}, after="model").decode() == after


def test_several_at_once() -> None:
    before = "defaults:\n  model: x\nassets:\n  hero: {options: {quality: low}}\n  b:\n    model: x\n"
    wanted = {
        MODEL: "y",
        QUALITY: "high",
        HERO: "max",
        ("assets", "b", "model"): "z",
        ("assets", "b", "options", "n"): "2",
    }
    assert put(before.encode(), wanted, after="model").decode() == (
        "defaults:\n  model: y\n  options: {quality: high}\nassets:\n  hero: {options: {quality: max}}\n  b:\n    model: z\n"
        "    options: {n: 2}\n"
    )


def test_two_into_one_new_map() -> None:
    wanted = {MODEL: "m", QUALITY: "high"}
    assert put(b"version: 1\nassets: {}\n", wanted).decode() == (
        "version: 1\ndefaults: {model: m, options: {quality: high}}\nassets: {}\n"
    )


@pytest.mark.parametrize(
    "text", ["defaults:\n", "defaults: text\n", "defaults:\n  options:\n  a: 1\n", "defaults:\n  options: |\n    x\n"]
)
def test_no_safe_place(text: str) -> None:
    with pytest.raises(Uneditable):
        put(text.encode(), {QUALITY: "NEW"})


def test_nothing_to_put_is_nothing_changed() -> None:
    assert put(b"\xef\xbb\xbfa: 1", {}) == b"\xef\xbb\xbfa: 1"


A, B, C = (("m", "o", name) for name in "abc")
REMOVE = {
    "a line": ([A], "m:\n  o:\n    a: 1 # gone\n    # of b\n    b: 2\n", "m:\n  o:\n    # of b\n    b: 2\n"),
    "the last line": ([B], "m:\n  o:\n    a: 1\n    b: 2", "m:\n  o:\n    a: 1\n"),
    "first in braces": ([A], "m: {o: {a: 1, b: 2}}\n", "m: {o: {b: 2}}\n"),
    "last in braces": ([C], "m: {o: {a: 1, b: 2, c: 3}, x: 1}\n", "m: {o: {a: 1, b: 2}, x: 1}\n"),
    "two of three": ([A, B], "m: {o: {a: 1, b: 2, c: 3}}\n", "m: {o: {c: 3}}\n"),
    "all of a map": ([A], "m:\n  n: 1\n  o:\n    a: 1\nx: 2\n", "m:\n  n: 1\nx: 2\n"),
    "all of a map in braces": ([A], "m: {n: 1, o: {a: 1}}\n", "m: {n: 1}\n"),
    "a map": ([A], "m:\n  o:\n    a: {model: x}\n    b: 2\n", "m:\n  o:\n    b: 2\n"),
    "a map of lines": ([A], "m:\n  o:\n    a:\n      model: x\n    b: 2\n", "m:\n  o:\n    b: 2\n"),
}


@pytest.mark.parametrize("case", REMOVE)
def test_remove(case: str) -> None:
    paths, before, after = REMOVE[case]
    assert remove(before.encode(), paths).decode() == after


def test_what_is_not_there_cannot_go() -> None:
    with pytest.raises(Uneditable, match=r"there is no m\.o\.c"):
        remove(b"m: {o: {a: 1}}", [C])
