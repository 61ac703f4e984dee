"""What one model can do, as values: sizes, options, prices, how sure each figure is. No rules, no data."""

from dataclasses import dataclass
from typing import Literal

from imagepipe.frozen import frozen
from imagepipe.values import EMPTY, FrozenMap

State = Literal["current", "ends", "ended", "retired"]


@frozen
class Status:
    """Where a model is in its life. `date` (ISO) is when it came (current) or goes; `documented` False: third parties say so."""

    state: State = "current"
    date: str = ""
    documented: bool = True


@frozen
class Sizes:
    """The size rule. Fixed: one of `values`. Flexible: both edges a `multiple`, the longer at most `longest`, long:short at
    most `ratio`, `least_pixels` ≤ width × height ≤ `most_pixels`; above `experimental_above` pixels the provider warns."""

    kind: Literal["fixed", "flexible"]
    values: tuple[str, ...] = ()
    multiple: int = 16
    longest: int = 3840
    ratio: float = 3
    least_pixels: int = 1
    most_pixels: int = 0
    experimental_above: int = 0


@frozen
class Inputs:
    """Limits on the images of an edit: how many, which formats, bytes (each below), and those of the mask."""

    most: int
    formats: tuple[str, ...]
    bytes_below: int
    mask_formats: tuple[str, ...]
    mask_bytes_below: int
    at_high_fidelity: int = 0


@frozen
class Prices:
    """USD for a million tokens; or, for servers that bill so, `per_image` USD a picture and nothing else."""

    text_in: float = 0.0
    text_cached: float = 0.0
    image_in: float = 0.0
    image_cached: float = 0.0
    image_out: float = 0.0
    per_image: float | None = None


@frozen
class InputTokens:
    """What a reference image costs: `tokens` for `pixels`; `worst_factor` times that and `high_fidelity_extra` bound it."""

    tokens: int
    pixels: int
    worst_factor: int
    high_fidelity_extra: int


@frozen
class Tokens:
    """Output tokens of one picture. A grid (quality → edge, `factor` where an estimate multiplies it, `auto` the least and
    most over all legal sizes) or a table (quality → square, portrait, landscape)."""

    kind: Literal["grid", "table"]
    grid: FrozenMap = EMPTY
    factor: FrozenMap = EMPTY
    auto: FrozenMap = EMPTY
    table: FrozenMap = EMPTY
    partial_image: int = 100
    input_image: InputTokens = InputTokens(1033, 1 << 20, 2, 6240)


@frozen
class Need:
    """An option (or one `value` of it) that is only taken where another `option` has one of `values`."""

    code: str
    option: str
    values: tuple[object, ...]
    value: str = ""


@frozen
class Parameter:
    """One option of a request: its type, its values or bounds (its own or a trait of the model), and what it needs."""

    name: str
    type: Literal["integer", "choice", "boolean", "text", "object", "size", "legacy", "unsent"]
    code: str = "invalid-option"
    values: tuple[str, ...] = ()
    values_of: str = ""
    bounds_of: str = ""
    auto: bool = False
    least: int | None = None
    most: int | None = None
    step: int = 1
    where: Literal["", "generate", "edit"] = ""
    feature: str = ""
    needs: tuple[Need, ...] = ()
    keys: FrozenMap = EMPTY
    instead: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """One model. `confidence` says per figure whether it is "documented" or "estimated"; what is estimated never fails
    hard. `listed` False: not in the registry, the newest family's rules. Compared by identity: the registry makes each
    model once, and caches are keyed by it."""

    id: str
    family: str
    status: Status
    sizes: Sizes
    qualities: tuple[str, ...]
    formats: tuple[str, ...]
    backgrounds: tuple[str, ...]
    fidelity: tuple[str, ...]
    preview: frozenset[str]
    features: frozenset[str]
    inputs: Inputs
    n: tuple[int, int]
    prompt_chars: int
    confidence: FrozenMap
    prices: Prices | None = None
    tokens: Tokens | None = None
    options: frozenset[str] = frozenset()
    snapshots: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    replacements: tuple[str, ...] = ()
    listed: bool = True

    @property
    def snapshot(self) -> str:
        """The dated id behind this one: the newest snapshot, or the id itself where none is dated."""
        return self.snapshots[-1] if self.snapshots else self.id

    def documented(self, figure: str) -> bool:
        """Whether a figure is the provider's own word."""
        return bool(self.confidence.get(figure, "documented") == "documented")

    def values_of(self, trait: str) -> tuple[str, ...]:
        """The values of a trait that parameters refer to: qualities, formats, backgrounds or fidelity."""
        found: tuple[str, ...] = getattr(self, trait)
        return found
