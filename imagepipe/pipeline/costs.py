"""What a project's pictures have cost: receipts of the store first, the lock for what was paid elsewhere."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from imagepipe.frozen import frozen
from imagepipe.lock import Lock, by_key
from imagepipe.models import prices
from imagepipe.models.registry import Registry, registry
from imagepipe.pipeline.around import around
from imagepipe.pipeline.doubting import home_of, ownership
from imagepipe.pipeline.sharing import own_receipts
from imagepipe.store.ledger import Spending
from imagepipe.values import LOCAL, Entry, Intent, Manifest, Price, Receipt
from imagepipe.workspace.finding import lock_name
from imagepipe.workspace.locking import load_lock

BY = ("asset", "tag", "model", "day")
NO_TAG = "(no tag)"
_REFERENCE = (1024, 1024)


@frozen
class Payment:
    """One paid answer: pictures billed, what it cost in USD (None: unknown), and what the registry says it would cost
    today. `guessed`: the answer carried no usage. `here`: its receipt is in this store."""

    asset: str
    model: str
    day: str
    pictures: int
    usd: float | None
    estimate: Price
    guessed: bool = False
    here: bool = True


@frozen
class Sum:
    """Payments added up: `unknown` of them have no known price (and are not in `usd`), `guessed` carried no usage."""

    name: str
    requests: int
    pictures: int
    usd: float
    estimate: float | None
    unknown: int = 0
    guessed: int = 0


@frozen
class Costs:
    """Sums by one thing, the sum of all, and what is in no sum: the requests whose end is unknown, and what may have
    been paid for those that were let go by `--resend`, `--forget` or another try (as this machine's ledger has it)."""

    by: str
    rows: tuple[Sum, ...]
    total: Sum
    doubts: tuple[Intent, ...] = ()
    let_go: tuple[Spending, ...] = ()


def costs(manifest: Manifest, by: str = "asset") -> Costs:
    """What the assets of the manifest and the lock have cost so far, by asset, tag, model or day.

    An asset with two tags counts for both, and once in the total. Raises errors.Damaged.
    """
    near, root = around(Path(manifest.root)), Path(manifest.root)
    lock = load_lock(root, lock_name(manifest.file))
    tags = {asset.id: asset.tags for asset in manifest.assets}
    ours = {*tags, *lock.entries}
    known = registry(manifest.models)
    own, home = ownership(manifest), home_of(manifest)
    sent, keys = {one.id for one in own_receipts(near, root)}, set(by_key(lock))
    receipts = [one for one in near.store.all_receipts() if one.id in sent or one.key in keys]
    paid = tuple(_payments(receipts, lock, ours, known))
    doubts = tuple(
        intent for intent in near.store.doubts() if intent.home == home or (own(intent) and intent.asset in ours)
    )
    rows = tuple(_sum(name, group) for name, group in _grouped(paid, by, tags))
    settled = {item.intent.id for item in near.store.pending()} | {item.id for item in near.store.all_receipts()}
    return Costs(by, rows, _sum("total", paid), doubts, near.ledger.let_go(manifest.project, settled, home))


def _payments(receipts: Iterable[Receipt], lock: Lock, ours: set[str], known: Registry) -> Iterator[Payment]:
    """Every receipt of these assets that cost something, then what only the lock remembers."""
    keys = set()
    renamed = by_key(lock)
    # A picture that the lock has under another name tells whose everything else under the old name was.
    now = {one.asset: renamed[one.key] for one in receipts if one.asset not in ours and one.key in renamed}
    for receipt in receipts:
        if receipt.answer != "generated":
            continue
        keys.add(receipt.key)
        name = receipt.asset if receipt.asset in ours else renamed.get(receipt.key) or now.get(receipt.asset)
        if name:
            yield replace(_of_receipt(receipt, known), asset=name)
    for name in lock.entries:
        entry = lock.entries[name]
        if entry.provider == LOCAL and not entry.model:
            continue
        came_by = str(entry.origin.get("made_from", entry.made_from))
        if not keys & {came_by, entry.made_from} and not entry.placeholder and entry.answer != "adopted":
            yield _of_entry(name, entry, known)


def _of_receipt(receipt: Receipt, known: Registry) -> Payment:
    model, charge = known.find(receipt.model).model, receipt.charge
    inputs = [_REFERENCE] * len(receipt.inputs)
    chars = len("\n".join(receipt.prompt))
    asked = prices.price(model, receipt.options, ask=receipt.paid, prompt_chars=chars, inputs=inputs) if model else None
    price = asked or prices.UNKNOWN
    day = receipt.made_at[:10]
    return Payment(receipt.asset, receipt.model, day, receipt.paid, charge.usd, price, charge.estimated)


def _of_entry(name: str, entry: Entry, known: Registry) -> Payment:
    pictures = len(entry.candidates)
    id, options = str(entry.origin.get("model", entry.model)), entry.origin.get("options", entry.options)
    model, chars = known.find(id).model, len("\n".join(entry.prompt))
    inputs = [_REFERENCE] * len(entry.inputs)
    price = prices.price(model, options, ask=pictures, prompt_chars=chars, inputs=inputs) if model else prices.UNKNOWN
    cost = entry.cost
    return Payment(name, id, entry.made_at[:10], pictures, cost.usd, price, cost.estimated, here=False)


def _grouped(paid: Iterable[Payment], by: str, tags: Mapping[str, tuple[str, ...]]) -> list[tuple[str, list[Payment]]]:
    groups: dict[str, list[Payment]] = {}
    for payment in paid:
        names = tags.get(payment.asset, ()) or (NO_TAG,) if by == "tag" else (str(getattr(payment, by)),)
        for name in names:
            groups.setdefault(name, []).append(payment)
    return sorted(groups.items())


def _sum(name: str, paid: Iterable[Payment]) -> Sum:
    rows = list(paid)
    known = [row.usd for row in rows if row.usd is not None]
    guesses = [row.estimate.high for row in rows]
    estimate = None if None in guesses else float(sum(usd for usd in guesses if usd is not None))
    return Sum(
        name,
        len(rows),
        sum(row.pictures for row in rows),
        float(sum(known)),
        estimate,
        len(rows) - len(known),
        sum(row.guessed for row in rows),
    )
