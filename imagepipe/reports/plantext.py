"""A plan as a person reads it: grouped by what happens, a sign for each action, why, and for how much."""

import re
from collections.abc import Mapping, Sequence

from imagepipe.frozen import frozen
from imagepipe.reports import money
from imagepipe.reports.ink import PLAIN, Ink
from imagepipe.reports.promptdiff import render as render_diff
from imagepipe.reports.safetext import clipped, columns, folded, line, padded
from imagepipe.values import EMPTY, Action, Decision, Plan, Price, Reason


@frozen
class Look:
    """How one action is shown: its sign and style, the heading of its group and its words in the closing line."""

    sign: str
    style: str
    heading: str
    closing: str


LOOKS = {
    Action.GENERATE: Look("+", "add", "To generate", "to generate"),
    Action.WAIT: Look("○", "wait", "To decide when their inputs are built", "waiting for an input"),
    Action.FINISH: Look("~", "change", "To finish from pictures at hand, free", "to finish"),
    Action.RESTORE: Look("↺", "free", "To restore from the store, free", "restored"),
    Action.DROP: Look("-", "stop", "To drop, no longer in the manifest", "dropped"),
    Action.HOLD: Look("‖", "quiet", "Held as they are", "held"),
    Action.BLOCK: Look("✗", "stop", "Blocked until you choose", "blocked"),
    Action.KEEP: Look("=", "quiet", "Unchanged", "unchanged"),
}
"""In the order of the page; what needs a person comes last, next to the closing line."""

_PRICED = (Action.GENERATE, Action.WAIT)
_WIDEST, _LONGEST = 36, 56
_NARROWEST = 36
"""Cells that reasons want beside their asset; where a terminal has fewer, they stand under it."""
_MOST_LEFT = 10
_NEW = Reason("asset", "", "new")
_DIGEST = re.compile("sha256:([0-9a-f]{12})[0-9a-f]{52}")
_LABEL = re.compile(r"[A-Z][^:]{0,60}: ")


def render(plan: Plan, ink: Ink = PLAIN, *, verbose: bool = False, before: Mapping[str, Sequence[str]] = EMPTY) -> str:
    """The whole page. `verbose` adds unchanged assets, whole values and, from `before` (asset → the lock's prompt lines),
    what changed in the words."""
    lines: list[str] = []
    page = _Page(ink, verbose, before)
    groups: dict[Action, list[Decision]] = {}
    for decision in plan.decisions:
        groups.setdefault(decision.action, []).append(decision)
    for action in LOOKS:
        chosen = groups.get(action)
        if chosen and (verbose or action is not Action.KEEP):
            lines += [*page.group(action, chosen), ""]
    lines += page.left_over(plan.decisions)
    return ink.settle("\n".join([*lines, closing(plan, ink)]) + "\n")


def closing(plan: Plan, ink: Ink = PLAIN) -> str:
    """The last line: how many of what, and the money. One line, and the only one, where nothing is to do."""
    parts = [_part(action, count, plan) for action in LOOKS if (count := plan.totals.counts.get(action.value, 0))]
    if not pending(plan):
        return ink.paint("Nothing to do", "strong") + (
            f": {', '.join(parts)}." if parts else ": no asset is concerned."
        )
    return ink.paint(", ".join(parts), "strong")


def pending(plan: Plan) -> bool:
    """Whether anything is to do or to decide: anything but KEEP and HOLD."""
    return any(decision.action not in (Action.KEEP, Action.HOLD) for decision in plan.decisions)


def _part(action: Action, count: int, plan: Plan) -> str:
    text = f"{count} {LOOKS[action].closing}"
    return f"{text} ({_sum([row for row in plan.decisions if row.action is action])})" if action in _PRICED else text


def _sum(decisions: Sequence[Decision]) -> str:
    known = [row.price for row in decisions if row.price.low is not None and row.price.high is not None]
    unknown = len(decisions) - len(known)
    if not unknown:
        total = money.total(known)
        return "free" if total.worst == 0 else money.full(total)
    return money.UNKNOWN if not known else f"{money.span(money.total(known))} and {unknown} of unknown price"


