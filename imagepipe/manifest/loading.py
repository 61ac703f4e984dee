"""The door: a manifest's text, and that of all it includes, to a Manifest; or everything that is wrong with it at once."""

import gc
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from difflib import get_close_matches
from functools import cache, partial
from typing import Any

from imagepipe.contracts import Tree
from imagepipe.errors import Finding, ImagepipeError, ManifestError, Path, Problem, UsageError
from imagepipe.frozen import frozen
from imagepipe.manifest import clashes, crossing, expanding, imports
from imagepipe.manifest.assets import Tools
from imagepipe.manifest.expanding import Expansion
from imagepipe.manifest.inputs import prompt_file_fault, prompt_text
from imagepipe.manifest.judging import Judges, Knowledge, judges
from imagepipe.manifest.merging import merge
from imagepipe.manifest.naming import declared_id
from imagepipe.manifest.nearness import cut, meant
from imagepipe.manifest.reporting import Findings
from imagepipe.manifest.shape import Shape
from imagepipe.manifest.sources import Reading, read_project
from imagepipe.models.rules import Finished, unknown
from imagepipe.paths import fault_of
from imagepipe.values import EMPTY, Asset, Budget, FrozenMap, ImageFact, Manifest, Words, freeze

FINAL = "final"
"""As a profile: none, said aloud. A project may declare one of this name."""


@frozen
class Loaded:
    """A manifest with the words that were rendered while it was judged: asset id → words; and the profiles declared."""

    manifest: Manifest
    words: Mapping[str, Words]
    profiles: frozenset[str] = frozenset()


@frozen
class Wanted:
    """Which manifest to load: the project folder's name, the file in it, the profile, and the day it is. `around` is
    the tree in which imports may climb; without it they are read from the project's own. `finished` tells whether an
    asset has a picture by its model, asked where that model has ended. `providers` are the names that this user can
    build with; without any, names are not looked at."""

    root: str
    file: str
    profile: str
    today: date
    around: Tree | None = None
    finished: Finished = unknown
    providers: frozenset[str] = frozenset()


def load_manifest(
    tree: Tree, root: str, file: str, *, profile: str = "", today: date, settings_models: FrozenMap = EMPTY
) -> Manifest:
    """The manifest `file` of the project that `tree` reads, complete: merged, expanded, judged, every prompt rendered.

    `settings_models` are the user's own models. Raises ManifestError with everything that is wrong (warnings among it),
    UsageError where there is no manifest or no such profile. Warnings of a good manifest are in its `findings`.
    """
    return load_with_words(tree, Wanted(root, file, profile, today), settings_models).manifest


