"""One asset's merged fields, and one combination of its matrix, as the value that travels on: defaults filled in."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from imagepipe.errors import Path, Place, Problem
from imagepipe.frozen import frozen, quick
from imagepipe.manifest import commented
from imagepipe.manifest.expectations import facts, impossible
from imagepipe.manifest.foreseen import failures, remarks
from imagepipe.manifest.inputs import inputs
from imagepipe.manifest.naming import LEFT, Misnamed, filled
from imagepipe.manifest.nearness import cut
from imagepipe.manifest.outputs import Shared, expand
from imagepipe.manifest.stepcalls import StepFaults, calls
from imagepipe.models.rules import Finished, unknown
from imagepipe.paths import FORMATS, fault_of, suffix_of
from imagepipe.prompts import substitution
from imagepipe.prompts.faults import Fault as TemplateFault
from imagepipe.values import EMPTY, Asset, FrozenMap, Output, Prompt, StepCall, freeze
from imagepipe.yamltext import text_of

NAMED_SIZES = {
    "square": "1024x1024",
    "landscape": "1536x1024",
    "portrait": "1024x1536",
    "2k": "2048x2048",
    "wide": "2048x1152",
    "4k": "3840x2160",
    "4k-portrait": "2160x3840",
}
"""Names a designer may write for a size."""

_PLAIN_PROMPT_KEYS = frozenset(("use_case", "extra", "file"))
_FILLED = ("owner", "license", "description")
_CUTOUT = "cutout"
_FORESEEN = frozenset(("outputs", "steps", "expect", "transparency"))
_LITERALS = ("model", "provider", "template", "final_uses", "on_input_change", "metadata")


@frozen
class Tools:
    """What making an asset needs from outside: sizes that cover a deliverable, prompt files, knowledge of steps."""

    cover: Callable[[str, int, int], str]
    prompt_file: Callable[[str], tuple[str, str]]
    step_faults: StepFaults
    finished: Finished = unknown


@quick
class Declared:
    """An asset to be made: its id, the names of its combination, its variables and where it is declared."""

    id: str
    names: Mapping[str, str]
    vars: FrozenMap
    place: Place
    local: bool = False


def make(spec: Mapping[str, Any], declared: Declared, tools: Tools, report: list[Problem]) -> Asset:
    """The asset; what is wrong with it goes to `report`, and is left out of it."""
    names = {"id": declared.id, **declared.names}
    options = dict(spec.get("options", ()))
    asked = options.setdefault("output_format", "png")
    transparency = _transparency(spec, options, report) if "transparency" in spec else EMPTY
    keyed = "chroma-key" in transparency
    steps = _shared_steps(spec, transparency, tools, report) if keyed or "steps" in spec else ()
    alt = _line(spec["alt"], declared.vars, ("alt",), report) if "alt" in spec else ""
    word = partial(_worded, declared.vars, report)
    shared = Shared(names, asked, steps, tools.step_faults, word, declared.local, alt)
    outputs = expand(spec, shared, report) if "output" in spec or "outputs" in spec else ()
    _fill_options(options, spec, outputs, tools)
    expect = facts(spec["expect"], ("expect",), word) if "expect" in spec else EMPTY
    if expect:
        cut_out = any(step.name == _CUTOUT for step in (*steps, *(step for out in outputs for step in out.steps)))
        report += impossible(expect, options, keyed or cut_out)
    if "output_format" in spec.get("options", ()):
        report += _contradicted(spec, outputs, asked)
    asset = Asset(
        id=declared.id,
        prompt=_prompt(spec.get("prompt"), tools, report),
        options=FrozenMap(options),
        inputs=inputs(spec, names, report) if "inputs" in spec or "mask" in spec else (),
        outputs=outputs,
        transparency=transparency,
        preview=spec.get("preview", False),
        expect=expect,
        take=spec.get("take", 1),
        pin=spec.get("pin", False),
        pick=spec.get("pick"),
        originals=_originals(spec, names, asked, report) if "originals" in spec else "",
        tags=tuple(dict.fromkeys(map(text_of, spec["tags"]))) if "tags" in spec else (),
        vars=declared.vars,
        place=declared.place,
        alt=alt,
        **_plain(spec, declared.vars, report),
    )
    _foresee(asset, spec, tools, report)
    return asset


def _foresee(asset: Asset, spec: Mapping[str, Any], tools: Tools, report: list[Problem]) -> None:
    """Tells what is certain to fail, except of what has a picture or waits for one: that may have another size."""
    if asset.pick and asset.pick > asset.options["n"]:
        report += _unasked(asset, spec, tools)
    if asset.local or not _FORESEEN & spec.keys() or any(one.severity == "error" for one in report):
        return
    report += remarks(asset, spec)
    found = dict.fromkeys(failures(asset, spec))
    if found and not asset.pin and not tools.finished(asset, None):
        report += found


def _unasked(asset: Asset, spec: Mapping[str, Any], tools: Tools) -> list[Problem]:
    """The remark on a pick beyond what is asked for; where `n` is not written, an asset that has pictures may have more of
    them."""
    message, hint = f"candidate {asset.pick} is picked, but options.n is {asset.options['n']}", "raise options.n"
    if "n" not in spec.get("options", ()):
        if tools.finished(asset, None):
            return []
        message, hint = f"{message} where it is not written", f"write `n: {asset.pick}` under `options`, or no `pick`"
    return [Problem("pick-out-of-range", ("pick",), message, hint, "warning")]


def _fill_options(options: dict[str, Any], spec: Mapping[str, Any], outputs: tuple[Output, ...], tools: Tools) -> None:
    """The defaults of version 1, named sizes resolved. `options` is a copy of the written ones."""
    options.setdefault("n", 1)
    options.setdefault("quality", "medium")
    size = options.get("size")
    if size is None:
        options["size"] = _covering(str(spec.get("model", "gpt-image-2")), outputs, tools)
    elif size in NAMED_SIZES:
        options["size"] = NAMED_SIZES[size]
    if "svg" in options:
        options["svg"] = freeze(options["svg"])


def _covering(model: str, outputs: tuple[Output, ...], tools: Tools) -> str:
    """The smallest legal size that covers every exact deliverable; 1024x1024 where there is none. A step whose options
    were refused asks for no size."""
    fits = [step.options for output in outputs for step in output.steps if step.name == "fit"]
    sides = [(options.get("width"), options.get("height")) for options in fits]
    exact = [(wide, high) for wide, high in sides if type(wide) is int and type(high) is int]
    if not exact:
        return NAMED_SIZES["square"]
    size = tools.cover(model, max(wide for wide, _ in exact), max(high for _, high in exact))
    return size or NAMED_SIZES["square"]


def _transparency(spec: Mapping[str, Any], options: dict[str, Any], report: list[Problem]) -> FrozenMap:
    written = spec.get("transparency", "none")
    if isinstance(written, dict):
        return FrozenMap({"chroma-key": FrozenMap({"key": "auto", **freeze(written["chroma-key"])})})
    if written == "chroma-key":
        return FrozenMap({"chroma-key": FrozenMap({"key": "auto"})})
    if written == "none":
        return EMPTY
    if options.get("background", "transparent") != "transparent":
        message = f"`transparency: native` asks for a transparent background, and options.background is {options['background']}"
        report.append(Problem("conflicting-transparency", ("options", "background"), message, "remove one of the two"))
    options["background"] = "transparent"
    return FrozenMap({"native": EMPTY})


def _shared_steps(
    spec: Mapping[str, Any], transparency: FrozenMap, tools: Tools, report: list[Problem]
) -> tuple[StepCall, ...]:
    steps = calls(spec["steps"], ("steps",), tools.step_faults, report) if "steps" in spec else ()
    if "chroma-key" in transparency and not any(step.name == _CUTOUT for step in steps):
        implied = StepCall(_CUTOUT, transparency["chroma-key"])
        written = isinstance(spec["transparency"], dict)
        within = ("transparency", "chroma-key") if written else ("transparency",)
        report += [
            replace(p, path=(*within, *p.path[1:]), on_key=p.on_key and written) for p in tools.step_faults(implied)
        ]
        return (implied, *steps)
    return steps


def _contradicted(spec: Mapping[str, Any], outputs: tuple[Output, ...], asked: str) -> list[Problem]:
    """A lone file without steps takes the provider's own bytes: their format must be the file's."""
    lone = outputs[0] if len(outputs) == 1 else None
    if lone is None or lone.format == asked or any(step.name != "encode" for step in lone.steps) or "steps" in spec:
        return []
    item = spec["outputs"][0] if "outputs" in spec else {}
    if isinstance(item, dict) and "steps" in item:
        return []
    message = f"options.output_format is {asked}, and the only file is `{cut(lone.path)}`"
    hint = (
        f"write {lone.format}, or remove the option"
        if lone.format in ("png", "jpeg", "webp")
        else "remove one of the two"
    )
    return [Problem("format-contradiction", ("options", "output_format"), message, hint)]


def _prompt(written: Any, tools: Tools, report: list[Problem]) -> Prompt:
    if isinstance(written, str):
        return Prompt(text=written)
    if not written:
        return Prompt()
    if "file" in written:
        return _prompt_file(written, tools, report)
    fields = {
        name: value if type(value) is str else _texts(value)
        for name, value in written.items()
        if name not in _PLAIN_PROMPT_KEYS
    }
    if None in written.values():
        report += [commented.problem(("prompt", name)) for name, value in written.items() if value is None]
    extra = written.get("extra")
    return Prompt(
        use_case=written.get("use_case", ""),
        fields=FrozenMap(fields),
        extra=FrozenMap({label: _texts(value) for label, value in extra.items()}) if extra else EMPTY,
    )


def edits(spec: Mapping[str, Any], tools: Tools, report: list[Problem]) -> tuple[Prompt, ...]:
    """The prompts of `revise`, in order."""
    found = []
    for at, written in enumerate(spec["revise"]):
        faults: list[Problem] = []
        found.append(_prompt(written, tools, faults))
        report += [replace(fault, path=("revise", at, *fault.path[1:])) for fault in faults]
    return tuple(found)


def _texts(value: Any) -> Any:
    if isinstance(value, str):
        return value
    return tuple(map(text_of, value)) if isinstance(value, list) else text_of(value)


def _prompt_file(written: Mapping[str, Any], tools: Tools, report: list[Problem]) -> Prompt:
    others = [name for name in written if name != "file"]
    if others:
        message = f"the file holds the whole prompt, so `{others[0]}` has no place beside it"
        report.append(
            Problem("prompt-file-and-fields", ("prompt", others[0]), message, "remove it, or the file", on_key=True)
        )
    text, fault = tools.prompt_file(written["file"])
    if fault:
        report.append(
            Problem("prompt-file", ("prompt", "file"), fault, "write the prompt here, or name another text file")
        )
    return Prompt(text=text, source=written["file"])


def _originals(spec: Mapping[str, Any], names: Mapping[str, str], asked: str, report: list[Problem]) -> str:
    try:
        path = filled(spec["originals"], names)
    except Misnamed as fault:
        report.append(Problem("unknown-placeholder", ("originals",), fault.message, fault.hint))
        return ""
    if fault_text := fault_of(path):
        report.append(
            Problem("invalid-path", ("originals",), f"the path {fault_text}", "name a file inside the project")
        )
        return ""
    if FORMATS.get(suffix_of(path)) != asked or any(f"{{{name}}}" in path for name in LEFT):
        message = f"the provider's file is {asked}, which `{cut(path)}` does not say"
        report.append(Problem("originals-format", ("originals",), message, f"end the path in .{asked}"))
        return ""
    return path


def _plain(spec: Mapping[str, Any], scope: FrozenMap, report: list[Problem]) -> dict[str, Any]:
    """Fields that travel as they are, and metadata with its variables filled in."""
    made = {name: spec[name] for name in _LITERALS if name in spec}
    return made | {name: _line(spec[name], scope, (name,), report) for name in _FILLED if name in spec}


def _worded(scope: FrozenMap, report: list[Problem], value: Any, path: Path) -> str:
    return _line(value, scope, path, report)


def _line(value: Any, scope: FrozenMap, path: Path, report: list[Problem]) -> str:
    text = text_of(value)
    if substitution.is_plain(text):
        return text
    parts = substitution.pieces(text)
    if parts is None:
        report.append(
            Problem("template-here", path, "only {{ name }} is filled here, no other template code", "write plain text")
        )
        return text
    try:
        return substitution.fill(parts, scope)
    except TemplateFault as fault:
        report.append(fault.problem(path))
        return text
