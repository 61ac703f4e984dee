"""A plan as data: `schemas/plan.schema.json`. USD are not rounded."""

from typing import Any

from imagepipe.reports import money
from imagepipe.reports.findingsjson import as_data as finding_data
from imagepipe.reports.ink import PLAIN, Ink
from imagepipe.reports.safetext import data
from imagepipe.values import Decision, Plan


def render(plan: Plan, ink: Ink = PLAIN) -> str:
    """The plan as JSON text; `ink` changes nothing."""
    return data(as_data(plan)) + "\n"


def as_data(plan: Plan) -> dict[str, Any]:
    """The plan as plain data."""
    return {
        "version": 1,
        "basis": plan.basis,
        "decisions": [decision_data(decision) for decision in plan.decisions],
        "totals": {"counts": dict(plan.totals.counts), "cost": money.data(plan.totals.price)},
        "notes": [finding_data(note) for note in plan.notes],
    }


def decision_data(decision: Decision) -> dict[str, Any]:
    """One decision as plain data; members that say nothing are left out."""
    found: dict[str, Any] = {
        "asset": decision.asset,
        "action": decision.action.value,
        "reasons": [{"part": r.part, "from": r.before, "to": r.after} for r in decision.reasons],
        "cost": money.data(decision.price),
    }
    optional = {
        "note": decision.note,
        "code": decision.code,
        "hint": decision.hint,
        "ask": decision.ask,
        "made_from": decision.recipe.made_from if decision.recipe else "",
        "finished_by": decision.finished_by,
        "writes": list(decision.writes),
        "orphans": list(decision.orphans),
        "waits_for": list(decision.waits_for),
    }
    return found | {name: value for name, value in optional.items() if value}
