"""Says at the end of a build with stand-ins which paid pictures stayed although what they are made from changed."""

from dataclasses import replace

from imagepipe.events import BuildFinished, Event
from imagepipe.pipeline.ground import Ground
from imagepipe.planning.world import stands_in
from imagepipe.values import Action, Plan

_NAMED = 3


def told(event: Event, plan: Plan, base: Ground) -> Event:
    """The event; the last one with a sentence about the pictures that stayed, unless it has something to say itself."""
    if not isinstance(event, BuildFinished) or event.message:
        return event
    free = {asset.id for asset in base.manifest.assets if stands_in(asset, base.rules) and not asset.pin}
    names = [row.asset for row in plan.decisions if row.action is Action.HOLD and row.reasons and row.asset in free]
    return replace(event, message=_sentence(names)) if names else event


def _sentence(names: list[str]) -> str:
    count = "1 paid picture stays" if len(names) == 1 else f"{len(names)} paid pictures stay"
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    listed = ", ".join(names[:_NAMED]) + more
    return f"{count} although the recipe changed: {listed}. `imagepipe plan` says what that would cost."
