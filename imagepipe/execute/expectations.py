"""Which expectations hold for the original picture and which for the files made of it."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from imagepipe.errors import Problem
from imagepipe.execute.finish import Made
from imagepipe.pictures import Facts, unmet
from imagepipe.values import Asset, Candidate

_OF_PIXELS = ("alpha", "min_transparent", "max_transparent")


def expected(asset: Asset, picked: Candidate, raw: bytes | None, made: tuple[Made, ...]) -> tuple[Problem, ...]:
    """What is not as `expect` says. Files that are not made anew were checked when they were.

    Where a step makes the transparency, it is looked for in the files and not in the original.
    """
    of_picture, of_files = _split(asset)
    problems: list[Problem] = []
    if of_picture:
        size = next((one.fact.bytes for one in made if one.fact.sha256 == picked.sha256), len(raw or b""))
        problems += unmet(Facts(picked.width, picked.height, picked.format, size, raw or b""), of_picture)
    for one, expect in _files(asset, made):
        facts = Facts(one.fact.width, one.fact.height, one.fact.format, one.fact.bytes, one.data or b"")
        problems += (_named(problem, one.path) for problem in unmet(facts, {**of_files, **expect}))
    return tuple(problems)


def _split(asset: Asset) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    if not asset.transparency:
        return asset.expect, {}
    return (
        {name: value for name, value in asset.expect.items() if name not in _OF_PIXELS},
        {name: value for name, value in asset.expect.items() if name in _OF_PIXELS},
    )


def _files(asset: Asset, made: tuple[Made, ...]) -> Iterator[tuple[Made, Mapping[str, Any]]]:
    expects = {output.path: output.expect for output in asset.outputs}
    for one in made:
        yield one, expects.get(one.path, {})


def _named(problem: Problem, path: str) -> Problem:
    return replace(problem, message=f"{path}: {problem.message}")
