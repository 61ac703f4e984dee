"""Plans, findings and outcomes that the report tests share; `python -m tests.reports.samples` writes the golden texts anew."""

from collections.abc import Callable
from pathlib import Path

from imagepipe.errors import Finding, Place
from imagepipe.events import BuildFinished, Dropped, Failed, InDoubt, Skipped
from imagepipe.reports import (
    findingsjson,
    findingstext,
    github,
    outcome,
    planjson,
    plantext,
    sarif,
    showtext,
    whytext,
)
from imagepipe.reports.ink import Ink
from imagepipe.values import (
    EMPTY,
    Action,
    Candidate,
    Charge,
    Decision,
    Entry,
    FileFact,
    FrozenMap,
    InputFact,
    Plan,
    Price,
    Reason,
    Recipe,
    Request,
    Totals,
    Words,
)

GOLDEN = Path(__file__).parent.parent / "golden" / "reports"
COLOUR = Ink(colour=True)
ASCII = Ink(unicode=False)
KEY, OTHER = "sha256:" + "a1" * 32, "sha256:" + "b2" * 32

OLD_PROMPT = ("Use case: product-mockup", "Primary request: a round teapot", "Subject: one matte pot", "Avoid: steam")
WORDS = Words(
    "Use case: product-mockup\nPrimary request: a round teapot\nSubject: one glossy pot\nAvoid: steam",
    ("use_case", "request", "subject", "avoid"),
)
RECIPE = Recipe(
    "teapot",
    KEY,
    FrozenMap({"provider": "openai", "model": "gpt-image-2"}),
    Request(
        "openai",
        "gpt-image-2",
        WORDS.text,
        FrozenMap({"n": 2, "size": "1024x1024", "quality": "high", "output_format": "png"}),
        (InputFact("reference", "refs/label.png", OTHER),),
    ),
    WORDS,
)
ENTRY = Entry(
    made_from=OTHER,
    parts=EMPTY,
    prompt=OLD_PROMPT,
    provider="openai",
    model="gpt-image-2",
    options=EMPTY,
    finished_by=OTHER,
    candidates=(Candidate(OTHER, 1024, 1024, "png", "picked"), Candidate(KEY, 1024, 1024, "png", "rejected")),
    outputs=FrozenMap({"public/teapot.png": FileFact(OTHER, 1024, 1024, "png", 1_482_113)}),
    cost=Charge(0.053),
    made_at="2026-11-20T09:12:44Z",
)
TEAPOT = Decision(
    "teapot",
    Action.GENERATE,
    (
        Reason("prompt.subject line 3", "Subject: one matte pot", "Subject: one glossy pot"),
        Reason("options.quality", "medium", "high"),
    ),
    Price(0.332, 0.332, 0.332),
    ask=2,
    recipe=RECIPE,
)


def plan_of(*decisions: Decision, notes: tuple[Finding, ...] = ()) -> Plan:
    """A plan with its totals counted."""
    counts = {action.value: sum(row.action is action for row in decisions) for action in Action}
    prices = [row.price for row in decisions]
    total = Price(*(sum(getattr(price, name) or 0.0 for price in prices) for name in ("low", "high", "worst")))
    return Plan(decisions, Totals(FrozenMap(counts), total), basis=KEY, notes=notes)


