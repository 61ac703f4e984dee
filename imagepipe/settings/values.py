"""What the user's settings are once read: frozen values, defaults filled in."""

from collections.abc import Iterable, Mapping
from typing import Literal

from imagepipe.contracts import Terms
from imagepipe.frozen import frozen
from imagepipe.values import EMPTY, FrozenMap, freeze, thaw

Per = Literal["build", "asset", "day"]
PERIODS: tuple[Per, ...] = ("build", "asset", "day")
PER_BUILD = 5.00
CONFIRM_ABOVE = 1.00
JOBS = 5


@frozen
class Cap:
    """A bound in USD at worst price, on one build, asset or day; `name` says who set it, for the refusal to name."""

    name: str
    usd: float
    per: Per = "build"


def smallest(caps: Iterable[Cap], per: Per) -> Cap | None:
    """The cap in force of one kind: the smallest that anybody set."""
    return min((cap for cap in caps if cap.per == per), key=lambda cap: cap.usd, default=None)


@frozen
class Limits:
    """How much at once: `jobs` requests in flight, `images_per_minute` over all of them (None: as the provider says)."""

    jobs: int = JOBS
    images_per_minute: float | None = None


@frozen
class Settings:
    """The user's settings. `providers` by name; `caps` all that the configuration and the environment set (the smallest
    is in force); above `confirm_above` USD a build asks; `retry_in_doubt` re-sends after no answer at all; `models` are
    registry entries, deployments among them. `file` is the configuration they came from, there or not."""

    providers: Mapping[str, Terms] = EMPTY
    caps: tuple[Cap, ...] = (Cap("the built-in budget.per_build", PER_BUILD),)
    confirm_above: float = CONFIRM_ABOVE
    retry_in_doubt: int = 0
    limits: Limits = Limits()
    models: FrozenMap = EMPTY
    file: str = ""


def merged_models(settings: Settings, manifest: FrozenMap) -> FrozenMap:
    """Registry entries of the user and of a manifest as one; where both speak of a model, the manifest's fields win."""
    if not settings.models or not manifest:
        return settings.models or manifest
    mine, theirs = thaw(settings.models), thaw(manifest)
    merged: FrozenMap = freeze({**mine, **{id: {**mine.get(id, {}), **entry} for id, entry in theirs.items()}})
    return merged
