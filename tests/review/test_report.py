"""The report in a real browser: it filters, compares, obeys the keyboard, prints, and asks the network for nothing."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.gitproject import GitProject
from tests.review.pages import Opened

pytestmark = pytest.mark.browser
Visit = Callable[..., Opened]


@pytest.fixture
def page(shop: GitProject, visit: Visit) -> Opened:
    return visit(written(shop))


def written(project: GitProject, *arguments: str) -> str:
    target = project.root.parent / f"{project.root.name}.html"
    ran = project.run("report", "--base", "HEAD", "-o", str(target), *arguments)
    assert ran.code == 0, ran.text
    return target.as_uri()


def test_it_shows_every_asset_with_its_state(page: Opened) -> None:
    assert page.visible() == ["hero", "logo", "icon"]
    assert page.card("hero").locator("> .badges").inner_text() == "changed"
    assert page.card("logo").locator("> .badges").inner_text().split("\n") == ["changed", "to build"]
    assert "$" in page.card("hero").locator("> .cost").inner_text()
    assert "Compared with HEAD" in page.page.locator(".base").inner_text()


def test_it_asks_nobody_for_anything_and_breaks_no_rule_of_its_own(page: Opened) -> None:
    page.open("hero")
    for key in ("1", "2", "3", "4"):
        page.page.keyboard.press(key)
    page.close()
    page.page.emulate_media(media="print")
    page.page.wait_for_load_state("networkidle")
    assert [url for url in page.asked if not url.startswith(("file:", "data:"))] == []
    assert page.complaints == []


@pytest.mark.parametrize(
    ("filters", "left"),
    [
        (["label.chip:has(input[value='web'])"], ["hero", "icon"]),
        (["label.chip:has(input[value='to build'])"], ["logo"]),
        (["label.chip:has(input[value='web'])", "label.chip:has(input[value='unchanged'])"], ["icon"]),
    ],
)
def test_chips_filter_by_tag_and_state(page: Opened, filters: list[str], left: list[str]) -> None:
    for chip in filters:
        page.page.click(chip)
    assert page.visible() == left
    assert page.page.locator("#count").inner_text() == f"{len(left)} asset{'' if len(left) == 1 else 's'}"


def test_words_cost_and_order(page: Opened) -> None:
    page.page.fill("#find", "shiny")
    assert page.visible() == ["hero"]
    page.page.fill("#find", "nothing like it")
    assert page.page.locator("#empty").is_visible()
    page.page.click("#clear")
    page.page.select_option("#cost", "0.25")
    assert page.visible() == ["hero"]
    page.page.select_option("#cost", "")
    page.page.select_option("#sort", "name")
    assert page.visible() == ["hero", "icon", "logo"]


def test_before_and_now_are_compared_in_four_ways(page: Opened) -> None:
    view = page.open("hero")
    old, new = view.locator(".before img"), view.locator(".now img")
    assert old.get_attribute("src") != new.get_attribute("src")
    assert new.evaluate("image => image.complete && image.naturalWidth") == 1024
    boxes = old.bounding_box(), new.bounding_box()
    assert boxes[0]["x"] + boxes[0]["width"] <= boxes[1]["x"], "side by side"
    view.locator("button[data-mode=slider]").click()
    assert old.bounding_box() == new.bounding_box()
    view.locator(".slide").fill("20")
    assert "20%" in new.evaluate("image => getComputedStyle(image).clipPath")
    view.locator("button[data-mode=onion]").click()
    assert new.evaluate("image => getComputedStyle(image).opacity") == "0.2"
    view.locator("button[data-mode=difference]").click()
    assert new.evaluate("image => getComputedStyle(image).mixBlendMode") == "difference"
    assert re.search(r"\d% different, structural similarity (over )?0\.\d+", view.locator(".score").inner_text())


def test_pictures_are_looked_at_in_their_actual_size(page: Opened) -> None:
    view = page.open("hero")
    pictures = view.locator(".stage img")
    assert view.locator(".stage").evaluate("one => one.querySelector('img').clientWidth") < 1024
    page.page.keyboard.press("z")
    assert view.locator("#real").get_attribute("aria-pressed") == "true"
    assert pictures.evaluate_all("all => all.map(one => [one.clientWidth, one.clientHeight])") == [[1024, 1024]] * 2
    view.locator(".stage .now").evaluate("one => one.scrollTo(120, 80)")
    page.until(
        "Object.values(shown.querySelectorAll('.stage figure')).every(f => f.scrollLeft === 120 && f.scrollTop === 80)"
    )
    page.page.keyboard.press("4")
    assert pictures.evaluate_all("all => all.map(one => [one.clientWidth, one.clientHeight])") == [[1024, 1024]] * 2
    view.locator("#real").click()
    assert view.evaluate("one => one.scrollWidth <= one.clientWidth")


def test_the_words_the_facts_and_the_candidates_are_told(page: Opened) -> None:
    view = page.open("hero")
    assert view.locator("ins").all_inner_texts() == ["shiny"]
    assert view.locator("del").all_inner_texts() == ["matte"]
    assert [text.split()[:2] for text in view.locator(".variants figcaption").all_inner_texts()] == [
        ["1", "picked"],
        ["2", "kept"],
        ["3", "kept"],
    ]
    text = view.inner_text()
    assert "gpt-image-2" in text
    assert "public/hero.png" in text
    assert "First pictures" in text, "where it comes from"


def test_the_keyboard_is_enough(page: Opened) -> None:
    keys = page.page.keyboard
    keys.press("/")
    assert page.page.evaluate("document.activeElement.id") == "find"
    page.page.locator("#gallery").focus()
    keys.press("ArrowRight")
    keys.press("ArrowRight")
    assert page.page.evaluate("document.activeElement.closest('.card').dataset.id") == "logo"
    keys.press("Enter")
    assert page.page.locator("#place").inner_text() == "2 of 3"
    assert page.page.locator("#called").inner_text() == "logo"
    keys.press("ArrowLeft")
    assert page.page.locator("#view").get_attribute("aria-label") == "hero"
    keys.press("2")
    assert page.page.locator("#view .stage").get_attribute("data-mode") == "slider"
    page.close()


def test_what_can_be_used_has_a_name_and_what_is_seen_has_a_text(page: Opened) -> None:
    page.open("hero")
    nameless = page.page.evaluate(
        """[...document.querySelectorAll("button, input, select")].filter(one => one.checkVisibility() &&
        !(one.textContent.trim() || one.ariaLabel || one.closest("label")?.textContent.trim())).length"""
    )
    assert nameless == 0
    assert page.page.locator("img:not([alt])").count() == 0
    assert page.page.locator("html").get_attribute("lang") == "en"


CONTRAST = """() => {
  const number = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = (rgb) => rgb.slice(0, 3).map((v) => v / 255)
    .map((v) => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4).reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  const ground = (one) => {
    for (; one; one = one.parentElement) {
      const rgb = number(getComputedStyle(one).backgroundColor);
      if (rgb.length < 4 || rgb[3] === 1) return rgb;
    }
    return [255, 255, 255];
  };
  const own = (one) => [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
  return [...document.querySelectorAll("body *")].filter((one) => own(one) && one.checkVisibility() && !one.closest(":disabled"))
    .map((one) => {
      const pair = [light(number(getComputedStyle(one).color)), light(ground(one))].sort((a, b) => b - a);
      return [(pair[0] + .05) / (pair[1] + .05), one.className || one.tagName, one.textContent.slice(0, 20)];
    }).filter(([ratio]) => ratio < 4.5);
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_can_be_read_in_both_themes(shop: GitProject, visit: Visit, scheme: str) -> None:
    page = visit(written(shop), color_scheme=scheme)
    assert page.page.evaluate(CONTRAST) == []
    page.open("hero")
    assert page.page.evaluate(CONTRAST) == []
    page.close()
    before = page.page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.page.click("#theme")
    assert page.page.evaluate("getComputedStyle(document.body).backgroundColor") != before
    assert page.page.evaluate(CONTRAST) == []


def test_it_fits_a_phone(shop: GitProject, visit: Visit) -> None:
    page = visit(written(shop), viewport={"width": 360, "height": 740}, is_mobile=True, has_touch=True)
    wide = "document.documentElement.scrollWidth <= innerWidth"
    assert page.page.evaluate(wide)
    page.open("hero")
    assert page.page.evaluate("document.querySelector('#view').scrollWidth <= innerWidth")
    boxes = [page.page.locator(f"#view .{name} img").bounding_box() for name in ("before", "now")]
    assert boxes[0]["y"] + boxes[0]["height"] <= boxes[1]["y"], "one under the other"


def test_on_paper_everything_is_there(page: Opened) -> None:
    page.page.emulate_media(media="print")
    page.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.page.locator(".card .words").first.is_visible()
    assert not page.page.locator("#filters").is_visible()
    missing = "[...document.images].filter(one => one.checkVisibility() && !one.src).length"
    assert page.page.evaluate(missing) == 0


HOSTILE = r"""version: 1
project: "<img src=x onerror=document.title='owned'>"
defaults: {provider: placeholder}
assets:
  evil:
    tags: ["</script><script>document.title='owned'</script>"]
    alt: '" onload="document.title=1" x="'
    prompt: "<script>document.title='owned'</script> ![](javascript:alert(1)) ::error::x --> ]]> </style>"
    output: public/evil.png
"""


def test_hostile_words_are_inert(tmp_path: Path, visit: Visit) -> None:
    project = GitProject(tmp_path / "p")
    project.write(HOSTILE)
    project.begin().commit("Begin")
    assert project.run("build").code == 0
    page = visit(written(project))
    view = page.open("evil")
    assert "owned" not in page.page.title().replace("='owned'", "")
    assert page.page.locator("script").count() == 1
    assert page.page.locator("a[href^='javascript']").count() == 0
    assert page.complaints == []
    text = view.inner_text()
    assert "<script>document.title='owned'</script>" in text


@pytest.mark.parametrize("embed", ["full", "thumbs", "none"])
def test_pictures_are_inside_as_wanted(shop: GitProject, visit: Visit, embed: str) -> None:
    page = visit(written(shop, "--embed", embed))
    view = page.open("hero")
    widths = view.locator(".stage img").evaluate_all("all => all.map(image => image.naturalWidth)")
    assert widths == {"full": [1024, 1024], "thumbs": [320, 320], "none": []}[embed]
