"""Everything that happens in a build, as a closed list of values; screens, reports and metrics only listen."""

from dataclasses import fields
from typing import Any

from imagepipe.frozen import frozen
from imagepipe.values import Candidate, Charge, Entry, thaw


@frozen
class BuildStarted:
    """The plan is fixed: how many assets are worked on, how many requests, and the worst cost in USD (None: unknown);
    `blocked`: how many need a person first, and are not."""

    run: str
    work: int
    requests: int
    worst: float | None
    cap: float | None = None
    cap_name: str = ""
    blocked: int = 0


@frozen
class Sending:
    """A request is on its way: attempt 1, 2, …; `n` pictures; `worst` USD reserved."""

    asset: str
    key: str
    attempt: int
    n: int
    worst: float | None


@frozen
class Waiting:
    """An attempt waits `seconds` before it goes on, and why (throttled, backoff, rate)."""

    asset: str
    seconds: float
    why: str


@frozen
class Received:
    """An answer is safe in the store, receipt written."""

    asset: str
    key: str
    candidates: tuple[Candidate, ...]
    charge: Charge
    request_id: str = ""


@frozen
class SpoolAdopted:
    """At start-up: an answer that an earlier, broken-off build had received was taken into the store."""

    asset: str
    key: str
    charge: Charge
    request_id: str = ""


@frozen
class Published:
    """An asset's files are written; `entry` is its new lock entry. `action` is the plan's."""

    asset: str
    action: str
    entry: Entry
    written: tuple[str, ...] = ()


@frozen
class Relocked:
    """Nothing to write, but the lock entry changed (a rename, a hold that noted something)."""

    asset: str
    entry: Entry


@frozen
class Dropped:
    """An asset left the manifest; its lock entry goes. `removed` are the files deleted (only under `--prune`)."""

    asset: str
    removed: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


@frozen
class Failed:
    """An asset could not be built: `code`, what and what to do; `usd` is what was charged all the same; `request_id` the
    provider's name for the request that failed; `picture` a file in the project that shows what is wrong; `blocked`: nothing
    was tried, since a person must choose first."""

    asset: str
    code: str
    message: str
    hint: str = ""
    usd: float | None = 0.0
    entry: Entry | None = None
    request_id: str = ""
    picture: str = ""
    blocked: bool = False


@frozen
class Skipped:
    """An asset was not tried, because of another asset or because the build stopped."""

    asset: str
    because: str


@frozen
class InDoubt:
    """A request was sent and its end is unknown: counted as spent at `worst` USD until `--resend` or `--forget`, or what
    `hint` says where no manifest names the asset."""

    asset: str
    key: str
    worst: float | None
    why: str
    hint: str = ""


REMOVED = "removed"
"""The code by which Warned tells what was asked for: files removed under `--prune`."""


@frozen
class Warned:
    """Something a person should know that stops nothing."""

    code: str
    message: str
    asset: str = ""
    hint: str = ""


@frozen
class BuildFinished:
    """The end: counts of what was built, failed, left over, and the money: `usd` settled, `in_doubt` at worst. Those
    `blocked` are among the failed."""

    exit_code: int
    published: int
    failed: int
    skipped: int
    requests: int
    usd: float
    in_doubt: float
    message: str = ""
    blocked: int = 0


Event = (
    BuildStarted
    | Sending
    | Waiting
    | Received
    | SpoolAdopted
    | Published
    | Relocked
    | Dropped
    | Failed
    | Skipped
    | InDoubt
    | Warned
    | BuildFinished
)


def as_json(event: Event) -> dict[str, Any]:
    """An event as JSON-ready data: {"event": "received", …fields}. Lock entries are left out: the lock has them."""
    name = "".join("_" + c.lower() if c.isupper() else c for c in type(event).__name__).lstrip("_")
    data: dict[str, Any] = {"event": name}
    for spec in fields(event):
        value = getattr(event, spec.name)
        if isinstance(value, Entry) or spec.name == "entry":
            continue
        data[spec.name] = _plain(value)
    return data


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if hasattr(value, "__dataclass_fields__"):
        return {spec.name: _plain(getattr(value, spec.name)) for spec in fields(value)}
    return thaw(value)
