"""What is kept of what was asked and paid: pictures, files, money, lock entries, receipts and requests under way."""

from collections.abc import Mapping
from typing import Literal

from imagepipe.frozen import frozen, quick
from imagepipe.values.asked import InputFact
from imagepipe.values.maps import EMPTY, FrozenMap

CandidateStatus = Literal["picked", "kept", "rejected"]
Answer = Literal["generated", "adopted", "migrated"]


@quick
class Candidate:
    """One picture that came back: pixels, format, and what was decided about it. `why` says why a person rejected it; ""
    for one that was not rejected, or that failed its checks. `c2pa`: it came with a C2PA manifest (its signature is not
    checked), which any re-encoding takes away. `made_from`: the key it was asked under, where a merge put it beside the
    pictures of another recipe; "" for one of its entry's own."""

    sha256: str
    width: int
    height: int
    format: str
    status: CandidateStatus = "kept"
    why: str = ""
    c2pa: bool = False
    made_from: str = ""


@frozen
class FileFact:
    """A published file as the lock records it."""

    sha256: str
    width: int
    height: int
    format: str
    bytes: int


@frozen
class Charge:
    """What was paid, in USD. `estimated`: the answer carried no usage. `usd` None: the price is unknown."""

    usd: float | None = 0.0
    usage: FrozenMap = EMPTY
    estimated: bool = False


@frozen
class Price:
    """What a call would cost in USD: expected range and the worst case that caps reserve. None: unknown. `estimated`: it
    rests on figures that are not the provider's own."""

    low: float | None = 0.0
    high: float | None = 0.0
    worst: float | None = 0.0
    estimated: bool = False


FREE = Price()


@frozen
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

    @property
    def may_wait(self) -> bool:
        """Whether its asset, under another name, may be one that cannot be made yet for want of an input or of its draft."""
        return bool(self.inputs or self.profile)


@frozen
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


@frozen
class Intent:
    """A paid request that is about to be sent, or whose end is unknown: worst cost in USD, `None` where unknown.

    `home` is the folder of the project that sent it, since many may share a store; `why` says what is known of a doubt.
    """

    id: str
    key: str
    asset: str
    worst: float | None
    provider: str
    receipt: Receipt
    started: str = ""
    pid: int = 0
    home: str = ""
    why: str = ""


@frozen
class Refusal:
    """A request that the provider refused for good: not sent again without `--retry-failed`."""

    key: str
    asset: str
    code: str
    message: str
    request_id: str = ""
    at: str = ""
