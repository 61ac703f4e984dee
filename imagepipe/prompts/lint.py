"""What a good art director would remark on before the money is spent: warnings, and two errors, about one asset."""

import re
from collections.abc import Callable, Iterable

from imagepipe.errors import Problem
from imagepipe.prompts import keycolour
from imagepipe.prompts.faults import meant
from imagepipe.prompts.fields import INVARIANTS
from imagepipe.prompts.usecases import USE_CASES
from imagepipe.values import EMPTY, Asset, FrozenMap, Words

_DATA_HEAVY = ("infographic-diagram", "scientific-educational", "productivity-visual")
_FINE_PRINT = re.compile(r"(?i)\b(small|tiny|fine) (text|print|type)\b|\bcaptions?\b|\bfootnotes?\b|\blegends?\b")
_DATE = re.compile(
    r"(?i)\b\d{3,4}s?\b|\b\d+(st|nd|rd|th)[ -]century\b|\bcentury\b|\b\d+ ?(bce?|ad|ce)\b|\b\w+ (era|age|period|dynasty)\b"
    r"|\b(medieval|victorian|edwardian|georgian|regency|renaissance|baroque|ancient|prehistoric|interwar|tudor|meiji)\b"
)
_CAPITAL = re.compile(r"\b[^\W\d_a-z][a-zà-ÿ]{2,}")
_NOT_PLACES = frozenset(
    [
        "The",
        "This",
        "That",
        "Inside",
        "Outside",
        "Two",
        "Three",
        "Four",
        "Five",
        "Some",
        "Many",
        "Several",
        "One",
        "Old",
        "Young",
        "With",
        "And",
    ]
)
_AIRY = re.compile(
    r"(?i)\b(hair|furry|fur|feathers?|glass|crystal|smoke|steam|vapou?r|fog|mist|veil|lace|tulle|bubbles?)\b"
)
_COLOURS = frozenset(keycolour.COLOUR_WORDS)
_WORDLESS = re.compile(r"(?i)\b(no|without) (text|words|lettering|labels)\b")
_BRACES = re.compile(r"\{\{\s*([A-Za-z]\w*)[^{}\n]*\}\}")
AS_IT_COMES = {"svg": "a drawing", "gif": "an animation"}
"""Formats of answers that no step reads: their files are the provider's own bytes."""
_LONG = 100
_SMALL_TEXT = 25
"""Characters of verbatim text from which low quality is likely to garble it."""


Rule = Callable[[Asset, Words, FrozenMap], Iterable[Problem]]


def lint(asset: Asset, words: Words, use_cases: FrozenMap = EMPTY) -> tuple[Problem, ...]:
    """Everything worth a remark. `words` is the rendered prompt (`Words("")` where there is none), `use_cases` the
    project's own."""
    if (slug := asset.prompt.use_case) and slug not in USE_CASES and slug not in use_cases:
        return (_unknown(slug, use_cases),)
    return tuple([problem for rule in _concerned(asset, words, use_cases) for problem in rule(asset, words, use_cases)])


def _concerned(asset: Asset, words: Words, use_cases: FrozenMap) -> list[Rule]:
    """The rules that can have something to say, by what is cheap to see: most of them are about few assets."""
    slug = asset.prompt.use_case
    rules: list[Rule] = [_missing] if slug else []
    if slug in _DATA_HEAVY:
        rules.append(_data_without_text)
    if slug == "historical-scene":
        rules.append(_history)
    if asset.options.get("quality") == "low":
        rules.append(_small_text)
    if asset.inputs or is_edit(slug, use_cases):
        rules.append(_free_edit)
    if len(asset.prompt.fields.get("change", "")) > 1:
        rules.append(_many_changes)
    if asset.options.get("output_format") in AS_IT_COMES or "svg" in [output.format for output in asset.outputs]:
        rules.append(_vector)
    if "{{" in words.text and not asset.prompt.literal:
        rules.append(_unfilled)
    if asset.transparency is not EMPTY:
        rules.append(_cutout)
    return rules