EVERYTHING = plan_of(
    Decision("hero", Action.GENERATE, (Reason("asset", "", "new"),), Price(0.165, 0.165, 0.165), ask=1),
    TEAPOT,
    Decision(
        "pattern", Action.GENERATE, (Reason("options.size", "1024x1024", "auto"),), Price(0.041, 0.063, 0.21), ask=1
    ),
    Decision("hero-cutout", Action.WAIT, (Reason("inputs[0] hero: bytes", OTHER, ""),), Price(0.0, 0.053, 0.06)),
    Decision("banner", Action.FINISH, (Reason("step resize.width", "1600", "1200"),)),
    Decision("icon", Action.FINISH, (Reason("file public/icon.png", "", "missing"),)),
    Decision("logo", Action.RESTORE, note="this request was answered on 2026-10-02"),
    Decision("poster", Action.HOLD, note="made by gpt-image-1, shut down 2026-10-23; the picture is kept"),
    Decision("autumn", Action.DROP, note="public/autumn.png stays; imagepipe build --prune removes it"),
    Decision(
        "sign@de,dark",
        Action.BLOCK,
        note="in doubt: sent on 2026-11-20, its end is unknown; up to $0.21 may have been spent",
        hint="imagepipe build --resend sign@de,dark asks again, --forget sign@de,dark gives it up",
    ),
    *(Decision(f"old-{number}", Action.KEEP) for number in range(41)),
)
NOTHING = plan_of(*(Decision(f"old-{number}", Action.KEEP) for number in range(41)))

FINDINGS = (
    Finding(
        "unknown-field",
        "there is no field `lightning`",
        Place("assets.yaml", 14, 7, 9, "      lightning: soft morning light", "assets.hero.prompt.lightning"),
        "did you mean `lighting`?",
    ),
    Finding(
        "invalid-size",
        "1920x1080 is no size of gpt-image-2: each side is a multiple of 16",
        Place("assets.yaml", 20, 21, 9, "    options: {size: 1920x1080}", "assets.hero.options.size"),
        "nearest valid size: 1920x1088",
    ),
    Finding(
        "wide-characters",
        "`看板` is no variable",
        Place("shop/signs.yaml", 3, 11, 2, "\ttext: 欢迎 看板 today", "assets.sign.prompt.text"),
    ),
    Finding("model-ending", "gpt-image-1 ends in 20 days", Place("assets.yaml"), "use gpt-image-2", "warning"),
    Finding("new-store", "the store is new but the lock is not", severity="note"),
)

END = outcome.Outcome(
    BuildFinished(1, published=3, failed=1, skipped=1, requests=5, usd=0.483, in_doubt=0.211),
    built=("hero", "pattern", "logo"),
    failed=(
        Failed("teapot", "moderation", "refused by the provider's moderation (req_7f3a)", "change the words", 0.0),
    ),
    skipped=(Skipped("teapot-cutout", "its input teapot failed"),),
    doubts=(InDoubt("sign@de,dark", KEY, 0.211, "the connection was reset after 12 s"),),
    dropped=(Dropped("autumn", ("public/autumn.png",), ("public/autumn-2.png",)),),
    seconds=42.4,
)

CASES: dict[str, Callable[[], str]] = {
    "plan.txt": lambda: plantext.render(EVERYTHING),
    "plan-verbose.txt": lambda: plantext.render(
        plan_of(TEAPOT, Decision("mug", Action.KEEP)), verbose=True, before={"teapot": OLD_PROMPT}
    ),
    "plan-nothing.txt": lambda: plantext.render(NOTHING),
    "plan-ascii.txt": lambda: plantext.render(EVERYTHING, ASCII),
    "plan-colour.txt": lambda: plantext.render(plan_of(TEAPOT), COLOUR),
    "plan.json": lambda: planjson.render(plan_of(TEAPOT, *EVERYTHING.decisions[4:5], notes=FINDINGS[-1:])),
    "findings.txt": lambda: findingstext.render(FINDINGS),
    "findings-ascii.txt": lambda: findingstext.render(FINDINGS[:2], ASCII),
    "findings.json": lambda: findingsjson.render(FINDINGS),
    "findings.github": lambda: github.render(FINDINGS),
    "findings.sarif": lambda: sarif.render(FINDINGS),
    "outcome.txt": lambda: outcome.render(END),
    "show.txt": lambda: showtext.render(TEAPOT, ENTRY),
    "why.txt": lambda: whytext.render(TEAPOT, ENTRY),
}

if __name__ == "__main__":
    for name, text in CASES.items():
        (GOLDEN / name).write_text(text(), encoding="utf-8")
