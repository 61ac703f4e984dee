"""One asset of the page, gathered: its states, its pictures before and now, its facts and where it comes from."""

import itertools
from collections.abc import Iterator, Mapping

from imagepipe.contracts import Tree
from imagepipe.errors import ImagepipeError
from imagepipe.frozen import frozen
from imagepipe.pictures.likeness import likeness
from imagepipe.pipeline.embedding import Embedder
from imagepipe.pipeline.lineage import lineage
from imagepipe.pipeline.pictures import Pictures, checked
from imagepipe.pipeline.scoring import scores
from imagepipe.planning.comparing import Change, Comparison, Score
from imagepipe.planning.generations import Generation
from imagepipe.reports.gallery import Card, Picture, Variant
from imagepipe.values import FREE, Action, Asset, Decision, Entry, Prompt, thaw
from imagepipe.workspace.finding import lock_name

_GENERATIONS = 8
_WORDS = 160
_PENDING = (Action.GENERATE, Action.WAIT, Action.FINISH, Action.RESTORE)


@frozen
class Room:
    """What every card is made from. `then` are the files of the state that is compared with."""

    assets: Mapping[str, Asset]
    comparison: Comparison
    changes: Mapping[str, Change]
    rows: Mapping[str, Decision]
    pictures: Pictures
    then: Tree
    embedder: Embedder

    def entry(self, id: str) -> Entry | None:
        """What the lock says of an asset."""
        found: Entry | None = self.pictures.base.lock.entries.get(id)
        return found


def card(room: Room, id: str) -> Card:
    """The card of an asset of the manifest, or of one that is gone."""
    asset, entry = room.assets.get(id, Asset(id, Prompt())), room.entry(id)
    change, row = room.changes.get(id), room.rows.get(id)
    old, new = _sides(room, id)
    before, after = _picture(room, old, then=True), _picture(room, new, then=False)
    shown = {picture.sha256: data for picture, data in (before, after) if picture and data}
    files = tuple(_scores(room, old, new, shown))
    return Card(
        asset=id,
        states=tuple(_states(change, row, entry)),
        tags=asset.tags,
        about=asset.alt or asset.description,
        note=row.note if row else "",
        hint=row.hint if row else "",
        before=before[0],
        after=after[0],
        score=_shown(files, old, new, (before[0], after[0])) or _score(before[1], after[1]),
        scores=files,
        variants=tuple(_variants(room, entry)) if id in room.assets else (),
        prompts=_prompts(change, row, entry),
        reasons=(change.reasons if change else ()) or (row.reasons if row and row.action in _PENDING else ()),
        facts=tuple(_facts(asset, new or old, entry)),
        lineage=tuple(_lineage(room, id, entry)),
        usd=entry.cost.usd if entry else 0.0,
        to_build=row.price if row and row.action in (Action.GENERATE, Action.WAIT) else FREE,
        built=entry is not None and entry.picked is not None,
    )


def _sides(room: Room, id: str) -> tuple[Entry | None, Entry | None]:
    """The entries whose pictures are shown as before and as now; the same picture is not shown twice."""
    change, entry = room.changes.get(id), room.entry(id)
    if change is None:
        return None, entry
    if id not in room.assets:
        return change.before or entry, None
    new = entry if room.comparison.rev else change.after
    if new and change.before and new.picked == change.before.picked and new.finished_by == change.before.finished_by:
        return None, new
    return change.before, new


def _picture(room: Room, entry: Entry | None, *, then: bool) -> tuple[Picture | None, bytes]:
    data, sha256 = room.pictures.shown(entry, room.then if then else None)
    return room.embedder.picture(sha256, data), data


def _score(before: bytes, after: bytes) -> Score | None:
    if not before or not after:
        return None
    try:
        found = likeness(before, after)
    except ImagepipeError:
        return None
    return Score(found.ssim, found.difference, found.resized)


def _shown(
    files: tuple[Score, ...], old: Entry | None, new: Entry | None, pair: tuple[Picture | None, Picture | None]
) -> Score | None:
    """The score of the two pictures that are shown, where they are the file of one path."""
    digests = tuple(picture.sha256 for picture in pair if picture)
    for one in files if old and new else ():
        facts = [entry.outputs.get(one.path) for entry in (old, new) if entry]
        if tuple(fact.sha256 for fact in facts if fact) == digests:
            return one
    return None