def _amount(price: Price) -> str:
    return "free" if price.worst == 0 else money.span(price)


@frozen
class _Page:
    ink: Ink
    verbose: bool
    before: Mapping[str, Sequence[str]]

    def group(self, action: Action, decisions: Sequence[Decision]) -> list[str]:
        names = min(_WIDEST, max(columns(line(row.asset)) for row in decisions))
        prices = [_amount(row.price) if action in _PRICED else "" for row in decisions]
        lines = [self.ink.paint(LOOKS[action].heading, "strong")]
        for row, price in zip(decisions, prices, strict=True):
            lines += self._rows(row, names, price.rjust(max(map(len, prices))))
        return lines

    def left_over(self, decisions: Sequence[Decision]) -> list[str]:
        """The files that nothing writes any more."""
        paths = [path for row in decisions for path in row.orphans]
        if not paths:
            return []
        shown = paths if self.verbose else paths[:_MOST_LEFT]
        more = [f"  … and {len(paths) - len(shown)} more"] if len(shown) < len(paths) else []
        head = self.ink.paint("Written by nothing any more; --prune removes them", "strong")
        return [head, *(f"  · {line(path)}" for path in shown), *more, ""]

    def _rows(self, row: Decision, names: int, price: str) -> list[str]:
        look = LOOKS[row.action]
        name = line(row.asset)
        head = f"  {self.ink.paint(look.sign, look.style)} {padded(name, names)}  {price}{'  ' if price else ''}"
        margin = 4 + names + 2 + len(price) + (2 if price else 0)
        alone = columns(name) > names
        if 0 < self.ink.width < margin + _NARROWEST:
            margin, alone = 6, True
        lines = self._told(row, max(0, self.ink.width - margin))
        lines += [self.ink.paint(f"→ {line(row.hint)}", "free")] if row.hint else []
        first, rest = ("", lines) if alone or not lines else (lines[0], lines[1:])
        return [f"{head}{first}".rstrip(), *(f"{' ' * margin}{text}" for text in rest), *self._diff(row)]

    def _told(self, row: Decision, width: int) -> list[str]:
        """Why, in lines of at most `width` cells (0: unbroken)."""
        widest = max((columns(line(reason.part)) for reason in row.reasons if reason.before or reason.after), default=0)
        lines = []
        for reason in row.reasons:
            part, change = self._reason(reason)
            whole = f"{padded(part, min(widest, _WIDEST))}  {change}" if change else part
            beside = not width or columns(whole) <= width
            lines += [whole] if beside else [part, *(f"  {text}" for text in folded(change, width - 2))]
        return lines + (folded(line(row.note), width) if row.note else [])

    def _reason(self, reason: Reason) -> tuple[str, str]:
        """What changed and how; "" where there is no more to say."""
        part = line(reason.part)
        old, new = contrast(reason.before, reason.after, 2000 if self.verbose else _LONGEST)
        if reason == _NEW or (not old and not new):
            return new or part, ""
        return part, f"{old} → {new}" if old and new else new or f"{old} → (removed)"

    def _diff(self, row: Decision) -> list[str]:
        old = self.before.get(row.asset)
        if not self.verbose or old is None or row.recipe is None:
            return []
        return render_diff(old, row.recipe.words.text.split("\n"), self.ink, " " * 8)


def contrast(before: str, after: str, limit: int) -> tuple[str, str]:
    """Two values made fit for one line: digests shortened, the label that both begin with and what is equal far before
    the first difference left out."""
    old, new = _DIGEST.sub(r"\1…", before), _DIGEST.sub(r"\1…", after)
    label = _LABEL.match(old)
    if old and new and label and new.startswith(label.group()):
        old, new = old[label.end() :], new[label.end() :]
    same = next(
        (at for at, pair in enumerate(zip(old, new, strict=False)) if pair[0] != pair[1]), min(len(old), len(new))
    )
    if old and new and same > limit // 2:
        start = old.rfind(" ", 0, same - limit // 4) + 1
        old, new = f"…{old[start:]}", f"…{new[start:]}"
    return clipped(old, limit), clipped(new, limit)
