"""The first stretch of the road: from a folder to its Manifest, every prompt rendered and every rule applied."""

import os
from dataclasses import replace
from datetime import date
from difflib import get_close_matches
from pathlib import Path

from imagepipe.errors import UsageError
from imagepipe.frozen import frozen
from imagepipe.manifest.loading import Loaded, Wanted, load_with_words
from imagepipe.pipeline.around import settings_of, today_utc
from imagepipe.pipeline.finished import Finished
from imagepipe.pipeline.imagefacts import ImageFacts
from imagepipe.pipeline.profiles import MARK, judged, recorded
from imagepipe.plugins import names
from imagepipe.providers import PROVIDERS
from imagepipe.recipe import PLACEHOLDER
from imagepipe.values import FrozenMap, Manifest
from imagepipe.workspace.digests import Digests
from imagepipe.workspace.finding import find_project, lock_name, repository_top
from imagepipe.workspace.tree import DiskTree


def load(
    directory: str | Path = ".", *, file: str = "", profile: str = "", provider: str = "", today: date | None = None
) -> Manifest:
    """The manifest of the project in `directory` or a folder above it, complete, with its prompts in `words`.

    `provider` asks another provider for every asset; `placeholder` leaves the assets as they are, since it only stands
    in. Without a `profile` each asset is read under the one that its picture was made under; "final" means none at all.
    Needs no key and no network. Raises errors.UsageError where there is no manifest, errors.ManifestError with
    everything that is wrong with it; its warnings are in `findings`.
    """
    root, name = find_project(Path(directory), file)
    return _loaded(DiskTree(root), Asked(name, profile, provider), today or today_utc())


@frozen
class Asked:
    """Which manifest is read, and for whom."""

    name: str
    profile: str = ""
    provider: str = ""


def load_text(text: bytes, root: Path, asked: Asked) -> Manifest:
    """As `load`, of a manifest that reads as `text` instead of as it does on the disk."""
    return _loaded(_Instead(root, asked.name, text), asked, today_utc())


class _Instead(DiskTree):
    """The project's files, one of them with other bytes."""

    __slots__ = ("_path", "_text")

    def __init__(self, root: Path, path: str, text: bytes) -> None:
        super().__init__(root)
        self._path, self._text = path, text

    def read(self, path: str) -> bytes:
        """The bytes at a project path."""
        return self._text if path == self._path else super().read(path)


def _loaded(tree: DiskTree, asked: Asked, today: date) -> Manifest:
    root, settings, name, provider = tree.root, settings_of(os.environ), asked.name, asked.provider
    digests = Digests(root)
    facts = ImageFacts(root, digests)
    around, finished = DiskTree(root, repository_top(root)), Finished(root, name)
    known = frozenset((*PROVIDERS, *settings.providers))
    if provider and provider not in known and provider not in (found := names(PROVIDERS, "imagepipe.providers")):
        known |= {*found}
        near = get_close_matches(provider, known, 1)
        hint = f"did you mean `{near[0]}`?" if near else f"known here: {', '.join(sorted(known))}"
        raise UsageError(f"there is no provider `{provider}` here", hint=hint, code="unknown-provider")
    wanted = Wanted(str(root), name, asked.profile, today, around, finished, known)

    def read(named: str) -> Loaded:
        return load_with_words(tree, replace(wanted, profile=named), settings.models, facts)

    loaded = read(asked.profile)
    manifest = _complete(loaded)
    if loaded.profiles and not asked.profile:
        made = recorded(_lock_text(root, name), lock_name(name))
        manifest = judged(manifest, made, lambda named: _complete(read(named)))
    facts.save()
    if provider in ("", PLACEHOLDER):
        return manifest
    asking = (asset if asset.local else replace(asset, provider=provider) for asset in manifest.assets)
    return replace(manifest, assets=tuple(asking))


def _complete(loaded: Loaded) -> Manifest:
    return replace(loaded.manifest, words=FrozenMap(loaded.words))


def _lock_text(root: Path, name: str) -> str:
    """The lock of a manifest, if it may speak of profiles at all: nobody reads the others here."""
    try:
        data = (root / lock_name(name)).read_bytes()
        return data.decode("utf-8") if MARK in data else ""
    except (OSError, UnicodeDecodeError):
        return ""
