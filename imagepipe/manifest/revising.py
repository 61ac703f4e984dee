"""`revise:`: single edits made one after the other, each an asset of its own that takes the picture before it.

An asset `hero` with two edits becomes the chain `hero#0` (its own prompt), `hero#1` (the first edit) and `hero` (the last
edit, with the files). So each edit has its own key over the bytes before it, and plan, store, lock and reports know nothing
of edits: changing one asks anew for it and, where its picture changes, for those after it.
"""

from collections.abc import Iterable
from dataclasses import replace

from imagepipe.errors import Path, Problem
from imagepipe.manifest.naming import edit_of
from imagepipe.values import EMPTY, Asset, FrozenMap, Input, Prompt


def chain(asset: Asset, edits: Iterable[Prompt]) -> tuple[Asset, ...]:
    """The assets that lead to `asset`, itself last. `n`, `pick`, `take` and inputs belong to the first picture; every edit
    asks for one."""
    prompts = tuple(edits)
    if not prompts:
        return (asset,)
    count, links = len(prompts), [_first(asset)]
    for number, prompt in enumerate(prompts, 1):
        last = number == count
        whole = asset if last else _between(asset, number)
        links.append(
            replace(
                whole,
                prompt=prompt,
                template="",
                options=FrozenMap({**asset.options, "n": 1}),
                inputs=(Input("target", asset=links[-1].id),),
                take=1,
                pick=None,
                on_input_change="follow",
                final_uses="",
                description=asset.description if last else f"{asset.id}, edit {number} of {count}",
            )
        )
    return tuple(links)


def _first(asset: Asset) -> Asset:
    told = f"{asset.id}, before its edits"
    return replace(asset, id=f"{asset.id}#0", outputs=(), originals="", expect=EMPTY, description=told)


def _between(asset: Asset, number: int) -> Asset:
    return replace(asset, id=f"{asset.id}#{number}", outputs=(), originals="", expect=EMPTY)


def located(id: str, problem: Problem, edits: int) -> Problem:
    """A problem of one link of a chain at its place in the asset as written, which has `edits` of them."""
    if not edits:
        return problem
    number = edit_of(id)
    number = edits if number is None else number
    if number == 0:
        return problem
    path = _within(problem.path, number - 1)
    return problem if path == problem.path else replace(problem, path=path)


def _within(path: Path, index: int) -> Path:
    if path[:1] == ("prompt",):
        return ("revise", index, *path[1:])
    return ("revise", index) if path[:1] == ("inputs",) else path
