"""The generations of one asset as a person reads them, newest first: who, when, what changed, at what cost."""

from collections.abc import Iterator, Sequence
from typing import Any

from imagepipe.planning.generations import Generation, Spare
from imagepipe.reports import diffwords, money
from imagepipe.reports.difftext import row_text, values_of
from imagepipe.reports.ink import PLAIN, Ink
from imagepipe.reports.safetext import columns, line, padded
from imagepipe.values import Entry, Receipt, thaw

_SPARES, _WORDS = 20, 60
_SHOWN = ("size", "quality")
"""Options named in every generation; others are told where they change."""


def render(found: Sequence[Generation], ink: Ink = PLAIN, others: Sequence[Spare] = ()) -> str:
    """The whole page; `others` are in the store alone."""
    lines = [text for generation in found for text in (*_generation(generation, ink), "")]
    lines += [*_spares(found[0].asset, others, ink), ""] if others else []
    count = len(found)
    return ink.settle("\n".join([*lines, ink.paint(f"{count} generation{'' if count == 1 else 's'}", "strong")]) + "\n")


def _generation(generation: Generation, ink: Ink) -> Iterator[str]:
    origin, entry = generation.origin, generation.entry
    if origin.rev:
        who = f"{origin.rev[:7]}  {origin.at[:10]}  {line(origin.author)}  {line(origin.subject)}"
    else:
        who = "not committed yet"
    yield f"{ink.paint('*', 'add')} {ink.paint(line(generation.asset), 'strong')}  {who}"
    yield f"    {ink.paint(' · '.join(_facts(entry)), 'quiet')}"
    if entry.inputs:
        yield f"    of {', '.join(f'{line(fact.name)} {named(fact.sha256)}' for fact in entry.inputs)}"
    if entry.note:
        yield f"    {line(entry.note)}"
    before = generation.before
    rows = diffwords.rows(before.prompt, entry.prompt) if before else diffwords.whole(entry.prompt, " ")
    yield from (f"    {row_text(row, ink)}".rstrip() for row in rows)
    width = max((columns(line(reason.part)) for reason in generation.reasons), default=0)
    for reason in generation.reasons:
        yield f"    {padded(line(reason.part), width)}  {values_of(reason)}".rstrip()


def _spares(asset: str, others: Sequence[Spare], ink: Ink) -> Iterator[str]:
    yield f"Also in the store; imagepipe restore {line(asset)} DIGEST brings one back, free"
    for one in others[:_SPARES]:
        words = line(next(iter(one.receipt.prompt), ""))
        facts = [*_asked(one.receipt), line(one.receipt.made_at), words[:_WORDS] + ("…" if words[_WORDS:] else "")]
        yield f"  {named(one.picture.sha256)}  {ink.paint(' · '.join(filter(None, facts)), 'quiet')}"
    if len(others) > _SPARES:
        yield f"  and {len(others) - _SPARES} earlier ones; --json lists them all"


def _asked(one: Entry | Receipt) -> list[str]:
    shown = (line(str(one.options[name])) for name in _SHOWN if name in one.options)
    return [line(one.model or one.provider), *shown]


def _facts(entry: Entry) -> list[str]:
    """The picture, model, size and quality, cost, how it came about and when."""
    told = [*([named(entry.picked.sha256)] if entry.picked and not entry.placeholder else []), *_asked(entry)]
    if not entry.placeholder:
        told.append(money.usd(entry.cost.usd) + (" estimated" if entry.cost.estimated else ""))
    told.append("placeholder" if entry.placeholder else entry.answer)
    return [*told, line(entry.made_at)] if entry.made_at else told


def named(digest: str) -> str:
    """A digest as people read it: twelve digits."""
    return digest.removeprefix("sha256:")[:12]


def as_data(found: Sequence[Generation], others: Sequence[Spare] = ()) -> dict[str, Any]:
    """The same as plain data: `schemas/log.schema.json`."""
    data = {"version": 1, "generations": [_data(generation) for generation in found]}
    return data | {"in_store": [_spare(one) for one in others]}


def _spare(one: Spare) -> dict[str, Any]:
    receipt = one.receipt
    return {
        "picture": one.picture.sha256,
        "made_from": receipt.key,
        "provider": receipt.provider,
        "model": receipt.model,
        "options": thaw(receipt.options),
        "prompt": list(receipt.prompt),
        "made_at": receipt.made_at,
    }


def _data(generation: Generation) -> dict[str, Any]:
    origin, entry = generation.origin, generation.entry
    commit = {"rev": origin.rev, "author": origin.author, "at": origin.at, "subject": origin.subject}
    return {
        "asset": generation.asset,
        "commit": commit if origin.rev else None,
        "made_from": entry.made_from,
        "picture": entry.picked.sha256 if entry.picked else None,
        "answer": "placeholder" if entry.placeholder else entry.answer,
        "provider": entry.provider,
        "model": entry.model,
        "options": thaw(entry.options),
        "prompt": list(entry.prompt),
        "inputs": [{"role": fact.role, "image": fact.name, "sha256": fact.sha256} for fact in entry.inputs],
        "prompt_changed": generation.before is not None and generation.before.prompt != entry.prompt,
        "reasons": [{"part": one.part, "from": one.before, "to": one.after} for one in generation.reasons],
        "usd": entry.cost.usd,
        "made_at": entry.made_at,
        "note": entry.note,
    }
