"""One asset of the page: its picture in the gallery, and all that opens behind it."""

from collections.abc import Iterable, Iterator

from imagepipe.reports import diffwords, money
from imagepipe.reports.change import share
from imagepipe.reports.change import told as likeness
from imagepipe.reports.diffwords import Row
from imagepipe.reports.gallery import NOT_SERVED, Card, Picture, Service, Variant
from imagepipe.reports.markup import Html, tag
from imagepipe.reports.plantext import contrast
from imagepipe.values import FREE, Reason

MODES = {"side": "Side by side", "slider": "Slider", "onion": "Onion skin", "difference": "Difference"}
_MARKS = {"+": "ins", "-": "del"}
_LONGEST = 200
_LINES = 400


def card(item: Card, service: Service = NOT_SERVED) -> Html:
    """The asset as an element of the page."""
    shown = item.after or item.before
    return tag(
        "article",
        tag(
            "button",
            tag("span", _image(shown, _alt(item), home=True), class_="thumb"),
            tag("span", item.asset, class_="name"),
            type="button",
            class_="open",
            aria_haspopup="dialog",
        ),
        tag("p", _badges(item), class_="badges"),
        tag("p", _cost(item), class_="cost"),
        tag("div", _detail(item, service), class_="detail"),
        class_="card",
        data_id=item.asset,
        data_tags="\n".join(item.tags),
        data_states="\n".join(item.states),
        data_cost=f"{_worth(item):.6f}",
        data_difference=f"{item.score.difference if item.score else 0:.6f}",
    )


def _worth(item: Card) -> float:
    return item.usd or item.to_build.high or 0.0


def _alt(item: Card) -> str:
    return item.about or item.asset


def _image(picture: Picture | None, alt: str, *, home: bool = False) -> Html:
    """An image. Its bytes are in the file once, where it is at `home`; the script copies them to the other places."""
    if picture is None:
        return tag("span", "No picture", class_="none")
    if not picture.uri:
        return tag(
            "span", picture.sha256.removeprefix("sha256:")[:12] or "Not here", class_="none", title="not embedded"
        )
    size = {"width": picture.width or None, "height": picture.height or None}
    if home:
        return tag("img", src=picture.uri, alt=alt, loading="lazy", decoding="async", data_sha=picture.sha256, **size)
    return tag("img", alt=alt, decoding="async", data_from=picture.sha256, **size)


def _placed(picture: Picture | None, alt: str, item: Card) -> Html:
    """An image in the detail: at home unless the gallery shows it already."""
    shown = item.after or item.before
    return _image(picture, alt, home=not (picture and shown and picture.sha256 == shown.sha256))


def _badges(item: Card) -> list[Html]:
    return [tag("span", state, class_="badge", data_state=state) for state in item.states if state != "unchanged"]


def _cost(item: Card) -> str:
    paid = "" if item.usd == 0 else money.usd(item.usd)
    if item.to_build == FREE:
        return paid
    return f"{paid}, {money.span(item.to_build)} to build" if paid else f"{money.span(item.to_build)} to build"


def _detail(item: Card, service: Service) -> Iterator[Html]:
    yield tag("h2", item.asset)
    yield tag("p", _badges(item), class_="badges")
    if item.about:
        yield tag("p", item.about, class_="about")
    if item.note:
        yield tag("p", item.note, f" → {item.hint}" if item.hint else "", class_="note")
    yield _stage(item)
    if item.score:
        yield _score(item)
    if service.path:
        yield _decisions(item)
    if len(item.variants) > 1:
        variants = [_variant(one, item, service) for one in item.variants]
        yield _section("Candidates", tag("ol", variants, class_="variants"))
    if item.prompts != ((), ()):  # nothing is asked for what is made of its inputs
        yield _section("Prompt", _prompt(item))
    if len(item.scores) > 1:
        yield _section("How much each file changed", _files(item))
    if item.reasons:
        yield _section("What changed", _reasons(item.reasons))
    yield _section("Made by", _facts((*item.facts, ("cost", _cost(item) or "free"))))
    if item.tags:
        yield _section("Tags", tag("p", ", ".join(item.tags)))
    if item.lineage:
        yield _section("Where it comes from", tag("ol", [tag("li", text) for text in item.lineage], class_="lineage"))


def _section(title: str, *children: Html) -> Html:
    return tag("section", tag("h3", title), *children)


def _stage(item: Card) -> Html:
    if item.before is None or item.after is None:
        only = item.after or item.before
        told = "Now" if item.after else "Before" if item.before else "Not built yet"
        return tag("div", tag("div", _figure(only, told, item), class_="stage"), class_="compare")
    modes = [
        tag("button", text, type="button", data_mode=mode, aria_pressed="true" if mode == "side" else "false")
        for mode, text in MODES.items()
    ]
    slide = tag(
        "label",
        tag("span", "Before to now", class_="hide"),
        tag("input", type="range", min=0, max=100, value=50, class_="slide"),
        class_="slider",
        hidden=True,
    )
    pair = _figure(item.before, "Before", item), _figure(item.after, "Now", item)
    return tag(
        "div",
        tag("div", modes, class_="modes", role="group", aria_label="How to compare"),
        slide,
        tag("div", *pair, class_="stage pair", data_mode="side"),
        class_="compare",
    )