def _unknown(slug: str, use_cases: FrozenMap) -> Problem:
    known = (*USE_CASES, *use_cases)
    hint = meant(slug, known) or "`imagepipe use-cases` lists them; your own go under `use_cases:`"
    return Problem("unknown-use-case", ("prompt", "use_case"), f"there is no use case `{slug[:60]}`", hint)


def is_edit(slug: str, use_cases: FrozenMap = EMPTY) -> bool:
    """Whether a use case edits a picture, and so needs an input."""
    if slug in use_cases:
        return bool(use_cases[slug].get("edit", False))
    return slug in USE_CASES and USE_CASES[slug].group == "edit"


def _warn(code: str, path: tuple[str | int, ...], message: str, hint: str) -> Problem:
    return Problem(code, path, message, hint, severity="warning")


def _missing(asset: Asset, words: Words, use_cases: FrozenMap) -> Iterable[Problem]:
    slug, fields = asset.prompt.use_case, asset.prompt.fields
    case = None if slug in use_cases else USE_CASES.get(slug)
    lacking = [name for name in case.wanted if name not in words.fields and not fields.get(name)] if case else []
    told_apart = {*INVARIANTS, "text"} if slug in _DATA_HEAVY else set(INVARIANTS)
    lacking = [name for name in lacking if name not in told_apart] if lacking else []
    if not lacking:
        return ()
    listed = ", ".join(f"`{name}`" for name in lacking)
    message = f"a good {slug} prompt also has {listed}"
    hint = f"add `{lacking[0]}: …` in a few words, or leave it to the model on purpose"
    return (Problem("wanted-field", ("prompt",), message, hint, severity="warning", on_key=True),)


def _data_without_text(asset: Asset, words: Words, use_cases: FrozenMap) -> Iterable[Problem]:
    if asset.prompt.use_case not in _DATA_HEAVY or "text" in words.fields:
        return
    if words.text.count('"') < 2 and not _WORDLESS.search(words.text):
        message = f"`{asset.prompt.use_case}` lives by its words, and none are given"
        yield _warn("visual-without-text", ("prompt",), message, "list them under `text`, or the model invents them")


def _history(asset: Asset, words: Words, use_cases: FrozenMap) -> Iterable[Problem]:
    if asset.prompt.use_case != "historical-scene" or any(_has_no_case(letter) for letter in words.text):
        return
    told = [line.partition(": ")[2] for line in words.text.split("\n") if not line.startswith("Use case: ")]
    text = "\n".join(told)
    places = set(_CAPITAL.findall(text)) - _NOT_PLACES
    lacking = [] if places else ["a place"]
    lacking += [] if _DATE.search(text) else ["a date"]
    if lacking:
        message = f"a historical scene without {' or '.join(lacking)} will be any time, anywhere"
        yield _warn("scene-without-place-or-date", ("prompt",), message, 'as in scene: "Lisbon harbour, 1755"')


def _has_no_case(letter: str) -> bool:
    return letter > "\u02ff" and letter.isalpha() and letter.lower() == letter.upper()


def _small_text(asset: Asset, words: Words, use_cases: FrozenMap) -> Iterable[Problem]:
    if asset.options.get("quality") != "low" or "text" not in words.fields:
        return
    text = words.text.split("\n")[words.fields.index("text")].partition(": ")[2]
    if len(text) > _SMALL_TEXT or asset.prompt.use_case in _DATA_HEAVY or _FINE_PRINT.search(words.text):
        hint = "use medium or high for the final, or fewer, larger words"
        yield _warn("small-text", ("options", "quality"), "low quality garbles small or long text", hint)


def _free_edit(asset: Asset, words: Words, use_cases: FrozenMap) -> Iterable[Problem]:
    edits = is_edit(asset.prompt.use_case, use_cases)
    if edits and not asset.inputs:
        message = f"`{asset.prompt.use_case}` edits a picture, and the asset has no inputs"
        hint = "add inputs: [{image: refs/photo.png, role: target}]"
        yield Problem("edit-without-input", ("prompt", "use_case"), message, hint)
    bounded = any(asset.prompt.fields.get(name) for name in ("change", "keep"))
    if (edits or asset.is_edit) and asset.prompt.text is None and not bounded:
        message = "an edit that says neither what may change nor what must stay may change anything"
        yield _warn(
            "unbounded-edit", ("prompt",), message, "add `change: the background` and `keep: [the mug, its label]`"
        )