def load_with_words(
    tree: Tree, wanted: Wanted, settings_models: FrozenMap = EMPTY, facts: Mapping[str, ImageFact] = EMPTY
) -> Loaded:
    """`load_manifest` that also gives the rendered prompts, so that nothing is rendered twice. `facts` are those of the
    project's images by path, as far as known."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        return _load(tree, wanted, settings_models, facts)
    finally:
        if collecting:
            gc.enable()


def _load(tree: Tree, wanted: Wanted, settings_models: FrozenMap, facts: Mapping[str, ImageFact]) -> Loaded:
    reading = Reading(tree, Shape())
    read_project(reading, wanted.file)
    if reading.hopeless:
        raise ManifestError(_shape_alone(reading))
    main = reading.sources[0].value
    profiles = {name: profile for source in reading.sources for name, profile in source.profiles.items()}
    wanted = replace(wanted, profile=_profile(wanted.profile, profiles))
    use_cases = freeze({name: case for s in reading.sources for name, case in s.value.get("use_cases", {}).items()})
    models = freeze(merge(settings_models, main.get("models", {})))
    judge = judges(tree, Knowledge(use_cases, models, wanted.today, facts, wanted.finished))
    reading.problems += [(0, problem) for problem in judge.entries if problem.path[1] in main.get("models", {})]
    expansion = _expanded(reading, wanted.profile, judge)
    brought = _imports(reading, wanted.around or tree, main, judge)
    _cross(reading, expansion, brought, wanted.file)
    expanding.strange_providers(expansion, wanted.providers)
    expanding.missing_metadata(expansion, main.get("require", ()))
    expanding.check_final_uses(expansion, profiles)
    words = _judged(expansion, judge)
    reading.digests.update(judge.templates_read())
    findings = _findings(reading, expansion)
    budget = Budget(**{name: float(usd) for name, usd in main.get("budget", {}).items()})
    manifest = Manifest(
        root=wanted.root,
        file=wanted.file,
        assets=tuple(expansion.assets.values()),
        project=str(main.get("project", "")),
        profile=wanted.profile,
        budget=budget,
        use_cases=use_cases,
        models=models,
        imports=brought,
        read=FrozenMap(reading.digests),
        globs=FrozenMap(reading.globs),
        findings=findings,
    )
    return Loaded(manifest, words, frozenset(profiles))


def _profile(named: str, profiles: Mapping[str, Any]) -> str:
    """The profile to load under. Raises UsageError for one that nobody declared."""
    if named == FINAL and FINAL not in profiles:
        return ""
    if named and named not in profiles:
        hint = meant(named, profiles) or "declare it under `profiles`"
        raise UsageError(f"there is no profile `{cut(named)}`", hint=hint, code="unknown-profile")
    return named


def _findings(reading: Reading, expansion: Expansion) -> tuple[Finding, ...]:
    """Every finding with its place. Raises ManifestError if there is an error among them."""
    findings = Findings(reading.sources, list(reading.findings))
    findings.of_files(reading.problems)
    findings.of_assets(expansion.layers, expansion.problems)
    told = findings.all()
    if any(finding.severity == "error" for finding in told):
        raise ManifestError(told)
    return told


def _shape_alone(reading: Reading) -> tuple[Finding, ...]:
    """What is wrong with the files themselves, where too much is wrong to judge the assets."""
    findings = Findings(reading.sources, list(reading.findings))
    findings.of_files(reading.problems)
    return findings.all()


def _expanded(reading: Reading, profile: str, judge: Judges) -> Expansion:
    spoiled = set(reading.spoiled)
    heads = {problem.path[0] for _, problem in reading.problems if problem.path}
    if reading.findings or any(_takes_away(problem.path) for _, problem in reading.problems):
        spoiled.add(expanding.ALL)
    if reading.findings or "vars" in heads:
        spoiled.add(expanding.VARS)
    paths = [problem.path for _, problem in reading.problems if problem.path[:1] == ("assets",)]
    spoiled |= {f"{expanding.NAMES}{path[1]}" for path in paths if path[2:3] in (("matrix",), ("vars",))}
    spoiled |= {f"{expanding.PATHS}{path[1]}" for path in paths if _FILLING.intersection(path[3:])}
    expansion = Expansion(expanding.gather(reading.sources, profile, reading.problems), spoiled)
    expanding.expand(expansion, Tools(judge.cover, _prompt_files(reading), judge.step, judge.finished))
    expanding.profiled(expansion)
    return expansion


_FILLING = frozenset({"width", "widths", "densities", "formats", "set"})
"""What of an output fills its path."""
_NEEDED = ("prompt", "inputs", "inputs+", "mask", "output", "outputs", "alt", "owner", "license")
"""What every asset may have from `defaults` or a profile, and is missed where it is not there."""


def _takes_away(path: Path) -> bool:
    """Whether a fault in `defaults` or a profile may be why assets lack something: a slip in another name is not."""
    if path[:1] not in (("defaults",), ("profiles",)):
        return False
    names = path[1:] if path[0] == "defaults" else path[2:]
    return not names or bool(get_close_matches(str(names[0]), _NEEDED, 1))


def _prompt_files(reading: Reading) -> Callable[[str], tuple[str, str]]:
    """Reads prompt files, each once: the words, or why there are none."""

    @cache
    def read(path: str) -> tuple[str, str]:
        if fault := prompt_file_fault(path):
            return "", fault
        try:
            return prompt_text(reading.bytes_of(path)), ""
        except (FileNotFoundError, NotADirectoryError):
            return "", f"there is no file `{cut(path)}`"
        except OSError as error:
            return "", f"`{cut(path)}` cannot be read: {error.strerror}"
        except ValueError as error:
            return "", f"`{cut(path)}` cannot be a prompt: {error}"
        except ImagepipeError as error:
            return "", error.message

    return read


def _imports(reading: Reading, tree: Tree, main: Mapping[str, Any], judge: Judges) -> FrozenMap:
    """Import name → asset id → path of the asset's first output, as seen from the project."""
    named = main.get("imports", {})
    faults = list(imports.faults(named))
    reading.problems += [(0, fault) for fault in faults]
    bad = {fault.path[1] for fault in faults}
    brought = {}
    for name, path in named.items():
        try:
            brought[name] = _brought(reading, imports.Elsewhere(tree, path), judge) if name not in bad else EMPTY
        except (ImagepipeError, OSError) as error:
            reading.problems.append((0, imports.unreadable(name, path, error)))
            brought[name] = EMPTY
    return FrozenMap(brought)


