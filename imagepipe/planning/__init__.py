"""The plan: what is stale and why, decided from values alone. Knows no disk, no clock, no provider and no order of work."""

from imagepipe.planning.deciding import decide
from imagepipe.planning.holdings import Held, Holdings
from imagepipe.planning.inputs import Known, known_of, known_of_entry
from imagepipe.planning.making import Decider, decider, make_plan, plan_of
from imagepipe.planning.rules import Rules
from imagepipe.planning.seen import Looked, Seen
from imagepipe.planning.states import states
from imagepipe.planning.world import World

__all__ = [
    "Decider",
    "Held",
    "Holdings",
    "Known",
    "Looked",
    "Rules",
    "Seen",
    "World",
    "decide",
    "decider",
    "known_of",
    "known_of_entry",
    "make_plan",
    "plan_of",
    "states",
]