def _scores(room: Room, old: Entry | None, new: Entry | None, shown: Mapping[str, bytes]) -> Iterator[Score]:
    """How much each file changed; `shown` are the bytes that were read already, by digest."""
    pictures = room.pictures
    return scores(
        old,
        new,
        lambda path, digest: shown.get(digest) or checked(room.then, path, digest) or pictures.original(digest),
        lambda path, digest: shown.get(digest) or pictures.file(path, digest) or pictures.original(digest),
    )


def _variants(room: Room, entry: Entry | None) -> Iterator[Variant]:
    """The candidates where there is a choice; a lone one is what the card shows anyway."""
    several = entry.candidates if entry and len(entry.candidates) > 1 else ()
    for number, item in enumerate(several, 1):
        data = room.pictures.original(item.sha256) if item.format else b""
        picture = room.embedder.picture(item.sha256, data)
        if picture:
            yield Variant(number, picture, item.status, item.why)


def _states(change: Change | None, row: Decision | None, entry: Entry | None) -> Iterator[str]:
    yield change.kind if change else "unchanged"
    if row and row.action in _PENDING:
        yield "to build"
    if row and row.action is Action.BLOCK:
        yield "blocked"
    if entry is None:
        return
    if entry.approved:
        yield "approved"
    if entry.placeholder:
        yield "placeholder"
    elif entry.profile:
        yield "draft"
    if any(item.why for item in entry.candidates):
        yield "rejected"


def _prompts(
    change: Change | None, row: Decision | None, entry: Entry | None
) -> tuple[tuple[str, ...] | None, tuple[str, ...] | None]:
    if change:
        return change.before.prompt if change.before else None, change.after.prompt if change.after else None
    if entry:
        return entry.prompt, entry.prompt
    return None, tuple(row.recipe.words.text.split("\n")) if row and row.recipe else None


def _facts(asset: Asset, shown: Entry | None, entry: Entry | None) -> Iterator[tuple[str, str]]:
    if shown is None:
        return
    yield "provider", "placeholder" if shown.placeholder else shown.provider
    if shown.model:
        yield "model", shown.resolved_model or shown.model
    yield from ((name, str(thaw(value))) for name, value in shown.options.items())
    for fact in shown.inputs:
        yield f"input ({fact.role})", fact.name
    for path, file in shown.outputs.items():
        pixels = f"{file.width}×{file.height}, " if file.width else ""
        yield "file", f"{path}  {pixels}{file.bytes:,} bytes" if file.bytes else path
    named = {"owner": asset.owner, "license": asset.license, "note": entry.note if entry else ""}
    yield from ((name, text) for name, text in named.items() if text)
    yield "made from", shown.made_from.removeprefix("sha256:")[:16]


def _lineage(room: Room, id: str, entry: Entry | None) -> Iterator[str]:
    """What the lock remembers of the picture's origin; on a page of few assets also its earlier generations in git."""
    if entry is None:
        return
    yield from _edits(room, id, entry)
    if entry.origin:
        source = entry.origin.get("file") or f"{entry.origin.get('model', '')} for another recipe"
        yield f"{entry.answer} from {source}".strip()
    if room.embedder.embed != "full":
        yield f"{'placeholder' if entry.placeholder else entry.answer}, {entry.made_at or 'time unknown'}"
        return
    base = room.pictures.base
    try:
        found = lineage(base.root, lock_name(base.manifest.file), id)
    except ImagepipeError:
        return
    yield from (_generation(one) for one in found[:_GENERATIONS])
    if len(found) > _GENERATIONS:
        yield f"and {len(found) - _GENERATIONS} earlier ones"


def _edits(room: Room, id: str, entry: Entry) -> Iterator[str]:
    """The chain that leads to an asset with edits, by what each was asked for."""
    links = [found for number in itertools.takewhile(lambda n: room.entry(f"{id}#{n}"), itertools.count())
             if (found := room.entry(f"{id}#{number}"))]  # fmt: skip
    for number, link in enumerate([*links, entry] if links else ()):
        told = f"edit {number}" if number else "before all edits"
        words = " ".join(link.prompt)
        yield f"{told}: {_name(link)}, {words if len(words) <= _WORDS else words[:_WORDS] + '…'}"


def _name(entry: Entry) -> str:
    return entry.picked.sha256.removeprefix("sha256:")[:12] if entry.picked else "no picture"


def _generation(one: Generation) -> str:
    picked = _name(one.entry)
    made = one.entry.made_at[:10] or "drawn"
    if not one.origin.rev:
        return f"{picked}, {one.entry.model}, {made}, not committed yet"
    return f"{picked}, {one.entry.model}, {made}, {one.origin.rev[:7]} {one.origin.author}: {one.origin.subject}"
