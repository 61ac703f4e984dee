"""What the many-of-a-kind rooms promise: providers, steps, reports, the tree that is read and the store that is kept."""

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Any, Protocol

from imagepipe.frozen import frozen
from imagepipe.values import EMPTY, Candidate, Charge, FrozenMap, Intent, Receipt, Refusal, Request


class Tree(Protocol):
    """Files of a project, by project-relative path with `/`: the disk, or a git revision. Never leaves the project."""

    def read(self, path: str) -> bytes:
        """The bytes; raises FileNotFoundError, or errors.UsageError for a path that must not be read."""
        ...

    def glob(self, pattern: str) -> tuple[str, ...]:
        """Paths matching a glob (`*`, `**`, `?`), sorted."""
        ...


class End(StrEnum):
    """How one request ended, as money sees it: DESIGN.md, money rule 2."""

    NOT_SENT = "not_sent"
    REFUSED = "refused"
    THROTTLED = "throttled"
    RECEIVED = "received"
    IN_DOUBT = "in_doubt"


@frozen
class Reply:
    """What came back over the wire. `status` 0: nothing did, and `fault` says what happened; then `sent` tells whether
    the request may have reached the provider. The body is in the sink, whole if `complete`."""

    status: int = 0
    headers: FrozenMap = EMPTY
    request_id: str = ""
    complete: bool = False
    sent: bool = False
    fault: str = ""


@frozen
class Verdict:
    """A reply judged. `scope` tells whom a failure stops: this asset, all of its model, or the run; `retry` that sending
    again may help; `wait` how many seconds the provider asked for."""

    end: End
    scope: str = "asset"
    retry: bool = False
    code: str = ""
    message: str = ""
    hint: str = ""
    wait: float | None = None


@frozen
class Pictures:
    """The pictures of a received answer: raw bytes each, `usage` and the echoed size, quality, background as sent back."""

    images: tuple[bytes, ...]
    usage: FrozenMap = EMPTY
    echoed: FrozenMap = EMPTY
    resolved_model: str = ""


class Sink(Protocol):
    """Where a body goes while it arrives."""

    async def write(self, piece: bytes) -> None:
        """Takes the next piece; raises errors.ImagepipeError past the body bound."""
        ...


@frozen
class Terms:
    """How a provider is reached: from the user's configuration, environment and command line, never from a manifest."""

    name: str
    kind: str = "openai"
    base_url: str = ""
    key_env: str = "OPENAI_API_KEY"
    models: FrozenMap = EMPTY
    deadline: float = 900.0
    switches: FrozenMap = EMPTY


class Provider(Protocol):
    """A source of pictures. `free` providers cost nothing and skip intent, spool and fsync."""

    free: bool

    async def send(self, request: Request, files: Sequence[bytes], sink: Sink) -> Reply:
        """One request, never retried; `files` are the bytes of `request.inputs` in order. Never raises for what the
        network or the provider did; raises errors.ProviderStop where no request can be made (no key)."""
        ...

    async def close(self) -> None:
        """Ends connections."""
        ...


class Dialect(Protocol):
    """Reads a provider's answers; imports no SDK, so that spools can be adopted without one."""

    def judge(self, reply: Reply, body: bytes, request: Request) -> Verdict:
        """What the reply means (IMAGE_API.md, errors)."""
        ...

    def pictures(self, body: bytes, request: Request) -> Pictures:
        """The pictures in a received body; raises errors.ImagepipeError where there are none to be had."""
        ...

    def usage(self, edges: bytes) -> Mapping[str, Any]:
        """The usage that the beginning and end of a body tell, without the pictures being read; empty where they tell
        none."""
        ...


@frozen
class StepContext:
    """What a step may know beside its picture: the asset's id, what the prompt asked for (the key colour, as `key`),
    and other pictures by name, for steps that put several together."""

    asset: str
    facts: FrozenMap = EMPTY
    pictures: Mapping[str, Any] = EMPTY


@frozen
class Several:
    """What a step makes that is not one picture alone: pictures by name, which fills {cell} in the output's path ("" is
    the name of a lone one), and files beside each picture's, by name as in "map.json" or by suffix as in ".json"; `{file}`
    in their bytes stands for the picture's file name."""

    pictures: Mapping[str, Any]
    beside: Mapping[str, bytes] = EMPTY


class Step(Protocol):
    """One local operation on a picture (a PIL image); a module with these names."""

    VERSION: int
    SCHEMA: Mapping[str, Any]

    def run(self, image: Any, options: Mapping[str, Any], context: StepContext) -> Any:
        """The picture after the step, or Several; raises errors.ImagepipeError with the figure and the bound.

        A step is run on each of several pictures, unless its module says MANY = True: it gets them all at once. One that
        makes several says MAKES = True, one that gives files beside a picture names them in BESIDE: a path must be known
        to fit before anything is paid for.
        """
        ...


class Store(Protocol):
    """The constructive traces: what was paid for, by key and by digest. Everything here survives the lock's loss."""

    def receipts(self, key: str) -> tuple[Receipt, ...]:
        """All paid answers under a key, oldest first."""
        ...

    def has_blob(self, digest: str) -> bool:
        """Whether the bytes are here (by name; `blob` verifies)."""
        ...

    def blob(self, digest: str) -> bytes:
        """The bytes, verified against their name; damaged ones are quarantined. Raises FileNotFoundError."""
        ...

    def doubts(self, key: str) -> tuple[Intent, ...]:
        """Requests under a key whose end is unknown."""
        ...

    def refusal(self, key: str) -> Refusal | None:
        """The remembered refusal of a key."""
        ...


Measure = Callable[[bytes], Candidate]
"""Reads a picture's facts from its bytes: size, format, digest; raises errors.ImagepipeError for what is not one."""

ChargeOf = Callable[[Request, Mapping[str, Any], int], Charge]
"""What an answer cost: (request, usage, pictures received) → USD, by the registry's prices."""
