"""Comparisons that the diff tests share; `python -m tests.reports.diffsamples` writes the golden texts anew."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from imagepipe.errors import Finding
from imagepipe.lock import Lock
from imagepipe.planning.comparing import Comparison, Prices, Score, compare
from imagepipe.planning.declaring import declared
from imagepipe.planning.generations import Generation, Origin, generations
from imagepipe.reports import diffjson, diffmarkdown, difftext, logtext
from imagepipe.reports.ink import Ink
from imagepipe.values import (
    Asset,
    Candidate,
    Charge,
    Entry,
    FrozenMap,
    Input,
    Manifest,
    Output,
    Price,
    Prompt,
    Recipe,
    StepCall,
    Words,
)

GOLDEN = Path(__file__).parent.parent / "golden" / "diff"
REV = "5f1c" * 10
HOSTILE = (
    "``` end of fence",
    "</pre><script>alert(1)</script>",
    "![x](javascript:alert(1)) [y](https://evil.example) <https://evil.example>",
    "::error::you lose",
    "##[error]you lose",
    "\x1b[31mred\x1b[0m \u202egnp.exe \u2066x\u2069",
    "@everyone #1 &lt;b&gt; | a | b | ~~c~~ **d**",
)


def asset(id: str, **more: object) -> Asset:
    """An asset with one plain output."""
    options = FrozenMap({"n": 1, "size": "1024x1024", "quality": "low", "output_format": "png"})
    whole = {"options": options, "outputs": (Output(f"public/{id}.png", "png"),), **more}
    return Asset(id, Prompt(), **whole)  # type: ignore[arg-type]


def state(
    words: dict[str, tuple[str, ...]], *assets: Asset, files: dict[str, str] | None = None, lock: Lock | None = None
) -> dict[str, Entry]:
    """What a manifest of these assets and words declares."""
    texts = FrozenMap({id: Words("\n".join(lines)) for id, lines in words.items()})
    manifest = Manifest("/shop", "assets.yaml", assets, words=texts)
    return declared(manifest, lock or Lock(), files or {}, lambda step: 1)


def price_of(recipe: Recipe, ask: int) -> Price:
    """Ten cents for high quality, one for any other."""
    each = 0.10 if recipe.request.options["quality"] == "high" else 0.01
    return Price(each * ask, each * ask * 1.2, each * ask * 1.5)


PRICES = Prices(price_of, lambda key, asset: 0)
HIGH = FrozenMap({"n": 2, "size": "1536x1024", "quality": "high", "output_format": "png"})
WEBP = Output("public/hero.webp", "webp", (StepCall("resize", FrozenMap({"width": 1600})),))
SMALL = Output("public/hero.webp", "webp", (StepCall("resize", FrozenMap({"width": 1200})), StepCall("sharpen")))
HERO = (
    "Use case: product-mockup",
    "Primary request: a minimal hero image of a ceramic mug",
    "Subject: one matte mug, handle to the right",
    "Lighting/mood: soft studio lighting",
    "Constraints: no watermark",
)
NEW_HERO = (
    "Use case: product-mockup",
    "Primary request: a minimal hero image of a ceramic mug",
    "Subject: one glossy mug, handle to the left",
    "Composition/framing: wide, space on the left",
    "Lighting/mood: soft studio lighting",
    "Constraints: no watermark",
)
LABEL = Input("reference", image="refs/label.png")
BEFORE = state(
    {"hero": HERO, "cutout": ("the mug alone",), "autumn": ("leaves",), "logo": ("a fern",)},
    asset("hero", outputs=(Output("public/hero.png", "png"), WEBP), inputs=(LABEL,)),
    asset("cutout", inputs=(Input("target", asset="hero"),)),
    asset("autumn"),
    asset("logo"),
    files={"refs/label.png": "sha256:" + "a1" * 32},
)
AFTER = state(
    {"hero": NEW_HERO, "cutout": ("the mug alone",), "logo": ("a fern",), "poster": ("a poster", "of a mug")},
    asset("hero", outputs=(Output("public/hero.png", "png"), SMALL), inputs=(LABEL,), options=HIGH),
    asset("cutout", inputs=(Input("target", asset="hero"),)),
    asset("logo"),
    asset("poster"),
    files={"refs/label.png": "sha256:" + "b2" * 32},
)
SCORES = {"hero": (Score(0.8712, 0.1234, path="public/hero.webp"), Score(0.99991, 0.0002, True, "public/og.jpg"))}


def scored(found: Comparison) -> Comparison:
    """With how much the files of some assets changed."""
    return replace(found, changes=tuple(replace(one, scores=SCORES.get(one.asset, ())) for one in found.changes))


CHANGED = scored(replace(compare(BEFORE, AFTER, PRICES), base="main", rev=REV))
NOTHING = replace(compare(BEFORE, BEFORE, PRICES), base="assets.lock")
BROKEN = replace(
    compare({}, AFTER, PRICES, {"logo"}),
    base="v0.1",
    rev=REV,
    notes=(Finding("base-without", "there is no assets.yaml in v0.1: everything is new", severity="warning"),),
)


def hostile() -> Comparison:
    """Other people's text wherever it can be."""
    then = state({"a": ("Title: one", *HOSTILE)}, asset("a"))
    words = ("Title: two", *(f"{text} more" for text in HOSTILE))
    evil = asset("a", outputs=(Output("public/<img src=x onerror=alert(1)>.png", "png"),), license="](javascript:x)")
    found = compare(then, state({"a": words, "b": HOSTILE}, evil, asset("b")), PRICES)
    note = Finding("base-broken", "\n".join(HOSTILE), severity="warning")
    return replace(found, base="x`]<script>::error::", rev=REV, notes=(note,))