def _many_changes(asset: Asset, words: Words, use_cases: FrozenMap) -> Iterable[Problem]:
    changes = asset.prompt.fields["change"]
    if isinstance(changes, tuple) and len(changes) > 1:
        message = "each entry under `change` is said as `change only …`, and two of them contradict each other"
        said = f"{', '.join(map(str, changes[:-1]))} and {changes[-1]}"
        hint = f"write one sentence: change: {said if len(said) <= _LONG else 'the place and the pose'}"
        yield _warn("several-changes", ("prompt", "change"), message, hint)


def _unfilled(asset: Asset, words: Words, use_cases: FrozenMap) -> Iterable[Problem]:
    named = [found.group() for found in _BRACES.finditer(words.text) if found.group(1) in asset.vars]
    left = next((text for text in named if _holds(asset.vars, text)), "")
    if left:
        message = (
            f"`{left[:60]}` stands in the prompt as it is: it comes from a variable, whose text is not filled in again"
        )
        hint = "write it into the field, or the words themselves into `vars`"
        yield Problem("unfilled-variable", ("prompt",), message, hint, severity="warning", on_key=True)


def _holds(value: object, text: str) -> bool:
    """Whether a text stands in a value, or in one of its entries."""
    if isinstance(value, FrozenMap):
        return any(_holds(item, text) for item in value.values())
    if isinstance(value, tuple):
        return any(_holds(item, text) for item in value)
    return isinstance(value, str) and text in value


def _vector(asset: Asset, words: Words, use_cases: FrozenMap) -> Iterable[Problem]:
    asked = asset.options.get("output_format")
    if asked in AS_IT_COMES:
        yield from _untouchable(asset, str(asked))
    if asked == "svg":
        return
    for at, output in enumerate(asset.outputs):
        if output.format == "svg":
            message = f"{output.path} is a vector file, and {asset.model} is asked for pixels"
            hint = "write the drawing as code, name a .png, or ask a model that draws svg (output_format: svg)"
            yield Problem("vector-from-pixels", ("outputs", at, "path"), message, hint)


def _untouchable(asset: Asset, asked: str) -> Iterable[Problem]:
    """Files that steps would have to make of what no step can work on: told before it is paid for."""
    for at, output in enumerate(asset.outputs):
        if output.steps:
            names = ", ".join(dict.fromkeys(call.name for call in output.steps))
            message = f"{output.path} is made by steps ({names}), and {AS_IT_COMES[asked]} cannot be worked on"
            hint = f"name a lone file without steps that ends in .{asked}, or ask for png"
            yield Problem("steps-need-pixels", ("outputs", at, "path"), message, hint)


def _cutout(asset: Asset, words: Words, use_cases: FrozenMap) -> Iterable[Problem]:
    if "chroma-key" not in asset.transparency:
        return
    if asset.prompt.fields.get("scene"):
        message = "the scene and the key colour are both asked to be the background"
        yield _warn("scene-behind-key", ("prompt", "scene"), message, "drop `scene`, or drop `transparency`")
    options = asset.transparency["chroma-key"]
    auto = not isinstance(options, FrozenMap) or options.get("key", "auto") == "auto"
    told = (line for line, name in zip(words.text.split("\n"), words.fields, strict=False) if name in _COLOURS)
    if auto and words.key and keycolour.is_near(words.key, told):
        message = (
            f"every key colour is near one that the words name; {words.key} is the furthest, and may be cut out of it"
        )
        hint = "look at the cutout's edges, or use `transparency: native` on a model that can"
        yield _warn("key-near-subject", ("transparency",), message, hint)
    ready = isinstance(options, FrozenMap) and options.get("subject") == "translucent"
    wanted = (line for line, name in zip(words.text.split("\n"), words.fields, strict=False) if name != "avoid")
    if not ready and (found := _AIRY.search("\n".join(wanted))):
        message = f"`{found.group().lower()}` is hard to cut out of a flat background"
        hint = "use `transparency: native` on a model that can, or {chroma-key: {subject: translucent}}"
        yield _warn("airy-cutout", ("transparency",), message, hint)
