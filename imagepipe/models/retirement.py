"""When a model goes, how sure that is, and what to say about it on a given day."""

import datetime
from typing import Literal

from imagepipe.errors import Problem
from imagepipe.frozen import frozen
from imagepipe.models.capabilities import Model

WARN_DAYS = 60
"""Warnings begin this many days before an end date."""


@frozen
class Retirement:
    """A model's end as seen on a day. `days` until it (negative: since), None where no end is known; `documented` False:
    third parties say so. `replacement` is the first id the provider names; `text` says all of it in one phrase."""

    state: Literal["current", "ending", "ended"]
    date: datetime.date | None = None
    days: int | None = None
    documented: bool = True
    replacement: str = ""
    text: str = ""

    @property
    def warns(self) -> bool:
        """Whether it is time to tell: over, or within `WARN_DAYS` days."""
        return self.days is not None and self.days <= WARN_DAYS

    @property
    def blocks(self) -> bool:
        """Whether new pictures are out of the question: over, by the provider's own word."""
        return self.state == "ended" and self.documented


def retirement(model: Model, today: datetime.date) -> Retirement:
    """How a model stands on `today`. The end date itself is the first day without it."""
    status = model.status
    if status.state == "current" or not status.date:
        return Retirement("current", text=f"{model.id} is current")
    end = datetime.date.fromisoformat(status.date)
    days = (end - today).days
    state: Literal["ending", "ended"] = "ending" if days > 0 else "ended"
    replacement = model.replacements[0] if model.replacements else ""
    return Retirement(state, end, days, status.documented, replacement, _text(model, end, days))


def _text(model: Model, end: datetime.date, days: int) -> str:
    verb = "was retired" if model.status.state == "retired" else "was shut down"
    if days > 0:
        when = f"{model.id} shuts down {end} (in {days} day{'s' if days > 1 else ''})"
        return when if model.status.documented else f"{when}, as third parties report"
    return (
        f"{model.id} {verb} {end}"
        if model.status.documented
        else f"{model.id} was to shut down {end}, as third parties report"
    )


def problem(model: Model, today: datetime.date, *, finished: bool | None = None) -> Problem | None:
    """What to tell about an asset by `model`; None where nothing is due. After a documented end it is an error for an
    asset without a finished picture by that model (`finished` False), a note for one that has it (True), and a warning
    where that is not known (None). What third parties say only warns."""
    found = retirement(model, today)
    if not found.warns:
        return None
    ways = f"use {_either(model.replacements)}" if model.replacements else "choose another model"
    hint = f"{ways}; `imagepipe migrate-model {model.id} {found.replacement or 'TO'}` rewrites the manifest"
    if found.state == "ending":
        return Problem("model-ending", ("model",), found.text, hint, "warning")
    if not found.blocks:
        return Problem("model-ended", ("model",), found.text, hint, "warning")
    if finished:
        return Problem("model-ended", ("model",), f"{found.text}; the picture is kept", hint, "note")
    return Problem("model-ended", ("model",), found.text, hint, "warning" if finished is None else "error")


def _either(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
