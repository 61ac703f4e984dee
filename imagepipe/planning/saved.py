"""A plan in a file: what `plan --out` writes, and how `build --plan` finds out what has moved since."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from imagepipe.digest import digest_text
from imagepipe.errors import Refused, UsageError
from imagepipe.frozen import frozen
from imagepipe.planning.making import fingerprint
from imagepipe.values import EMPTY, Action, Decision, FrozenMap, Plan, Price, freeze, thaw

VERSION = 1
_MOST_SAID = 60


@frozen
class Saved:
    """A saved plan: its rows as plain data by asset, its basis, and the options under which it was made."""

    basis: str
    rows: FrozenMap
    options: FrozenMap = EMPTY


def dumps(plan: Plan, options: Mapping[str, Any] = EMPTY) -> str:
    """The plan as JSON (schemas/plan.schema.json), with `options`: those it must be made under again."""
    data = {
        "version": VERSION,
        "basis": plan.basis,
        "options": thaw(options),
        "decisions": [_row(row) for row in plan.decisions],
        "totals": {"counts": thaw(plan.totals.counts), "cost": _cost(plan.totals.price)},
    }
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def _row(row: Decision) -> dict[str, Any]:
    data: dict[str, Any] = {"asset": row.asset, "action": row.action.value}
    data["reasons"] = [{"part": reason.part, "from": reason.before, "to": reason.after} for reason in row.reasons]
    data["cost"] = _cost(row.price)
    said = {"note": row.note, "code": row.code, "finished_by": row.finished_by, "ask": row.ask}
    said |= {"made_from": row.recipe.made_from if row.recipe else "", "writes": list(row.writes)}
    said |= {"orphans": list(row.orphans), "waits_for": list(row.waits_for)}
    return data | {name: value for name, value in said.items() if value} | {"print": digest_text(fingerprint(row))}


def _cost(price: Price) -> dict[str, float | None]:
    return {"low": price.low, "high": price.high, "worst": price.worst}


def loads(text: str, file: str) -> Saved:
    """A saved plan. Raises UsageError for a file that is none, or one of a newer version."""
    try:
        data = json.loads(text)
        version = data["version"]
        rows = {
            row["asset"]: row | {"action": row["action"], "reasons": [*row["reasons"]]} for row in data["decisions"]
        }
        found = Saved(data["basis"], FrozenMap(rows), freeze(data["options"]))
    except (ValueError, KeyError, TypeError, RecursionError):
        hint = "make one with `imagepipe plan --out FILE`"
        raise UsageError(f"{file} is not a saved plan", hint=hint, code="not-a-plan") from None
    if version != VERSION:
        raise UsageError(f"{file} is a plan of version {version}, which is not known here", code="plan-newer")
    return found


def moved(saved: Saved, plan: Plan) -> tuple[str, ...]:
    """What moved since the plan was saved, a line each; () where the plan of now is the same."""
    now = {row.asset: row for row in plan.decisions}
    return (*_changed(saved, now.values()), *(f"{id}: not in the plan any more" for id in saved.rows if id not in now))


def _changed(saved: Saved, rows: Iterable[Decision]) -> Iterable[str]:
    for row in rows:
        old = saved.rows.get(row.asset)
        if old is None:
            if row.action is not Action.KEEP:
                yield f"{row.asset}: new in the plan, {row.action.value}"
        elif old.get("print") != digest_text(fingerprint(row)) or old.get("cost") != _cost(row.price):
            same = old["action"] == row.action.value
            why = _moved(row, old) if same else ", ".join(reason.part for reason in row.reasons[:3]) or row.note
            was = "" if same else f"was {old['action']}, "
            yield f"{row.asset}: {was}is now {row.action.value}{f' ({why})' if why else ''}"


def _moved(row: Decision, old: Mapping[str, Any]) -> str:
    """What is another in a row with the planned action."""
    now = _row(row)
    new = [reason for reason in now["reasons"] if reason not in old["reasons"]]
    if new:
        return ", ".join(f"{reason['part']} → {_short(reason['to']) or 'gone'}" for reason in new[:3])
    if now.get("made_from") != old.get("made_from"):
        return "another request than the planned one"
    return "another price" if now["cost"] != old.get("cost") else row.note or "another result"


def _short(text: str) -> str:
    return text if len(text) <= _MOST_SAID else f"{text[: _MOST_SAID - 1]}…"


def require_same(saved: Saved, plan: Plan) -> None:
    """Raises Refused (exit 4), naming what moved, unless `plan` is the one that was saved."""
    lines = moved(saved, plan)
    if lines:
        shown = "; ".join(lines[:10]) + ("; …" if len(lines) > 10 else "")
        hint = "look at it again: `imagepipe plan --out FILE`"
        raise Refused(f"the saved plan is stale: {shown}", hint=hint, code="stale-plan")
