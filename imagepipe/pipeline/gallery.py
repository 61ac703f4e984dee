"""Gathers what the page shows: the plan, what changed since the lock or a git revision, and the pictures of both."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from imagepipe import __version__
from imagepipe.frozen import frozen
from imagepipe.history import GitTree
from imagepipe.pipeline.around import around
from imagepipe.pipeline.cards import Room, card
from imagepipe.pipeline.comparing import compare
from imagepipe.pipeline.embedding import FEW, Embed, Embedder
from imagepipe.pipeline.ground import ground
from imagepipe.pipeline.options import PlanOptions
from imagepipe.pipeline.pictures import pictures_of
from imagepipe.pipeline.planning import planned
from imagepipe.planning.comparing import total
from imagepipe.reports.gallery import Card, Dress, Gallery
from imagepipe.reports.html import render
from imagepipe.values import Entry, Manifest

_PAGE = Path(__file__).resolve().parent.parent / "reports" / "page"


@frozen
class Wish:
    """What the page is to show: compared with `base` (a git revision; "": the lock), of the chosen assets. `embed` None
    takes whole pictures for few assets and small ones for many. `changes` leaves out what is as it was, `affected` (a git
    revision) what no change since then touches."""

    base: str = ""
    select: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    embed: Embed | None = None
    changes: bool = False
    affected: str = ""


def dress() -> Dress:
    """The page's style and script, from the package."""
    style, script = ((_PAGE / name).read_text(encoding="utf-8") for name in ("page.css", "page.js"))
    return Dress(style, script)


def gallery(manifest: Manifest, wish: Wish = Wish()) -> Gallery:
    """The page of a project. Pays nothing, needs no key. Raises errors.UsageError for an unknown revision or selection,
    errors.Damaged for a broken lock."""
    room, named = furnished(manifest, wish)
    with ThreadPoolExecutor() as pool:
        cards = tuple(pool.map(partial(card, room), named))
    comparison = room.comparison
    base = f"{comparison.base} ({comparison.rev[:7]})" if comparison.rev else ""
    to_build = total(item.to_build for item in cards)
    return Gallery(manifest.project, base, cards, to_build, comparison.notes, __version__)


def page_of_changes(
    manifest: Manifest, since: tuple[str, str], select: tuple[str, ...], exclude: tuple[str, ...]
) -> str:
    """The page of what differs from a revision, and is touched by a change since another one ("": the lock; any)."""
    wish = Wish(since[0], select, exclude, changes=True, affected=since[1])
    return render(gallery(manifest, wish), dress())


def one(manifest: Manifest, asset: str, wish: Wish = Wish()) -> Card:
    """One asset as it is by now."""
    room, _ = furnished(manifest, Wish(wish.base, (asset,), (), wish.embed or "full"))
    return card(room, asset)


def furnished(manifest: Manifest, wish: Wish) -> tuple[Room, tuple[str, ...]]:
    """What cards are made from, and the ids of the assets to show: those of the manifest, then what is gone."""
    comparison = compare(manifest, base=wish.base, chosen=wish.select, exclude=wish.exclude, affected=wish.affected)
    base = ground(manifest, around(Path(manifest.root)))
    rows = planned(base, wish.select, wish.exclude, PlanOptions())[0].decisions
    changes = {change.asset: change for change in comparison.changes}
    named = tuple(changes) if wish.changes else tuple(dict.fromkeys((*(row.asset for row in rows), *changes)))
    found = pictures_of(base)
    embed = wish.embed or ("full" if len(named) <= FEW else "thumbs")
    room = Room(
        assets={asset.id: asset for asset in manifest.assets},
        comparison=comparison,
        changes=changes,
        rows={row.asset: row for row in rows},
        pictures=found,
        then=GitTree(manifest.root, comparison.rev) if comparison.rev else found.tree,
        embedder=Embedder(embed, sum(_pictures(base.lock.entries.get(id), id in changes) for id in named)),
    )
    return room, named


def _pictures(entry: Entry | None, changed: bool) -> int:
    """How many pictures of an asset are shown: now, before, and its candidates where there are several."""
    several = len(entry.candidates) if entry else 0
    return 1 + changed + (several if several > 1 else 0)
