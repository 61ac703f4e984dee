"""Follows one asset through the lock's git history: which words, which model, at what cost, by whom, when."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from imagepipe.errors import Damaged, UsageError
from imagepipe.history import commits_of, contents, is_repository
from imagepipe.lock import loads
from imagepipe.pipeline.around import Around, around
from imagepipe.pipeline.sharing import own_receipts
from imagepipe.planning.generations import Generation, Origin, Spare, generations
from imagepipe.values import Candidate, Entry, Receipt

_AT_ONCE = 16
"""How many texts of the lock are held at once: each may have megabytes."""


def lineage(root: Path, lock: str, asset: str) -> tuple[Generation, ...]:
    """The generations of `asset`, newest first. Where its entry begins and another id had the same key before, the road
    goes on under that id. Raises errors.UsageError for an asset that the lock never knew."""
    found = tuple(generations(_entries(_past(root, lock), lock, asset)))
    if not found:
        hint = "imagepipe status lists the assets; a picture is in the log once it is built"
        raise UsageError(f"{lock} has never had an asset `{asset}`", hint=hint, code="never-built")
    return found


def spares(root: Path, asset: str, found: Iterable[Generation]) -> tuple[Spare, ...]:
    """The other pictures of `asset` that the store has, the latest first: not committed, not chosen, or replaced since.
    Raises as `around` does."""
    shown = {one.entry.picked.sha256 for one in found if one.entry.picked}
    near = around(root)
    known = [Spare(*pair) for digest, pair in pictures_had(near, root, asset).items() if digest not in shown]
    known.sort(key=lambda spare: spare.receipt.made_at, reverse=True)
    return tuple(spare for spare in known if near.store.has_blob(spare.picture.sha256))


def pictures_had(near: Around, root: Path, asset: str) -> dict[str, tuple[Candidate, Receipt]]:
    """Digest → picture and receipt of all that the asset ever had; those before and after its edits are all its own."""
    name = asset.partition("#")[0]
    return {
        item.sha256: (item, receipt)
        for receipt in own_receipts(near, root)
        if receipt.asset.partition("#")[0] == name and not receipt.failure
        for item in receipt.candidates
    }


def _past(root: Path, lock: str) -> Iterator[tuple[Origin, str]]:
    """The lock's texts, newest first: the one on the disk, then those of the commits that changed it."""
    path = root / lock
    if path.is_file():
        yield Origin(), path.read_bytes().decode("utf-8", "replace")
    commits = commits_of(root, lock) if is_repository(root) else ()
    for start in range(0, len(commits), _AT_ONCE):
        some = commits[start : start + _AT_ONCE]
        texts = contents(root, (f"{commit.rev}:./{lock}" for commit in some))
        for commit, data in zip(some, texts, strict=True):
            origin = Origin(commit.rev, commit.author, commit.at.isoformat(), commit.subject)
            yield origin, "" if data is None else data.decode("utf-8", "replace")


def _entries(past: Iterator[tuple[Origin, str]], lock: str, asset: str) -> Iterator[Generation]:
    """The asset in each text; a text that is no lock is passed over, one without the asset ends the road."""
    name, newer = asset, None
    for origin, text in past:
        try:
            entry = entry_in(text, lock, name)
            if entry is None and newer is not None:
                name = _former(text, lock, newer) or name
                entry = entry_in(text, lock, name)
        except Damaged:
            continue
        if entry is not None:
            yield Generation(name, entry, origin)
            newer = entry


def entry_in(text: str, lock: str, asset: str) -> Entry | None:
    """One asset's entry in a lock's text, None where it has none. Raises errors.Damaged. In the lock's own layout its
    block alone is read, since a history holds many texts."""
    label = json.dumps(asset, ensure_ascii=False)
    if label not in text:
        return None
    at = text.find(f"\n    {label}: {{\n")
    end = text.find("\n    }", at)
    if at < 0 or end < 0:
        return loads(text, lock).entries.get(asset)
    return loads(f'{{"version": 1, "assets": {{{text[at:end]}\n    }}}}}}', lock).entries.get(asset)


def _former(text: str, lock: str, newer: Entry) -> str:
    """The id under which the same key was known; "" where none or several had it."""
    if newer.made_from not in text:
        return ""
    known = loads(text, lock).entries
    names = [name for name in known if known[name].made_from == newer.made_from]
    return names[0] if len(names) == 1 else ""
