"""The gallery as one HTML page that needs nothing from outside: style and script inside, allowed by their digests alone."""

from base64 import b64encode
from collections import Counter
from collections.abc import Iterable
from hashlib import sha256

from imagepipe.reports import money
from imagepipe.reports.card import card
from imagepipe.reports.gallery import NOT_SERVED, Card, Dress, Gallery, Service
from imagepipe.reports.markup import Html, raw, tag
from imagepipe.values import FREE

STATES = (
    "changed",
    "added",
    "removed",
    "to build",
    "blocked",
    "approved",
    "placeholder",
    "draft",
    "rejected",
    "unchanged",
)
"""What can be filtered by, in the order of the page."""
SORTS = {"order": "manifest order", "name": "name", "cost": "cost", "difference": "change of the picture"}
COSTS = {"": "any cost", "0": "free", "0.0001": "paid for", "0.05": "from $0.05", "0.25": "from $0.25", "1": "from $1"}
_MANY = 24
_REAL = "A pixel of the picture as a pixel of the page (Z)"


def render(gallery: Gallery, dress: Dress, service: Service = NOT_SERVED) -> str:
    """The page as text. The same values give the same bytes."""
    title = f"{gallery.project or 'Pictures'} · imagepipe"
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=policy(dress, service)),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("meta", name="robots", content="noindex"),
        tag("link", rel="icon", href="data:,"),
        tag("title", title),
        tag("style", raw(dress.style)),
    )
    body = tag(
        "body",
        tag("a", "Skip to the pictures", class_="skip", href="#gallery"),
        _top(gallery),
        _filters(gallery),
        tag("main", [card(item, service) for item in gallery.cards], id="gallery", class_="gallery", tabindex="-1"),
        tag(
            "p",
            "Nothing matches. ",
            tag("button", "Show everything", type="button", id="clear"),
            id="empty",
            hidden=True,
        ),
        _view(),
        tag("p", "", id="said", role="status", aria_live="polite"),
        _foot(gallery),
        tag("script", raw(dress.script)),
        data_decide=service.path or None,
        data_token=service.token or None,
        data_version=service.version or None,
    )
    return "<!doctype html>\n" + tag("html", head, body, lang="en") + "\n"


def policy(dress: Dress, service: Service = NOT_SERVED) -> str:
    """The content security policy of the page: its own style and script, embedded pictures, and where it is served its
    own address."""
    rules = {
        "default-src": "'none'",
        "img-src": "data:",
        "style-src": _digest(dress.style),
        "script-src": _digest(dress.script),
        "connect-src": "'self'" if service.path else "'none'",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def _digest(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def _top(gallery: Gallery) -> Html:
    counts = Counter(state for item in gallery.cards for state in item.states)
    told = [f"{counts[state]} {state}" for state in STATES if counts[state]]
    summary = [tag("span", text) for text in (*told, _money(gallery))]
    return tag(
        "header",
        tag("h1", gallery.project or "Pictures"),
        tag("p", f"Compared with {gallery.base}" if gallery.base else "As it stands", class_="base"),
        tag("p", summary, class_="summary"),
        [tag("p", note.message, class_="note") for note in gallery.notes],
        tag("button", "Dark or light", type="button", id="theme", class_="quiet"),
        class_="top",
    )


def _money(gallery: Gallery) -> str:
    spent = sum(item.usd or 0.0 for item in gallery.cards)
    known = f"{money.usd(spent)} spent"
    return known if gallery.to_build == FREE else f"{known}, {money.full(gallery.to_build)} to build"


def _filters(gallery: Gallery) -> Html:
    states = Counter(state for item in gallery.cards for state in item.states)
    tags = Counter(name for item in gallery.cards for name in item.tags)
    return tag(
        "form",
        tag("label", tag("span", "Find", class_="hide"), _find(), class_="find"),
        _chips("state", "State", [(state, states[state]) for state in STATES if states[state]]),
        _chips("tag", "Tag", tags.most_common(_MANY)) if tags else "",
        _select("cost", "Cost", COSTS),
        _select("sort", "Sort by", SORTS),
        tag("output", _count(gallery.cards), id="count", aria_live="polite"),
        id="filters",
        class_="filters",
        role="search",
        aria_label="Filter the pictures",
    )


def _find() -> Html:
    return tag("input", type="search", id="find", placeholder="Find by name or words  ( / )", autocomplete="off")


def _chips(name: str, label: str, choices: Iterable[tuple[str, int]]) -> Html:
    chips = [
        tag(
            "label",
            tag("input", type="checkbox", name=name, value=choice),
            tag("span", choice, " ", tag("small", str(count))),
            class_="chip",
        )
        for choice, count in choices
    ]
    return tag("fieldset", tag("legend", label), chips)


def _select(name: str, label: str, choices: dict[str, str]) -> Html:
    options = [tag("option", text, value=value) for value, text in choices.items()]
    return tag("label", tag("span", label), tag("select", options, id=name), class_="choose")


def _count(cards: tuple[Card, ...]) -> str:
    return f"{len(cards)} asset{'' if len(cards) == 1 else 's'}"


def _view() -> Html:
    bar = tag(
        "div",
        tag("button", "←", type="button", id="previous", aria_label="Previous asset", title="Previous (←)"),
        tag("button", "→", type="button", id="next", aria_label="Next asset", title="Next (→)"),
        tag("p", tag("strong", "", id="called"), " ", tag("span", "", id="place"), class_="where"),
        tag("button", "1:1", type="button", id="real", aria_label="Actual size", aria_pressed="false", title=_REAL),
        tag("button", "Close", type="button", id="close", title="Close (Esc)"),
        class_="bar",
    )
    return tag("dialog", bar, tag("div", "", id="shown"), id="view", aria_label="One asset")


def _foot(gallery: Gallery) -> Html:
    keys = "Keys: / find, arrows move, Enter opens, Esc closes, 1 side by side, 2 slider, 3 onion skin, 4 difference, Z actual size"
    return tag("footer", tag("p", keys, class_="keys"), tag("p", f"imagepipe {gallery.version}".rstrip()))
