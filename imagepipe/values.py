"""The values that travel the road from manifest to lock: frozen, slotted, compared by content. No I/O, no rules."""

from collections.abc import ItemsView, Iterator, Mapping, ValuesView
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal

from imagepipe.errors import Finding, Place
from imagepipe.frozen import quick
from imagepipe.paths import beside

Role = Literal["target", "reference", "style", "insert", "mask", "markup"]
LOCAL = "local"
"""In keys and in the lock, who made what no provider was asked for."""
CandidateStatus = Literal["picked", "kept", "rejected"]
Answer = Literal["generated", "adopted", "migrated"]


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


class FrozenMap(Mapping[str, Any]):
    """A mapping that cannot change: hashable, ordered as given, equal to any mapping of the same content."""

    __slots__ = ("_data",)

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        self._data: dict[str, Any] = dict(data._data if type(data) is FrozenMap else data) if data else {}

    def __getitem__(self, name: str) -> Any:
        return self._data[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._data)

    def __len__(self) -> int:
        return len(self._data)

    def __contains__(self, name: object) -> bool:
        return name in self._data

    def items(self) -> ItemsView[str, Any]:
        """The entries in order, without the detour through `__getitem__` that Mapping would take for each."""
        return self._data.items()

    def values(self) -> ValuesView[Any]:
        """The values in order, as straight as `items`."""
        return self._data.values()

    def get(self, name: str, default: Any = None) -> Any:
        """The value of a name, or `default`."""
        return self._data.get(name, default)

    def __eq__(self, other: object) -> bool:
        return self._data == other._data if type(other) is FrozenMap else super().__eq__(other)

    def __hash__(self) -> int:
        return hash(frozenset(self._data.items()))

    def __repr__(self) -> str:
        return f"FrozenMap({self._data!r})"


EMPTY = FrozenMap()
PROFILE = "profile"
"""The part of a reason that says under which profile a picture was made."""


def freeze(value: Any) -> Any:
    """JSON-like data as values: dict → FrozenMap, list → tuple, all the way down."""
    if isinstance(value, Mapping):
        return FrozenMap({name: freeze(item) for name, item in value.items()}) if value else EMPTY
    if isinstance(value, list | tuple):
        return tuple(freeze(item) for item in value)
    return value


