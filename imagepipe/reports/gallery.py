"""What the page shows, as values: every asset with its pictures before and now, its words, its facts, its cost."""

from imagepipe.errors import Finding
from imagepipe.frozen import frozen
from imagepipe.planning.comparing import Score
from imagepipe.values import FREE, Price, Reason


@frozen
class Picture:
    """A picture to show: its digest, its size in pixels, and its bytes as a data URI ("": not embedded)."""

    sha256: str
    width: int = 0
    height: int = 0
    uri: str = ""


@frozen
class Variant:
    """A candidate: its number, what was decided about it, and why."""

    number: int
    picture: Picture
    status: str
    why: str = ""


@frozen
class Card:
    """One asset. `states` are what the page filters by; `prompts` the lines of the prompt before and now (None: there is
    none); `score` says how much the picture shown changed, `scores` each of its files; `facts` what it is made by, name and value; `lineage` a line for each thing it comes from. USD: `usd` was paid,
    `to_build` is still to be paid."""

    asset: str
    states: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    about: str = ""
    note: str = ""
    hint: str = ""
    before: Picture | None = None
    after: Picture | None = None
    score: Score | None = None
    scores: tuple[Score, ...] = ()
    variants: tuple[Variant, ...] = ()
    prompts: tuple[tuple[str, ...] | None, tuple[str, ...] | None] = (None, None)
    reasons: tuple[Reason, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    lineage: tuple[str, ...] = ()
    usd: float | None = 0.0
    to_build: Price = FREE
    built: bool = False


@frozen
class Gallery:
    """The whole page. `base` is what it is compared with, as people call it; `notes` what could not be shown."""

    project: str
    base: str
    cards: tuple[Card, ...]
    to_build: Price = FREE
    notes: tuple[Finding, ...] = ()
    version: str = ""


@frozen
class Dress:
    """The page's own style and script."""

    style: str
    script: str


@frozen
class Service:
    """Where the page sends decisions, if it is served: the path, and the token that proves where it came from. `version`
    is the word by which the page finds out that it is another one by now."""

    path: str = ""
    token: str = ""
    version: str = ""


NOT_SERVED = Service()
"""A page that lies on the disk."""
