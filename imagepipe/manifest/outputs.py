"""The files an asset becomes: one entry of `outputs` expanded into every path with the steps that lead to it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from imagepipe.errors import Path, Problem
from imagepipe.frozen import frozen, quick
from imagepipe.manifest import cells
from imagepipe.manifest.expectations import Word, facts
from imagepipe.manifest.naming import Misnamed, filled
from imagepipe.manifest.nearness import cut, listed
from imagepipe.manifest.stepcalls import StepFaults, calls
from imagepipe.paths import FORMATS, fault_of, suffix_of
from imagepipe.steps.foreseeing import KEEP, after
from imagepipe.steps.sets import SETS
from imagepipe.values import EMPTY, FrozenMap, Output, StepCall
from imagepipe.yamltext import text_of

MAX_OUTPUTS = 2000
_ENCODE = StepCall("encode")
_OPAQUE = ("jpeg",)
"""Formats without transparency."""
_ICO_MOST = 256


@quick
class Shared:
    """What all outputs of an asset share: its names for placeholders, the requested format, the steps before all, and
    what fills its variables in."""

    names: Mapping[str, str]
    asked: str
    steps: tuple[StepCall, ...]
    step_faults: StepFaults
    word: Word
    local: bool = False
    alt: str = ""


@frozen
class _Variant:
    path: str
    width: int | None = None
    height: int | None = None
    told: tuple[StepCall, ...] = ()


def expand(spec: Mapping[str, Any], shared: Shared, report: list[Problem]) -> tuple[Output, ...]:
    """Every output of an asset's merged fields; what is wrong goes to `report`."""
    if "output" in spec:
        path = spec["output"]
        return _lone(path, shared) or tuple(_entry({"path": path}, ("output",), shared, report))
    made: list[Output] = []
    for at, item in enumerate(spec.get("outputs", ())):
        entry = item if isinstance(item, dict) else {"path": item}
        made += _entry(entry, ("outputs", at), shared, report)
    return tuple(made[:MAX_OUTPUTS])


def entry_of(spec: Mapping[str, Any], at: int) -> int:
    """The entry of `outputs` that the `at`-th file of an asset comes from: one entry may stand for many."""
    for place, entry in enumerate(spec.get("outputs", ())):
        at -= _count(entry) if isinstance(entry, dict) else 1
        if at < 0:
            return place
    return 0


def _count(entry: Mapping[str, Any]) -> int:
    if "set" in entry:
        return len(SETS[entry["set"]])
    return max(1, len([*entry.get("widths", ()), *entry.get("densities", ())])) * (len(entry.get("formats", ())) or 1)


def _lone(path: str, shared: Shared) -> tuple[Output, ...]:
    """The file that most assets have: the provider's own bytes, at a path as it is; nothing where it is another."""
    format_ = FORMATS.get(suffix_of(path))
    if format_ != shared.asked or shared.steps or "{" in path or "}" in path or fault_of(path):
        return ()
    return (Output(path, format_),)


def _entry(entry: Mapping[str, Any], path: Path, shared: Shared, report: list[Problem]) -> Iterator[Output]:
    at = path if path == ("output",) else (*path, "path")
    own: tuple[StepCall, ...] = ()
    before = len(report)
    if "steps" in entry:
        own = calls(entry["steps"], (*path, "steps"), shared.step_faults, report)
    expect = facts(entry["expect"], (*path, "expect"), shared.word) if "expect" in entry else EMPTY
    try:
        variants = list(_variants(entry, shared)) if len(entry) > 1 else [_Variant(filled(entry["path"], shared.names))]
    except Misnamed as fault:
        report.append(Problem("unknown-placeholder", at, fault.message, fault.hint))
        return
    sound = len(report) == before
    report += _contradictions(entry, path)
    if expect and sound:
        report += _other_sides(entry, own, path, expect)
    seen: set[str] = set()
    for variant in variants:
        if problem := _path_problem(variant.path, at):
            report.append(problem)
        elif not own and suffix_of(variant.path) == "ico" and max(variant.width or 0, variant.height or 0) > _ICO_MOST:
            report.append(_too_large(variant, at))
        elif variant.path in seen:
            report.append(_alike(entry, at, variant.path))
        else:
            seen.add(variant.path)
            if FORMATS[suffix_of(variant.path)] in _OPAQUE and expect.get("alpha") is True:
                report.append(_never_clear(variant.path, path))
            output = _output(variant, str(entry.get("fit", "cover")), (shared.steps, own), shared.asked, expect)
            if not shared.local:  # How many pictures such an asset begins with is known when all assets are.
                report += cells.faults(output, at, (*path, "steps") if own else ("steps",))
            yield output


def _output(
    variant: _Variant, fit: str, steps: Sequence[tuple[StepCall, ...]], asked: str, expect: FrozenMap
) -> Output:
    format_ = FORMATS[suffix_of(variant.path)]
    made = steps[0] + _sizing(variant, fit) + steps[1]
    if variant.told:
        made = (made[:-1] + variant.told + made[-1:]) if made[-1].name == "encode" else made + variant.told
    if format_ != asked and not (made and made[-1].name == "encode"):
        made += (_ENCODE,)
    return Output(variant.path, format_, made, expect, cells.beside(made))


def _sizing(variant: _Variant, fit: str) -> tuple[StepCall, ...]:
    if variant.width and variant.height:
        return (StepCall("fit", FrozenMap({"width": variant.width, "height": variant.height, "fit": fit})),)
    sides = {"width": variant.width, "height": variant.height}
    given = {name: side for name, side in sides.items() if side}
    return (StepCall("resize", FrozenMap(given)),) if given else ()


