"""What a plan is decided by: the command line's wishes, the caps, and what only other rooms know, as function values."""

from collections.abc import Callable

from imagepipe.frozen import frozen
from imagepipe.values import Price, Recipe

Ids = frozenset[str]
_NOBODY: Ids = frozenset()


def _none(model: str) -> str:
    return ""


@frozen
class Rules:
    """`price_of(recipe, ask)` prices a call in USD; `version_of(step)` gives a step's version; `retirement_of(model)`
    says since when a model cannot be asked ("": it can be), `replacement_of(model)` which one the provider names instead
    ("": none).

    `placeholder` asks the placeholder whatever the manifest says; `chosen` are the selected ids (None: all). `again`,
    `resend`, `forget` and `retry_failed` name the assets that the options of that name select; `per_asset` is the cap
    of one asset in USD. `prune` removes what no output writes any more.
    """

    price_of: Callable[[Recipe, int], Price]
    version_of: Callable[[str], int]
    retirement_of: Callable[[str], str]
    replacement_of: Callable[[str], str] = _none
    chosen: Ids | None = None
    placeholder: bool = False
    frozen: bool = False
    force: bool = False
    again: Ids = _NOBODY
    resend: Ids = _NOBODY
    forget: Ids = _NOBODY
    retry_failed: Ids = _NOBODY
    per_asset: float | None = None
    prune: bool = False
    allow_unknown_price: bool = False