def thaw(value: Any) -> Any:
    """The reverse of `freeze`: plain dictionaries and lists, for JSON."""
    if isinstance(value, Mapping):
        return {name: thaw(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [thaw(item) for item in value]
    return value


@quick
@dataclass(frozen=True, slots=True)
class Prompt:
    """The prompt as the author wrote it, not yet rendered.

    A spec has `fields` (name → text, or a tuple of texts), `extra` lines and a `use_case`; a plain string or a `file:`
    prompt has `text` alone. `literal` turns Jinja off (one-off commands); `source` names the file it came from.
    """

    use_case: str = ""
    fields: FrozenMap = EMPTY
    extra: FrozenMap = EMPTY
    text: str | None = None
    source: str = ""
    literal: bool = False


@dataclass(frozen=True, slots=True)
class Input:
    """An image the request refers to: a project file (`image`), an asset's picked original (`asset`), one of its finished
    files (`asset` and `output`), an import (`asset` is "name:id"), or the approved picture that this very asset has under
    a profile (`draft`). Exactly one of `image`, `asset` and `draft` is set."""

    role: Role
    image: str = ""
    asset: str = ""
    output: str = ""
    note: str = ""
    draft: str = ""


@dataclass(frozen=True, slots=True)
class StepCall:
    """One local step with its options, defaults not filled in."""

    name: str
    options: FrozenMap = EMPTY


@quick
@dataclass(frozen=True, slots=True)
class Output:
    """One file (or, with `{index}` or `{cell}` left in `path`, one pattern of files) and every step that leads to it.
    `beside` names the files that steps write beside it: paths.beside."""

    path: str
    format: str
    steps: tuple[StepCall, ...] = ()
    expect: FrozenMap = EMPTY
    beside: tuple[str, ...] = ()

    @property
    def files(self) -> tuple[str, ...]:
        """Every path it writes, its own first."""
        if not self.beside:
            return (self.path,)
        return (self.path, *(beside(self.path, name) for name in self.beside))


@quick
@dataclass(frozen=True, slots=True)
class Asset:
    """One deliverable after merging, extending and expanding: complete, version-1 defaults filled in.

    `options` holds n, size, quality, output_format always and the others only where written. `vars` are all the names
    its templates may use, matrix names included. `profile` is the one it was read under, `place` where it is declared.
    One that is `local` has no request: its files are made here of its inputs' pictures, each called as its `note` says,
    and model and prompt are blank.
    """

    id: str
    prompt: Prompt
    provider: str = "openai"
    model: str = "gpt-image-2"
    options: FrozenMap = EMPTY
    template: str = ""
    inputs: tuple[Input, ...] = ()
    outputs: tuple[Output, ...] = ()
    transparency: FrozenMap = EMPTY
    preview: bool = False
    expect: FrozenMap = EMPTY
    take: int = 1
    pin: bool = False
    pick: int | None = None
    originals: str = ""
    on_input_change: Literal["follow", "pin", "ask"] = "follow"
    metadata: Literal["embed", "strip"] = "embed"
    final_uses: str = ""
    profile: str = ""
    tags: tuple[str, ...] = ()
    alt: str = ""
    owner: str = ""
    license: str = ""
    description: str = ""
    vars: FrozenMap = EMPTY
    place: Place | None = None
    local: bool = False

    @property
    def is_edit(self) -> bool:
        """True where the intent is an edit: a target or a mask is among the inputs."""
        return any(item.role in ("target", "mask") for item in self.inputs)


@dataclass(frozen=True, slots=True)
class Budget:
    """Caps in USD at worst price; None: not set here."""

    per_build: float | None = None
    per_asset: float | None = None
    per_day: float | None = None
    confirm_above: float | None = None


@dataclass(frozen=True, slots=True)
class Manifest:
    """A project's manifest, complete. `root` is the project folder, `file` the manifest in it, `read` every file that was
    read to make it (path → digest), `globs` every include pattern with what it matched, `words` the rendered prompts by
    asset id."""

    root: str
    file: str
    assets: tuple[Asset, ...]
    version: int = 1
    project: str = ""
    profile: str = ""
    budget: Budget = Budget()
    use_cases: FrozenMap = EMPTY
    models: FrozenMap = EMPTY
    imports: FrozenMap = EMPTY
    read: FrozenMap = EMPTY
    globs: FrozenMap = EMPTY
    words: FrozenMap = EMPTY
    findings: tuple[Finding, ...] = ()


@quick
@dataclass(frozen=True, slots=True)
class Words:
    """A rendered prompt: `fields[i]` names the prompt field that line i of `text` came from ("subject", "extra.Camera");
    `key` is the colour that the background was asked for in, as "#rrggbb", "" for none."""

    text: str
    fields: tuple[str, ...] = ()
    key: str = ""


@dataclass(frozen=True, slots=True)
class InputFact:
    """An input with its bytes named: what a key and the lock know of it. `name` is its path or asset id."""

    role: Role
    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class ImageFact:
    """An image file's facts, read from its header: pixels as stored, format's name, size in bytes."""

    width: int
    height: int
    format: str
    bytes: int
    has_alpha: bool = False


@quick
@dataclass(frozen=True, slots=True)
class Request:
    """What is sent, complete: the one value a provider needs. `options` includes n. For the placeholder to draw,
    never sent and in no key: `label`, the asset's id, and `backdrop`, the key colour that the prompt asks for."""

    provider: str
    model: str
    prompt: str
    options: FrozenMap
    inputs: tuple[InputFact, ...] = ()
    label: str = ""
    backdrop: str = ""

    @property
    def n(self) -> int:
        """How many pictures are asked for."""
        return int(self.options.get("n", 1))


@quick
@dataclass(frozen=True, slots=True)
class Recipe:
    """An asset's request with its key. `parts` are flat labels → JSON scalars; n is in neither."""

    asset: str
    made_from: str
    parts: FrozenMap
    request: Request
    words: Words


@quick
@dataclass(frozen=True, slots=True)
class Candidate:
    """One picture that came back: pixels, format, and what was decided about it. `why` says why a person rejected it; ""
    for one that was not rejected, or that failed its checks. `c2pa`: it came with a C2PA manifest (its signature is not
    checked), which any re-encoding takes away."""

    sha256: str
    width: int
    height: int
    format: str
    status: CandidateStatus = "kept"
    why: str = ""
    c2pa: bool = False


@dataclass(frozen=True, slots=True)
class FileFact:
    """A published file as the lock records it."""

    sha256: str
    width: int
    height: int
    format: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Charge:
    """What was paid, in USD. `estimated`: the answer carried no usage. `usd` None: the price is unknown."""

    usd: float | None = 0.0
    usage: FrozenMap = EMPTY
    estimated: bool = False


@dataclass(frozen=True, slots=True)
class Price:
    """What a call would cost in USD: expected range and the worst case that caps reserve. None: unknown."""

    low: float | None = 0.0
    high: float | None = 0.0
    worst: float | None = 0.0


FREE = Price()


@dataclass(frozen=True, slots=True)
class Entry:
    """One asset in the lock: what it was made from and what it became. `parts` has "made_from" and "finished_by"."""

    made_from: str
    parts: FrozenMap
    prompt: tuple[str, ...]
    provider: str
    model: str
    options: FrozenMap
    finished_by: str = ""
    answer: Answer = "generated"
    origin: FrozenMap = EMPTY
    placeholder: bool = False
    profile: str = ""
    approved: bool = False
    note: str = ""
    resolved_model: str = ""
    inputs: tuple[InputFact, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    outputs: FrozenMap = EMPTY
    left_over: FrozenMap = EMPTY
    cost: Charge = Charge()
    made_at: str = ""

    @property
    def files(self) -> Mapping[str, "FileFact"]:
        """Every file that is ours: the outputs, and those of earlier paths that are still there."""
        return {**self.left_over, **self.outputs} if self.left_over else self.outputs

    @property
    def picked(self) -> Candidate | None:
        """The candidate the outputs were made of."""
        return next((item for item in self.candidates if item.status == "picked"), None)


@dataclass(frozen=True, slots=True)
class Receipt:
    """One paid answer, kept for ever in the store. `paid` counts the pictures billed, duplicates and rejected ones too.

    It carries all that a lost lock entry needs: parts, prompt, options, inputs. `failure` says why nothing of it may be
    published ("" where it may).
    """

    id: str
    key: str
    asset: str
    provider: str
    model: str
    parts: FrozenMap
    prompt: tuple[str, ...]
    options: FrozenMap
    inputs: tuple[InputFact, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    paid: int = 0
    answer: Answer = "generated"
    origin: FrozenMap = EMPTY
    charge: Charge = Charge()
    resolved_model: str = ""
    request_id: str = ""
    echoed: FrozenMap = EMPTY
    failure: str = ""
    raw_body: str = ""
    made_at: str = ""


@dataclass(frozen=True, slots=True)
class Intent:
    """A paid request that is about to be sent, or whose end is unknown: worst cost in USD, `None` where unknown."""

    id: str
    key: str
    asset: str
    worst: float | None
    provider: str
    receipt: Receipt
    started: str = ""
    pid: int = 0


@dataclass(frozen=True, slots=True)
class Refusal:
    """A request that the provider refused for good: not sent again without `--retry-failed`."""

    key: str
    asset: str
    code: str
    message: str
    request_id: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why: one labelled part that changed. `before` or `after` is "" where it was not there."""

    part: str
    before: str = ""
    after: str = ""


@quick
@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class Totals:
    """A plan in numbers: how many of each action, and the sum of the prices."""

    counts: FrozenMap
    price: Price


@dataclass(frozen=True, slots=True)
class Plan:
    """All decisions, in manifest order, with what they were decided from."""

    decisions: tuple[Decision, ...]
    totals: Totals
    basis: str = ""
    notes: tuple[Finding, ...] = ()
