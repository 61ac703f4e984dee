"""A project with something to review, its page in Chromium, and what that page did wrong."""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.copies import Begun
from tests.gitproject import GitProject

CHROMIUM = next((path for path in ("/usr/bin/chromium", "/usr/bin/chromium-browser") if Path(path).exists()), "")

SHOP = """\
version: 1
project: Fernhill
defaults: {options: {quality: low}}
assets:
  hero:
    tags: [web, hero]
    alt: A mug on a stone
    prompt: {request: a mug on a stone, subject: one matte mug}
    options: {n: 3, quality: high}
    output: public/hero.png
  logo:
    tags: [brand]
    prompt: a fern leaf curled into a circle
    output: public/logo.png
  icon:
    tags: [web]
    prompt: a leaf
    output: public/icon.webp
"""

# A picture is loaded some time after its address is set, also when the address is the picture itself.
LOADED = "[...document.querySelectorAll('#view img[src]')].every(one => one.complete && one.naturalWidth)"


@dataclass(slots=True)
class Opened:
    """A page, what it asked the network for, and what it complained of."""

    page: Any
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def visible(self) -> list[str]:
        """The assets that the gallery shows, in order."""
        found: list[str] = self.page.eval_on_selector_all(".card:not([hidden])", "all => all.map(c => c.dataset.id)")
        return found

    def card(self, asset: str) -> Any:
        """An asset in the gallery."""
        return self.page.locator(f'.card[data-id="{asset}"]')

    def until(self, condition: str) -> None:
        """Waits until an expression is true in the page. It goes there as a function, once: the page's policy lets no
        text be evaluated, so that an expression as such could be looked at a single time."""
        self.page.wait_for_function(f"() => {condition}")

    def open(self, asset: str) -> Any:
        """Opens an asset, and waits for its pictures; gives the dialog."""
        self.card(asset).locator(".open").click()
        self.until(LOADED)
        return self.page.locator("#view")

    def close(self) -> None:
        """Leaves an asset by the keyboard; a dialog tells that it was closed a moment after it is gone."""
        asset = self.page.locator("#view").get_attribute("aria-label")
        self.page.keyboard.press("Escape")
        self.until(f"document.activeElement.closest('.card')?.dataset.id === {asset!r}")
        assert not self.page.locator("#view").is_visible()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """A browser for a file's tests, and no longer: while it is there, its thread counts as running an event loop."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if not CHROMIUM:
        pytest.skip("Chromium is not installed")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium: Any) -> Iterator[Any]:
    """Opens an address in a fresh context: `visit(url, **context)`."""
    contexts = []

    def go(url: str, **options: Any) -> Opened:
        context = chromium.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        context.set_default_timeout(20_000)
        contexts.append(context)
        opened = Opened(context.new_page())
        opened.page.on("request", lambda request: opened.asked.append(request.url))
        opened.page.on("console", lambda message: opened.complaints.append(message.text))
        opened.page.on("pageerror", lambda error: opened.complaints.append(str(error)))
        opened.page.goto(url)
        return opened

    yield go
    for context in contexts:
        context.close()


@pytest.fixture
def shop(begun: Begun, api: Any) -> GitProject:
    """A repository with one commit of built pictures, then two prompts changed and one of them built."""
    return GitProject(begun(_two_changed))


def _two_changed(folder: Path) -> None:
    project = GitProject(folder).begin()
    project.write(SHOP)
    project.build("--yes")
    project.commit("First pictures")
    # The server draws in twelve hues, by the words and the number of the request: these two never share one.
    project.edit("one matte mug", "one shiny mug")
    project.build("--yes")
    project.edit("curled into a circle", "curled into a ring")


def serve(project: GitProject, *arguments: str) -> "subprocess.Popen[str]":
    """Starts the review server; its first line is the address."""
    return project.start("review", "--no-browser", *arguments)
