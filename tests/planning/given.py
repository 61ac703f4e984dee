"""Small words for plan tests: an asset, its words, what is in lock and store, and a plan of it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from imagepipe.digest import digest_text
from imagepipe.lock import Lock, Made, entries, entry_of
from imagepipe.planning import Rules, Seen, make_plan
from imagepipe.recipe import finish_of, recipe_of
from imagepipe.values import (
    EMPTY,
    Asset,
    Candidate,
    Charge,
    Decision,
    Entry,
    FileFact,
    FrozenMap,
    Input,
    InputFact,
    Intent,
    Manifest,
    Output,
    Plan,
    Price,
    Prompt,
    Receipt,
    Recipe,
    Refusal,
    StepCall,
    Words,
)

OPTIONS: dict[str, Any] = {"n": 1, "size": "1024x1024", "quality": "medium", "output_format": "png"}
RESIZE = StepCall("resize", FrozenMap({"width": 1600}))
WORDS = "Use case: product-mockup\nPrimary request: a mug\nSubject: one mug"
FIELDS = ("use_case", "request", "subject")


def asset(id: str = "mug", *, options: Mapping[str, Any] = EMPTY, **fields: Any) -> Asset:
    """An asset with one untouched output, public/ID.png."""
    outputs = fields.pop("outputs", (Output(f"public/{id}.png", "png"),))
    return Asset(id, Prompt(), options=FrozenMap(OPTIONS | dict(options)), outputs=outputs, **fields)


def stepped(path: str = "public/mug.webp", *steps: StepCall) -> tuple[Output, ...]:
    return (Output(path, "webp", steps or (RESIZE,)),)


def words(text: str = WORDS) -> Words:
    return Words(text, FIELDS[: text.count("\n") + 1])


def pic(name: str, status: Any = "kept") -> Candidate:
    return Candidate(digest_text(name), 1024, 1024, "png", status)


def recipe(item: Asset, text: str = WORDS, inputs: tuple[InputFact, ...] = ()) -> Recipe:
    return recipe_of(item, words(text), inputs)


def version_of(step: str) -> int:
    return 1


def made_file(item: Asset, output: Output, raw: str) -> str:
    """The digest of the file an output becomes: the raw bytes, or a stand-in for what its steps make of them."""
    if not output.steps:
        return raw
    index = item.outputs.index(output)
    alone = finish_of(replace(item, outputs=(replace(output, path=""),)), raw, version_of)[0]
    return digest_text(f"{alone} {index * 0}")


def entry(item: Asset, text: str = WORDS, *, inputs: tuple[InputFact, ...] = (), **made: Any) -> Entry:
    """The lock entry of an asset that was built: `pictures` came, the first (or `picked`) is published."""
    pictures = made.pop("pictures", (pic("raw"),))
    good = next((each.sha256 for each in pictures if each.status != "rejected"), "")
    picked = made.pop("picked", good)
    changes = made.pop("changes", {})
    key, parts = finish_of(item, picked, version_of)
    files = {out.path: FileFact(made_file(item, out, picked), 1024, 1024, out.format, 9) for out in item.outputs}
    facts = Made(tuple(pictures), picked, files, key, parts, **made)
    return replace(entry_of(recipe(item, text, inputs), facts), **changes)


def files_of(*built: Entry) -> dict[str, str]:
    return {path: fact.sha256 for each in built for path, fact in each.outputs.items()}


def receipt(of: Recipe, *pictures: Candidate, paid: int | None = None, **fields: Any) -> Receipt:
    count = len(pictures) if paid is None else paid
    request = of.request
    prompt = tuple(request.prompt.split("\n"))
    values = {"charge": Charge(0.05), "made_at": "2026-11-20T10:00:00Z"} | fields
    return Receipt(
        f"r{len(pictures)}", of.made_from, of.asset, request.provider, request.model, of.parts, prompt, request.options,
        request.inputs, tuple(pictures), count, **values,
    )  # fmt: skip


def intent(of: Recipe, worst: float | None = 0.07) -> Intent:
    return Intent("i1", of.made_from, of.asset, worst, "openai", receipt(of))


def refusal(of: Recipe) -> Refusal:
    return Refusal(of.made_from, of.asset, "moderation_blocked", "not allowed")


def seen(files: Mapping[str, str] = EMPTY, *, receipts: Iterable[Receipt] = (), **look: Any) -> Seen:
    """What is there; the pictures of receipts are in the store unless `blobs` says otherwise."""
    found: dict[str, tuple[Receipt, ...]] = {}
    for each in receipts:
        found[each.key] = (*found.get(each.key, ()), each)
    pictures = frozenset(c.sha256 for each in receipts for c in each.candidates)
    return Seen(files, found, **({"blobs": pictures, "received": pictures} | look))


def rules(**changes: Any) -> Rules:
    """Rules under which a picture costs 0.05, at worst 0.07."""
    price = changes.pop("price", 0.05)

    def price_of(of: Recipe, ask: int) -> Price:
        return Price(None, None, None) if price is None else Price(price * ask, price * ask, (price + 0.02) * ask)

    values: dict[str, Any] = {"price_of": price_of, "version_of": version_of, "retirement_of": lambda model: ""}
    return Rules(**(values | changes))


def lock_of(**built: Entry) -> Lock:
    return Lock(entries=entries({name.replace("_", "-"): each for name, each in built.items()}))


def plan(
    assets: Iterable[Asset],
    lock: Lock,
    there: Seen,
    by: Rules | None = None,
    texts: Mapping[str, str] = EMPTY,
) -> Plan:
    found = tuple(assets)
    manifest = Manifest("/p", "assets.yaml", found)
    return make_plan(
        manifest, {each.id: words(texts.get(each.id, WORDS)) for each in found}, lock, there, by or rules()
    )


def row(of: Plan, id: str = "mug") -> Decision:
    return next(each for each in of.decisions if each.asset == id)


def why(decision: Decision) -> list[tuple[str, str, str]]:
    return [(each.part, each.before, each.after) for each in decision.reasons]


def takes(item: Asset, *inputs: Input) -> Asset:
    return replace(item, inputs=inputs)
