"""From files read to assets made: extends followed, matrices multiplied, variables gathered. Judges no model and no words."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from imagepipe.errors import Problem
from imagepipe.manifest import combining, revising
from imagepipe.manifest.assets import NAMED_SIZES, Declared, Tools, edits, make
from imagepipe.manifest.expectations import size_of
from imagepipe.manifest.layers import MAX_EXTENDS, Layers, Written
from imagepipe.manifest.merging import merge
from imagepipe.manifest.naming import combinations
from imagepipe.manifest.nearness import cut, listed, meant
from imagepipe.manifest.sources import Source, start_of
from imagepipe.plugins import names
from imagepipe.values import Asset, FrozenMap, Input, freeze
from imagepipe.yamltext import text_of

MAX_ASSETS = 200_000
MISSING = frozenset(
    {"blank-request", "missing-metadata", "unused-asset", "edit-without-input", "unbounded-edit", "wanted-field"}
    | {"visual-without-text", "scene-without-place-or-date"}
)
"""Codes that say something is not there: not told of an asset that already lost something to a worse mistake."""
NAMELESS = frozenset({"undefined-variable", "unknown-placeholder"})
"""Codes that say a name is not there: not told where names were lost."""
PATHLESS = frozenset({"unknown-placeholder", "unknown-format"})
"""Codes that say what is wrong with a path: not told where what fills it, or makes a folder of it, was lost."""
ALL, VARS, NAMES, PATHS = "*", "*vars", "*names:", "*paths:"
"""Marks among the spoiled: all assets lost something by a fault in `defaults` or `profiles`; variables are missing; those
of one asset are, or its matrix; widths, formats or the set of an output of one asset are."""


@dataclass(slots=True)
class Expansion:
    """All assets of a project, by id, and what is wrong with them (asset as written → problem)."""

    layers: Layers
    spoiled: set[str] = field(default_factory=set)
    assets: dict[str, Asset] = field(default_factory=dict)
    abstract: set[str] = field(default_factory=set)
    families: dict[str, tuple[str, ...]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    problems: list[tuple[str, Problem]] = field(default_factory=list)
    edits: dict[str, int] = field(default_factory=dict)

    def written_as(self, asset: str) -> str:
        """The id under which an asset stands in its file: "hero" for "hero@en,light"."""
        return self.names.get(asset, asset)

    def report(self, asset: str, problem: Problem) -> None:
        """Notes a problem of an asset, unless it only says that something is missing where more was wrong."""
        name = self.written_as(asset)
        if problem.code == "prompt-file":
            self.spoiled.add(name)
        if problem.code in MISSING and (name in self.spoiled or ALL in self.spoiled):
            return
        if problem.code in NAMELESS and self.spoiled & {VARS, f"{NAMES}{name}"}:
            return
        if problem.code in PATHLESS and f"{PATHS}{name}" in self.spoiled:
            return
        if problem.path == ("options", "size"):
            problem = self._of_size(name, problem)
        if problem.path[:1] == ("inputs",):
            problem = self._of_input(name, problem)
        if name in self.edits:
            problem = revising.located(asset, problem, self.edits[name])
        self.problems.append((name, problem))

    def _of_input(self, name: str, problem: Problem) -> Problem:
        """A problem of an input, at `mask` where it is the one written there, last of the inputs."""
        spec = self.layers.merged(name)
        at = problem.path[1] if len(problem.path) > 1 else 0
        masked = "mask" in spec and isinstance(at, int) and at >= len(spec.get("inputs", ()))
        return replace(problem, path=("mask",)) if masked else problem

    def _of_size(self, name: str, problem: Problem) -> Problem:
        """A problem of the size, at the largest output that gives it where none is written; with the names it may have."""
        spec = self.layers.merged(name)
        if "size" in spec.get("options", ()):
            size = spec["options"]["size"]
            if size_of(size) or size in NAMED_SIZES:
                return problem
            if size_of(plain := "".join(size.lower().replace("×", "x").split())):
                return replace(problem, hint=f"write {plain}")
            return replace(problem, hint=meant(size, NAMED_SIZES) or f"{problem.hint}, or {listed(NAMED_SIZES)}")
        exact = {}
        for at, item in enumerate(spec.get("outputs", ())):
            if isinstance(item, dict) and "width" in item and "height" in item:
                exact[at] = item["width"] * item["height"]
        return replace(problem, path=("outputs", max(exact, key=lambda at: exact[at]), "width")) if exact else problem


def gather(sources: list[Source], profile: str, problems: list[tuple[int, Problem]]) -> Layers:
    """Every asset as written; an id given in two files is a problem of the second."""
    layers = Layers(sources, profile)
    for index, source in enumerate(sources):
        for name, value in source.value.get("assets", {}).items():
            if name in layers.written:
                first = start_of(sources[layers.written[name].source], name)
                message = f"`{cut(name)}` is already declared at {first}"
                problems.append(
                    (index, Problem("duplicate-id", ("assets", name), message, "choose another id", on_key=True))
                )
            else:
                layers.written[name] = Written(index, value)
    return layers


def expand(expansion: Expansion, tools: Tools) -> None:
    """Makes every asset."""
    layers = expansion.layers
    scopes: dict[int, FrozenMap] = {}
    told: set[str] = set()
    for name, written in layers.written.items():
        if "extends" in written.value:
            _check_road(expansion, name, told)
        if written.value.get("abstract"):
            expansion.abstract.add(name)
            continue
        if written.source not in scopes:
            scopes[written.source] = freeze(layers.sources[written.source].vars)
        _make(expansion, name, scopes[written.source], tools)
    combining.join(expansion.assets, expansion.families, expansion.report)


def _make(expansion: Expansion, name: str, scope: FrozenMap, tools: Tools) -> None:
    """The asset, or one for each combination of its matrix."""
    layers = expansion.layers
    source = layers.sources[layers.written[name].source]
    spec = layers.merged(name)
    report: list[Problem] = []
    if local := combining.combines(layers, name, spec):
        spec = combining.without_request(layers, name, spec, report)
    place = start_of(source, name)
    if "matrix" not in spec and "exclude" not in spec:
        own = freeze(merge(source.vars, spec["vars"])) if "vars" in spec else scope
        _add(expansion, (name, spec), Declared(name, {}, own, place, local), tools, report)
    else:
        family = []
        for ending, names in combinations(spec, report):
            if len(expansion.assets) >= MAX_ASSETS:
                report.append(
                    Problem("matrix-too-big", ("matrix",), f"more than {MAX_ASSETS:,} assets", "split the project")
                )
                break
            own = freeze({**merge(source.vars, spec.get("vars", {})), **names})
            identity = name + ending
            expansion.names[identity] = name
            _add(expansion, (name, spec), Declared(identity, names, own, place, local), tools, report)
            family.append(identity)
        expansion.families[name] = tuple(family)
    for problem in (*report, *_replaced_lists(source, layers.written[name].value)):
        expansion.report(name, problem)


def _add(
    expansion: Expansion,
    written: tuple[str, Mapping[str, Any]],
    declared: Declared,
    tools: Tools,
    report: list[Problem],
) -> None:
    """One asset, with the pictures that its edits begin from before it."""
    name, spec = written
    asset = make(spec, declared, tools, report)
    if declared.local:
        asset = combining.combined(asset)
    if "revise" not in spec:
        expansion.assets[asset.id] = asset
        return
    expansion.edits[name] = len(spec["revise"])
    for link in revising.chain(asset, edits(spec, tools, report)):
        expansion.names[link.id] = name
        expansion.assets[link.id] = link


def _replaced_lists(source: Source, value: Mapping[str, Any]) -> Iterator[Problem]:
    """Remarks on lists of a prompt that silently take the place of what the defaults say."""
    below, own = source.defaults.get("prompt"), value.get("prompt")
    if not isinstance(below, dict) or not isinstance(own, dict):
        return
    for name in ("constraints", "avoid", "keep"):
        if own.get(name) and name in below and not set(_texts(below[name])) <= set(_texts(own[name])):
            message = f"this replaces the `{name}` that the defaults give: {listed(map(cut, _texts(below[name])), 3)}"
            hint = f"write `{name}+` to add to them, or repeat them if this is meant"
            yield Problem("replaced-list", ("prompt", name), message, hint, "warning", on_key=True)


def _texts(value: Any) -> list[str]:
    return [text_of(item) for item in value] if isinstance(value, list) else [text_of(value)]


def _check_road(expansion: Expansion, name: str, told: set[str]) -> None:
    """What an asset extends must exist and never come back to it."""
    layers = expansion.layers
    road = layers.road(name)
    last = road[-1]
    base = layers.written[last].value.get("extends")
    if base is None:
        return
    expansion.spoiled.add(name)
    if base not in layers.written:
        if last not in told:
            hint = meant(base, layers.written) if len(told) < 100 else ""
            expansion.report(last, Problem("unknown-base", ("extends",), f"there is no asset `{cut(base)}`", hint))
        told.add(last)
    elif base in road:
        members = road[road.index(base) :]
        if not told.intersection(members):
            circle = " → ".join(cut(member) for member in (*members, base))
            message = f"these assets extend each other: {circle}"
            expansion.report(base, Problem("extends-cycle", ("extends",), message, "let one of them stand alone"))
        told.update(members)
    else:
        message = f"more than {MAX_EXTENDS} assets extend each other in a row"
        expansion.report(name, Problem("extends-too-long", ("extends",), message, "extend a nearer one"))


def profiled(expansion: Expansion) -> None:
    """Notes in each asset the profile that it was read under, and gives it the draft that it is made of."""
    profile = expansion.layers.profile
    for asset in tuple(expansion.assets.values()):
        inputs = asset.inputs
        if asset.final_uses and asset.final_uses != profile:
            note = f"the approved {asset.final_uses}"
            inputs = (*inputs, Input("reference", draft=asset.final_uses, note=note))
        if profile or inputs is not asset.inputs:
            expansion.assets[asset.id] = replace(asset, profile=profile, inputs=inputs)


def missing_metadata(expansion: Expansion, required: Any) -> None:
    """Notes assets without the metadata that the project requires, each once, whatever its matrix."""
    for asset in expansion.assets.values() if required else ():
        lacking = [name for name in required if not getattr(asset, name)]
        if lacking:
            message = f"`{expansion.written_as(asset.id)}` has no {listed(lacking)}, which this project requires"
            hint = "add " + ", ".join(f"`{name}: …`" for name in lacking)
            expansion.report(asset.id, Problem("missing-metadata", (), message, hint, on_key=True))


def check_final_uses(expansion: Expansion, profiles: Mapping[str, Any]) -> None:
    """Every profile named by `final_uses` must exist."""
    for asset in expansion.assets.values():
        if asset.final_uses and asset.final_uses not in profiles:
            message = f"there is no profile `{cut(asset.final_uses)}`"
            hint = meant(asset.final_uses, profiles) or "declare it under `profiles`"
            expansion.report(asset.id, Problem("unknown-profile", ("final_uses",), message, hint))


def warn_unused(expansion: Expansion) -> None:
    """Remarks on assets that give no file and that nothing uses."""
    used = {item.asset for asset in expansion.assets.values() for item in asset.inputs}
    refused = {name for name, problem in expansion.problems if problem.path[:1] in (("output",), ("outputs",))}
    for asset in expansion.assets.values():
        if asset.outputs or asset.originals or asset.id in used:
            continue
        if expansion.written_as(asset.id) not in refused:
            message = f"`{expansion.written_as(asset.id)}` writes no file and no asset uses it"
            expansion.report(asset.id, Problem("unused-asset", (), message, "add `output: …`", "warning", on_key=True))


def strange_providers(expansion: Expansion, known: Collection[str]) -> None:
    """Remarks on providers that this user cannot build with: another's configuration may well have them."""
    strange = (
        {asset.provider for asset in expansion.assets.values() if not asset.local} - set(known) if known else set()
    )
    installed = set(names({}, "imagepipe.providers")) if strange else set()
    strange, known = strange - installed, {*known, *installed}
    for asset in expansion.assets.values() if strange else ():
        if asset.provider in strange:
            message = f"`{cut(asset.provider)}` is neither a built-in provider nor one of your config.toml"
            hint = meant(asset.provider, known) or f"there are {listed(sorted(known))}"
            expansion.report(asset.id, Problem("provider-not-here", ("provider",), message, hint, "warning"))
