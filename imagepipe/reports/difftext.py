"""A comparison as a person reads it on a terminal: each asset that changed, its words, its options, its price."""

from collections.abc import Iterator

from imagepipe.planning.comparing import Change, Comparison
from imagepipe.reports import diffwords, money
from imagepipe.reports.change import told as likeness
from imagepipe.reports.diffwords import Row
from imagepipe.reports.ink import PLAIN, Ink
from imagepipe.reports.plantext import contrast
from imagepipe.reports.safetext import columns, line, padded
from imagepipe.values import FREE, Price, Reason

SIGNS = {"added": ("+", "add"), "changed": ("~", "change"), "removed": ("-", "stop")}
_BRACKETS = {"-": ("[-", "-]", "stop"), "+": ("{+", "+}", "add")}
_LONGEST, _WIDEST = 100, 48


def render(comparison: Comparison, ink: Ink = PLAIN) -> str:
    """The whole page."""
    lines = [f"Compared with {name(comparison)}", ""] if comparison.changes else []
    for change in comparison.changes:
        lines += [*_change(change, ink), ""]
    return ink.settle("\n".join([*lines, *(ink.paint(text, "strong") for text in closing(comparison))]) + "\n")


def name(comparison: Comparison) -> str:
    """What was compared with: the lock, or a revision with the beginning of its hash."""
    base = line(comparison.base)
    return f"{base} ({comparison.rev[:7]})" if comparison.rev and not comparison.rev.startswith(base) else base


def closing(comparison: Comparison) -> list[str]:
    """How many of what, and the money."""
    counts = {kind: sum(change.kind == kind for change in comparison.changes) for kind in SIGNS}
    parts = [f"{count} {kind}" for kind, count in counts.items() if count]
    if not parts:
        count = comparison.unchanged
        return [f"Nothing differs from {name(comparison)}: {count} asset{'' if count == 1 else 's'}."]
    if comparison.unchanged:
        parts.append(f"{comparison.unchanged} unchanged")
    return [", ".join(parts), f"to build: {_sum(comparison.to_build)}, everything anew: {delta(comparison)}"]


def _sum(price: Price) -> str:
    return "nothing" if price == FREE else money.full(price)


def delta(comparison: Comparison) -> str:
    """What making every asset anew costs, then and now."""
    old, new = comparison.cost_before, comparison.cost_after
    return _amount(new) if money.span(old) == money.span(new) else f"{_amount(old)} → {_amount(new)}"


def _amount(price: Price) -> str:
    return "nothing" if price == FREE else money.span(price)


def price_of(change: Change) -> str:
    """What the asset costs then and now, and whether that is paid already; "" where there is nothing to say."""
    old, new = change.cost_before, change.cost_after
    if old == new == FREE:
        return ""
    told = money.span(new) if change.kind == "added" or money.span(old) == money.span(new) else ""
    told = told or (f"was {money.span(old)}" if change.kind == "removed" else f"{_amount(old)} → {_amount(new)}")
    paid = change.to_build == FREE and new != FREE and remade(change)
    return f"{told} anew, nothing to pay" if paid else told


def remade(change: Change) -> bool:
    """Whether the asset has another request than before."""
    return not (change.before and change.after and change.before.made_from == change.after.made_from)


def _change(change: Change, ink: Ink) -> Iterator[str]:
    sign, style = SIGNS[change.kind]
    head = f"{ink.paint(sign, style)} {ink.paint(line(change.asset), 'strong')}"
    price = price_of(change)
    yield f"{head}  {price}" if price else head
    yield from (f"    {row_text(row, ink)}".rstrip() for row in prompt_rows(change))
    yield from (f"    {text}" for text in told(change))


def prompt_rows(change: Change) -> Iterator[Row]:
    """What changed in the words; all of them for an asset that is new."""
    if change.kind == "changed" and change.before and change.after:
        return diffwords.rows(change.before.prompt, change.after.prompt)
    return diffwords.whole(change.after.prompt, "+") if change.after else iter(())


def row_text(row: Row, ink: Ink) -> str:
    """One row of a prompt: what went in red or in [-brackets-], what came in green or in {+brackets+}."""
    sign = row[0]
    if sign in "+-":
        return ink.paint(f"{sign} {row[1][0][1]}", _BRACKETS[sign][2])

    def mark(piece: str, text: str) -> str:
        opening, end, style = _BRACKETS[piece]
        return ink.paint(text, style) if ink.colour else f"{opening}{text}{end}"

    text = diffwords.marked(row, mark).replace("##[", "##\\[")
    return f"{sign} {text}" if sign == "~" else ink.paint(f"{sign} {text}", "quiet")


def told(change: Change) -> list[str]:
    """Everything else that differs, one line each, the values in one column."""
    found = [reason for reason in change.reasons if change.kind == "changed"]
    found += [
        Reason(score.path or "picture", "", likeness(score.ssim, score.difference, score.resized))
        for score in change.scores
    ]
    if change.kind != "changed":
        entry = change.after or change.before
        found = [Reason("output", "", path) for path in entry.outputs] if entry else []
    width = min(_WIDEST, max((columns(line(reason.part)) for reason in found), default=0))
    return [f"{padded(line(reason.part), width)}  {values_of(reason)}".rstrip() for reason in found]


def values_of(reason: Reason) -> str:
    """A reason's values in one line."""
    old, new = contrast(reason.before, reason.after, _LONGEST)
    return f"{old} → {new}" if old and new else new or (f"{old} → (removed)" if old else "")
