"""SELECT: what each pattern means, and what a wrong one is told."""

import pytest

from imagepipe.errors import UsageError
from imagepipe.selection import edges_of, select
from imagepipe.values import Asset, Input, Output, Prompt


def asset(id: str, path: str, *tags: str, takes: str = "") -> Asset:
    inputs = (Input("target", asset=takes),) if takes else ()
    return Asset(id, Prompt(), outputs=(Output(path, "png"),), tags=tags, inputs=inputs)


ASSETS = (
    asset("mug-hero", "public/img/mug.png", "web", "hero"),
    asset("mug-cutout", "public/cut/mug.webp", "web", takes="mug-hero"),
    asset("shadow", "public/cut/shadow.webp", takes="mug-cutout"),
    asset("hero-sign@en,light", "public/sign/en-light.png", "sign"),
    asset("hero-sign@de,light", "public/sign/de-light.png", "sign"),
)
ALL = {item.id for item in ASSETS}
SIGNS = {"hero-sign@en,light", "hero-sign@de,light"}
STATES = {"mug-hero": "changed missing", "shadow": "failed"}


@pytest.mark.parametrize(
    ("patterns", "exclude", "expected"),
    [
        ([], [], ALL),
        (["mug-hero"], [], {"mug-hero"}),
        (["mug-hero", "shadow"], [], {"mug-hero", "shadow"}),
        (["mug-*"], [], {"mug-hero", "mug-cutout"}),
        (["*"], [], ALL),
        (["*"], ["tag:sign"], ALL - SIGNS),
        ([], ["mug-hero+"], SIGNS),
        (["hero-sign@en,light"], [], {"hero-sign@en,light"}),
        (["hero-sign"], [], SIGNS),
        (["hero-sign@*,light"], [], SIGNS),
        (["tag:web"], [], {"mug-hero", "mug-cutout"}),
        (["path:public/cut/*"], [], {"mug-cutout", "shadow"}),
        (["path:public/**"], [], ALL),
        (["state:missing"], [], {"mug-hero"}),
        (["state:failed"], [], {"shadow"}),
        (["+shadow"], [], {"shadow", "mug-cutout", "mug-hero"}),
        (["mug-hero+"], [], {"shadow", "mug-cutout", "mug-hero"}),
        (["+mug-cutout+"], [], {"shadow", "mug-cutout", "mug-hero"}),
        (["+tag:web"], [], {"mug-hero", "mug-cutout"}),
    ],
)
def test_patterns(patterns: list[str], exclude: list[str], expected: set[str]) -> None:
    assert select(patterns, ASSETS, states=STATES, edges=edges_of(ASSETS), exclude=exclude) == expected


@pytest.mark.parametrize(
    ("pattern", "message", "hint"),
    [
        ("mug-heroo", "no asset matches `mug-heroo`", "did you mean `mug-hero`?"),
        ("hero-sgin", "no asset matches", "did you mean `hero-sign`?"),
        ("zzz*", "no asset matches", "known: "),
        ("mug-hero,shadow", "no asset matches", "one by one"),
        ("tag:webb", "no tag matches `webb`", "did you mean `web`?"),
        ("path:private/**", "no output matches", "known: "),
        ("state:change", "no state matches", "did you mean `changed`?"),
        ("colour:red", "no asset matches", "known: "),
        ("", "no asset matches", "known: "),
    ],
)
def test_a_pattern_that_means_nothing(pattern: str, message: str, hint: str) -> None:
    for wanted, unwanted in (([pattern], []), ([], [pattern])):
        with pytest.raises(UsageError) as error:
            select(wanted, ASSETS, exclude=unwanted)
        assert message in error.value.message
        assert hint in error.value.hint


def test_a_state_that_nobody_is_in_selects_nothing() -> None:
    assert select(["state:failed"], ASSETS) == frozenset()


def test_a_project_without_assets() -> None:
    assert select([], ()) == frozenset()
    with pytest.raises(UsageError, match="no asset") as error:
        select(["x"], ())
    assert error.value.hint == "the manifest declares none"
