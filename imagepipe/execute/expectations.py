"""Which expectations hold for the original picture and which for the files made of it."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from imagepipe.errors import Problem
from imagepipe.execute.finish import Made
from imagepipe.frozen import frozen
from imagepipe.paths import glob_pattern
from imagepipe.pictures import OF_CONTENT, OF_MATTE, Facts, unmet
from imagepipe.values import EMPTY, Asset, Candidate


@frozen
class Known:
    """What pictures are compared with: the key colour that was asked for; the file that was edited, and its mask. A
    `stand_in` is not looked at for what it shows."""

    key: str = ""
    target: bytes = b""
    mask: bytes = b""
    stand_in: bool = False


def expected(
    asset: Asset, picked: Candidate, raw: bytes | None, made: tuple[Made, ...], known: Known
) -> tuple[Problem, ...]:
    """What is not as `expect` says. Files that are not made anew were checked when they were.

    Where a step makes the transparency, it is looked for in the files and not in the original.
    """
    of_picture, of_files = _split(asset)
    if known.stand_in:
        of_picture = {name: value for name, value in of_picture.items() if name not in OF_CONTENT}
    problems: list[Problem] = []
    if of_picture:
        size = next((one.fact.bytes for one in made if one.fact.sha256 == picked.sha256), len(raw or b""))
        data, compared = raw or b"", (known.key, known.target, known.mask)
        problems += unmet(Facts(picked.width, picked.height, picked.format, size, data, *compared), of_picture)
    for one, expect in _files(asset, made):
        facts = Facts(one.fact.width, one.fact.height, one.fact.format, one.fact.bytes, one.data or b"", known.key)
        problems += (_named(problem, one.path) for problem in unmet(facts, {**of_files, **expect}))
    return tuple(problems)


def _split(asset: Asset) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    if not asset.transparency and not any(call.name == "cutout" for out in asset.outputs for call in out.steps):
        return asset.expect, {}
    return (
        {name: value for name, value in asset.expect.items() if name not in OF_MATTE},
        {name: value for name, value in asset.expect.items() if name in OF_MATTE},
    )


def _files(asset: Asset, made: tuple[Made, ...]) -> Iterator[tuple[Made, Mapping[str, Any]]]:
    """The pictures among the files, each with what its output expects."""
    expects = [
        (glob_pattern(output.path.replace("{index}", "*").replace("{cell}", "*")).match, output.expect)
        for output in asset.outputs
    ]
    for one in made:
        if one.fact.width:
            yield one, next((expect for matches, expect in expects if matches(one.path)), EMPTY)


def _named(problem: Problem, path: str) -> Problem:
    return replace(problem, message=f"{path}: {problem.message}")
