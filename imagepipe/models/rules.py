"""What a provider would refuse, found before anything is sent: every rule of the registry over one asset, all at once.

Nothing is dropped, clamped or switched here. A figure that is only estimated warns and never fails.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from functools import lru_cache

from imagepipe.errors import Problem
from imagepipe.models import inputrules, optionrules, retirement
from imagepipe.models.capabilities import Model
from imagepipe.models.registry import Registry
from imagepipe.values import EMPTY, Asset, ImageFact, Words

Finished = Callable[[Asset, Words | None], bool | None]
"""Whether an asset has a finished picture by its model; None where that is not known."""


def unknown(asset: Asset, words: Words | None) -> bool | None:
    """The `Finished` of who knows no lock."""
    return None


@lru_cache(maxsize=16384)
def _checked(
    registry: Registry, situation: optionrules.Situation, today: date
) -> tuple[Model | None, tuple[Problem, ...]]:
    """Everything that does not depend on the asset's words and images, once for all assets alike; and the model by which
    these are to be judged, None for one that is unknown."""
    found = registry.find(situation.model)
    if found.model is None or _is_gone(found.model, today):
        return found.model, found.problems
    ending = retirement.problem(found.model, today)
    told = (*found.problems, ending) if ending else found.problems
    return found.model, (*told, *optionrules.problems(registry, found.model, situation))


@lru_cache(maxsize=64)
def _is_gone(model: Model, today: date) -> bool:
    return retirement.retirement(model, today).blocks


def check(
    asset: Asset,
    registry: Registry,
    *,
    today: date,
    facts: Mapping[str, ImageFact] = EMPTY,
    words: Words | None = None,
    finished: Finished = unknown,
) -> tuple[Problem, ...]:
    """All violations of one asset, with paths relative to it; empty where the provider would take the request.

    `facts` are those of input images by path, as far as known; `words` the rendered prompt, where it is. Of a model that
    has ended only that is told, by what `finished` says, which is asked for no other (see `retirement.problem`).
    """
    model, problems = _checked(registry, _situation(asset), today)
    if model is not None and _is_gone(model, today):
        return (*problems, *_ended(asset, model, today, finished(asset, words)))
    if model is None:
        return problems
    images = tuple(inputrules.problems(registry, model, asset, facts)) if asset.inputs else ()
    return problems + images + _prompt(model, words)


def _ended(asset: Asset, model: Model, today: date, finished: bool | None) -> tuple[Problem, ...]:
    """What to say of a gone model; the error names its asset, since many may stand beside it that are finished."""
    found = retirement.problem(model, today, finished=finished)
    if found and found.severity == "error":
        found = replace(found, message=f"{found.message}, and `{asset.id}` has no picture by it")
    return (found,) if found else ()


def _situation(asset: Asset) -> optionrules.Situation:
    options = asset.options
    # 1, 1.0 and True are equal and hash alike: the types keep their findings apart
    types = tuple(map(type, options.values()))
    native = "native" in asset.transparency
    return optionrules.Situation(asset.model, options, types, bool(asset.inputs), asset.preview, native)


def _prompt(model: Model, words: Words | None) -> tuple[Problem, ...]:
    if words is None or len(words.text) <= model.prompt_chars:
        return ()
    message = f"the rendered prompt has {len(words.text):,} characters; {model.id} takes at most {model.prompt_chars:,}"
    return (Problem("prompt-too-long", ("prompt",), message, "`imagepipe show` prints it: shorten the longest field"),)