def _figure(picture: Picture | None, told: str, item: Card) -> Html:
    size = f" {picture.width}×{picture.height}" if picture and picture.width else ""
    alt = f"{_alt(item)}, {told.lower()}"
    return tag(
        "figure", _placed(picture, alt, item), tag("figcaption", f"{told}{size}"), class_=told.split()[0].lower()
    )


def _score(item: Card) -> Html:
    score = item.score
    if score is None:
        return tag("p")
    meter = tag("meter", min=0, max=1, value=f"{score.difference:.4f}", aria_label="How much it changed")
    return tag("p", meter, " ", likeness(score.ssim, score.difference, score.resized), class_="score")


def _files(item: Card) -> Html:
    """How much each file changed; a lone one is told of beside its pictures."""
    rows = [
        tag(
            "tr",
            tag("th", one.path, scope="row"),
            tag("td", share(one.difference)),
            tag("td", f"{one.ssim:.3f}"),
            tag("td", "another size" if one.resized else ""),
        )
        for one in item.scores
    ]
    names = tag("tr", *(tag("th", text, scope="col") for text in ("file", "different", "similarity", "")))
    return tag("table", tag("thead", names), tag("tbody", rows), class_="files")


def _variant(one: Variant, item: Card, service: Service) -> Html:
    why = f": {one.why}" if one.why else ""
    number = f"{one.number}  {one.status}{why}"
    buttons = []
    if service.path and one.status != "picked":
        buttons.append(_button("pick", f"Pick {one.number}", item, one.number))
    if service.path and one.status == "kept":
        buttons.append(_button("reject", f"Reject {one.number}", item, one.number))
    alt = f"{_alt(item)}, candidate {one.number}"
    return tag(
        "li",
        tag("figure", _placed(one.picture, alt, item), tag("figcaption", number)),
        *buttons,
        data_status=one.status,
    )


def _decisions(item: Card) -> Html:
    states = item.states
    real = item.built and "placeholder" not in states
    buttons = [
        _button("approve", "Approve", item, 0, not real or "approved" in states),
        _button("reject", "Reject", item, 0, not real),
    ]
    field = tag("input", type="text", class_="why", placeholder="Why (for the lock)", aria_label="Why it is rejected")
    return tag("div", *buttons, field, class_="decisions", role="group", aria_label="Decide")


def _button(verb: str, text: str, item: Card, number: int, disabled: bool = False) -> Html:
    return tag(
        "button",
        text,
        type="button",
        class_=verb,
        data_verb=verb,
        data_asset=item.asset,
        data_number=number,
        disabled=disabled,
    )


def _prompt(item: Card) -> Html:
    old, new = item.prompts
    if old is not None and new is not None and old != new:
        rows: Iterable[Row] = diffwords.rows(old, new)
    else:
        sign = "+" if old is None and "added" in item.states else "-" if new is None else " "
        rows = diffwords.whole((new if new is not None else old) or (), sign)
    lines = tag("ol", [_row(row) for _, row in zip(range(_LINES), rows, strict=False)], class_="words", role="list")
    if old is None or new is None or old == new:
        return lines
    whole = tag("ol", [_row(row) for row in diffwords.whole(new[:_LINES], " ")], class_="words", role="list")
    return tag("div", lines, tag("details", tag("summary", "The whole prompt, as it is now"), whole))


def _row(row: Row) -> Html:
    sign, pieces = row
    if sign == "…":
        return tag("li", "…", class_="gap")
    marked = [piece for one, text in pieces for piece in _marked(one, text)]
    return tag("li", marked, class_={"+": "come", "-": "gone", "~": "both"}.get(sign, "same"))


def _marked(sign: str, text: str) -> Iterator[str]:
    """A piece of a line: the space before it stays outside the mark."""
    bare = text.lstrip() if sign in _MARKS else text
    yield text[: len(text) - len(bare)]
    yield tag(_MARKS[sign], bare) if sign in _MARKS else bare


def _reasons(reasons: Iterable[Reason]) -> Html:
    rows = []
    for reason in reasons:
        old, new = contrast(reason.before, reason.after, _LONGEST)
        rows.append(tag("tr", tag("th", reason.part, scope="row"), tag("td", old), tag("td", new)))
    names = tag("tr", *(tag("th", text, scope="col") for text in ("what", "before", "now")))
    return tag("table", tag("thead", names), tag("tbody", rows))


def _facts(facts: Iterable[tuple[str, str]]) -> Html:
    return tag("dl", [[tag("dt", name), tag("dd", value)] for name, value in facts])
