"""Why: which labelled part differs between what the lock remembers and what the manifest says now."""

import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import SequenceMatcher

from imagepipe.values import EMPTY, Asset, Entry, InputFact, Reason, Recipe, Words

RENAMED = "renamed"
"""The part of a reason for an asset that only got another name."""

_INPUT = re.compile(r"^inputs\[(\d+)\]\.(\w+)$")
_STEP = re.compile(r"^outputs\[\d+\]\.steps\[\d+\]\.(.+)$")
_OUTPUT = re.compile(r"^outputs\[(\d+)\]\.format$")


def of_recipe(entry: Entry, recipe: Recipe) -> tuple[Reason, ...]:
    """What differs between an entry's request and a recipe; () where the keys are equal."""
    if entry.made_from == recipe.made_from:
        return ()
    before, after = entry.parts.get("made_from", EMPTY), recipe.parts
    found: list[Reason] = []
    for label in _changed(before, after):
        if label == "prompt":
            found.extend(of_prompt(entry.prompt, recipe.words))
        elif match := _INPUT.match(label):
            found.append(_input(match, before, after, entry.inputs, recipe.request.inputs))
        else:
            found.append(Reason(label, _text(before, label), _text(after, label)))
    return tuple(dict.fromkeys(found)) or (Reason("made_from", entry.made_from, recipe.made_from),)


def _changed(before: Mapping[str, object], after: Mapping[str, object]) -> list[str]:
    labels = dict.fromkeys((*after, *before))
    return [label for label in labels if label not in before or label not in after or before[label] != after[label]]


def _text(parts: Mapping[str, object], label: str) -> str:
    value = parts.get(label, "")
    return (
        {True: "true", False: "false", None: "null"}[value]
        if value is None or value is True or value is False
        else str(value)
    )


def _input(
    match: re.Match[str],
    before: Mapping[str, object],
    after: Mapping[str, object],
    *inputs: tuple[InputFact, ...],
) -> Reason:
    index, what, label = int(match[1]), match[2], match[0]
    names = [facts[index].name for facts in inputs if index < len(facts)]
    named = f"inputs[{index}] {names[-1] if names else ''}".rstrip()
    return Reason(f"{named}: {'bytes' if what == 'sha256' else what}", _text(before, label), _text(after, label))


def of_prompt(before: tuple[str, ...], words: Words) -> tuple[Reason, ...]:
    """The lines that differ, each with the prompt field it comes from and its number in the new prompt (of a line
    that is gone: in the old one)."""
    after = tuple(words.text.split("\n"))
    found: list[Reason] = []
    for kind, old, old_end, new, new_end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind != "equal":
            found.extend(_lines((before, old, old_end), (after, new, new_end), words.fields))
    return tuple(found) or (Reason("prompt"),)


def _lines(
    old: tuple[tuple[str, ...], int, int], new: tuple[tuple[str, ...], int, int], fields: tuple[str, ...]
) -> Iterator[Reason]:
    gone, come = old[0][old[1] : old[2]], new[0][new[1] : new[2]]
    for place in range(max(len(gone), len(come))):
        if place < len(come):
            number = new[1] + place
            field = fields[number] if number < len(fields) else ""
        else:
            number, field = old[1] + place, ""
        of = f"prompt.{field}" if field not in ("", "prompt") else "prompt"
        part = f"{of} line {number + 1}"
        yield Reason(part, gone[place] if place < len(gone) else "", come[place] if place < len(come) else "")


def of_finish(entry: Entry, asset: Asset, parts: Mapping[str, object]) -> tuple[Reason, ...]:
    """What differs between the steps and formats an entry's files were made by and those of now."""
    before = entry.parts.get("finished_by", EMPTY)
    found = [_finish(label, before, parts, asset) for label in _changed(before, parts) if label != "raw"]
    if before.get("raw") != parts.get("raw") and "raw" in before:
        found.insert(0, _pick(entry, str(before["raw"]), str(parts["raw"])))
    return tuple(dict.fromkeys(found)) or (Reason("finished_by"),)


def _finish(label: str, before: Mapping[str, object], after: Mapping[str, object], asset: Asset) -> Reason:
    old, new = _text(before, label), _text(after, label)
    if match := _STEP.match(label):
        if "." in match[1]:
            return Reason(f"step {match[1]}", old, new)
        return Reason(f"step {match[1]}", f"version {old}" if old else "", f"version {new}" if new else "")
    if match := _OUTPUT.match(label):
        index = int(match[1])
        path = asset.outputs[index].path if index < len(asset.outputs) else f"outputs[{index}]"
        return Reason(f"output {path}: format", old, new)
    return Reason(label, old, new)


def _pick(entry: Entry, old: str, new: str) -> Reason:
    numbers = {item.sha256: str(place) for place, item in enumerate(entry.candidates, 1)}
    return Reason("pick", numbers.get(old, old), numbers.get(new, new))


def only_versions(entry: Entry, parts: Mapping[str, object]) -> bool:
    """Whether nothing but the versions of steps differs."""
    before = entry.parts.get("finished_by", EMPTY)
    changed = _changed(before, parts)
    plain = (match is not None and "." not in match[1] for match in map(_STEP.match, changed))
    return bool(changed) and all(plain) and all(label in before and label in parts for label in changed)


def renamed(old: str, asset: Asset) -> tuple[Reason, ...]:
    """The reason of an asset that was in the lock under a name which is in the manifest no more."""
    return (Reason(RENAMED, old, asset.id),)


def new_asset() -> tuple[Reason, ...]:
    """The reason of an asset that the lock does not know."""
    return (Reason("asset", "", "new"),)


def files(states: Iterable[tuple[str, str]]) -> tuple[Reason, ...]:
    """(path, state) → reasons; states as `planning.files` names them."""
    return tuple(Reason(f"file {path}", "", state) for path, state in states)
