"""Writes one-off requests into a manifest, after proving that a plan of it sends what they send. Pays nothing."""

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from imagepipe.errors import ManifestError, UsageError
from imagepipe.frozen import frozen
from imagepipe.manifest.loading import Loaded, Wanted, load_with_words
from imagepipe.oneoff.entries import HEAD, checked_id, entry, given, ids_of, spliced
from imagepipe.oneoff.errands import Errand
from imagepipe.oneoff.wishes import inputs_of
from imagepipe.pipeline.around import settings_of, today_utc
from imagepipe.pipeline.imagefacts import ImageFacts
from imagepipe.store.disk import write_atomic
from imagepipe.values import EMPTY, Asset, Words
from imagepipe.workspace.digests import Digests
from imagepipe.workspace.finding import repository_top
from imagepipe.workspace.tree import DiskTree


@frozen
class Prepared:
    """A manifest as it will be written: its folder and name, the text, and the ids of the new assets."""

    root: Path
    file: str
    text: str
    ids: tuple[str, ...]

    def write(self) -> None:
        """Puts it on the disk. Raises store.disk.DiskFault."""
        write_atomic(self.root / self.file, self.text.encode(), durable=False)


@frozen
class _Overlay:
    """The project as it would be with another manifest."""

    tree: DiskTree
    file: str
    text: str

    def read(self, path: str) -> bytes:
        """The bytes; those of the manifest are the new ones."""
        return self.text.encode() if path == self.file else self.tree.read(path)

    def glob(self, pattern: str) -> tuple[str, ...]:
        """As the disk has it."""
        return self.tree.glob(pattern)


def prepared(target: Path, errands: Sequence[Errand], more: Mapping[str, str] = EMPTY) -> Prepared:
    """The manifest `target`, there or not, with an asset for each picture of the errands; `more` are further fields, as YAML.

    What the manifest's defaults would add to the words is emptied. Raises UsageError where an id is taken, a path is
    outside of the project, the asset would not send the same request or not be valid; ManifestError where the manifest
    itself is broken.
    """
    root, file = target.absolute().parent, target.name
    before = target.read_text(encoding="utf-8") if target.exists() else ""
    there = taken(target)
    errands = [_inside(errand, root) for errand in errands]
    ids = tuple(checked_id(id) for errand in errands for id in ids_of(errand))
    if double := next((id for at, id in enumerate(ids) if id in there or id in ids[:at]), ""):
        raise UsageError(f"{file} has an asset `{double}` already", hint="choose another id", code="save-id")
    more = {"provider": "openai", **more}
    if more["provider"] == "openai" and not re.search(r"\bprovider\b", before):
        more.pop("provider")
    emptied: dict[str, tuple[str, ...] | None] = {}
    while True:
        text = _text(before, errands, more, emptied)
        loaded = _with_new(root, file, text)
        changed = _emptied(loaded, errands, emptied)
        if not changed:
            break
        emptied |= changed
    _require_same(loaded, errands, file)
    return Prepared(root, file, text, ids)


def taken(target: Path) -> frozenset[str]:
    """The ids that the manifest has; none where there is no manifest. Raises ManifestError."""
    if not target.exists():
        return frozenset()
    text = target.read_text(encoding="utf-8")
    if not text:
        return frozenset()
    return frozenset(asset.id for asset in _loaded(target.absolute().parent, target.name, text).manifest.assets)


def _text(
    before: str, errands: Sequence[Errand], more: Mapping[str, str], emptied: Mapping[str, tuple[str, ...] | None]
) -> str:
    """The manifest with the errands' assets."""
    entries = [
        entry(errand, at, more, emptied.get(id, ())) for errand in errands for at, id in enumerate(ids_of(errand))
    ]
    if before:
        return spliced(before, entries)
    return HEAD + "\n".join(line for lines in entries for line in lines) + "\n"


def _with_new(root: Path, file: str, text: str) -> Loaded:
    """The manifest as it would be. Raises UsageError, since no line of it is there yet."""
    try:
        return _loaded(root, file, text)
    except ManifestError as error:
        wrong = next((found for found in error.findings if found.severity == "error"), error.findings[0])
        message = f"{file} would not be valid with it: {wrong.message}"
        raise UsageError(message, hint=wrong.hint, code="save-manifest") from None


def _emptied(
    loaded: Loaded, errands: Sequence[Errand], tried: Mapping[str, tuple[str, ...] | None]
) -> dict[str, tuple[str, ...] | None]:
    """For assets with other words than were typed: what else to empty in the prompt; once that is done, all of it."""
    prompts = {asset.id: asset.prompt for asset in loaded.manifest.assets}
    found: dict[str, tuple[str, ...] | None] = {}
    for errand in errands:
        for id in ids_of(errand):
            if loaded.words[id].text != errand.words.text and tried.get(id, ()) is not None:
                added = tuple(name for name in prompts[id].fields if name not in given(errand))
                found[id] = added if added and id not in tried else None
    return found


def _loaded(root: Path, file: str, text: str) -> Loaded:
    tree, facts = DiskTree(root), ImageFacts(root, Digests(root))
    wanted = Wanted(str(root), file, "", today_utc(), DiskTree(root, repository_top(root)))
    return load_with_words(_Overlay(tree, file, text), wanted, settings_of(os.environ).models, facts)


def _inside(errand: Errand, root: Path) -> Errand:
    """The errand with its paths as the manifest names them. Raises UsageError for one outside of the project."""

    def named(path: str) -> str:
        whole, top = os.path.realpath(os.path.dirname(os.path.abspath(path))), os.path.realpath(root)
        if whole != top and not whole.startswith(top.rstrip(os.sep) + os.sep):
            hint = f"a manifest names only files under {root}: choose another path"
            raise UsageError(f"{path} is outside of the project", hint=hint, code="outside-project")
        return os.path.relpath(os.path.join(whole, os.path.basename(path)), top).replace(os.sep, "/")

    wish = replace(
        errand.wish,
        images=tuple(map(named, errand.wish.images)),
        mask=named(errand.wish.mask) if errand.wish.mask else "",
    )
    return replace(
        errand, wish=wish, outputs=tuple(map(named, errand.outputs)), copies=tuple(map(named, errand.copies))
    )


def _require_same(loaded: Loaded, errands: Sequence[Errand], file: str) -> None:
    assets = {asset.id: asset for asset in loaded.manifest.assets}
    for errand in errands:
        for at, id in enumerate(ids_of(errand)):
            if changed := _changed(assets[id], loaded.words[id], errand, at):
                message = f"as an asset of {file}, `{id}` would have another {changed}: its defaults reach it"
                hint = "choose another manifest, or write the asset by hand"
                raise UsageError(message, hint=hint, code="save-manifest")


def _changed(asset: Asset, words: Words, errand: Errand, at: int) -> str:
    """What differs between an asset and the request that was typed; "" where nothing does."""
    wish = errand.wish
    files = (errand.outputs[at], *errand.copies[at : at + 1])
    pairs = {
        "prompt": (words.text, errand.words.text),
        "model": (asset.model, wish.model),
        "set of options": (asset.options, wish.request),
        "input": (asset.inputs, inputs_of(wish)),
        "set of files": (tuple(output.path for output in asset.outputs), files),
        "take": (asset.take, 1),
        "transparency": (asset.transparency, EMPTY),
    }
    steps = bool(asset.outputs and asset.outputs[0].steps)
    return next((name for name, (is_, was) in pairs.items() if is_ != was), "set of steps" if steps else "")
