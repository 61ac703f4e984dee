"""Who judges an asset beside the schema: the model's rules, the rendered prompt, its lint, the steps' own options."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date

from imagepipe.contracts import Tree
from imagepipe.errors import Problem
from imagepipe.frozen import frozen
from imagepipe.manifest.stepcalls import StepFaults, step_faults
from imagepipe.models import rules, sizes
from imagepipe.models.registry import Registry, registry
from imagepipe.models.rules import Finished, unknown
from imagepipe.prompts import lint
from imagepipe.prompts.rendering import PromptProblem, Renderer
from imagepipe.values import EMPTY, Asset, FrozenMap, ImageFact, Words

_BLANK = Words("")


@frozen
class Judges:
    """Functions over one asset. `cover` gives the smallest size of a model that covers width × height, "" if unknown."""

    cover: Callable[[str, int, int], str]
    step: StepFaults
    rules: Callable[[Asset, Words | None], tuple[Problem, ...]]
    words: Callable[[Asset], tuple[Words | None, tuple[Problem, ...]]]
    templates_read: Callable[[], Mapping[str, str]]
    entries: tuple[Problem, ...] = ()
    finished: Finished = unknown


@frozen
class Knowledge:
    """What judges go by: the project's use cases and models, the day, the facts of input images by path, and who can tell
    whether an asset has a finished picture by its model."""

    use_cases: FrozenMap
    models: FrozenMap
    today: date
    facts: Mapping[str, ImageFact] = EMPTY
    finished: Finished = rules.unknown


def judges(tree: Tree, knowledge: Knowledge) -> Judges:
    """The judges of one project on one day."""
    use_cases, models, today = knowledge.use_cases, knowledge.models, knowledge.today
    known = registry(models)
    facts, finished = knowledge.facts, knowledge.finished
    renderer = Renderer(tree, use_cases)

    def judge_words(asset: Asset) -> tuple[Words | None, tuple[Problem, ...]]:
        if asset.local:
            return _BLANK, ()
        try:
            words = renderer.words(asset)
        except PromptProblem as fault:
            return None, (*_placed(fault, asset), *lint.lint(asset, _BLANK, use_cases))
        return words, lint.lint(asset, words, use_cases)

    def judge_rules(asset: Asset, words: Words | None) -> tuple[Problem, ...]:
        if asset.local:
            return ()
        return rules.check(asset, known, today=today, facts=facts, words=words, finished=finished)

    return Judges(
        cover=lambda model, width, height: _cover(known, model, width, height),
        step=step_faults,
        rules=judge_rules,
        words=judge_words,
        templates_read=lambda: renderer.read,
        entries=known.problems,
        finished=finished,
    )


def _placed(fault: PromptProblem, asset: Asset) -> tuple[Problem, ...]:
    """What is wrong with a prompt, at the template's own line where that is at fault; a template that is not there at
    the use case it comes from."""
    if fault.place:
        return tuple(replace(problem, place=fault.place) for problem in fault.problems)
    if asset.template:
        return fault.problems
    return tuple(
        replace(problem, path=("prompt", "use_case")) if problem.path == ("template",) else problem
        for problem in fault.problems
    )


def _cover(known: Registry, model: str, width: int, height: int) -> str:
    found = known.find(model).model
    return sizes.cover(found, width, height) if found else ""