def entry(words: tuple[str, ...], picture: str, **more: object) -> Entry:
    """A built entry."""
    made = state({"mug": words}, asset("mug"))["mug"]
    return replace(made, candidates=(Candidate("sha256:" + picture * 32, 1024, 1024, "png", "picked"),), **more)


def past() -> tuple[Generation, ...]:
    """Three generations: a stand-in, a picture, one retouched by hand and not committed."""
    stand_in = entry(("a mug",), "aa", placeholder=True, made_at="2026-11-01T08:00:00Z")
    first = entry(("a green mug",), "bb", cost=Charge(0.0123), made_at="2026-11-02T09:30:00Z")
    own = replace(entry(("a green mug",), "cc"), answer="adopted", note="retouched the handle")
    ada = Origin("1a2b3c4d" * 5, "Ada", "2026-11-02T10:00:00+01:00", "A green mug")
    bob = Origin("9f8e7d6c" * 5, "Bob", "2026-11-01T09:00:00+01:00", "First pictures")
    found = (Generation("mug", own), Generation("mug", first, ada), Generation("cup", stand_in, bob))
    return tuple(generations(found))


CASES: dict[str, Callable[[], str]] = {
    "diff.txt": lambda: difftext.render(CHANGED),
    "diff-ascii.txt": lambda: difftext.render(CHANGED, Ink(unicode=False)),
    "diff-colour.txt": lambda: difftext.render(CHANGED, Ink(colour=True)),
    "diff-nothing.txt": lambda: difftext.render(NOTHING),
    "diff-without.txt": lambda: difftext.render(BROKEN),
    "diff.md": lambda: diffmarkdown.render(CHANGED),
    "diff-nothing.md": lambda: diffmarkdown.render(NOTHING),
    "diff-without.md": lambda: diffmarkdown.render(BROKEN),
    "diff-hostile.md": lambda: diffmarkdown.render(hostile()),
    "diff-hostile.txt": lambda: difftext.render(hostile()),
    "diff.json": lambda: diffjson.render(CHANGED),
    "log.txt": lambda: logtext.render(past()),
}

if __name__ == "__main__":
    for name, text in CASES.items():
        (GOLDEN / name).write_text(text(), encoding="utf-8")
