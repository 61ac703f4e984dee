"""Moves a project from one model to another: manifests rewritten, pictures kept under their new keys; all of it or nothing."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from imagepipe.contracts import Tree
from imagepipe.errors import Finding, ManifestError, Place, UsageError
from imagepipe.frozen import frozen
from imagepipe.manifest.loading import Loaded, Wanted, load_with_words
from imagepipe.manifest.naming import declared_id
from imagepipe.manifest.remodelling import Remodelling, Unmapped, User, profiles_of, sources_of
from imagepipe.models.capabilities import Model
from imagepipe.models.migration import Change, Migration, migrate
from imagepipe.models.registry import Registry, registry
from imagepipe.models.retirement import retirement
from imagepipe.pipeline.around import settings_of, today_utc
from imagepipe.pipeline.imagefacts import ImageFacts
from imagepipe.values import Asset, FrozenMap, Words
from imagepipe.workspace.digests import Digests
from imagepipe.workspace.finding import find_project, repository_top
from imagepipe.workspace.tree import DiskTree


class CannotMigrate(UsageError):
    """Something has no counterpart under the other model; nothing was written. Exit 2."""

    def __init__(self, message: str, findings: tuple[Finding, ...]) -> None:
        super().__init__(message, code="cannot-migrate")
        self._findings = findings

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What cannot be mapped, and why."""
        return (*self._findings, Finding("cannot-migrate", self.message, hint="change that first, then migrate"))


@frozen
class Move:
    """One asset under one profile: what changes for it."""

    asset: str
    profile: str
    migration: Migration

    @property
    def changes(self) -> tuple[Change, ...]:
        """Its options that change."""
        return self.migration.changes


@frozen
class Rewritten:
    """A migration that is ready: files (path → bytes before and after), every asset's move, and the manifests before and
    after by profile."""

    root: Path
    file: str
    source: str
    target: str
    files: Mapping[str, tuple[bytes, bytes]]
    moves: tuple[Move, ...]
    before: Mapping[str, Loaded]
    after: Mapping[str, Loaded]


@frozen
class _Overlay:
    """A tree with some files otherwise."""

    tree: Tree
    files: Mapping[str, bytes]

    def read(self, path: str) -> bytes:
        """The bytes of a file."""
        return self.files[path] if path in self.files else self.tree.read(path)

    def glob(self, pattern: str) -> tuple[str, ...]:
        """Paths that match; the same files are there."""
        return self.tree.glob(pattern)


@frozen
class _Desk:
    """The project, and the way to load it under a profile."""

    root: Path
    file: str
    facts: ImageFacts
    settings_models: FrozenMap

    def load(self, tree: Tree, profile: str) -> Loaded:
        """The manifest as `tree` has it. A model that has ended is no error here: that is what is being mended."""
        top = DiskTree(self.root, repository_top(self.root))
        wanted = Wanted(str(self.root), self.file, profile, today_utc(), top, _as_finished)
        return load_with_words(tree, wanted, self.settings_models, self.facts)


def _as_finished(asset: Asset, words: Words | None) -> bool:
    return True


def rewritten(directory: str | Path, source: str, target: str, *, file: str = "") -> Rewritten:
    """What moving every asset from `source` to `target` would write; nothing is written yet.

    Raises UsageError for models that are not there, ManifestError for a manifest that is wrong already, CannotMigrate
    where something has no counterpart.
    """
    root, name = find_project(Path(directory), file)
    desk = _Desk(root, name, ImageFacts(root, Digests(root)), settings_of(os.environ).models)
    tree = DiskTree(root)
    sources = sources_of(tree, name)
    before = {profile: desk.load(tree, profile) for profile in ("", *profiles_of(sources))}
    known = registry(before[""].manifest.models)
    pair = _pair(known, source, target)
    moves = tuple(_moves(known, pair, before))
    if not moves:
        raise _nobody(source, before)
    try:
        files = Remodelling(sources, source, target, _wishes(moves)).files()
    except Unmapped as fault:
        raise CannotMigrate(f"{target} cannot take the place of {source} everywhere", fault.findings) from None
    after = _verified(desk, _Overlay(tree, files), moves, before)
    pairs = {path: (tree.read(path), data) for path, data in files.items()}
    return Rewritten(root, name, source, target, pairs, moves, before, after)


