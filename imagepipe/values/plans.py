"""What a plan says of each asset, why, and in sum."""

from enum import StrEnum

from imagepipe.errors import Finding
from imagepipe.frozen import frozen, quick
from imagepipe.values.asked import Recipe
from imagepipe.values.kept import FREE, Candidate, Price
from imagepipe.values.maps import EMPTY, FrozenMap


class Action(StrEnum):
    """What the plan does about one asset; decided in one place, `plan.decide`."""

    KEEP = "keep"
    FINISH = "finish"
    RESTORE = "restore"
    GENERATE = "generate"
    WAIT = "wait"
    HOLD = "hold"
    DROP = "drop"
    BLOCK = "block"


@frozen
class Reason:
    """Why: one labelled part that changed. `before` or `after` is "" where it was not there."""

    part: str
    before: str = ""
    after: str = ""


@quick
class Decision:
    """What will be done for one asset and why. `ask` is how many pictures to request (0 under GENERATE: another asset of
    the plan makes the same request); `picked` the raw digest the outputs come from, where it is known already; `writes`
    the output paths that will be written. `code` says why it is blocked; `source` is the project file that holds the
    picked bytes ("": the store has them); `copies` maps an output path to a file that already is what belongs there;
    `orphans` are files the lock owns that nothing will write any more; `waits_for` the assets that come first."""

    asset: str
    action: Action
    reasons: tuple[Reason, ...] = ()
    price: Price = FREE
    note: str = ""
    hint: str = ""
    ask: int = 0
    recipe: Recipe | None = None
    picked: Candidate | None = None
    candidates: tuple[Candidate, ...] = ()
    finished_by: str = ""
    finish_parts: FrozenMap = EMPTY
    writes: tuple[str, ...] = ()
    code: str = ""
    source: str = ""
    copies: FrozenMap = EMPTY
    orphans: tuple[str, ...] = ()
    waits_for: tuple[str, ...] = ()


@frozen
class Totals:
    """A plan in numbers: how many of each action, and the sum of the prices."""

    counts: FrozenMap
    price: Price


@frozen
class Plan:
    """All decisions, in manifest order, with what they were decided from."""

    decisions: tuple[Decision, ...]
    totals: Totals
    basis: str = ""
    notes: tuple[Finding, ...] = ()