def _brought(reading: Reading, there: imports.Elsewhere, judge: Judges) -> FrozenMap:
    """What one imported manifest gives. Raises ManifestError for a broken one, FileNotFoundError for none."""
    inner = Reading(there, Shape())
    there.read(there.file)
    read_project(inner, there.file)
    if inner.hopeless:
        raise ManifestError(_shape_alone(inner))
    expansion = _expanded(inner, "", judge)
    _findings(inner, expansion)
    reading.digests.update({there.path(name): digest for name, digest in inner.digests.items()})
    for pattern, found in inner.globs.items():
        reading.globs[there.path(pattern)] = tuple(map(there.path, found))
    given = {asset.id: asset.outputs[0].path for asset in expansion.assets.values() if asset.outputs}
    return FrozenMap({name: there.path(output) for name, output in given.items()})


def _cross(reading: Reading, expansion: Expansion, brought: FrozenMap, file: str) -> None:
    """What assets owe each other, and the files they read."""
    lock = file.rpartition(".")[0] + ".lock"
    reserved = {
        **dict.fromkeys(reading.digests, "a file this manifest is made of"),
        lock: "the lock",
        "assets.lock": "the lock",
    }
    clash = partial(clashes.report, expansion)
    claims = crossing.check_files(expansion.assets.values(), reserved, partial(clashes.counted, expansion), clash)
    broken = {problem.path[1] for _, problem in reading.problems if problem.path[:1] == ("imports",)}
    given = {name: None if name in broken else files for name, files in brought.items()}
    known = crossing.Known(expansion.assets, frozenset(expansion.abstract), expansion.families, given, claims)
    crossing.check_inputs(known, expansion.report)
    expanding.warn_unused(expansion)
    for asset in expansion.assets.values():
        if asset.inputs:
            _check_files(reading, expansion, asset)


def _check_files(reading: Reading, expansion: Expansion, asset: Asset) -> None:
    """Input images must exist; looked up once each, and noted for the plan cache."""
    for at, item in enumerate(asset.inputs):
        if (
            item.image
            and not set(item.image) & set("*?[")
            and not fault_of(item.image)
            and not reading.matches(item.image)
        ):
            message = f"there is no file `{cut(item.image)}`"
            named = item.image in expansion.assets or item.image in expansion.families
            hint = f"write `asset: {item.image}` for the picture of that asset" if named else "check the path"
            expansion.report(asset.id, Problem("missing-input", ("inputs", at, "image"), message, hint))


def _judged(expansion: Expansion, judge: Judges) -> dict[str, Words]:
    """Every asset judged by its model's rules and its prompt rendered; what is wrong is noted, but not of a model whose own
    entry is refused that there is none."""
    words = {}
    refused = {problem.path[1] for problem in judge.entries if problem.severity == "error"}
    for asset in expansion.assets.values():
        rendered, problems = judge.words(asset)
        if rendered is not None:
            words[asset.id] = rendered
        for problem in (*problems, *judge.rules(asset, rendered)):
            if problem.code != "unknown-model" or asset.model not in refused:
                clashes.counted(expansion, asset.id, problem)
    return words


def origins(tree: Tree, wanted: Wanted, asset: str) -> dict[str, str]:
    """Which layer each prompt field of an asset was written in: "author", "defaults", "extends ID", "profile NAME".

    Fields are named as in `Words.fields` ("subject", "extra.Camera", "prompt", "inputs"); unknown assets give nothing.
    """
    reading = Reading(tree, Shape())
    read_project(reading, wanted.file)
    layers = expanding.gather(reading.sources, wanted.profile, [])
    name = declared_id(asset)
    if name not in layers.written:
        return {}
    prompt = layers.merged(name).get("prompt")
    fields: dict[str, Path] = {"prompt": ("prompt",), "inputs": ("inputs",)}
    if isinstance(prompt, dict):
        fields |= {field: ("prompt", field) for field in prompt if field != "extra"}
        fields |= {f"extra.{label}": ("prompt", "extra", label) for label in prompt.get("extra", ())}
    return {field: layers.label(name, path) for field, path in fields.items()}
