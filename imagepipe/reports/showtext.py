"""One asset in full: the prompt as it is sent, unwrapped, then what goes with it."""

import json
from typing import Any

from imagepipe.reports import money
from imagepipe.reports.ink import PLAIN, Ink
from imagepipe.reports.plantext import LOOKS
from imagepipe.reports.safetext import block, clipped, columns, line, padded
from imagepipe.values import Candidate, Decision, Entry, FileFact, InputFact, thaw

_MARK = {"picked": "✓", "kept": " ", "rejected": "✗"}


def render(decision: Decision, entry: Entry | None, ink: Ink = PLAIN, words: str = "") -> str:
    """The page. The prompt's own characters are never replaced, only those that would steer a terminal. `words` is the
    prompt of a decision that has no recipe yet."""
    recipe = decision.recipe
    if recipe is None:
        told = f"{line(decision.asset)}: {block(decision.note) or 'no request can be made of it yet'}\n"
        sections = "\n".join([ink.paint("Plan", "strong"), *_plan(decision, ink)])
        return (block(words).rstrip("\n") + "\n\n" if words else "") + ink.settle(told + f"\n{sections}\n")
    asks = not recipe.request.made_here
    tables = [
        ("Request" if asks else "Made here, nothing is asked", _request(decision)),
        ("Plan", _plan(decision, ink)),
        ("Lock", _lock(entry, ink)),
    ]
    sections = "\n\n".join("\n".join([ink.paint(title, "strong"), *rows]) for title, rows in tables)
    words = block(recipe.words.text).rstrip("\n") + "\n\n" if asks else ""
    return words + ink.settle(sections + "\n")


def rows_of(pairs: list[tuple[str, str]]) -> list[str]:
    """Name and value, the values in one column."""
    width = max((columns(name) for name, _ in pairs), default=0)
    return [f"  {padded(name, width)}  {value}".rstrip() for name, value in pairs]


def _request(decision: Decision) -> list[str]:
    recipe = decision.recipe
    if recipe is None:
        return []
    request = recipe.request
    pairs = [("provider", line(request.provider)), ("model", line(request.model))] if request.model else []
    pairs += [(line(name), line(_scalar(value))) for name, value in request.options.items()]
    pairs += [(f"image {number}", _input(item)) for number, item in enumerate(request.inputs, 1)]
    return rows_of(pairs)


def _scalar(value: Any) -> str:
    return str(value) if isinstance(value, str) else json.dumps(thaw(value))


def _input(item: InputFact) -> str:
    return f"{item.role}  {line(item.name)}  {item.sha256[:19]}…"


def _plan(decision: Decision, ink: Ink) -> list[str]:
    look, recipe = LOOKS[decision.action], decision.recipe
    why = ", ".join(line(reason.part) for reason in decision.reasons) or clipped(decision.note, 200)
    pairs = [("action", f"{ink.paint(decision.action.value, look.style)}{f'  {why}' if why else ''}")]
    pairs += [("price", _price(decision))]
    pairs += [("made_from", recipe.made_from)] if recipe else []
    pairs += [("finished_by", decision.finished_by)] if decision.finished_by else []
    return rows_of(pairs)


def _price(decision: Decision) -> str:
    return "nothing to pay" if decision.price.worst == 0 else money.full(decision.price)


def _lock(entry: Entry | None, ink: Ink) -> list[str]:
    if entry is None:
        return ["  not in assets.lock yet"]
    kind = "placeholder" if entry.placeholder else entry.answer
    pairs = [("answer", f"{kind}, {line(entry.made_at)}" if entry.made_at else kind)]
    pairs += [("profile", line(entry.profile))] if entry.profile else []
    pairs += [("cost", money.usd(entry.cost.usd) + (" (estimated)" if entry.cost.estimated else ""))]
    pairs += [("candidate" if at == 1 else "", _candidate(at, item)) for at, item in enumerate(entry.candidates, 1)]
    pairs += [("file", f"{line(path)}  {_facts(fact)}") for path, fact in entry.outputs.items()]
    return rows_of(pairs) + ([ink.paint(f"  {line(entry.note)}", "quiet")] if entry.note else [])


def _candidate(number: int, item: Candidate) -> str:
    facts = f"{item.width}×{item.height} {item.format}"
    of = ", made from another recipe" if item.made_from else ""
    return f"{_MARK[item.status]} {number}  {facts}  {item.sha256[:19]}…  {item.status}{of}"


def _facts(fact: FileFact) -> str:
    """A map beside a picture has no pixels."""
    pixels = f"{fact.width}×{fact.height} " if fact.width else ""
    return f"{pixels}{fact.format}, {size(fact.bytes)}"


def size(count: int) -> str:
    """Bytes as people read them: 812 B, 14.2 kB, 1.5 MB, 84.4 GB."""
    if count < 1000:
        return f"{count} B"
    for unit, name in ((1e9, "GB"), (1e6, "MB")):
        if count >= unit:
            return f"{count / unit:.1f} {name}"
    return f"{count / 1000:.1f} kB"


def as_data(decision: Decision, entry: Entry | None) -> dict[str, Any]:
    """The page as plain data; `lock` is null for an asset that was not built yet."""
    recipe = decision.recipe
    found: dict[str, Any] = {"version": 1, "asset": decision.asset, "action": decision.action.value, "prompt": None}
    if recipe:
        request = recipe.request
        found |= {
            "prompt": recipe.words.text,
            "request": {
                "provider": request.provider,
                "model": request.model,
                "options": thaw(request.options),
                "inputs": [{"image": i.name, "role": i.role, "sha256": i.sha256} for i in request.inputs],
            },
            "keys": {"made_from": recipe.made_from, "finished_by": decision.finished_by or None},
            "parts": thaw(recipe.parts),
        }
    return found | {"cost": money.data(decision.price), "lock": _entry(entry)}


def _entry(entry: Entry | None) -> dict[str, Any] | None:
    if entry is None:
        return None
    return {
        "made_from": entry.made_from,
        "finished_by": entry.finished_by,
        "answer": entry.answer,
        "placeholder": entry.placeholder,
        "profile": entry.profile,
        "made_at": entry.made_at,
        "usd": entry.cost.usd,
        "candidates": [{"sha256": c.sha256, "status": c.status} for c in entry.candidates],
        "outputs": {path: fact.sha256 for path, fact in entry.outputs.items()},
    }
