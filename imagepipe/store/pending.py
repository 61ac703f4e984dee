"""Requests whose end is not in the store yet, as their intents and spools tell it: what start-up and `plan` look at."""

from collections.abc import Callable, Collection
from enum import StrEnum
from pathlib import Path

from imagepipe.contracts import Reply
from imagepipe.errors import Finding
from imagepipe.frozen import frozen
from imagepipe.store.layout import Layout
from imagepipe.store.quarantine import Tell
from imagepipe.store.receipts import listed
from imagepipe.store.receipts import names as receipt_names
from imagepipe.store.records import Unreadable, from_text
from imagepipe.store.spools import REGION, Answer, read_answer, rescued, reserved
from imagepipe.values import Intent

_UNDECIDED = frozenset((408, 409, *range(500, 600)))
"""Answers after which a request may have been billed or not."""


class State(StrEnum):
    """How far a request got: never sent, sent with an unknown end, or answered in full."""

    UNSENT = "unsent"
    PARTIAL = "partial"
    COMPLETE = "complete"


@frozen
class Pending:
    """One request found on disk. `live`: a running process is at it, so its state is nobody else's business.

    A COMPLETE one has `answer`; `reply` and `body` give what the provider said.
    """

    intent: Intent
    state: State
    live: bool = False
    answer: Answer | None = None

    @property
    def in_doubt(self) -> bool:
        """Whether its end is unknown and nobody is at it: no whole answer, or one that does not say if it was billed."""
        silent = self.state is State.PARTIAL or (self.state is State.COMPLETE and self.reply.status in _UNDECIDED)
        return silent and not self.live

    @property
    def reply(self) -> Reply:
        """What came back; an empty Reply unless COMPLETE."""
        return self.answer.reply if self.answer else Reply()

    def body(self) -> bytes:
        """The received body; empty unless COMPLETE. Raises OSError."""
        return self.answer.body() if self.answer else b""


def look(layout: Layout, is_live: Callable[[Intent], bool], tell: Tell) -> tuple[Pending, ...]:
    """Everything pending, by intent id. What a receipt already settles is passed over: only its files are left."""
    found = (look_at(layout, name, is_live, tell) for name in sorted(_names(layout)))
    return tuple(item for item in found if item is not None)


def under(
    layout: Layout, key: str, mine: Collection[str], is_live: Callable[[Intent], bool], tell: Tell
) -> tuple[Pending, ...]:
    """What is pending under one key and nobody is at. `mine` names requests of this process: passed over unread, and
    those of other keys unparsed, since every request of a build looks, and there may be as many as it has jobs."""
    names = sorted(name for name in _names(layout) if name not in mine and _may_name(layout.intent(name), key))
    found = (look_at(layout, name, is_live, tell) for name in names)
    return tuple(item for item in found if item is not None and item.intent.key == key and not item.live)


def _may_name(intent: Path, key: str) -> bool:
    try:
        return key.encode() in intent.read_bytes()
    except OSError:
        return True


def look_at(layout: Layout, ident: str, is_live: Callable[[Intent], bool], tell: Tell) -> Pending | None:
    """One pending request, None where it is gone or settled."""
    intent = read_intent(layout, ident, tell)
    if intent is None:
        return None
    if is_live(intent):  # Asked before the spool is read: whoever lets go of the key has finished writing.
        return Pending(intent, State.PARTIAL, live=True)
    if is_settled(layout, intent):
        return None
    spool = layout.spool(ident)
    if not was_sent(layout, ident):
        return Pending(intent, State.UNSENT) if layout.intent(ident).exists() else None
    try:
        answer = read_answer(spool) or rescued(spool.name)
    except FileNotFoundError:
        return None
    except OSError as error:
        tell(Finding("spool-unreadable", f"cannot read {spool}: {error.strerror}", severity="warning"))
        answer = None
    return Pending(intent, State.COMPLETE if answer else State.PARTIAL, answer=answer)


def was_sent(layout: Layout, ident: str) -> bool:
    """Whether a request may have left: its spool is there and has got its size, without which nothing is sent."""
    try:
        return layout.spool(ident).stat().st_size >= REGION
    except FileNotFoundError:
        return False
    except OSError:
        return True


def is_settled(layout: Layout, intent: Intent) -> bool:
    """Whether the receipt this intent was to lead to is there."""
    return layout.receipt(intent.key, intent.receipt.id).exists()


def read_intent(layout: Layout, ident: str, tell: Tell) -> Intent | None:
    """An intent; None where it is gone or unreadable. An unreadable one that has a spool was sent, and is told of."""
    path = layout.intent(ident)
    try:
        return from_text(path.read_bytes(), Intent)
    except FileNotFoundError:
        return None
    except (Unreadable, OSError) as error:
        if layout.spool(ident).exists():
            what = f"{path}: the note of a request that was sent cannot be read ({error})"
            hint = "its cost is unknown; look at the provider's usage page, then remove this file and its spool"
            tell(Finding("intent-damaged", what, hint=hint, severity="warning"))
        return None


def orphans(layout: Layout) -> tuple[Path, ...]:
    """Spools without an intent and without a receipt: nothing of ours was lost with them, but a person should look."""
    left = settled(layout)
    return tuple(path for path in _alone(layout) if path not in left)


def settled(layout: Layout) -> tuple[Path, ...]:
    """Spools whose intent went for good, as their receipt is there, and that a power cut brought back."""
    found = _alone(layout)
    ids = {name.split(".")[1] for name in receipt_names(layout)} if found else set()
    return tuple(path for path in found if path.name in ids)


def rooms(layout: Layout) -> frozenset[Path]:
    """Where room is set aside for requests that may still be sent; where they may not, the next build removes it."""
    return frozenset(reserved(layout.spool(name)) for name in _names(layout))


def _alone(layout: Layout) -> list[Path]:
    noted = set(_names(layout))
    return [layout.spools / name for name in sorted(listed(layout.spools)) if name not in noted]


def _names(layout: Layout) -> list[str]:
    """The ids of all intents. A temporary file is none: its name has no end."""
    return [name.removesuffix(".json") for name in listed(layout.intents) if name.endswith(".json")]
