"""The gallery as data: `schemas/report.schema.json`. USD are not rounded; pictures are named, not embedded."""

from typing import Any

from imagepipe.planning.comparing import Score
from imagepipe.reports import money
from imagepipe.reports.findingsjson import as_data as finding_data
from imagepipe.reports.gallery import Card, Gallery, Picture


def as_data(gallery: Gallery) -> dict[str, Any]:
    """The gallery as plain data."""
    return {
        "version": 1,
        "project": gallery.project,
        "base": gallery.base or None,
        "assets": [_card(item) for item in gallery.cards],
        "to_build": money.data(gallery.to_build),
        "notes": [finding_data(note) for note in gallery.notes],
    }


def _card(item: Card) -> dict[str, Any]:
    return {
        "asset": item.asset,
        "states": list(item.states),
        "tags": list(item.tags),
        "note": item.note,
        "before": _picture(item.before),
        "after": _picture(item.after),
        "change": _score(item.score),
        "pictures": [
            {"path": one.path, "ssim": one.ssim, "difference": one.difference, "resized": one.resized}
            for one in item.scores
        ],
        "candidates": [
            {"number": one.number, "sha256": one.picture.sha256, "status": one.status, "why": one.why}
            for one in item.variants
        ],
        "reasons": [{"part": one.part, "from": one.before, "to": one.after} for one in item.reasons],
        "usd": item.usd,
        "to_build": money.data(item.to_build),
    }


def _picture(picture: Picture | None) -> dict[str, Any] | None:
    return None if picture is None else {"sha256": picture.sha256, "width": picture.width, "height": picture.height}


def _score(score: Score | None) -> dict[str, Any] | None:
    return None if score is None else {"ssim": score.ssim, "difference": score.difference, "resized": score.resized}