def _pair(known: Registry, source: str, target: str) -> tuple[Model, Model]:
    found = [_model(known, id) for id in (source, target)]
    ending = retirement(found[1], today_utc())
    if ending.blocks:
        hint = f"use {ending.replacement}" if ending.replacement else "imagepipe models lists those there are"
        raise UsageError(f"{ending.text}: it can take nobody's place", hint=hint, code="model-ended")
    if source == target:
        raise UsageError(f"{source} is the same model", hint="name another one", code="usage")
    return found[0], found[1]


def _model(known: Registry, id: str) -> Model:
    found = known.find(id)
    error = next((problem for problem in found.problems if problem.severity == "error"), None)
    if error or found.model is None:
        message = error.message if error else f"there is no model `{id}`"
        raise UsageError(message, hint=error.hint if error else "", code="unknown-model")
    return found.model


def _moves(known: Registry, pair: tuple[Model, Model], before: Mapping[str, Loaded]) -> Iterator[Move]:
    for profile, loaded in before.items():
        for asset in loaded.manifest.assets:
            if asset.model == pair[0].id:
                yield Move(asset.id, profile, migrate(known, *pair, asset.options))


def _nobody(source: str, before: Mapping[str, Loaded]) -> UsageError:
    used = sorted({asset.model for loaded in before.values() for asset in loaded.manifest.assets})
    hint = f"in use: {', '.join(used)}" if used else "the manifest has no assets"
    return UsageError(f"no asset uses {source}", hint=hint, code="nothing-to-migrate")


def _wishes(moves: tuple[Move, ...]) -> dict[User, dict[str, Any]]:
    """What each written asset wants. Raises CannotMigrate where the members of a matrix want different things."""
    wishes: dict[User, dict[str, Any]] = {}
    for move in moves:
        user = (move.profile, declared_id(move.asset))
        changes = {change.option: change.after for change in move.changes}
        if wishes.setdefault(user, changes) != changes:
            message = f"the members of {user[1]} have different options, which one place cannot say"
            raise CannotMigrate(message, ())
    return wishes


def _verified(desk: _Desk, tree: Tree, moves: tuple[Move, ...], before: Mapping[str, Loaded]) -> dict[str, Loaded]:
    """The rewritten manifests, valid, with every asset as it should be and no other touched. Raises CannotMigrate."""
    try:
        after = {profile: desk.load(tree, profile) for profile in before}
    except ManifestError as error:
        wrong = tuple(_placed(finding, desk) for finding in error.findings if finding.severity == "error")
        raise CannotMigrate("the manifest would not be valid under the other model", wrong) from None
    moved = {(move.profile, move.asset): move.migration for move in moves}
    faults = []
    for profile, loaded in before.items():
        for old, new in zip(loaded.manifest.assets, after[profile].manifest.assets, strict=True):
            if fault := _fault(old, new, moved.get((profile, old.id))):
                under = f" under the profile `{profile}`" if profile else ""
                hint = "give it options of its own first, so that it shares none"
                faults.append(Finding("cannot-migrate", f"{old.id}{under} would {fault}", old.place, hint))
    if faults:
        raise CannotMigrate("not every asset would get exactly what it needs", tuple(faults))
    return after


def _placed(finding: Finding, desk: _Desk) -> Finding:
    """A finding about a rewritten file, at its line in the file as it is; without one where that line is new."""
    place = finding.place
    if place is None or not place.line:
        return finding
    lines = DiskTree(desk.root).read(place.file).decode("utf-8", "replace").splitlines()
    same = [number for number, text in enumerate(lines, 1) if text == place.source]
    if len(same) == 1:
        return replace(finding, place=replace(place, line=same[0]))
    message = f"{finding.message} (at {place.path})"
    return replace(finding, message=message, place=Place(place.file, path=place.path))


def _fault(old: Asset, new: Asset, migration: Migration | None) -> str:
    model = migration.target if migration else old.model
    if new.model != model:
        return f"have the model {new.model}, not {model}"
    wanted = dict(migration.options if migration else old.options)
    for name in {*wanted, *new.options} - {"size", "background"}:
        if wanted.get(name) != new.options.get(name):
            return f"have {name} {new.options.get(name)}, not {wanted.get(name)}"
    return ""
