"""A request as somebody typed it, and as what it travels the road: an asset with literal words. Pure."""

import re
from collections.abc import Iterator, Mapping
from datetime import date

from imagepipe.errors import Problem
from imagepipe.frozen import frozen
from imagepipe.models import rules
from imagepipe.models.registry import Registry
from imagepipe.prompts.rendering import NoTree, PromptProblem, Renderer
from imagepipe.values import EMPTY, Asset, FrozenMap, ImageFact, Input, Output, Prompt, StepCall, Words

FIELDS = (
    "use_case", "scene", "subject", "style", "composition", "lighting", "palette", "materials", "text", "constraints",
    "negative",
)  # fmt: skip
"""The words beside the prompt, by the names they are typed under."""
OPTIONS = (
    "n", "size", "quality", "background", "output_format", "output_compression", "moderation", "input_fidelity"
)  # fmt: skip
"""The request's options, in the order in which a payload shows them."""
DEFAULTS: Mapping[str, str | int] = {"n": 1, "size": "auto", "quality": "medium", "output_format": "png"}
MODEL = "gpt-image-2"
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_PROMPT_FIELD = {"negative": "avoid"}
_TYPED = {"`preview: true`": "`--preview`", "`transparency: chroma-key`": "a flat key colour and `imagepipe cutout`"}


@frozen
class Wish:
    """One request: `fields` by their typed names, `options` only what was given, `images` and `mask` as typed paths.

    `augment` puts the prompt and its fields under labels; without it the prompt is sent as it is, the fields are not.
    """

    prompt: str = ""
    fields: FrozenMap = EMPTY
    options: FrozenMap = EMPTY
    model: str = MODEL
    images: tuple[str, ...] = ()
    mask: str = ""
    augment: bool = True
    preview: bool = False

    @property
    def request(self) -> FrozenMap:
        """The options as they are sent: the defaults of the commands, and what was given."""
        options = {**DEFAULTS, **{name: self.options[name] for name in OPTIONS if name in self.options}}
        if options["output_format"] == "jpg":
            options["output_format"] = "jpeg"
        return FrozenMap({name: options[name] for name in OPTIONS if name in options})

    @property
    def n(self) -> int:
        """How many pictures are wanted; 1 where what was given is no number."""
        n = self.request["n"]
        return n if isinstance(n, int) and 1 <= n <= 100 else 1

    @property
    def format(self) -> str:
        """The format of the pictures."""
        return str(self.request["output_format"])


@frozen
class Place:
    """Where an asset's picture goes, as paths inside its project; `most` is the longest side of the copy in pixels."""

    path: str
    copy: str = ""
    most: int = 0


def prompt_of(wish: Wish) -> Prompt:
    """The words as a prompt that no template language touches."""
    if not wish.augment:
        return Prompt(text=wish.prompt, literal=True)
    given = {name: value for name, value in wish.fields.items() if name != "use_case"}
    fields = {"request": wish.prompt, **{_PROMPT_FIELD.get(name, name): value for name, value in given.items()}}
    return Prompt(str(wish.fields.get("use_case", "")).strip(), FrozenMap(fields), literal=True)


def asset_of(wish: Wish, id: str, places: tuple[Place, ...] = (), pick: int | None = None) -> Asset:
    """The asset that asks for a wish. Its images are inputs, in order: the first is the one to be edited."""
    return Asset(
        id=id,
        prompt=prompt_of(wish),
        model=wish.model,
        options=wish.request,
        inputs=inputs_of(wish),
        outputs=tuple(output for place in places for output in outputs_of(place, wish.format)),
        preview=wish.preview,
        pick=pick,
    )


def inputs_of(wish: Wish) -> tuple[Input, ...]:
    """The files that go along, the mask last."""
    images = tuple(Input("reference" if at else "target", image=path) for at, path in enumerate(wish.images))
    return (*images, Input("mask", image=wish.mask)) if wish.mask else images


def outputs_of(place: Place, format: str) -> tuple[Output, ...]:
    """The provider's file, untouched, and the smaller copy where one is wanted."""
    whole = Output(place.path, format)
    if not place.copy:
        return (whole,)
    small = StepCall("resize", FrozenMap({"width": place.most, "height": place.most, "enlarge": False}))
    return whole, Output(place.copy, format, (small,))


def words_of(wish: Wish) -> Words:
    """The prompt as it is sent. Input images get no line of their own: nothing is added that was not typed.

    Raises PromptProblem.
    """
    return Renderer(NoTree()).words(asset_of(Wish(wish.prompt, wish.fields, augment=wish.augment), ""))


def judged(
    wish: Wish, registry: Registry, today: date, facts: Mapping[str, ImageFact] = EMPTY
) -> tuple[Words | None, tuple[Problem, ...]]:
    """The words, and everything that is wrong with the request; `facts` are those of its images, by typed path."""
    try:
        words = words_of(wish)
    except PromptProblem as fault:
        return None, (*fault.problems, *_faults(wish, registry, today, facts, None))
    return words, _faults(wish, registry, today, facts, words)


def _faults(
    wish: Wish, registry: Registry, today: date, facts: Mapping[str, ImageFact], words: Words | None
) -> tuple[Problem, ...]:
    found = rules.check(asset_of(wish, ""), registry, today=today, facts=facts, words=words)
    return (*_controls(wish), *(_as_typed(problem) for problem in found))


def _controls(wish: Wish) -> Iterator[Problem]:
    """Control characters in the words, which a manifest refuses as well."""
    for name, text in {"prompt": wish.prompt, **wish.fields}.items():
        if found := _CONTROL.search(str(text)):
            message = f"`{name}` holds the control character U+{ord(found.group()):04X}"
            yield Problem("control-character", (name,), message, "remove it")


def _as_typed(problem: Problem) -> Problem:
    """The way out in terms of the command line instead of the manifest."""
    hint = problem.hint
    for written, typed in _TYPED.items():
        hint = hint.replace(written, typed)
    return Problem(problem.code, problem.path, problem.message, hint, problem.severity)
