"""A comparison as data: `schemas/diff.schema.json`. USD are not rounded."""

from typing import Any

from imagepipe.planning.comparing import Change, Comparison
from imagepipe.reports import money
from imagepipe.reports.findingsjson import as_data as finding_data
from imagepipe.reports.ink import PLAIN, Ink
from imagepipe.reports.safetext import data
from imagepipe.values import Entry


def render(comparison: Comparison, ink: Ink = PLAIN) -> str:
    """The comparison as JSON text; `ink` changes nothing."""
    return data(as_data(comparison)) + "\n"


def as_data(comparison: Comparison) -> dict[str, Any]:
    """The comparison as plain data."""
    return {
        "version": 1,
        "base": {"name": comparison.base, "rev": comparison.rev or None},
        "changes": [_change(change) for change in comparison.changes],
        "unchanged": comparison.unchanged,
        "cost": {
            "before": money.data(comparison.cost_before),
            "after": money.data(comparison.cost_after),
            "to_build": money.data(comparison.to_build),
        },
        "notes": [finding_data(note) for note in comparison.notes],
    }


def _change(change: Change) -> dict[str, Any]:
    return {
        "asset": change.asset,
        "kind": change.kind,
        "prompt_changed": change.words_differ,
        "before": _entry(change.before),
        "after": _entry(change.after),
        "reasons": [{"part": reason.part, "from": reason.before, "to": reason.after} for reason in change.reasons],
        "pictures": [
            {"path": one.path, "ssim": one.ssim, "difference": one.difference, "resized": one.resized}
            for one in change.scores
        ],
        "cost": {
            "before": money.data(change.cost_before),
            "after": money.data(change.cost_after),
            "to_build": money.data(change.to_build),
        },
    }


def _entry(entry: Entry | None) -> dict[str, Any] | None:
    if entry is None:
        return None
    picked = entry.picked
    return {
        "made_from": entry.made_from,
        "prompt": list(entry.prompt),
        "picture": picked.sha256 if picked else None,
        "outputs": {path: fact.sha256 or None for path, fact in entry.outputs.items()},
    }
