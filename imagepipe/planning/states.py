"""The states that `state:` selects by, read off a plan."""

from imagepipe.values import Action, Decision, Plan

_FAILED = ("refused", "checks-failed", "in-doubt")


def states(plan: Plan) -> dict[str, str]:
    """Asset id → its states, separated by spaces: changed (something would be done), missing (a file is not there, or
    nothing was ever made), failed (refused, in doubt, or failed its checks)."""
    return {row.asset: found for row in plan.decisions if (found := " ".join(_of(row)))}


def _of(row: Decision) -> list[str]:
    missing = any(reason.after == "missing" or reason.part == "asset" for reason in row.reasons)
    found = ["changed"] if row.action not in (Action.KEEP, Action.HOLD) else []
    found += ["missing"] if missing else []
    return found + (["failed"] if row.code in _FAILED else [])