def _variants(entry: Mapping[str, Any], shared: Shared) -> Iterator[_Variant]:
    """Every combination of an entry's widths, densities and formats, or the files of its set."""
    names = shared.names
    if "set" in entry:
        yield from _set(entry, shared)
        return
    for label, width, height in _sizes(entry):
        for suffix in entry.get("formats") or ("",):
            inner = {**names, **label, **({"format": suffix} if suffix else {})}
            yield _Variant(_suffixed(filled(entry["path"], inner), entry["path"], suffix), width, height)


def _set(entry: Mapping[str, Any], shared: Shared) -> Iterator[_Variant]:
    """The files of a set; what a page says of them is written beside the first."""
    folder, given = filled(entry["path"], shared.names).rstrip("/"), {"set": entry["set"]}
    given |= {name: entry[name] for name in ("url", "title") if name in entry}
    given |= {"alt": shared.alt} if shared.alt and entry["set"] == "social" else {}
    for at, file in enumerate(SETS[entry["set"]]):
        told = () if at else (StepCall("snippet", FrozenMap(given)),)
        yield _Variant(f"{folder}/{file.name}", file.width, file.height, told)


def _suffixed(path: str, pattern: str, suffix: str) -> str:
    if not suffix or "{format}" in pattern:
        return path
    own = suffix_of(path)
    return f"{path[: -len(own) - 1] if own in FORMATS else path}.{suffix}"


def _sizes(entry: Mapping[str, Any]) -> Iterator[tuple[dict[str, str], int | None, int | None]]:
    width, height = entry.get("width"), entry.get("height")
    own = {"width": str(width)} if width else {}
    for wide in entry.get("widths") or ():
        yield {"width": str(wide)}, wide, None
    for density in entry.get("densities") or ():
        text = text_of(density).removesuffix("x")
        factor = float(text)
        sides = [round(side * factor) if side else None for side in (width, height)]
        yield {"density": f"{text}x", **({"width": str(sides[0])} if sides[0] else {})}, sides[0], sides[1]
    if not entry.get("widths") and not entry.get("densities"):
        yield own, width, height


def _contradictions(entry: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    def clash(one: str, other: str, hint: str) -> Problem:
        return Problem(
            "conflicting-sizes", (*path, one), f"`{one}` and `{other}` do not go together", hint, on_key=True
        )

    if "widths" in entry:
        for name in ("width", "height", "densities"):
            if name in entry:
                yield clash(name, "widths", "keep one of the two")
    if "densities" in entry and not {"width", "height"} & entry.keys():
        message = "`densities` needs the `width` or `height` that the picture has at 1x"
        yield Problem("conflicting-sizes", (*path, "densities"), message, "add `width: …`", on_key=True)
    if "fit" in entry and not {"width", "height"} <= entry.keys():
        yield Problem(
            "conflicting-sizes", (*path, "fit"), "`fit` needs both `width` and `height`", "add them", on_key=True
        )
    if "set" in entry:
        for name in ("width", "height", "widths", "densities", "formats", "fit"):
            if name in entry:
                yield clash(name, "set", "a set has its own files and sizes")
    for name in ("url", "title"):
        if name in entry and "set" not in entry:
            message = f"`{name}` says how a page names a `set`, and there is none"
            yield Problem("conflicting-sizes", (*path, name), message, "take it out, or add `set: …`", on_key=True)


def _other_sides(entry: Mapping[str, Any], own: Iterable[StepCall], path: Path, expect: FrozenMap) -> Iterator[Problem]:
    """Sides that are expected and written otherwise, after the steps of the output's own; nothing where those leave a
    side unknown."""
    if "densities" in entry:
        return
    sides = {side: entry[side] for side in ("width", "height") if side in entry}
    for call in own:
        if len(sides) < 2 and call.name not in KEEP:
            return
        size = after((sides.get("width", 0), sides.get("height", 0)), call)
        if size is None:
            return
        sides = {side: pixels for side, pixels in zip(("width", "height"), size, strict=True) if side in sides}
    for side, pixels in sides.items():
        if side in expect and pixels != expect[side]:
            message = f"the file will have {side} {pixels}, so it can never have {expect[side]}"
            yield Problem("impossible-expect", (*path, "expect", side), message, f"write {pixels}")


def _path_problem(path: str, at: Path) -> Problem | None:
    if fault := fault_of(path):
        return Problem("invalid-path", at, f"the output path {fault}", "name a file inside the project")
    if suffix_of(path) not in FORMATS:
        known = listed(sorted(f".{name}" for name in FORMATS))
        return Problem("unknown-format", at, f"`{cut(path)}` does not end in a known image extension", f"use {known}")
    return None


def _never_clear(path: str, entry: Path) -> Problem:
    message = f"`{cut(path)}` can never be transparent"
    return Problem("impossible-expect", (*entry, "expect", "alpha"), message, "end the path in .png or .webp")


def _too_large(variant: _Variant, at: Path) -> Problem:
    side = max(variant.width or 0, variant.height or 0)
    message = f"an ico holds pictures up to {_ICO_MOST} pixels, and `{cut(variant.path)}` is to have {side}"
    return Problem("conflicting-sizes", at, message, f"write {_ICO_MOST} or less; without a size it is {_ICO_MOST}")


def _alike(entry: Mapping[str, Any], at: Path, path: str) -> Problem:
    if "widths" in entry and "{width}" not in entry["path"]:
        return Problem("missing-placeholder", at, "several widths would be one file", "put {width} into the path")
    if "densities" in entry and "{density}" not in entry["path"]:
        return Problem("missing-placeholder", at, "several densities would be one file", "put {density} into the path")
    return Problem("duplicate-output", at, f"two files of this entry would be `{cut(path)}`", "give each a path")
