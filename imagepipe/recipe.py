"""The two keys of an asset, as hashes over labelled parts: what money bought, and what was made of it. Pure."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from imagepipe.digest import digest_text, key_of
from imagepipe.values import (
    LOCAL,
    Asset,
    Candidate,
    Entry,
    FrozenMap,
    InputFact,
    Recipe,
    Refusal,
    Request,
    StepCall,
    Words,
)

PLACEHOLDER = "placeholder"
_STANDS_FOR = "openai"


def recipe_of(asset: Asset, words: Words, inputs: tuple[InputFact, ...] = (), known: Entry | None = None) -> Recipe:
    """The request of an asset with its `made_from` key; `inputs` are its inputs in order, bytes named.

    `known` is an entry whose key is taken where its parts are equal, which saves hashing them again.
    A placeholder is keyed as the request it stands in for; `request.provider` still says who is to be asked.
    """
    parts = request_parts(asset, words, inputs)
    return recipe_with(asset, words, inputs, parts, _key("made_from", parts, known))


def request_parts(asset: Asset, words: Words, inputs: tuple[InputFact, ...] = ()) -> dict[str, Any]:
    """The labelled parts of an asset's request; of one that makes none, of what its inputs are and are called."""
    if asset.local:
        named = {f"inputs[{index}].name": item.note for index, item in enumerate(asset.inputs)}
        return {"provider": LOCAL, **named, **_inputs(inputs)}
    parts: dict[str, Any] = {"provider": real_provider(asset), "model": asset.model}
    parts["prompt"] = digest_text(words.text)
    parts["take"] = asset.take
    for name, value in asset.options.items():
        if type(value) is str:
            parts[f"options.{name}"] = value
        elif name != "n":
            parts.update(_flat(f"options.{name}", value))
    return parts | _inputs(inputs) if inputs else parts


def _inputs(inputs: tuple[InputFact, ...]) -> dict[str, Any]:
    parts: dict[str, Any] = {}
    for index, item in enumerate(inputs):
        parts[f"inputs[{index}].role"] = item.role
        parts[f"inputs[{index}].sha256"] = item.sha256
    return parts


def recipe_with(
    asset: Asset, words: Words, inputs: tuple[InputFact, ...], parts: Mapping[str, Any], key: str
) -> Recipe:
    """The recipe whose parts and key are known."""
    request = Request(asset.provider, asset.model, words.text, asset.options, inputs, asset.id, words.key)
    return Recipe(asset.id, key, FrozenMap(parts), request, words)


def real_provider(asset: Asset) -> str:
    """Who an asset's pictures come from in the end: what a placeholder stands in for, else the provider itself."""
    return _STANDS_FOR if asset.provider == PLACEHOLDER else asset.provider


def finish_of(
    asset: Asset, raw: str, version_of: Callable[[str], int], known: Entry | None = None
) -> tuple[str, FrozenMap]:
    """The `finished_by` key of an asset's files and its parts, for the picked picture `raw` (a digest).

    `version_of` gives the version of a step by its name. Where no output has steps the provider's bytes go out
    untouched, so that what would be embedded is no part of the key.
    """
    parts = finish_parts(asset, raw, version_of)
    return _key("finished_by", parts, known), FrozenMap(parts)


def finish_parts(asset: Asset, raw: str, version_of: Callable[[str], int]) -> dict[str, Any]:
    """The labelled parts of what is made of the picture `raw`."""
    parts: dict[str, Any] = {"raw": raw}
    untouched = True
    for index, output in enumerate(asset.outputs):
        parts[f"outputs[{index}].format"] = output.format
        for place, call in enumerate(output.steps):
            untouched = False
            parts.update(_step(f"outputs[{index}].steps[{place}].{call.name}", call, version_of))
    return parts if untouched else parts | _embedded(asset)


def judged_by(asset: Asset, raw: str, version_of: Callable[[str], int]) -> str:
    """The key under which it is remembered that the picture `raw` is not what is wanted of it: it changes with the steps
    and with what is expected, as the verdict may."""
    parts = finish_parts(asset, raw, version_of)
    for index, expect in enumerate((asset.expect, *(output.expect for output in asset.outputs))):
        parts.update(_flat(f"expect[{index}]", expect))
    return key_of("judged_by", parts)


def tried(
    asset: Asset,
    pictures: Iterable[Candidate],
    refusal_of: Callable[[str], Refusal | None],
    version_of: Callable[[str], int],
) -> tuple[tuple[Candidate, ...], str]:
    """The pictures, those rejected of which it is remembered that they are not what is wanted; and what is wrong with the
    first of these ("": none is)."""
    known = tuple((one, refusal_of(judged_by(asset, one.sha256, version_of))) for one in pictures)
    unmet = next((refusal.message or refusal.code for _, refusal in known if refusal), "")
    return tuple(replace(one, status="rejected") if refusal else one for one, refusal in known), unmet


def _key(kind: str, parts: Mapping[str, Any], known: Entry | None) -> str:
    if known and known.parts.get(kind) == parts:
        key: str = getattr(known, kind)
        return key
    return key_of(kind, parts)


def _step(label: str, call: StepCall, version_of: Callable[[str], int]) -> Iterator[tuple[str, Any]]:
    yield label, version_of(call.name)
    for name, value in call.options.items():
        yield from _flat(f"{label}.{name}", value)


def _embedded(asset: Asset) -> dict[str, Any]:
    if asset.metadata != "embed":
        return {"metadata": asset.metadata}
    named = {"creator": asset.owner, "license": asset.license}
    return {"metadata": "embed"} | {name: text for name, text in named.items() if text}


def _flat(label: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Nested options as flat labels; 82.0 and 82 are one value, since YAML writers do not tell them apart."""
    if isinstance(value, Mapping) and value:
        for name, item in value.items():
            yield from _flat(f"{label}.{name}", item)
    elif isinstance(value, list | tuple) and value:
        for index, item in enumerate(value):
            yield from _flat(f"{label}[{index}]", item)
    elif isinstance(value, Mapping | list | tuple):
        yield label, "{}" if isinstance(value, Mapping) else "[]"
    else:
        yield label, int(value) if isinstance(value, float) and value.is_integer() else value
