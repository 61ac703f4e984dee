"""One decision in full: what will be done, everything that changed, the keys, the price, the words before and after."""

from imagepipe.reports import money
from imagepipe.reports.ink import PLAIN, Ink
from imagepipe.reports.plantext import LOOKS
from imagepipe.reports.promptdiff import render as render_diff
from imagepipe.reports.safetext import block, columns, line, padded
from imagepipe.values import Action, Decision, Entry

MEANINGS = {
    Action.KEEP: "nothing is done: both keys match, and the files are what the lock says",
    Action.FINISH: "its files are written from pictures at hand; nothing is asked for, nothing is paid",
    Action.RESTORE: "this request was answered before; the answer is taken from the store, free",
    Action.GENERATE: "the provider is asked, and paid",
    Action.WAIT: "an input will change first; it is decided again when its bytes are known",
    Action.HOLD: "the picture is kept as it is, though something differs",
    Action.DROP: "it is in the lock but no longer in the manifest; its lock entry goes",
    Action.BLOCK: "nothing is done until a person decides",
}

_STAND_IN = "the placeholder draws a stand-in, free"


def render(decision: Decision, entry: Entry | None, ink: Ink = PLAIN) -> str:
    """The page; `entry` is what the lock has of the asset."""
    look = LOOKS[decision.action]
    head = (
        f"{ink.paint(line(decision.asset), 'strong')}  {ink.paint(f'{look.sign} {decision.action.value}', look.style)}"
    )
    stand_in = decision.action is Action.GENERATE and decision.price.worst == 0
    lines = [head, f"  {_STAND_IN if stand_in else MEANINGS[decision.action]}", *_notes(decision, ink)]
    for title, told in (
        ("Why", _reasons(decision, ink, with_words=entry is None or decision.recipe is None)),
        ("Words", _words(decision, entry, ink)),
        ("Keys", _keys(decision, entry)),
    ):
        if told:
            lines += ["", ink.paint(title, "strong"), *told]
    if decision.price.worst != 0:
        lines += ["", f"{ink.paint('Price', 'strong')}  {money.full(decision.price)}"]
    return ink.settle("\n".join(lines) + "\n")


def _notes(decision: Decision, ink: Ink) -> list[str]:
    note = [f"  {block(decision.note)}"] if decision.note else []
    return note + ([f"  {ink.paint('→', 'free')} {line(decision.hint)}"] if decision.hint else [])


def _reasons(decision: Decision, ink: Ink, *, with_words: bool) -> list[str]:
    """What changed; with both sides of a line of the prompt where the page has not all the words below."""
    lines: list[str] = []
    for reason in decision.reasons:
        lines.append(f"  {line(reason.part)}")
        if reason.part.startswith("prompt") and not with_words:
            continue
        lines += [f"    {ink.paint(f'- {line(reason.before)}', 'stop')}"] if reason.before else []
        lines += [f"    {ink.paint(f'+ {line(reason.after)}', 'add')}"] if reason.after else []
    return lines


def _words(decision: Decision, entry: Entry | None, ink: Ink) -> list[str]:
    if entry is None or decision.recipe is None:
        return []
    return render_diff(entry.prompt, decision.recipe.words.text.split("\n"), ink, "  ")


def _keys(decision: Decision, entry: Entry | None) -> list[str]:
    if decision.action is Action.DROP:
        return []
    now = {"made_from": decision.recipe.made_from if decision.recipe else "", "finished_by": decision.finished_by}
    then = {"made_from": entry.made_from, "finished_by": entry.finished_by} if entry else {}
    width = max(map(columns, now))
    rows = []
    for name, key in now.items():
        old = then.get(name, "")
        told = "not known yet" if not key else f"{key[:23]}…" + ("  as in the lock" if old == key else "")
        rows.append(f"  {padded(name, width)}  {told}" + (f"  was {old[:23]}…" if key and old and old != key else ""))
    return rows
