"""Sets of files as a site uses them: what its pages and its manifest say of them, and whether a browser finds it so."""

import json
import re
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from PIL import Image

from imagepipe.contracts import StepContext
from imagepipe.steps import snippet
from imagepipe.steps.catalogue import spec
from imagepipe.steps.sets import SETS
from tests.project import Project
from tests.review.pages import chromium, visit

__all__ = ["chromium", "visit"]

SITE = """\
version: 1
defaults: {provider: placeholder}
vars: {brand: Fernhill}
assets:
  mark:
    prompt: a leaf
    alt: 'The "{{ brand }}" leaf'
    outputs:
      - {path: public, set: favicon, url: /}
      - {path: public, set: apple, url: /}
      - {path: public/app, set: pwa, url: /app, title: Fernhill & Sons}
      - {path: public/social, set: social, url: "https://example.com/social/"}
"""


def beside(**options: str) -> dict[str, str]:
    """The texts that a set's first file gets beside it."""
    made = snippet.run(Image.new("RGB", (8, 8)), options, StepContext("mark"))
    assert set(made.beside) == set(spec("snippet").written(options)), "declared as written"
    return {name: data.decode() for name, data in made.beside.items()}


@pytest.mark.parametrize("name", SETS)
def test_every_name_is_a_file_of_the_set_in_its_size(name: str) -> None:
    files = {file.name: (file.width, file.height) for file in SETS[name]}
    texts = beside(set=name, url="/img")
    head = texts[f"{name}.head.html"]
    named = re.findall(r'(?:href|content)="/img/([^"]+)"', head)
    assert named
    assert set(named) <= set(files) | set(texts)
    for sides, file in re.findall(r'sizes="(\d+x\d+)" href="/img/([^"]+)"', head):
        assert sides == "{}x{}".format(*files[file])
    for icon in json.loads(texts.get("site.webmanifest", '{"icons": []}'))["icons"]:
        assert icon["sizes"] == "{}x{}".format(*files[icon["src"]])


def test_words_of_people_stay_words() -> None:
    hostile = '"><script>alert(1)</script>'
    texts = beside(set="pwa", title=hostile) | beside(set="social", alt=hostile, url="https://example.com/a&b")
    assert json.loads(texts["site.webmanifest"])["name"] == hostile
    assert "<script>" not in texts["social.head.html"]
    assert 'content="https://example.com/a&amp;b/og.jpg"' in texts["social.head.html"]
    assert "og:image wants a whole address" in beside(set="social")["social.head.html"]
    assert 'href="favicon.ico"' in beside(set="favicon")["favicon.head.html"], "named from its own folder"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[tuple[Project, str]]:
    """The built project, its `public` served with a page that has the heads of the sets."""
    project = Project(tmp_path).write(SITE)
    built = project.run("build")
    assert built.code == 0, built.text
    heads = "".join(path.read_text() for path in sorted((tmp_path / "public").rglob("*.head.html")))
    (tmp_path / "public/index.html").write_text(f"<!doctype html><title>Shop</title>{heads}", encoding="utf-8")

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path / "public")))
    Thread(target=server.serve_forever, daemon=True).start()
    yield project, f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.mark.browser
def test_a_browser_finds_icons_and_manifest_as_they_are_named(site: tuple[Project, str], visit: Any) -> None:
    project, url = site
    page = visit(url).page
    icons = page.evaluate(
        """async () => Promise.all([...document.querySelectorAll('link[rel*=icon]')].map(async link => {
            const image = new Image(); image.src = link.href; await image.decode();
            return [link.href, link.sizes.value, `${image.naturalWidth}x${image.naturalHeight}`, link.type] }))"""
    )
    assert len(icons) == 8
    for address, named, real, type in icons:
        assert real in named.split(), address
        assert type == "image/x-icon" or address.endswith(".png")
    found = page.context.new_cdp_session(page).send("Page.getAppManifest")
    assert (found["url"], found["errors"]) == (f"{url}app/site.webmanifest", [])
    manifest = json.loads(found["data"])
    assert manifest["name"] == "Fernhill & Sons"
    sizes = page.evaluate(
        """async icons => Promise.all(icons.map(async icon => {
            const image = new Image(); image.src = '/app/' + icon.src; await image.decode();
            return `${image.naturalWidth}x${image.naturalHeight}` }))""",
        manifest["icons"],
    )
    assert sizes == [icon["sizes"] for icon in manifest["icons"]]
    alt = page.get_attribute('meta[property="og:image:alt"]', "content")
    assert alt == 'The "Fernhill" leaf'

    told = project.run("codegen", "json", "--strip", "public/").json["images"]["mark"]
    assert all(file["width"] for file in told["files"])
    assert {"favicon.head.html", "app/site.webmanifest"} <= set(told["beside"])
    assert project.run("check").code == 0
    (project.root / "public/app/site.webmanifest").unlink()
    assert project.actions() == {"mark": "finish"}, "the lock knows it"
