"""Where two records of one asset differ, part by part; the words are left to who shows them word by word. Pure."""

import re
from collections.abc import Iterator, Mapping

from imagepipe.paths import glob_pattern
from imagepipe.planning import reasons
from imagepipe.recipe import PLACEHOLDER
from imagepipe.values import EMPTY, Entry, Reason, Recipe, Request, Words

_FINISH = re.compile(r"^outputs\[(\d+)\]\.(?:steps\[\d+\]\.)?(.+)$")
Made = Mapping[str, str]
"""How one file is made: "format", or a step, or a step's option → its value."""


def differences(before: Entry, after: Entry) -> tuple[Reason, ...]:
    """Everything that differs but the words: provider, options, inputs, outputs and their steps, the picture itself."""
    found = [*_provider(before, after), *_request(before, after), *_number(before, after)]
    found += [*_files(before, after), *_embedded(before, after), *_picture(before, after)]
    return tuple(dict.fromkeys(found))


def _provider(before: Entry, after: Entry) -> Iterator[Reason]:
    if before.placeholder != after.placeholder:
        names = [PLACEHOLDER if entry.placeholder else entry.provider for entry in (before, after)]
        yield Reason("provider", *names)


def _request(before: Entry, after: Entry) -> list[Reason]:
    found = reasons.of_recipe(before, recipe_in(after))
    return [reason for reason in found if not reason.part.startswith("prompt") and reason.part != "made_from"]


def recipe_in(entry: Entry, asset: str = "") -> Recipe:
    """The recipe that an entry records."""
    text = "\n".join(entry.prompt)
    request = Request(entry.provider, entry.model, text, entry.options, entry.inputs)
    return Recipe(asset, entry.made_from, entry.parts.get("made_from", EMPTY), request, Words(text))


def _number(before: Entry, after: Entry) -> Iterator[Reason]:
    old, new = (str(entry.options.get("n", 1)) for entry in (before, after))
    if old != new:
        yield Reason("options.n", old, new)


def _files(before: Entry, after: Entry) -> Iterator[Reason]:
    old, new = _made(before, after), _made(after, before)
    gone = [path for path in old if path not in new]
    come = [path for path in new if path not in old]
    moved = dict(zip(gone, come, strict=True)) if len(gone) == len(come) else {}
    for path, there in moved.items():
        yield Reason("output", path, there)
    if not moved:
        yield from (Reason(f"output {path}", "", "added") for path in come)
        yield from (Reason(f"output {path}", "", "removed") for path in gone)
    for path in new:
        source = next((one for one, there in moved.items() if there == path), path)
        if source in old:
            yield from _steps(path, old[source], new[path])


def _made(entry: Entry, other: Entry) -> dict[str, dict[str, str]]:
    """Path → how it is made. Files that a pattern of the other side stands for go under that pattern."""
    patterns = [path for path in other.outputs if "{" in path]
    paths = list(dict.fromkeys(_pattern(path, patterns) for path in entry.outputs))
    found: dict[str, dict[str, str]] = {path: {} for path in paths}
    for label, value in entry.parts.get("finished_by", EMPTY).items():
        match = _FINISH.match(label)
        if match and int(match[1]) < len(paths):
            found[paths[int(match[1])]][match[2]] = str(value)
    return found


def _pattern(path: str, patterns: list[str]) -> str:
    for pattern in patterns:
        if glob_pattern(re.sub(r"\{\w+\}", "*", pattern)).match(path):
            return pattern
    return path


def _steps(path: str, old: Made, new: Made) -> Iterator[Reason]:
    for label in dict.fromkeys((*new, *old)):
        before, after = old.get(label, ""), new.get(label, "")
        if before == after:
            continue
        if label == "format" or "." in label:
            yield Reason(f"output {path}: {label}", before, after)
        elif not before or not after:
            yield Reason(f"output {path}: step {label}", "", "added" if after else "removed")


def _embedded(before: Entry, after: Entry) -> Iterator[Reason]:
    old, new = (entry.parts.get("finished_by", EMPTY) for entry in (before, after))
    if not old:
        return
    for label in ("metadata", "creator", "license"):
        if old.get(label, "") != new.get(label, ""):
            yield Reason(label, str(old.get(label, "")), str(new.get(label, "")))


def _picture(before: Entry, after: Entry) -> Iterator[Reason]:
    old, new = before.picked, after.picked
    if old and new and old.sha256 != new.sha256:
        yield Reason("picture", old.sha256, new.sha256)
