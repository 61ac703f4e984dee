"""Assets without a prompt: nothing is asked for them. Their files are made here, of their inputs' pictures."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from imagepipe.errors import Problem
from imagepipe.manifest import cells
from imagepipe.manifest.layers import Layers
from imagepipe.manifest.nearness import cut, listed
from imagepipe.paths import FORMATS, fault_of, glob_pattern, suffix_of
from imagepipe.values import EMPTY, LOCAL, Asset, Input, Prompt, StepCall

Report = Callable[[str, Problem], None]
_READABLE = ("png", "jpeg", "webp", "gif")
_OF_REQUESTS = (
    "options", "model", "provider", "template", "transparency", "preview", "expect", "take", "pin", "pick", "mask",
    "originals", "final_uses", "on_input_change", "revise",
)  # fmt: skip


def combines(layers: Layers, name: str, spec: Mapping[str, Any]) -> bool:
    """Whether an asset only puts pictures together: it has inputs without roles, and neither it nor what it extends
    writes a prompt. Where the defaults alone ask for something, that is asked."""
    if "prompt" in layers.written[name].value:
        return False
    prompt, inputs = spec.get("prompt") or {}, spec.get("inputs", ())
    asked = isinstance(prompt, str) or "request" in prompt or "file" in prompt
    if asked or not inputs or any("role" in item for item in inputs):
        return False
    own = [layers.written[each].value for each in layers.road(name)]
    return not any("prompt" in value for value in own) and any({"inputs", "inputs+"} & value.keys() for value in own)


def without_request(layers: Layers, name: str, spec: Mapping[str, Any], report: list[Problem]) -> Mapping[str, Any]:
    """Its fields without what defaults say of requests; what it says of one itself goes to `report`."""
    own = {field for each in layers.road(name) for field in layers.written[each].value}
    for field in _OF_REQUESTS:
        if field in own:
            message = f"`{field}` belongs to a picture that is asked for, and without a `prompt` none is"
            way = "move it to an output" if field == "expect" else "remove it"
            report.append(Problem("asks-nothing", (field,), message, f"{way}, or write a `prompt`", on_key=True))
    return {field: value for field, value in spec.items() if field not in ("prompt", *_OF_REQUESTS)}


def combined(asset: Asset) -> Asset:
    """The asset as one that is made here; every file has a step, since none is the provider's own."""
    outputs = tuple(replace(output, steps=output.steps or (StepCall("encode"),)) for output in asset.outputs)
    return replace(asset, local=True, provider=LOCAL, model="", options=EMPTY, prompt=Prompt(), outputs=outputs)


def join(assets: dict[str, Asset], families: Mapping[str, tuple[str, ...]], report: Report) -> None:
    """Names the files that such assets are made of, and those of theirs that others take. Their inputs may name a matrix
    or be a glob; the `note` of each becomes the name of its picture."""
    whole = {id: asset for id, asset in assets.items() if asset.local}
    if not whole:
        return
    for asset in [each for each in assets.values() if each.local or any(item.asset in whole for item in each.inputs)]:
        if asset.local:
            meant = [(at, i) for at, item in enumerate(asset.inputs) for i in _meant(item, asset.id, assets, families)]
            inputs = tuple(_finished(_named(item), assets) for _, item in meant)
            for problem in _faults(asset, inputs, [at for at, _ in meant]):
                report(asset.id, problem)
        else:
            inputs = tuple(_finished(item, whole) for item in asset.inputs)
        assets[asset.id] = replace(asset, inputs=inputs)


def _meant(item: Input, own: str, assets: Mapping[str, Asset], families: Mapping[str, tuple[str, ...]]) -> list[Input]:
    ids: tuple[str, ...] = families.get(item.asset, ())
    if set("*?") & set(item.asset):
        matches = glob_pattern(item.asset).match
        ids = tuple(id for id in assets if id != own and "#" not in id and matches(id))
    return [replace(item, asset=id) for id in ids] or [item]


def _named(item: Input) -> Input:
    """With the name of its picture: the note, else that of the file it names, else the asset's id."""
    file = (item.image or item.output).rpartition("/")[2]
    return replace(item, note=item.note or file.rpartition(".")[0] or item.asset.rpartition(":")[2])


def _finished(item: Input, assets: Mapping[str, Asset]) -> Input:
    """With the first file of the asset it names, where it names none itself and there is one."""
    source = assets.get(item.asset)
    return item if source is None or item.output or not source.outputs else replace(item, output=source.outputs[0].path)


def _faults(asset: Asset, inputs: tuple[Input, ...], written: list[int]) -> Iterator[Problem]:
    """What is wrong with the inputs, each at its place among the `written` ones."""
    seen: dict[str, str] = {}
    for at, item in zip(written, inputs, strict=True):
        file = item.image or item.output
        name = file or item.asset
        if item.note in seen:
            message = f"two pictures are called `{cut(item.note)}`: `{cut(seen[item.note])}` and `{cut(name)}`"
            yield Problem("duplicate-frame", ("inputs", at), message, "give one of them another name with `note`")
        elif fault := fault_of(item.note) or ("has a folder in it" if "/" in item.note else ""):
            message = f"`{cut(item.note)}` cannot be the name of a picture: it {fault}"
            yield Problem("invalid-frame", ("inputs", at, "note"), message, "give it a plain name with `note`")
        if "{" in file:
            message = f"`{item.asset}` writes several files, `{cut(file)}`"
            yield Problem("several-files", ("inputs", at, "asset"), message, "name each with `output: FILE`")
        elif file and FORMATS.get(suffix_of(file)) not in _READABLE:
            message = f"`{cut(file)}` cannot be worked on: steps read {listed(_READABLE)}"
            yield Problem("unreadable-input", ("inputs", at), message, "name another file of it with `output: FILE`")
        seen.setdefault(item.note, name)
    for at, output in enumerate(asset.outputs):
        yield from cells.faults(output, ("outputs", at, "path"), ("steps",), len(inputs) > 1)
        if output.format == "svg":
            message = f"`{cut(output.path)}` is a vector file, and the inputs are pixels"
            yield Problem("vector-of-inputs", ("outputs", at, "path"), message, "name a .png or a .webp")
