"""Legal sizes, the rule that a wrong one breaks, the nearest legal one, and the one that covers a deliverable."""

import pytest

from imagepipe.models import sizes
from tests.models.making import model

FLEXIBLE, FIXED = "gpt-image-2", "gpt-image-1.5"


@pytest.mark.parametrize(
    "size",
    ["3840x2160", "2160x3840", "3840x1280", "1280x3840", "1024x640", "1440x480", "2880x2880", "1024x1024", "1536x1024"],
)
def test_legal_sizes(size: str) -> None:
    width, height = sizes.parse(size) or (0, 0)
    assert sizes.faults(model(FLEXIBLE), width, height) == ()
    assert sizes.nearest(model(FLEXIBLE), width, height) == size


@pytest.mark.parametrize(
    ("size", "rules", "nearest"),
    [
        ((1920, 1080), ["multiples of 16 (height 1080 is not)"], "1920x1088"),
        ((1080, 1920), ["multiples of 16 (width 1080 is not)"], "1088x1920"),
        ((1001, 1001), ["multiples of 16 (width 1001 and height 1001 are not)"], "1008x1008"),
        ((512, 512), ["at least 655,360 pixels"], "816x816"),
        ((3840, 1264), ["ratio of the edges is at most 3:1 (here 3.04:1)"], "3840x1280"),
        ((4096, 4096), ["longest edge is at most 3840", "at most 8,294,400 pixels"], "2880x2880"),
        ((3856, 2160), ["longest edge is at most 3840", "at most 8,294,400 pixels"], "3840x2160"),
        ((3840, 3840), ["at most 8,294,400 pixels"], "2880x2880"),
        ((100000, 1), ["multiples of 16", "longest edge", "ratio", "at least 655,360"], "1440x480"),
    ],
)
def test_a_wrong_size_names_every_rule_and_the_nearest(size: tuple[int, int], rules: list[str], nearest: str) -> None:
    broken = sizes.faults(model(FLEXIBLE), *size)
    assert len(broken) == len(rules)
    assert all(rule in said for rule, said in zip(rules, broken, strict=True))
    assert sizes.nearest(model(FLEXIBLE), *size) == nearest


@pytest.mark.parametrize(
    ("size", "nearest"),
    [((1920, 1080), "1536x1024"), ((512, 512), "1024x1024"), ((1080, 1920), "1024x1536"), ((1024, 1040), "1024x1024")],
)
def test_fixed_sizes(size: tuple[int, int], nearest: str) -> None:
    assert "takes only 1024x1024, 1536x1024, 1024x1536" in sizes.faults(model(FIXED), *size)[0]
    assert sizes.nearest(model(FIXED), *size) == nearest


@pytest.mark.parametrize(
    ("wanted", "flexible", "fixed"),
    [
        ((1200, 630), "1200x640", "1536x1024"),
        ((1920, 1080), "1920x1088", "1536x1024"),
        ((1080, 1920), "1088x1920", "1024x1536"),
        ((1080, 1080), "1088x1088", "1024x1024"),
        ((1024, 1024), "1024x1024", "1024x1024"),
        ((32, 32), "816x816", "1024x1024"),
        ((1584, 396), "1584x528", "1536x1024"),
        ((1600, 1200), "1600x1200", "1536x1024"),
        ((5000, 5000), "2880x2880", "1024x1024"),
    ],
)
def test_the_smallest_size_that_covers(wanted: tuple[int, int], flexible: str, fixed: str) -> None:
    assert sizes.cover(model(FLEXIBLE), *wanted) == flexible
    assert sizes.cover(model(FIXED), *wanted) == fixed


@pytest.mark.parametrize("wanted", [(w, h) for w in (1, 37, 640, 1201, 2999, 3840) for h in (1, 90, 630, 1081, 2160)])
def test_cover_covers_and_is_legal(wanted: tuple[int, int]) -> None:
    chosen = sizes.cover(model(FLEXIBLE), *wanted)
    assert sizes.covers(chosen, *wanted)
    assert sizes.faults(model(FLEXIBLE), *(sizes.parse(chosen) or (0, 0))) == ()


@pytest.mark.parametrize("wanted", [(w, h) for w in (1, 500, 1921, 5000, 99999) for h in (1, 777, 2500, 8000)])
def test_nearest_is_legal_for_anything(wanted: tuple[int, int]) -> None:
    for id in (FLEXIBLE, FIXED):
        chosen = sizes.parse(sizes.nearest(model(id), *wanted))
        assert chosen is not None
        assert sizes.faults(model(id), *chosen) == ()


def test_covers_tells_where_nothing_is_large_enough() -> None:
    assert not sizes.covers(sizes.cover(model(FLEXIBLE), 5000, 3000), 5000, 3000)
    assert not sizes.covers("auto", 10, 10)


@pytest.mark.parametrize(("size", "large"), [((2560, 1440), False), ((2560, 1456), True), ((3840, 2160), True)])
def test_experimental_above_a_bound(size: tuple[int, int], large: bool) -> None:
    assert sizes.experimental(model(FLEXIBLE), *size) is large


@pytest.mark.parametrize(
    "text", ["auto", "", "1024", "1024 x 1024", "1024X1024", "0x10", "-1x10", "1e3x10", "１x１", "9999999x1"]
)
def test_what_is_no_size(text: str) -> None:
    assert sizes.parse(text) is None
