"""What of an asset's files is certain to fail, or to mean nothing, once its picture is there: told before it is paid for."""

from collections.abc import Iterator, Mapping
from typing import Any

from imagepipe.errors import Path, Problem
from imagepipe.manifest.expectations import never, size_of, unmet_size
from imagepipe.manifest.nearness import cut
from imagepipe.steps.foreseeing import after, fault
from imagepipe.values import Asset, FrozenMap, Output, StepCall, thaw

_JUDGED = frozenset({"crop", "nine-slice", "grid"})
_ENCODED = {"lossless": ("webp", "png"), "sizes": ("ico",)}
_OF_MATTE = ("min_transparent", "clear_corners")


def failures(asset: Asset, spec: Mapping[str, Any]) -> Iterator[Problem]:
    """Steps that cannot work on a picture of the size that is asked for, and files that are not as they `expect`."""
    for output in asset.outputs:
        if output.expect or any(call.name in _JUDGED for call in output.steps):
            yield from _of_output(asset, output, spec)


def _of_output(asset: Asset, output: Output, spec: Mapping[str, Any]) -> Iterator[Problem]:
    entry = _entry(output, spec)
    if output.expect:
        yield from (_placed(problem, entry) for problem in _of_file(output))
    size = None if asset.options.get("output_format") == "svg" else size_of(asset.options.get("size"))
    for call in output.steps:
        if size is None:
            return
        if problem := fault(size, call):
            hint = f"change the step, or `options.size`, which is {asset.options['size']}"
            yield Problem("step-never", _step(call, entry, spec), f"`{call.name}` can never be done: {problem}", hint)
            return
        size = after(size, call)
    if size and output.expect and output.format != "ico":
        yield from (_placed(problem, entry) for problem in unmet_size(output.expect, size, "the file will have"))


def _of_file(output: Output) -> Iterator[Problem]:
    expect = output.expect
    if expect.get("format", output.format) != output.format:
        yield never("format", f"`{cut(output.path)}` is {output.format}", f"write {output.format}, or rename the file")
    for name in _OF_MATTE if output.format == "jpeg" else ():
        if expect.get(name, 0) > 0:
            yield never(name, f"`{cut(output.path)}` has no transparency", "end the path in .png or .webp")


def _entry(output: Output, spec: Mapping[str, Any]) -> Path:
    """Where an output is written: the entry of its path, else the first one with a placeholder that has as much to say."""
    entries = [item if isinstance(item, dict) else {"path": item} for item in spec.get("outputs", ())]
    exact = [at for at, item in enumerate(entries) if item["path"] == output.path]
    own = [at for at, item in enumerate(entries) if bool(item.get("expect")) == bool(output.expect)]
    alike = [at for at in own if any(_call(one) in output.steps for one in entries[at].get("steps", ()))]
    found = exact or alike or own
    return ("outputs", found[0]) if found else ("output",)


def _call(written: Any) -> StepCall | None:
    if not isinstance(written, dict):
        return None
    name, options = next(iter(written.items()))
    return StepCall(name, options)


def _step(call: StepCall, entry: Path, spec: Mapping[str, Any]) -> Path:
    """Where a step is written: with its output, else with the asset."""
    own = spec["outputs"][entry[1]] if len(entry) > 1 else {}
    for base, source in ((entry, own), ((), spec)):
        written = source.get("steps", ()) if isinstance(source, dict) else ()
        for at, item in enumerate(written):
            if isinstance(item, dict) and item == {call.name: thaw(call.options)}:
                return (*base, "steps", at, call.name)
    return entry


def _placed(problem: Problem, entry: Path) -> Problem:
    return Problem(problem.code, (*entry, *problem.path), problem.message, problem.hint, problem.severity)


def remarks(asset: Asset, spec: Mapping[str, Any]) -> Iterator[Problem]:
    """What is written and means nothing: an expectation that is never checked, transparency that no file keeps."""
    if asset.expect:
        yield from _unchecked(asset, asset.expect, (), spec)
    for output in asset.outputs:
        if output.expect:
            yield from _unchecked(asset, output.expect, _entry(output, spec), spec)
    yield from _encoded(asset, spec)
    if asset.transparency and asset.outputs and all(output.format == "jpeg" for output in asset.outputs):
        message = "no file of this asset keeps its transparency: jpeg has none"
        yield Problem("no-effect", ("transparency",), message, "end a path in .png or .webp", "warning", on_key=True)


def _unchecked(asset: Asset, expect: FrozenMap, path: Path, spec: Mapping[str, Any]) -> Iterator[Problem]:
    if "min_similarity" in expect and "revise" not in spec and all(item.role != "target" for item in asset.inputs):
        why, hint = "there is no input to be like", "give an input the role `target`, or take it out"
        yield _idle("min_similarity", (*path, "expect"), why, hint)
    if "max_fringe" in expect and not _keyed(asset):
        why, hint = "no key colour is asked for", "write `transparency: chroma-key`, or take it out"
        yield _idle("max_fringe", (*path, "expect"), why, hint)


def _keyed(asset: Asset) -> bool:
    return bool(asset.transparency) or any(call.name == "cutout" for out in asset.outputs for call in out.steps)


def _encoded(asset: Asset, spec: Mapping[str, Any]) -> Iterator[Problem]:
    """Options of the encoder that no file has a use for."""
    told = [out for out in asset.outputs if out.steps and out.steps[-1].name == "encode" and out.steps[-1].options]
    for option, formats in _ENCODED.items() if told else ():
        given = [out for out in told if out.steps[-1].options.get(option)]
        if given and not any(out.format in formats for out in given):
            path = (*_step(given[0].steps[-1], _entry(given[0], spec), spec), option)
            message = f"`{option}` does nothing for a file in {given[0].format}"
            yield Problem("no-effect", path, message, f"it is for {formats[0]}: take it out", "warning", on_key=True)


def _idle(name: str, path: Path, why: str, hint: str) -> Problem:
    return Problem("no-effect", (*path, name), f"`{name}` is never checked: {why}", hint, "warning", on_key=True)
