"""What a manifest declares, in the form in which the lock records it, to hold either against the other. Pure."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property

from imagepipe.lock import Lock, by_key
from imagepipe.paths import suffix_of
from imagepipe.planning.drafts import draft_of, drafts_elsewhere
from imagepipe.planning.inputs import name_of
from imagepipe.recipe import PLACEHOLDER, finish_of, recipe_of
from imagepipe.values import EMPTY, Asset, Charge, Entry, FileFact, FrozenMap, Input, InputFact, Manifest, Words

VersionOf = Callable[[str], int]


def declared(manifest: Manifest, lock: Lock, files: Mapping[str, str], version_of: VersionOf) -> dict[str, Entry]:
    """Asset id → the entry that its present recipe asks for, in manifest order.

    `files` gives the digests of input files, `lock` the bytes of inputs that are assets, and of each asset what it has
    already: its pictures, files and cost, where they answer this very recipe, be it under another name. What is not
    known has the digest "".
    """
    known = _Locked(manifest, lock, files)
    return {
        asset.id: _entry(asset, manifest.words[asset.id], known.inputs_of(asset), known.entry(asset.id), version_of)
        for asset in manifest.assets
    }


class _Locked:
    """The lock's entry of each asset of a manifest. One that the lock has not is looked for by its request: it may only
    have got another name."""

    def __init__(self, manifest: Manifest, lock: Lock, files: Mapping[str, str]) -> None:
        self._manifest, self._lock = manifest, lock
        self._renamed: dict[str, Entry | None] = {}
        self.inputs_of = declaring_inputs(manifest, lock.entries, files, self.entry)

    def entry(self, id: str) -> Entry | None:
        """The entry, if there is one."""
        if found := self._lock.entries.get(id):
            return found
        asset = self._assets.get(id)
        if asset and id not in self._renamed:
            self._renamed[id] = None  # what leads back to itself is known under no name
            self._renamed[id] = self._lock.entries.get(self._named(asset))
        return self._renamed.get(id)

    def _named(self, asset: Asset) -> str:
        """The id under which the same request is in the lock; "" where it is not."""
        facts, words = self.inputs_of(asset), self._manifest.words[asset.id]
        drafts = drafts_elsewhere(asset, self._lock.entries)
        known = [facts, *(tuple(_with_draft(asset, facts, draft)) for draft in drafts)]
        keys = (recipe_of(asset, words, given).made_from for given in known)
        return next((name for key in keys if (name := self._by_key.get(key, ""))), "")

    @cached_property
    def _assets(self) -> dict[str, Asset]:
        return {asset.id: asset for asset in self._manifest.assets}

    @cached_property
    def _by_key(self) -> dict[str, str]:
        return by_key(self._lock, self._assets)


def declaring_inputs(
    manifest: Manifest,
    entries: Mapping[str, Entry],
    files: Mapping[str, str],
    entry_of: Callable[[str], Entry | None] | None = None,
) -> Callable[[Asset], tuple[InputFact, ...]]:
    """How an asset's inputs get their digests: from files, from imports, from the pictures that `entries` name, or
    `entry_of` where it is given."""
    found = entry_of or entries.get
    imports = {f"{name}:{id}": path for name, given in manifest.imports.items() for id, path in given.items()}

    def digest_of(item: Input) -> str:
        if path := item.image or imports.get(item.asset, ""):
            return files.get(path, "")
        return _recorded(found(item.asset), item)

    def facts(asset: Asset) -> tuple[InputFact, ...]:
        draft = draft_of(asset, entries) if asset.final_uses else ""
        if asset.final_uses and not draft and (other := found(asset.id)):
            draft = draft_of(asset, {asset.id: other})
        return tuple(
            InputFact(item.role, name_of(item), draft if item.draft else digest_of(item)) for item in asset.inputs
        )

    return facts


def _with_draft(asset: Asset, facts: tuple[InputFact, ...], draft: str) -> Iterator[InputFact]:
    for item, fact in zip(asset.inputs, facts, strict=True):
        yield replace(fact, sha256=draft) if item.draft else fact


def _recorded(entry: Entry | None, item: Input) -> str:
    if entry is None:
        return ""
    if item.output:
        return entry.outputs[item.output].sha256 if item.output in entry.outputs else ""
    return entry.picked.sha256 if entry.picked else ""


def _entry(
    asset: Asset, words: Words, facts: tuple[InputFact, ...], locked: Entry | None, version_of: VersionOf
) -> Entry:
    recipe = recipe_of(asset, words, facts, locked)
    same = locked if locked and locked.made_from == recipe.made_from else None
    raw = same.picked.sha256 if same and same.picked else ""
    key, parts = finish_of(asset, raw, version_of, same)
    return Entry(
        made_from=recipe.made_from,
        parts=FrozenMap({"made_from": recipe.parts, "finished_by": parts}),
        prompt=tuple(words.text.split("\n")) if words.text else (),
        provider=str(recipe.parts["provider"]),
        model=asset.model,
        options=asset.options,
        finished_by=key,
        answer=same.answer if same else "generated",
        placeholder=asset.provider == PLACEHOLDER and (locked is None or locked.placeholder),
        inputs=facts,
        candidates=same.candidates if same else (),
        outputs=FrozenMap(_outputs(asset, same)),
        cost=same.cost if same else Charge(),
        made_at=same.made_at if same else "",
    )


def _outputs(asset: Asset, same: Entry | None) -> dict[str, FileFact]:
    known = same.outputs if same else EMPTY
    formats = {path: suffix_of(path) for output in asset.outputs for path in output.files}
    formats |= {output.path: output.format for output in asset.outputs}
    if asset.originals:
        formats[asset.originals] = str(asset.options.get("output_format", ""))
    return {path: known.get(path) or FileFact("", 0, 0, format, 0) for path, format in formats.items()}
