"""The inputs of one asset as far as their bytes are known: from files, from other assets, from imports."""

from collections.abc import Mapping

from imagepipe.frozen import frozen
from imagepipe.planning.seen import Seen
from imagepipe.values import EMPTY, Action, Asset, Decision, Entry, Input, InputFact

PENDING = ""
"""The digest of an input whose bytes will be known later."""


@frozen
class Known:
    """What may be known of an asset that is another's input: the digests of its picked picture and of its files (""
    and absent: not yet); `blocked`: it will not come about."""

    picked: str = PENDING
    files: Mapping[str, str] = EMPTY
    blocked: bool = False


@frozen
class Gathered:
    """The inputs in order; `waiting` names the assets whose bytes are still to come, `missing` what cannot be had."""

    facts: tuple[InputFact, ...] = ()
    waiting: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


def gather(asset: Asset, known: Mapping[str, Known], seen: Seen, draft: str = "") -> Gathered:
    """The inputs of `asset`, from what is known of the assets before it; `draft` is its approved draft."""
    if not asset.inputs:
        return _NONE
    found = [(item, (draft or None) if item.draft else _digest(item, known, seen)) for item in asset.inputs]
    return Gathered(
        tuple(InputFact(item.role, name_of(item), digest or PENDING) for item, digest in found),
        tuple(dict.fromkeys(item.asset for item, digest in found if digest == PENDING)),
        tuple(dict.fromkeys(_culprit(item, known) for item, digest in found if digest is None)),
    )


_NONE = Gathered()


def name_of(item: Input) -> str:
    """How an input is called in reasons and in the lock: its file, the finished file, or the asset."""
    return item.image or item.output or item.asset or f"the approved {item.draft}"


def _culprit(item: Input, known: Mapping[str, Known]) -> str:
    """What to name where an input cannot be had: the asset that is blocked, else the file."""
    return item.asset if item.asset in known and known[item.asset].blocked else name_of(item)


def _digest(item: Input, known: Mapping[str, Known], seen: Seen) -> str | None:
    """The input's digest, PENDING, or None where it cannot be had."""
    if item.image:
        return seen.files.get(item.image)
    if item.asset not in known:
        return seen.imports.get(item.asset)
    source = known[item.asset]
    digest = source.files.get(item.output, PENDING) if item.output else source.picked
    settled = source.blocked or (item.output and source.files)
    return None if digest == PENDING and settled else digest


def known_of_entry(entry: Entry) -> Known:
    """An asset that is built: what `execute` hands to the deciding of those that waited for it."""
    picked = entry.picked
    return Known(picked.sha256 if picked else PENDING, _digests(entry), blocked=picked is None)


def known_of(decision: Decision, entry: Entry | None) -> Known:
    """An asset as its decision leaves it. A finished file is known only where nothing will be written, for steps are
    run later."""
    stays = decision.action in (Action.KEEP, Action.HOLD)
    picked = decision.picked.sha256 if decision.picked else PENDING
    return Known(picked, _digests(entry) if stays and entry else EMPTY, decision.action in (Action.BLOCK, Action.HOLD))


def _digests(entry: Entry) -> dict[str, str]:
    return {path: fact.sha256 for path, fact in entry.outputs.items()}
